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

package io.github.cdcspring.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class DrillOptionsTests {

	@Test
	void takesTheLedgerSampleWithoutAnApplication() {
		DrillOptions options = DrillOptions.parse("--cdc.listener.concurrency=4");
		assertThat(options.app()).isNull();
		assertThat(options.posture()).isEqualTo(Posture.BOTH);
		assertThat(options.failovers()).isEqualTo(3);
		assertThat(options.loss()).isEqualTo(Loss.KILLED);
		assertThat(options.target().table()).isEqualTo("ledger_extra");
		assertThat(options.arguments()).containsExactly("--cdc.listener.concurrency=4");
	}

	@Test
	void leavesAnApplicationItsOwnSettings(@TempDir Path directory) throws IOException {
		Path app = Files.createFile(directory.resolve("app.jar"));
		DrillOptions options = DrillOptions.parse("--app=" + app, "--table=orders",
				"--insert=INSERT INTO orders VALUES (:n)");
		assertThat(options.posture()).isNull();
		assertThat(options.app()).isEqualTo(app);
		assertThatIllegalArgumentException().isThrownBy(() -> DrillOptions.parse("--app=" + app))
			.withMessage("--app needs --table and --insert");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> DrillOptions.parse("--app=" + app, "--table=t", "--insert=INSERT INTO t VALUES (1)"))
			.withMessage("--insert has no :n, the number of the row");
	}

	@Test
	void anyPrimaryMayBecomeUnreachable() {
		assertThat(DrillOptions.parse("--servers=patroni", "--loss=unreachable").loss()).isEqualTo(Loss.UNREACHABLE);
	}

	@ParameterizedTest
	@CsvSource(delimiter = ';', quoteCharacter = '"', value = {
			"--posture=all; --posture=all is none of offset, slot, both, memory",
			"--servers=etcd; --servers=etcd is none of failover-slots, patroni, patroni-synchronous",
			"--failovers=0; --failovers=0 is not a number from 1 up", "--kills=3; There is no option --kills",
			"--loss=stolen; --loss=stolen is none of killed, unreachable",
			"--source=pulsar; --source=pulsar is none of embedded, kafka",
			"--source=kafka; --source=kafka needs --servers=patroni or patroni-synchronous, and neither --app nor --posture",
			"failovers; 'failovers' is not an option of the form --name=value",
			"--app=missing.jar; --app=missing.jar is not a file",
			"--table=orders; --schema, --table and --insert belong to --app" })
	void refusesWhatItDoesNotUnderstand(String option, String message) {
		assertThatIllegalArgumentException().isThrownBy(() -> DrillOptions.parse(option)).withMessage(message);
	}

}
