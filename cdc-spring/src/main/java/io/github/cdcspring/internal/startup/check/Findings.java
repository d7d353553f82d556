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

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.startup.SettingNames;
import io.github.cdcspring.internal.startup.Steps;

/**
 * Collects what a rule finds wrong.
 */
final class Findings {

	private final List<Violation> violations = new ArrayList<>();

	private final String rule;

	private final SettingNames settings;

	Findings(String rule, SettingNames settings) {
		this.rule = rule;
		this.settings = settings;
	}

	/**
	 * Add a violation.
	 * @param problem what is wrong, and why it matters
	 * @param action what to do
	 * @param keys the settings that break the rule
	 */
	void add(String problem, String action, String... keys) {
		add(problem, new Steps().text(action), keys);
	}

	/**
	 * Add a violation.
	 * @param problem what is wrong, and why it matters
	 * @param steps what to do
	 * @param keys the settings that break the rule
	 */
	void add(String problem, Steps steps, String... keys) {
		addAs(this.rule, problem, steps, keys);
	}

	/**
	 * Add a violation that SQL removes.
	 * @param problem what is wrong, and why it matters
	 * @param steps what to do, with the statements
	 * @param statements the statements that a superuser can run
	 * @param keys the settings that break the rule
	 */
	void add(String problem, Steps steps, List<String> statements, String... keys) {
		this.violations.add(new Violation(this.rule, problem, steps.list(), names(keys), statements));
	}

	/**
	 * Add a violation of another rule, which relies on this one.
	 */
	void addAs(String rule, String problem, Steps steps, String... keys) {
		this.violations.add(new Violation(rule, problem, steps.list(), names(keys)));
	}

	private List<String> names(String... keys) {
		return Arrays.stream(keys).map(this.settings::name).toList();
	}

	List<Violation> violations() {
		return this.violations;
	}

}
