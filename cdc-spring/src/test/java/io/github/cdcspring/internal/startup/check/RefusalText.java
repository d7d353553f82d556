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
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.cdcspring.ActionStep;
import io.github.cdcspring.engine.Violation;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A violation with its steps as one text, which must name as code all that can be copied.
 *
 * @param rule the id of the rule
 * @param problem what is wrong
 * @param action what to do
 * @param properties the settings that break the rule
 * @param statements the SQL that a superuser can run instead
 */
record RefusalText(String rule, String problem, String action, List<String> properties, List<String> statements) {

	/** SQL with its semicolon, and settings that are to be set. */
	private static final Pattern COPYABLE = Pattern
		.compile("(?:SELECT|ALTER|CREATE|DROP|DELETE FROM|UPDATE|INSERT INTO|GRANT|REVOKE)\\s[^;']*(?:'[^']*'[^;']*)*;"
				+ "|(?<=[Ss]et )cdc\\.[\\w.<>-]+=[^\\s;]*[^\\s;,.]");

	RefusalText(String rule, String problem, String action, List<String> properties) {
		this(rule, problem, action, properties, List.of());
	}

	RefusalText(String rule, String problem, String action) {
		this(rule, problem, action, List.of());
	}

	static List<RefusalText> of(List<Violation> violations) {
		return violations.stream().map(RefusalText::of).toList();
	}

	static RefusalText of(Violation violation) {
		assertThat(violation.steps()).isNotEmpty().allSatisfy(RefusalText::isWhole);
		assertThat(violation.steps().get(0).alternative()).isFalse();
		assertThat(violation.steps()).filteredOn((step) -> step.text().startsWith("Or "))
			.allMatch(ActionStep::alternative);
		List<String> sql = violation.steps()
			.stream()
			.filter((step) -> step.language() == ActionStep.Language.SQL)
			.map(ActionStep::code)
			.toList();
		assertThat(sql).containsAll(violation.statements());
		return new RefusalText(violation.rule(), violation.problem(), violation.action(), violation.properties(),
				violation.statements());
	}

	private static void isWhole(ActionStep step) {
		String code = (step.code() != null) ? step.code() : "";
		String prose = step.text().replace(code, "");
		assertThat(prose.isEmpty() || Character.isUpperCase(prose.charAt(0))).as(step.text()).isTrue();
		Matcher copyable = COPYABLE.matcher(step.text());
		while (copyable.find()) {
			assertThat(code).contains(copyable.group());
		}
		assertThat(step.text().endsWith(".") || step.text().endsWith(code) && !code.isEmpty()).as(step.text()).isTrue();
	}

}
