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
import java.nio.file.Path;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The whole of it, small: a server, the application as a process of its own, the load,
 * the verdict.
 */
class LedgerRunIT {

	private static final int ACCOUNTS = 1000;

	private final ByteArrayOutputStream output = new ByteArrayOutputStream();

	@Test
	void endsEqualThoughKilled() {
		assertThat(run("equal", "--kills=1", "--store=file", "--seed=7")).as(text()).isTrue();
		assertThat(lastLine()).startsWith("ledger: equal, ").contains(" after 200 transactions, ", " 1 kills, ");
	}

	@Test
	void doesOnceWhatMustBeDoneOnce() {
		assertThat(run("once", "--kills=2", "--snapshot-kills=0", "--lanes=4", "--once", "--seed=7")).as(text())
			.isTrue();
		assertThat(lastLine()).startsWith("ledger: equal, ").contains(" effects, 0 of them twice");
	}

	@Test
	void loadsByBackfillThoughKilled() {
		assertThat(run("backfill", "--backfill", "--kills=1", "--lanes=4", "--seed=7", "--cdc.backfill.chunk-size=20",
				"--cdc.backfill.max-rows-per-second=100"))
			.as(text())
			.isTrue();
		assertThat(lastLine()).startsWith("ledger: equal, ");
		assertThat(text()).containsPattern("(?m)^pgbench_accounts: [1-9]\\d %, \\d+ of 1,\\d+, \\d+/s, \\d+ s left$")
			.containsPattern("(?m)^pgbench_accounts: 100 %, 1,0\\d\\d rows$")
			.containsPattern("(?m)^pgbench_tellers: 100 %, 10 rows$");
	}

	@Test
	void endsDifferentWhenARowIsLeftOut() {
		assertThat(run("different", "--drop=190", "--patience=20")).as(text()).isFalse();
		assertThat(lastLine()).isEqualTo("ledger: DIFFERENT, pgbench_history: 1 missing, 0 surplus, 0 altered");
	}

	@Tag("faults")
	@Test
	void endsEqualThoughABatchFailsAsAKafkaClientMay() {
		assertThat(run("retriable", "--fail=12", "--lanes=4")).as(text()).isTrue();
	}

	@Tag("faults")
	@Test
	void endsDifferentWithDebeziumsEngineAloneWhenABatchFailsSo() {
		assertThat(run("bare", "--fail=12", "--bare", "--patience=20")).as(text()).isFalse();
		assertThat(lastLine()).startsWith("ledger: DIFFERENT, ").contains(" missing, ");
	}

	@Tag("faults")
	@Test
	void endsEqualWithDebeziumsEngineAloneWhenNothingFails() {
		assertThat(run("bare-equal", "--bare")).as(text()).isTrue();
	}

	@Test
	void endsDifferentWhenTheApplicationDoesNotStart() {
		assertThat(run("failed", "--cdc.lsn-flush-mode=sometimes")).as(text()).isFalse();
		assertThat(lastLine()).startsWith("ledger: DIFFERENT, for the run failed: The application ended by itself with "
				+ "status 1; its words are in ");
	}

	private boolean run(String name, String... options) {
		String[] all = new String[options.length + 2];
		all[0] = "--transactions=200";
		all[1] = "--scale=1";
		System.arraycopy(options, 0, all, 2, options.length);
		Path directory = Path.of("target", "ledger-tests", name).toAbsolutePath();
		return new LedgerRun(Options.parse(directory, all),
				(parsed, source) -> new PgbenchStatements(source.dataSource(), parsed, ACCOUNTS),
				new PrintStream(this.output, true, StandardCharsets.UTF_8), false)
			.run();
	}

	private String lastLine() {
		return text().stripTrailing().lines().reduce("", (first, second) -> second);
	}

	private String text() {
		return this.output.toString(StandardCharsets.UTF_8);
	}

}
