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
 * Runs whose end must be found to differ.
 */
class LedgerDifferenceIT {

	private final SmallRun run = new SmallRun();

	@Test
	void endsDifferentWhenARowIsLeftOut() {
		assertThat(this.run.endsEqual("different", "--drop=190", "--patience=20")).as(this.run.output()).isFalse();
		assertThat(this.run.lastLine())
			.isEqualTo("ledger: DIFFERENT, pgbench_history: 1 missing, 0 surplus, 0 altered");
	}

	@Tag("faults")
	@Test
	void endsDifferentWithDebeziumsEngineAloneWhenABatchFailsSo() {
		assertThat(this.run.endsEqual("bare", "--fail=12", "--bare", "--patience=20")).as(this.run.output()).isFalse();
		assertThat(this.run.lastLine()).startsWith("ledger: DIFFERENT, ").contains(" missing, ");
	}

	@Test
	void endsDifferentWhenTheApplicationDoesNotStart() {
		assertThat(this.run.endsEqual("failed", "--cdc.lsn-flush-mode=sometimes")).as(this.run.output()).isFalse();
		assertThat(this.run.lastLine()).startsWith("ledger: DIFFERENT, for the run failed: "
				+ "The application ended by itself with status 1; its words are in ");
	}

}
