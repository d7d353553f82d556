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

package io.github.cdcspring.internal.actuate;

import java.util.List;

import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What an engine logs when it starts.
 */
@PostgresTest
@ExtendWith(OutputCaptureExtension.class)
class StartUpLogIT {

	@BeforeEach
	void createTable(TestDatabase database) {
		database.execute("CREATE TABLE numbers (id int PRIMARY KEY)");
	}

	@Test
	void oneLineSaysWhereItStartsAndNothingIsSaidOfEvents(TestDatabase database, CapturedOutput output) {
		try (TestApplication application = TestApplication.run(database, Numbers.class, "logging.level.root=INFO",
				"cdc.snapshot.mode=no_data")) {
			database.execute("INSERT INTO numbers SELECT generate_series(1, 50)");
			await().until(() -> application.bean(Numbers.class).seen.size() == 50);
			assertThat(messages(output)).containsExactly(
					"Engine 'default': listener 'numbers' listens to public.numbers",
					"Engine 'default' (lsn-flush-mode connector, offset-mismatch-strategy no_validation, "
							+ "offset store jdbc): slot '" + database.name()
							+ "' does not exist, offset not stored, verdict OFFSET_MISSING. Finds no offset: it creates slot '"
							+ database.name() + "' at the end of the log, and receives what commits from then on.",
					"Engine 'default' is receiving changes from slot '" + database.name() + "'");
			assertThat(lines(output, "INFO")).noneMatch(StartUpLogIT::isNoise);
		}
	}

	@Test
	void onePropertyBringsBackWhatDebeziumSays(TestDatabase database, CapturedOutput output) {
		try (TestApplication application = TestApplication.run(database, Numbers.class, "logging.level.root=INFO",
				"cdc.logging.debezium=true")) {
			assertThat(lines(output, "INFO").stream().filter(StartUpLogIT::isNoise).count()).isGreaterThan(50);
		}
	}

	@Test
	void whatTheApplicationSaysOfTheLoggersWins(TestDatabase database, CapturedOutput output) {
		try (TestApplication application = TestApplication.run(database, Numbers.class, "logging.level.root=INFO",
				"logging.level.io.debezium=INFO")) {
			assertThat(lines(output, "INFO").stream().filter(StartUpLogIT::isNoise).count()).isGreaterThan(50);
		}
	}

	/** What engines have logged. */
	private static List<String> messages(CapturedOutput output) {
		return lines(output, " Engine '").stream().map((line) -> line.replaceFirst(".* : (?=Engine ')", "")).toList();
	}

	private static List<String> lines(CapturedOutput output, String part) {
		return output.getOut().lines().filter((line) -> line.contains(part) && line.contains(" --- ")).toList();
	}

	/** Logger names are cut short, as in {@code i.d.c.p.PostgresConnectorTask}. */
	private static boolean isNoise(String line) {
		String logger = line.replaceFirst(".* --- \\[[^]]*\\] (\\S+) .*", "$1");
		return logger.matches("(i\\.d|d\\.|i\\.debezium|io\\.debezium|o\\.a\\.k|o\\.apache\\.k).*");
	}

}
