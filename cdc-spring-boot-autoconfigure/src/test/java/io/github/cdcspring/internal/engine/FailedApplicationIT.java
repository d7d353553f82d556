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

package io.github.cdcspring.internal.engine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.engine.EngineStatus;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.ExitCodeGenerator;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The exit code of an application without a web server whose engine has failed.
 */
@PostgresTest
class FailedApplicationIT {

	@BeforeEach
	void createTable(TestDatabase database) {
		database.execute("CREATE TABLE numbers (id int PRIMARY KEY)");
	}

	@ParameterizedTest
	@CsvSource({ "cdc.enabled=true, 1", "cdc.failure-exit-code=7, 7", "cdc.failure-exit-code=0, 0" })
	void endsWithTheExitCodeOfAFailure(String property, int exitCode, TestDatabase database) throws Exception {
		Process process = start(database, property);
		try {
			await().atMost(2, TimeUnit.MINUTES).until(() -> database.isStreaming(database.name()));
			database.execute("INSERT INTO numbers VALUES (1)");
			assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
			assertThat(process.exitValue()).isEqualTo(exitCode);
		}
		finally {
			process.destroyForcibly().waitFor();
		}
	}

	@Test
	void reportsARefusalByTheExitCode(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Numbers.class)) {
			ExitCodeGenerator exitCode = application.bean(ExitCodeGenerator.class);
			assertThat(exitCode.getExitCode()).isZero();
			database.execute("ALTER TABLE numbers DROP CONSTRAINT numbers_pkey",
					"SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '"
							+ database.name() + "'");
			await().until(() -> application.engine().status().state() == EngineState.REFUSED);
			AtomicReference<EngineStatus> refused = new AtomicReference<>(application.engine().status());
			// Another failure may come between two refusals
			await().until(() -> {
				EngineStatus now = application.engine().status();
				EngineStatus before = refused.get();
				if (!now.since().equals(before.since())) {
					refused.set(now);
				}
				return now.state() == EngineState.REFUSED && now.since().equals(before.since())
						&& now.refusals() > before.refusals();
			});
			assertThat(exitCode.getExitCode()).isEqualTo(1);
		}
	}

	@Test
	void endsWithSuccessAfterTheOnlySnapshot(TestDatabase database) throws Exception {
		database.execute("CREATE TABLE copies (id int)", "CREATE TABLE others (id int PRIMARY KEY)",
				"INSERT INTO numbers VALUES (1), (2)");
		database.grantWriting("copies");
		assertThat(exitCodeOf(start(database, Copying.class, "cdc.snapshot.mode=initial_only"))).isZero();
		assertThat(database.queryForTexts("SELECT id FROM copies ORDER BY id")).containsExactly("1", "2");
	}

	private static int exitCodeOf(Process process) throws InterruptedException {
		try {
			assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
			return process.exitValue();
		}
		finally {
			process.destroyForcibly().waitFor();
		}
	}

	@Test
	void endsWithTheExitCodeOfAFailureInTheOnlySnapshot(TestDatabase database) throws Exception {
		database.execute("INSERT INTO numbers VALUES (1)");
		assertThat(exitCodeOf(start(database, "cdc.snapshot.mode=initial_only"))).isEqualTo(1);
	}

	private static Process start(TestDatabase database, String property) throws Exception {
		return start(database, Failing.class, property);
	}

	private static Process start(TestDatabase database, Class<?> listener, String property) throws Exception {
		List<String> command = new ArrayList<>(List.of(
				Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				System.getProperty("java.class.path"), "-XX:TieredStopAtLevel=1", "-Xmx256m", Main.class.getName(),
				database.host(), String.valueOf(database.port()), database.name(), listener.getName(), property));
		return new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start();
	}

	static final class Main {

		private Main() {
		}

		public static void main(String[] arguments) throws ClassNotFoundException {
			TestDatabase database = new TestDatabase(arguments[0], Integer.parseInt(arguments[1]), arguments[2],
					"postgres", "postgres");
			TestApplication.start(database, Class.forName(arguments[3]), arguments[4]);
		}

	}

	static class Failing {

		@CdcListener("numbers")
		void on(Numbers.Number number) {
			throw new AssertionError("for good");
		}

	}

	static class Copying {

		private final JdbcTemplate jdbc;

		Copying(JdbcTemplate jdbc) {
			this.jdbc = jdbc;
		}

		@CdcListener({ "numbers", "others" })
		void on(Numbers.Number number) {
			this.jdbc.update("INSERT INTO copies VALUES (?)", number.id());
		}

	}

}
