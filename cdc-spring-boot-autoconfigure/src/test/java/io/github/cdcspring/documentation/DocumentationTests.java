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

package io.github.cdcspring.documentation;

import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.internal.startup.SlotOffsetComparison;
import io.github.cdcspring.internal.startup.StartDecision;
import io.github.cdcspring.internal.startup.Verdict;
import io.github.cdcspring.internal.startup.check.SafetyRules;
import io.github.cdcspring.settings.LsnFlushMode;
import io.github.cdcspring.settings.OffsetMismatchStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What holds for the documentation as a whole.
 */
class DocumentationTests {

	/** The longest average of a page's sentences, in words. */
	private static final double LONGEST = 20;

	private static final DocumentationPage RUNBOOK = DocumentationPage.of("docs/runbook.md");

	private static final DocumentationPage ALERTS = DocumentationPage.of("ops/prometheus/cdc-alerts.yml");

	static List<DocumentationPage> pages() {
		return DocumentationPage.all();
	}

	@ParameterizedTest
	@MethodSource("pages")
	void linksLeadSomewhere(DocumentationPage page) {
		assertThat(page.links()).allMatch(page::leadsSomewhere);
	}

	@ParameterizedTest
	@MethodSource("pages")
	void sentencesAreShort(DocumentationPage page) {
		double average = page.sentences().stream().mapToInt(Integer::intValue).average().orElse(0);
		assertThat(average).isLessThan(LONGEST);
	}

	@ParameterizedTest
	@MethodSource("pages")
	void noMergeIsLeftUnfinished(DocumentationPage page) {
		assertThat(page.text()).doesNotContainPattern("(?m)^(<{7}|={7}|>{7})");
	}

	@Test
	void theReadmeLeadsToEveryPage() {
		Set<String> pages = pages().stream()
			.map(DocumentationPage::toString)
			.filter((page) -> page.startsWith("docs/"))
			.collect(Collectors.toCollection(TreeSet::new));
		assertThat(DocumentationPage.of("README.md").links()).containsAll(pages);
	}

	@Test
	void theRunbookHasEachRule() {
		assertThat(RUNBOOK.anchors()).containsAll(SafetyRules.ids());
	}

	@Test
	void theRunbookHasEachRefusalOfPositions() {
		Set<String> refusals = Arrays.stream(Verdict.values())
			.flatMap((verdict) -> Stream.of(true, false)
				.map((explained) -> new SlotOffsetComparison(verdict, explained, 0, 0, 0)))
			.flatMap((comparison) -> Arrays.stream(OffsetMismatchStrategy.values())
				.map((strategy) -> StartDecision.of(comparison, strategy, LsnFlushMode.CONNECTOR)))
			.filter(StartDecision.Refuse.class::isInstance)
			.map((decision) -> ((StartDecision.Refuse) decision).id())
			.collect(Collectors.toSet());
		assertThat(refusals).isNotEmpty();
		assertThat(RUNBOOK.anchors()).containsAll(refusals).contains("unknown-table", "recovery-blocked");
	}

	@Test
	void theRunbookHasEachStateAndVerdict() {
		assertThat(RUNBOOK.anchors()).containsAll(lower(EngineState.values())).containsAll(lower(Verdict.values()));
	}

	private static List<String> lower(Enum<?>[] values) {
		return Arrays.stream(values).map((value) -> value.name().toLowerCase(Locale.ROOT)).toList();
	}

	@Test
	void eachAlertLeadsToItsEntryInTheRunbook() {
		Set<String> alerts = ALERTS.matches("alert: (\\w+)");
		Set<String> anchors = alerts.stream()
			.map((alert) -> alert.toLowerCase(Locale.ROOT))
			.collect(Collectors.toSet());
		assertThat(alerts).isNotEmpty();
		assertThat(ALERTS.matches("runbook_url: https://github\\.com/.*/docs/runbook\\.md#(\\S+)"))
			.containsExactlyInAnyOrderElementsOf(anchors);
		assertThat(RUNBOOK.anchors()).containsAll(anchors);
	}

	@Test
	void alertsTellServicesApart() {
		List<String> alerts = List.of(ALERTS.text().split("- alert: "));
		assertThat(alerts.subList(1, alerts.size())).allSatisfy((alert) -> {
			assertThat(alert).doesNotContain(" by (");
			if (!alert.startsWith("CdcNothingReports")) {
				assertThat(alert).contains("of {{ or $labels.application $labels.job }}");
			}
		});
	}

	@Test
	void eachAlertIsTested() {
		String tests = DocumentationPage.of("ops/prometheus/cdc-alerts-test.yml").text();
		assertThat(ALERTS.matches("alert: (\\w+)")).allSatisfy((alert) -> assertThat(tests)
			.containsPattern("alertname: " + alert + "\\n *eval_time: \\w+\\n *exp_alerts:\\n *- exp_labels"));
	}

	@Test
	void alertsNameStatesThatExist() {
		Set<String> states = ALERTS.matches("state=~?\"([a-z_|]+)\"")
			.stream()
			.flatMap((names) -> Stream.of(names.split("\\|")))
			.collect(Collectors.toSet());
		assertThat(states).isNotEmpty().isSubsetOf(lower(EngineState.values()));
	}

	@ParameterizedTest
	@ValueSource(strings = { "slot is active for PID", "dead letter", "exactly once", "back pressure",
			"WAL fills the disk", "failover", "permission denied", "twice" })
	void symptomsCanBeSearchedFor(String words) {
		assertThat(DocumentationPage.of("docs/troubleshooting.md")
			.anchors()
			.stream()
			.map((anchor) -> anchor.replace('-', ' ')))
			.anyMatch((anchor) -> anchor.contains(words.toLowerCase(Locale.ROOT)));
	}

	@Test
	void theFirstListenerCompiles() {
		String listener = DocumentationPage.of("README.md").text().split("```java\n")[1].split("```")[0];
		DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
		JavaFileObject source = new SimpleJavaFileObject(URI.create("string:///Fulfilment.java"),
				JavaFileObject.Kind.SOURCE) {
			@Override
			public CharSequence getCharContent(boolean ignoreEncodingErrors) {
				return listener;
			}
		};
		boolean compiled = ToolProvider.getSystemJavaCompiler()
			.getTask(null, null, problems, List.of("-proc:none", "-d", "target"), null, List.of(source))
			.call();
		assertThat(compiled).as(() -> problems.getDiagnostics().toString()).isTrue();
	}

}
