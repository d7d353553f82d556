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

package io.github.cdcspring.samples.kafka;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The whole of it, small: servers, two instances, the load, a kill, the verdict.
 */
class KafkaRunIT {

	private static final int ACCOUNTS = 1000;

	private final ByteArrayOutputStream output = new ByteArrayOutputStream();

	@Test
	void endsEqualThoughTheWorkerIsKilled() {
		assertThat(run("equal", "--transactions=2000", "--kills=1")).as(text()).isTrue();
		assertThat(lastLine()).startsWith("ledger: equal, ").contains(" after 2000 transactions, ", " 1 kills, ");
		assertThat(text()).containsPattern("instance-1 processed [\\d,]{3,} events")
			.containsPattern("instance-2 processed [\\d,]{3,} events");
	}

	@Test
	@Tag("faults")
	void endsEqualThoughEachProcessIsKilledTwice() {
		assertThat(run("killed", "--transactions=6000", "--kills=6")).as(text()).isTrue();
		assertThat(lastLine()).startsWith("ledger: equal, ").contains(" after 6000 transactions, ", " 6 kills, ");
	}

	@Test
	@Tag("faults")
	void endsDifferentWhenARowIsLeftOut() {
		assertThat(run("different", "--transactions=200", "--drop=190", "--patience=10")).as(text()).isFalse();
		assertThat(lastLine()).isEqualTo("ledger: DIFFERENT, pgbench_history: 1 missing, 0 surplus, 0 altered");
	}

	private boolean run(String name, String... options) {
		Path directory = Path.of("target", "kafka-tests", name).toAbsolutePath();
		return new KafkaRun(KafkaOptions.parse(directory, options), ACCOUNTS,
				new PrintStream(this.output, true, StandardCharsets.UTF_8))
			.run();
	}

	private String lastLine() {
		return text().stripTrailing().lines().reduce("", (first, second) -> second);
	}

	private String text() {
		return this.output.toString(StandardCharsets.UTF_8);
	}

}
