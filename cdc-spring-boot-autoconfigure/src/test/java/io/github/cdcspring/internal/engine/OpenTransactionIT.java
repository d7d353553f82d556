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

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.TestDatabase;
import io.github.cdcspring.testsupport.TestPostgres;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A slot that is to be created while a transaction is open.
 */
class OpenTransactionIT {

	private static final Duration LONG = Duration.ofMinutes(3);

	@ParameterizedTest
	@ValueSource(strings = { "initial", "no_data" })
	void waitsForAnOpenTransactionAndNamesIt(String snapshotMode) throws Exception {
		// Transactions of other tests must not interfere
		try (TestPostgres server = TestPostgres.start(Map.of())) {
			TestDatabase database = server.createDatabase();
			database.grantOwnership();
			database.execute("CREATE TABLE numbers (id int PRIMARY KEY)", "CREATE TABLE others (id int)");
			try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
				connection.setAutoCommit(false);
				statement.execute("SET application_name = 'batch'");
				statement.execute("INSERT INTO others VALUES (1)");
				int pid = connection.unwrap(PGConnection.class).getBackendPID();
				try (TestApplication application = TestApplication.start(database, Numbers.class,
						"cdc.snapshot.mode=" + snapshotMode)) {
					await().atMost(LONG).until(() -> application.engine().status().state() == EngineState.BACKING_OFF);
					assertThat(application.engine().status().failure()).contains(
							"process " + pid + " (role postgres, application batch) has an open transaction",
							"SELECT pg_terminate_backend(" + pid + ");");
					assertThat(database.queryForTexts("SELECT slot_name FROM pg_replication_slots")).isEmpty();
					connection.commit();
					await().atMost(LONG).until(() -> application.engine().status().state() == EngineState.RUNNING);
					database.execute("INSERT INTO numbers VALUES (1)");
					Numbers numbers = application.bean(Numbers.class);
					await().atMost(LONG).untilAsserted(() -> assertThat(numbers.ids).containsExactly(1));
				}
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "initial", "no_data" })
	void endsTheCreationOfAnInstanceThatWasKilledAndNamesTheTransaction(String snapshotMode) throws Exception {
		try (TestPostgres server = TestPostgres.start(Map.of())) {
			TestDatabase database = server.createDatabase();
			database.grantOwnership();
			database.execute("CREATE TABLE numbers (id int PRIMARY KEY)", "CREATE TABLE others (id int)");
			try (Connection publishing = database.connect();
					Statement lock = publishing.createStatement();
					Connection batch = database.connect();
					Statement write = batch.createStatement()) {
				publishing.setAutoCommit(false);
				batch.setAutoCommit(false);
				// Keeps the publication from being created, after the look at
				// transactions
				lock.execute("LOCK TABLE numbers IN SHARE UPDATE EXCLUSIVE MODE");
				Process killed = startProcess(database, snapshotMode);
				try {
					awaitPublicationBehindLock(database);
					write.execute("INSERT INTO others VALUES (1)");
					publishing.commit();
					await().atMost(LONG).until(() -> !creators(database).isEmpty());
				}
				finally {
					killed.destroyForcibly().waitFor();
				}
				List<String> orphan = creators(database);
				assertThat(orphan).hasSize(1);
				int pid = batch.unwrap(PGConnection.class).getBackendPID();
				try (TestApplication application = TestApplication.start(database, Numbers.class,
						"cdc.snapshot.mode=" + snapshotMode)) {
					await().atMost(LONG).until(() -> application.engine().status().state() == EngineState.BACKING_OFF);
					assertThat(application.engine().status().failure())
						.contains("SELECT pg_terminate_backend(" + pid + ");");
					assertThat(creators(database)).isEmpty();
					batch.commit();
					await().atMost(LONG).until(() -> application.engine().status().state() == EngineState.RUNNING);
					database.execute("INSERT INTO numbers VALUES (1)");
					Numbers numbers = application.bean(Numbers.class);
					await().atMost(LONG).untilAsserted(() -> assertThat(numbers.ids).containsExactly(1));
				}
			}
		}
	}

	@Test
	@Tag("faults")
	void stopsReceivingWhenTheTransactionEndsAfterTheStop() throws Exception {
		try (TestPostgres server = TestPostgres.start(Map.of())) {
			TestDatabase database = server.createDatabase();
			database.grantOwnership();
			database.execute("CREATE TABLE numbers (id int PRIMARY KEY)", "CREATE TABLE others (id int)");
			try (Connection publishing = database.connect();
					Statement lock = publishing.createStatement();
					Connection batch = database.connect();
					Statement write = batch.createStatement()) {
				publishing.setAutoCommit(false);
				batch.setAutoCommit(false);
				lock.execute("LOCK TABLE numbers IN SHARE UPDATE EXCLUSIVE MODE");
				CompletableFuture<TestApplication> starting = CompletableFuture
					.supplyAsync(() -> TestApplication.start(database, Numbers.class, "cdc.snapshot.mode=no_data",
							"cdc.heartbeat.interval=1h", "cdc.listener.shutdown-timeout=1s"));
				awaitPublicationBehindLock(database);
				write.execute("INSERT INTO others VALUES (1)");
				publishing.commit();
				await().atMost(LONG).until(() -> !creators(database).isEmpty());
				starting.get().close();
				batch.commit();
				await().atMost(LONG)
					.untilAsserted(() -> assertThat(
							database.queryForTexts("SELECT pid FROM pg_stat_activity WHERE backend_type = 'walsender'"))
						.isEmpty());
			}
		}
	}

	private static void awaitPublicationBehindLock(TestDatabase database) {
		await().atMost(LONG)
			.until(() -> !database
				.queryForTexts("SELECT pid FROM pg_stat_activity WHERE query LIKE 'CREATE PUBLICATION%' "
						+ "AND wait_event_type = 'Lock'")
				.isEmpty());
	}

	private static List<String> creators(TestDatabase database) {
		return database
			.queryForTexts("SELECT active_pid FROM pg_replication_slots WHERE active AND confirmed_flush_lsn IS NULL");
	}

	private static Process startProcess(TestDatabase database, String snapshotMode) throws IOException {
		List<String> command = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				System.getProperty("java.class.path"), "-XX:TieredStopAtLevel=1", "-Xmx256m", Main.class.getName(),
				database.host(), String.valueOf(database.port()), database.name(), "cdc.snapshot.mode=" + snapshotMode);
		return new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start();
	}

	static final class Main {

		private Main() {
		}

		public static void main(String[] arguments) {
			TestDatabase database = new TestDatabase(arguments[0], Integer.parseInt(arguments[1]), arguments[2],
					"postgres", "postgres");
			TestApplication.start(database, Numbers.class, arguments[3]);
		}

	}

}
