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

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The whole of it, small: a server, the application as a process of its own, the load,
 * the verdict.
 */
class LedgerRunIT {

	private final SmallRun run = new SmallRun();

	@Test
	void endsEqualThoughKilled() {
		assertThat(this.run.endsEqual("equal", "--kills=1", "--store=file", "--seed=7")).as(this.run.output()).isTrue();
		assertThat(this.run.lastLine()).startsWith("ledger: equal, ")
			.contains(" after 200 transactions, ", " 1 kills, ");
	}

	@Test
	void loadsByBackfillThoughKilled() {
		assertThat(this.run.endsEqual("backfill", "--backfill", "--kills=1", "--lanes=4", "--seed=7",
				"--cdc.backfill.chunk-size=20", "--cdc.backfill.max-rows-per-second=100"))
			.as(this.run.output())
			.isTrue();
		assertThat(this.run.lastLine()).startsWith("ledger: equal, ");
		assertThat(this.run.output())
			.containsPattern("(?m)^pgbench_accounts: [1-9]\\d %, \\d+ of 1,\\d+, \\d+/s, \\d+ s left$")
			.containsPattern("(?m)^pgbench_accounts: 100 %, 1,0\\d\\d rows$")
			.containsPattern("(?m)^pgbench_tellers: 100 %, 10 rows$");
	}

	@Tag("faults")
	@Test
	void endsEqualThoughABatchFailsAsAKafkaClientMay() {
		assertThat(this.run.endsEqual("retriable", "--fail=12", "--lanes=4")).as(this.run.output()).isTrue();
	}

	@Tag("faults")
	@Test
	void endsEqualWithDebeziumsEngineAloneWhenNothingFails() {
		assertThat(this.run.endsEqual("bare-equal", "--bare")).as(this.run.output()).isTrue();
	}

}
