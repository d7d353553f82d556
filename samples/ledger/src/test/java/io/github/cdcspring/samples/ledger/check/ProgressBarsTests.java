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

package io.github.cdcspring.samples.ledger.check;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ProgressBarsTests {

	private static final String ERASE_LINE = "\u001b[1A\r\u001b[2K";

	private final ByteArrayOutputStream output = new ByteArrayOutputStream();

	private long now;

	@Test
	void drawsABarForEachTableAndDrawsItAgainInPlace() {
		ProgressBars bars = bars(true);
		bars.show(List.of(accounts(250_000), new TableProgress("pgbench_tellers", 50, 50L, null, null, true)));
		assertThat(text()).isEqualTo("""
				pgbench_accounts [#####.....]  50 % 250,000 of 500,000, 1,250/s, 200 s left
				pgbench_tellers  [##########] 100 % 50 rows
				""");
		this.output.reset();
		bars.show(List.of(accounts(499_999)));
		assertThat(text()).isEqualTo(
				ERASE_LINE.repeat(2) + "pgbench_accounts [#########.]  99 % 499,999 of 500,000, 1,250/s, 0 s left\n");
	}

	@Test
	void printsOtherLinesAboveTheBars() {
		ProgressBars bars = bars(true);
		bars.show(List.of(accounts(0)));
		this.output.reset();
		PrintStream lines = bars.lines();
		lines.printf("kill %d of %d%n", 1, 3);
		assertThat(text()).isEqualTo(ERASE_LINE + "kill 1 of 3\n");
		lines.print("not at its end");
		this.output.reset();
		bars.show(List.of(accounts(0)));
		assertThat(text()).doesNotContain("\u001b").startsWith("pgbench_accounts ").doesNotContain("not at its end");
		bars.keep();
		this.output.reset();
		lines.println();
		assertThat(text()).isEqualTo("not at its end\n");
	}

	@Test
	void printsALineForEachTenthIfThereIsNoTerminal() {
		ProgressBars bars = bars(false);
		for (int percent = 0; percent < 100; percent++) {
			bars.show(List.of(accounts(percent * 5_000)));
		}
		bars.show(List.of(new TableProgress("pgbench_accounts", 500_010, 500_010L, null, null, true)));
		bars.show(List.of(new TableProgress("pgbench_accounts", 500_010, 500_010L, null, null, true)));
		assertThat(text().lines()).hasSize(11)
			.startsWith("pgbench_accounts: 0 %, 0 of 500,000, 1,250/s, 400 s left",
					"pgbench_accounts: 10 %, 50,000 of 500,000, 1,250/s, 360 s left")
			.endsWith("pgbench_accounts: 100 %, 500,010 rows");
	}

	@Test
	void printsALineAfterTenSecondsIfThereIsNoTerminal() {
		ProgressBars bars = bars(false);
		bars.show(List.of(accounts(1)));
		this.now += Duration.ofSeconds(9).toNanos();
		bars.show(List.of(accounts(2)));
		this.now += Duration.ofSeconds(1).toNanos();
		bars.show(List.of(accounts(3)));
		// Nothing has moved, as while the application is dead
		this.now += Duration.ofSeconds(30).toNanos();
		bars.show(List.of(accounts(3)));
		assertThat(text().lines()).satisfiesExactly((first) -> assertThat(first).contains(" 1 of "),
				(second) -> assertThat(second).contains(" 3 of "));
	}

	@Test
	void barsAreNotWiderThanATerminal() {
		TableProgress large = new TableProgress("a_table_with_a_long_name", 99_000_000, 100_000_000L, 100_000.0, 10L,
				false);
		assertThat(large.bar()).hasSize(79);
	}

	@Test
	void knowsNoShareWithoutAnEstimate() {
		assertThat(new TableProgress("t", 7, null, null, null, false).line()).isEqualTo("t: 0 %, 7 rows");
		// The estimate was too low
		assertThat(new TableProgress("t", 700, 600L, 5.4, null, false).line()).isEqualTo("t: 99 %, 700 of 600, 5/s");
	}

	private static TableProgress accounts(long read) {
		return new TableProgress("pgbench_accounts", read, 500_000L, 1250.4, (500_000 - read) / 1250, false);
	}

	private ProgressBars bars(boolean terminal) {
		return new ProgressBars(new PrintStream(this.output, true, StandardCharsets.UTF_8), terminal, () -> this.now);
	}

	private String text() {
		return this.output.toString(StandardCharsets.UTF_8);
	}

}
