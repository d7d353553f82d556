/*
 * Copyright 2026 the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.github.cdcspring.internal.startup.check;

import java.util.List;
import java.util.function.BiConsumer;

import io.github.cdcspring.engine.Violation;
import org.jspecify.annotations.Nullable;

/**
 * A rule that an engine must keep to start, on its settings or on the server.
 *
 * @param <C> what the rule looks at
 * @param id the id, which never changes: documentation and settings refer to it
 * @param risk what may happen if the rule is accepted, {@code null} if it cannot be
 * accepted because the engine could not work
 * @param check finds what is wrong
 */
record SafetyRule<C extends RuleContext>(String id, @Nullable String risk, BiConsumer<C, Findings> check) {

	/**
	 * A rule that cannot be accepted.
	 */
	static <C extends RuleContext> SafetyRule<C> strict(String id, BiConsumer<C, Findings> check) {
		return new SafetyRule<>(id, null, check);
	}

	/**
	 * A rule whose risk the operator can accept.
	 */
	static <C extends RuleContext> SafetyRule<C> acceptable(String id, String risk, BiConsumer<C, Findings> check) {
		return new SafetyRule<>(id, risk, check);
	}

	/**
	 * Check the rule.
	 * @return the violations, empty if the rule is kept
	 */
	List<Violation> check(C context) {
		Findings findings = new Findings(this.id, context.settings());
		this.check.accept(context, findings);
		return findings.violations();
	}

}
