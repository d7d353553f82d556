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

package io.github.cdcspring.engine;

import java.util.List;
import java.util.stream.Collectors;

import io.github.cdcspring.ActionStep;

/**
 * A rule that an engine breaks, so that it refuses to start.
 *
 * @param rule the id of the rule
 * @param problem what is wrong, with the setting and its value, and why it matters
 * @param steps what to do, with the exact setting or SQL
 * @param properties the full names of the settings that break the rule, so that their
 * origin can be reported; empty if no setting does
 * @param statements the SQL that a superuser can run instead, statement by statement, in
 * the database whose changes are received; empty if SQL alone does not help
 * @since 0.1.0
 */
public record Violation(String rule, String problem, List<ActionStep> steps, List<String> properties,
		List<String> statements) {

	public Violation {
		steps = List.copyOf(steps);
		properties = List.copyOf(properties);
		statements = List.copyOf(statements);
	}

	/**
	 * Create a violation that SQL alone does not remove.
	 * @param rule the id of the rule
	 * @param problem what is wrong, and why it matters
	 * @param steps what to do
	 * @param properties the full names of the settings that break the rule
	 */
	public Violation(String rule, String problem, List<ActionStep> steps, List<String> properties) {
		this(rule, problem, steps, properties, List.of());
	}

	/**
	 * Create a violation that no setting causes.
	 * @param rule the id of the rule
	 * @param problem what is wrong, and why it matters
	 * @param steps what to do
	 */
	public Violation(String rule, String problem, List<ActionStep> steps) {
		this(rule, problem, steps, List.of());
	}

	/**
	 * What to do, in one text.
	 * @return the texts of the steps
	 */
	public String action() {
		return this.steps.stream().map(ActionStep::text).collect(Collectors.joining(" "));
	}

}
