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

package io.github.cdcspring.autoconfigure;

import java.util.List;

import io.github.cdcspring.safety.RefusedException;
import io.github.cdcspring.safety.Violation;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says what an engine was refused for, and what cures it.
 */
class RefusedFailureAnalyzer extends AbstractFailureAnalyzer<RefusedException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, RefusedException cause) {
		List<Violation> violations = cause.violations();
		StringBuilder description = new StringBuilder("CDC engine '" + cause.engine() + "' was refused:");
		StringBuilder action = new StringBuilder();
		for (Violation violation : violations) {
			description.append("%n%n    [%s] %s".formatted(violation.rule(), violation.problem()));
			action.append((violations.size() > 1) ? "%n    [%s] %s".formatted(violation.rule(), violation.action())
					: violation.action());
		}
		return new FailureAnalysis(description.toString(), action.toString(), cause);
	}

}
