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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The documented rules are those of the code.
 */
class SafetyDocumentationTests {

	private static final Pattern RULE = Pattern.compile("(?m)^\\| `([a-z-]+)` \\|");

	private static final Pattern CHECK = Pattern.compile("(?m)^\\| `([a-z-]+)` \\| (yes|–) \\|");

	private final String page = read();

	@Test
	void hasEveryRuleOnSettings() {
		assertThat(ids(RULE, section("## Rules on settings")))
			.containsExactlyElementsOf(SettingsRules.RULES.stream().map(SafetyRule::id).toList());
	}

	@Test
	void hasEveryCheckOnTheServer() {
		assertThat(ids(CHECK, section("## Checks on the server")))
			.containsExactlyInAnyOrderElementsOf(ServerChecks.CHECKS.stream().map(SafetyRule::id).toList());
	}

	@Test
	void hasEveryCheckOnTheConnector() {
		assertThat(ids(CHECK, section("## Checks on the connector")))
			.containsExactlyElementsOf(ConnectorChecks.CHECKS.stream().map(SafetyRule::id).toList());
	}

	@Test
	void hasEveryCheckOnTheGroup() {
		assertThat(ids(CHECK, section("## Checks on the consumer group")))
			.containsExactlyElementsOf(GroupChecks.CHECKS.stream().map(SafetyRule::id).toList());
	}

	@Test
	void saysWhichChecksCanBeAccepted() {
		List<String> acceptable = CHECK.matcher(this.page)
			.results()
			.filter((row) -> row.group(2).equals("yes"))
			.map((row) -> row.group(1))
			.toList();
		assertThat(acceptable).containsExactlyInAnyOrderElementsOf(
				Stream.of(ServerChecks.CHECKS.stream(), ConnectorChecks.CHECKS.stream(), GroupChecks.CHECKS.stream())
					.<SafetyRule<?>>flatMap((checks) -> checks)
					.filter((check) -> check.risk() != null)
					.map(SafetyRule::id)
					.toList());
	}

	@Test
	void everyRuleHasAnIdOfItsOwn() {
		assertThat(SafetyRules.all().map(SafetyRule::id)).doesNotHaveDuplicates();
		assertThat(SafetyRules.ids()).hasSize(SettingsRules.RULES.size() + ServerChecks.CHECKS.size()
				+ ConnectorChecks.CHECKS.size() + GroupChecks.CHECKS.size());
	}

	private String section(String title) {
		int start = this.page.indexOf(title);
		assertThat(start).isNotNegative();
		int end = this.page.indexOf("\n## ", start + 1);
		return this.page.substring(start, (end > 0) ? end : this.page.length());
	}

	private static List<String> ids(Pattern pattern, String text) {
		return pattern.matcher(text).results().map((MatchResult row) -> row.group(1)).toList();
	}

	private static String read() {
		try {
			return Files.readString(Path.of("..", "docs", "safety.md"));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
