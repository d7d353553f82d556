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

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import io.github.cdcspring.testsupport.TestPostgres;
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
			await().untilAsserted(() -> assertThat(messages(output)).containsExactly(
					"Engine 'default': listener 'numbers' listens to public.numbers",
					"Engine 'default' (lsn-flush-mode connector, offset-mismatch-strategy no_validation, "
							+ "offset store jdbc): slot '" + database.name()
							+ "' does not exist, offset not stored, verdict OFFSET_MISSING. Finds no offset: it creates slot '"
							+ database.name() + "' at the end of the WAL and receives what commits from then on.",
					"Engine 'default' is receiving changes from slot '" + database.name() + "'"));
			assertThat(lines(output, "INFO")).noneMatch(StartUpLogIT::isNoise);
		}
	}

	@Test
	void aSnapshotIsLoggedFromBeginningToEnd(TestDatabase database, CapturedOutput output) {
		database.execute("INSERT INTO numbers SELECT generate_series(1, 50)");
		try (TestApplication application = TestApplication.run(database, Numbers.class, "logging.level.root=INFO")) {
			await().until(() -> application.bean(Numbers.class).seen.size() == 50);
			await().untilAsserted(() -> assertThat(messages(output)).hasSize(5));
		}
		assertThat(messages(output)).satisfiesExactly((line) -> assertThat(line).endsWith("listens to public.numbers"),
				(line) -> assertThat(line).contains("verdict OFFSET_MISSING"),
				(line) -> assertThat(line)
					.isEqualTo("Engine 'default' begins a snapshot: it reads the existing rows of 1 table"),
				(line) -> assertThat(line)
					.matches("Engine 'default' has completed the snapshot: 50 rows of 1 table in \\d+\\.\\d s"),
				(line) -> assertThat(line).startsWith("Engine 'default' is receiving changes from slot '"),
				(line) -> assertThat(line).matches("Engine 'default' has stopped\\. The stored offset is \\S+\\."));
		assertThat(stackTraceLines(output)).isEmpty();
	}

	@Test
	void aLostConnectionIsOneWarningWithTheNextAttempt(TestDatabase database, CapturedOutput output) {
		try (TestApplication application = TestApplication.run(database, Numbers.class, "logging.level.root=INFO",
				"cdc.snapshot.mode=no_data")) {
			await().until(() -> messages(output).size() == 3);
			database.execute("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '"
					+ database.name() + "'");
			await().until(() -> application.engine().status().restarts() == 1);
			await().untilAsserted(() -> assertThat(messages(output)).hasSize(6));
		}
		assertThat(lines(output, " WARN ")).singleElement().asString().contains("lost its connection (");
		assertThat(messages(output).subList(3, 6)).satisfiesExactly(
				(line) -> assertThat(line)
					.matches("Engine 'default' lost its connection \\(.+\\)\\. Reconnecting in 1 s, attempt 1\\."),
				(line) -> assertThat(line).contains("verdict "),
				(line) -> assertThat(line).startsWith("Engine 'default' is receiving changes from slot '"));
		assertThat(stackTraceLines(output)).isEmpty();
		assertThat(lines(output, "")).noneMatch(StartUpLogIT::isNoise);
	}

	@Test
	void aServerThatIsAwayIsAFewLinesOfTheEngineOnly(CapturedOutput output) throws Exception {
		Path directory = Files.createTempDirectory(Path.of("target"), "offsets");
		try (TestPostgres server = TestPostgres.start(Map.of())) {
			TestDatabase database = server.createDatabase();
			database.execute("CREATE TABLE numbers (id int PRIMARY KEY)");
			try (TestApplication application = TestApplication.run(database, Numbers.class, "logging.level.root=INFO",
					"cdc.snapshot.mode=no_data", "cdc.safety.accept=ephemeral-offset-file", "cdc.offset.store=file",
					"cdc.offset.file.path=" + directory.resolve("offsets"), "logging.level.com.zaxxer.hikari=WARN")) {
				await().untilAsserted(() -> assertThat(messages(output)).last().asString().contains("is receiving"));
				int before = messages(output).size();
				server.stop();
				await().until(() -> application.engine().status().state() == EngineState.BACKING_OFF);
				server.startAgain();
				await().until(() -> application.engine().status().restarts() == 1);
				await().untilAsserted(() -> assertThat(messages(output)).last().asString().contains("is receiving"));
				// A slow server shows more causes, each in one line
				assertThat(messages(output).stream().skip(before)).hasSizeBetween(3, 7)
					.extracting((line) -> line.replaceFirst("Reconnecting in .*", ""))
					.doesNotHaveDuplicates();
				assertThat(stackTraceLines(output)).isEmpty();
				assertThat(lines(output, "")).noneMatch(StartUpLogIT::isNoise);
			}
		}
	}

	@Test
	void aStandbyAndItsTakeoverAreLoggedOnce(TestDatabase database, CapturedOutput output) {
		database
			.execute("SELECT pg_create_logical_replication_slot('" + database.name() + "', 'pgoutput', false, true)");
		TestApplication first = TestApplication.run(database, Numbers.class, "cdc.snapshot.mode=no_data");
		try (TestApplication second = TestApplication.start(database, Numbers.class, "logging.level.root=INFO",
				"cdc.snapshot.mode=no_data")) {
			int standby = messages(output).size();
			assertThat(messages(output).get(standby - 1)).startsWith("Engine 'default' is on standby: Server process ");
			await().until(() -> second.engine().status().state() == EngineState.STANDBY);
			first.close();
			await().until(() -> second.engine().status().state() == EngineState.RUNNING);
			Predicate<String> stop = (line) -> line.startsWith("Engine 'default' has stopped. ");
			// The slot is free before the first application says that it has stopped
			await().untilAsserted(() -> assertThat(messages(output).stream().skip(standby).filter(stop)).hasSize(1));
			await().untilAsserted(() -> assertThat(messages(output).stream().skip(standby).filter(stop.negate()))
				.satisfiesExactly((line) -> assertThat(line).contains("verdict "),
						(line) -> assertThat(line).isEqualTo("Engine 'default' takes over slot '" + database.name()
								+ "', because the other instance has stopped"),
						(line) -> assertThat(line)
							.isEqualTo("Engine 'default' is receiving changes from slot '" + database.name() + "'")));
		}
		assertThat(stackTraceLines(output)).isEmpty();
	}

	@Test
	void aListenerThatFailsForAWhileIsTracedOnce(TestDatabase database, CapturedOutput output) {
		try (TestApplication application = TestApplication.run(database, Numbers.class, "logging.level.root=INFO",
				"cdc.snapshot.mode=no_data", "cdc.listener.retry.max-attempts=1",
				"cdc.listener.restart.initial-interval=10ms", "cdc.listener.restart.max-interval=10ms")) {
			Numbers numbers = application.bean(Numbers.class);
			numbers.poison = 1;
			database.execute("INSERT INTO numbers VALUES (1)");
			await().until(() -> lines(output, "Engine 'default' failed (Listener 'numbers' ").size() >= 2);
			numbers.poison = 0;
			await().until(() -> numbers.seen.contains("CREATE 1"));
		}
		assertThat(lines(output, "ERROR")).isEmpty();
		assertThat(lines(output, "WARN")).filteredOn((line) -> !isNoise(line))
			.hasSizeGreaterThan(1)
			.allMatch((line) -> line.contains("Engine 'default' failed (Listener 'numbers' ")
					&& line.contains("Restarting in 0 s, attempt "));
		assertThat(output.getAll().lines().filter((line) -> line.matches("\\S+(Exception|Error)(: .*)?")))
			.containsExactly("java.lang.IllegalStateException: poison");
	}

	@Test
	void aFailedListenerIsOneErrorWithTheTraceOfTheListener(TestDatabase database, CapturedOutput output) {
		try (TestApplication application = TestApplication.run(database, Numbers.class, "logging.level.root=INFO",
				"cdc.snapshot.mode=no_data", "cdc.listener.retry.max-attempts=1",
				"cdc.listener.restart.max-attempts=0")) {
			application.bean(Numbers.class).poison = 1;
			database.execute("INSERT INTO numbers VALUES (1)");
			await().until(() -> application.engine().status().state() == EngineState.FAILED);
			await().untilAsserted(() -> assertThat(lines(output, "ERROR")).hasSize(1));
		}
		assertThat(lines(output, "ERROR")).singleElement()
			.asString()
			.contains("Engine 'default' failed and stays stopped until it is restarted: Listener 'numbers' ");
		assertThat(output.getAll().lines().filter((line) -> line.matches("\\S+(Exception|Error)(: .*)?")))
			.containsExactly("java.lang.IllegalStateException: poison");
		assertThat(stackTraceLines(output)).hasSizeLessThan(40)
			.noneMatch((line) -> line.startsWith("Caused by"))
			.filteredOn((line) -> line.contains("Numbers.on("))
			.hasSize(1);
	}

	@Test
	void aRefusalIsLoggedOnce(TestDatabase database, CapturedOutput output) {
		try (TestApplication application = TestApplication.run(database, Numbers.class, "logging.level.root=INFO",
				"cdc.snapshot.mode=no_data")) {
			database.execute("ALTER TABLE numbers RENAME TO others",
					"SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '"
							+ database.name() + "'");
			await().until(() -> application.engine().status().refusals() > 1);
		}
		assertThat(lines(output, "ERROR")).singleElement()
			.asString()
			.contains("Engine 'default' refused to start: unknown-table: ");
		assertThat(stackTraceLines(output)).isEmpty();
	}

	@Test
	void aPauseAndAStopAreLogged(TestDatabase database, CapturedOutput output) {
		try (TestApplication application = TestApplication.run(database, Numbers.class, "logging.level.root=INFO",
				"cdc.snapshot.mode=no_data", "cdc.heartbeat.interval=1h")) {
			application.engine().pause();
			assertThat(messages(output)).last()
				.isEqualTo("Engine 'default' is paused. No offset is stored. Slot '" + database.name()
						+ "' keeps WAL until the engine is resumed.");
			application.engine().resume();
			await().untilAsserted(() -> assertThat(messages(output)).last().asString().contains("is receiving"));
		}
		assertThat(messages(output)).last().isEqualTo("Engine 'default' has stopped. No offset is stored.");
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

	private static List<String> stackTraceLines(CapturedOutput output) {
		return output.getAll()
			.lines()
			.filter((line) -> line.matches("\\s+at .*|Caused by: .*|\\s+\\.\\.\\. .*"))
			.toList();
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
