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

import io.github.cdcspring.internal.startup.Steps;

/**
 * A table of the starter that cannot be used.
 *
 * @param problem what is wrong, a sentence
 * @param statements what a superuser can run in the database of the table
 * @param together whether the table is in the source database
 */
public record StarterTable(String problem, List<String> statements, boolean together) {

	static final SafetyRule<CheckContext> USABLE = SafetyRule.strict("starter-table",
			(context, findings) -> context.unusable().forEach((table) -> table.report(findings)));

	private void report(Findings findings) {
		Steps steps = new Steps().sql(
				"Run as a superuser" + (this.together ? "" : " in the database of the DataSource") + ": ",
				this.statements);
		findings.add(this.problem, steps, this.together ? this.statements : List.of());
	}

}
