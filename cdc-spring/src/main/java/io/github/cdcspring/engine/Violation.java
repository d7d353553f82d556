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

/**
 * One thing that is not as it must be.
 *
 * @param rule the id of the rule
 * @param problem what is wrong, with the setting and its value, and why it matters
 * @param action what cures it, with the exact setting or SQL
 * @param properties the settings that make it, by their whole names, so that it can be
 * said where they stand; empty where none does
 * @since 0.1.0
 */
public record Violation(String rule, String problem, String action, List<String> properties) {

	public Violation {
		properties = List.copyOf(properties);
	}

	/**
	 * Create a violation that no setting makes alone.
	 * @param rule the id of the rule
	 * @param problem what is wrong, and why it matters
	 * @param action what cures it
	 */
	public Violation(String rule, String problem, String action) {
		this(rule, problem, action, List.of());
	}

}
