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

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class OptionsTests {

	private static final Path DIRECTORY = Path.of("target", "ledger");

	@Test
	void hasDefaults() {
		Options options = Options.parse(DIRECTORY);
		assertThat(options.transactions()).isEqualTo(10_000);
		assertThat(options.store()).isEqualTo("jdbc");
		assertThat(options.scale()).isEqualTo(5);
		assertThat(options.kills()).isZero();
		assertThat(options.extra()).isFalse();
	}

	@Test
	void takesWhatIsAskedFor() {
		Options options = Options.parse(DIRECTORY, "--transactions=7", "--store=file", "--load=jdbc", "--kills=3",
				"--lanes=8", "--seed=-5", "--cdc.poll=a=b");
		assertThat(options.transactions()).isEqualTo(7);
		assertThat(options.store()).isEqualTo("file");
		assertThat(options.load()).isEqualTo(Options.LoadProgram.JDBC);
		assertThat(options.kills()).isEqualTo(3);
		assertThat(options.extra()).as("more than pgbench while it is killed").isTrue();
		assertThat(options.lanes()).isEqualTo(8);
		assertThat(options.seed()).isEqualTo(-5);
		assertThat(options.application()).containsExactly("--cdc.poll=a=b");
	}

	@Test
	void doesOnceOnlyWhereThePositionIsInTheListenersDatabase() {
		assertThat(Options.parse(DIRECTORY, "--once").once()).isTrue();
		assertThatIllegalArgumentException().isThrownBy(() -> Options.parse(DIRECTORY, "--once", "--store=file"))
			.withMessage("--once needs --store=jdbc");
	}

	@Test
	void readsExistingRowsAlongsideTheStreamOnlyWithTheStarter() {
		assertThat(Options.parse(DIRECTORY, "--backfill").backfill()).isTrue();
		assertThatIllegalArgumentException().isThrownBy(() -> Options.parse(DIRECTORY, "--backfill", "--bare"))
			.withMessage("--backfill needs the starter, so it does not go with --bare");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			--transactions=0   | --transactions=0 is not a number from 1 up
			--transactions=ten | --transactions=ten is not a number from 1 up
			--store=memory     | --store=memory is none of jdbc, file
			--extra=yes        | --extra=yes is none of true, false
			--kill=1           | There is no option --kill
			transactions=1     | 'transactions=1' is not an option of the form --name=value
			--seed=x           | --seed=x is not a number
			--once=yes         | --once=yes is none of false, true
			""")
	void refusesInWords(String argument, String message) {
		assertThatIllegalArgumentException().isThrownBy(() -> Options.parse(DIRECTORY, argument)).withMessage(message);
	}

}
