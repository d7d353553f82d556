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

import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class KafkaOptionsTests {

	private static final Path DIRECTORY = Path.of("target", "kafka");

	private static KafkaOptions parse(String... arguments) {
		return KafkaOptions.parse(DIRECTORY, arguments);
	}

	@Test
	void showsWithoutEndByDefault() {
		KafkaOptions options = parse();
		assertThat(options.transactions()).isFalse();
		assertThat(options.seconds()).isZero();
		assertThat(options.targets()).isEmpty();
		assertThat(options.ledger().scale()).isEqualTo(1);
	}

	@Test
	void endsAfterAKill() {
		KafkaOptions options = parse("--kill=postgres");
		assertThat(options.seconds()).isEqualTo(40);
		assertThat(options.targets()).containsExactly(Target.POSTGRES);
	}

	@Test
	void killsInTurnUnderLoad() {
		KafkaOptions options = parse("--transactions=7", "--kills=20", "--patience=9", "--cdc.poll=a=b");
		assertThat(options.transactions()).isTrue();
		assertThat(options.targets()).containsExactly(Target.WORKER, Target.INSTANCE, Target.BROKER);
		assertThat(options.ledger().transactions()).isEqualTo(7);
		assertThat(options.ledger().kills()).isEqualTo(20);
		assertThat(options.ledger().snapshotKills()).isZero();
		assertThat(options.ledger().patience()).isEqualTo(Duration.ofSeconds(9));
		assertThat(options.ledger().application()).containsExactly("--cdc.poll=a=b");
		assertThat(parse("--transactions=7", "--kill=broker").ledger().kills()).isEqualTo(1);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			--transactions=0   | --transactions=0 is not a number from 1 up
			--kill=kafka       | --kill=kafka is none of worker, broker, instance, postgres
			--kills=2          | --kills needs --transactions
			--seconds=long     | --seconds=long is not a number
			--store=file       | There is no option --store
			--nothing=1        | There is no option --nothing
			kill=worker        | 'kill=worker' is not an option of the form --name=value
			--scale=0          | --scale=0 is not a number from 1 up
			""")
	void refusesInWords(String argument, String message) {
		assertThatIllegalArgumentException().isThrownBy(() -> parse(argument)).withMessage(message);
	}

	@Test
	void refusesWhatDoesNotGoTogether() {
		assertThatIllegalArgumentException().isThrownBy(() -> parse("--transactions=1", "--seconds=1"))
			.withMessageStartingWith("--seconds does not go with --transactions");
		assertThatIllegalArgumentException().isThrownBy(() -> parse("--transactions=1", "--kill=postgres"))
			.withMessageStartingWith("--kill=postgres does not go with --transactions");
	}

}
