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

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import io.github.cdcspring.testsupport.TestPostgres;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.util.StringUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Health when something goes wrong, and when it recovers.
 */
@PostgresTest
class CdcHealthIT {

	@BeforeEach
	void createTable(TestDatabase database) {
		database.execute("CREATE TABLE numbers (id int PRIMARY KEY)");
	}

	@Test
	void killedWalSenderShowsAndRecovers(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Numbers.class)) {
			awaitStatus(application, Status.UP);
			List<Status> told = new CopyOnWriteArrayList<>();
			application.engine().onStatusChange((status) -> told.add(health(application).getStatus()));
			kill(database);
			await().until(() -> told.contains(Status.DOWN));
			awaitStatus(application, Status.UP);
			assertThat(details(application)).containsEntry("restarts", 1L);
		}
	}

	@Test
	void droppedSlotShowsWithItsRemedy(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Numbers.class)) {
			database.execute("INSERT INTO numbers VALUES (1)");
			application.awaitSnapshotStored();
			await().until(() -> {
				kill(database);
				return dropped(database);
			});
			awaitStatus(application, Status.DOWN);
			await().untilAsserted(
					() -> assertThat(String.valueOf(details(application).get("problems"))).contains("does not exist")
						.contains("Otherwise stop the application. Run: DELETE FROM"));
		}
	}

	@Test
	void stoppedServerShowsAndRecovers() throws Exception {
		try (TestPostgres server = TestPostgres.start(Map.of())) {
			TestDatabase database = server.createDatabase();
			createTable(database);
			try (TestApplication application = TestApplication.run(database, Numbers.class)) {
				awaitStatus(application, Status.UP);
				server.stop();
				awaitStatus(application, Status.DOWN);
				server.startAgain();
				await().untilAsserted(() -> assertThat(health(application).getStatus()).isEqualTo(Status.UP));
			}
		}
	}

	@Test
	void stuckListenerShowsAndRecovers(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Numbers.class, "cdc.listener.timeout=500ms")) {
			CountDownLatch gate = new CountDownLatch(1);
			application.bean(Numbers.class).gate = gate;
			database.execute("INSERT INTO numbers VALUES (1)");
			awaitStatus(application, Status.DOWN);
			await().untilAsserted(() -> assertThat(String.valueOf(details(application).get("problems")))
				.contains("Listener 'numbers' has not returned since "));
			gate.countDown();
			awaitStatus(application, Status.UP);
		}
	}

	@Test
	void stuckListenerShowsDuringASnapshot(TestDatabase database) {
		// More than Debezium reads ahead, so the snapshot does not end meanwhile
		database.execute("INSERT INTO numbers SELECT generate_series(1, 30000)");
		try (TestApplication application = TestApplication.start(database, StuckNumbers.class,
				"cdc.listener.timeout=500ms", "cdc.listener.retry.max-attempts=1")) {
			await().untilAsserted(() -> assertThat(String.valueOf(details(application).get("problems")))
				.contains("Listener 'numbers' has not returned since "));
			// The engine reads the rows again, and does not wait for its next attempt
			assertThat(details(application)).containsEntry("state", EngineState.STARTING);
			assertThat(health(application).getStatus()).isEqualTo(Status.DOWN);
			application.bean(StuckNumbers.class).gate.countDown();
			awaitStatus(application, Status.UP);
		}
	}

	@Test
	void lagAndRetainedWalAreLimited(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Numbers.class, "cdc.health.max-lag=1KB",
				"cdc.health.max-retained-wal=1KB", "cdc.heartbeat.interval=1h")) {
			database.execute("CREATE TABLE other (id int)", "INSERT INTO other SELECT generate_series(1, 1000)");
			awaitStatus(application, Status.DOWN);
			await().untilAsserted(() -> assertThat(String.valueOf(details(application).get("problems")))
				.contains("which is more than cdc.health.max-lag (1024)")
				.contains("which is more than cdc.health.max-retained-wal (1024)"));
		}
	}

	@Test
	void showsTheTimeToSlotLossAndThatTheSlotIsLost() throws Exception {
		try (TestPostgres server = TestPostgres
			.start(Map.of("max_slot_wal_keep_size", "64MB", "max_wal_size", "32MB", "min_wal_size", "32MB"))) {
			TestDatabase database = server.createDatabase();
			createTable(database);
			database.execute("CREATE TABLE other (id int)");
			try (TestApplication application = TestApplication.run(database, Numbers.class,
					"cdc.health.min-time-to-slot-loss=1h")) {
				awaitStatus(application, Status.UP);
				application.engine().pause();
				await().untilAsserted(() -> {
					database.execute("INSERT INTO other SELECT generate_series(1, 1000)");
					assertThat(String.valueOf(details(application).get("timeToSlotLoss"))).matches("\\d+ (s|min|h)");
				});
				application.engine().resume();
				application.engine().pause();
				await().untilAsserted(() -> {
					for (int segment = 0; segment < 3; segment++) {
						database.execute("INSERT INTO other VALUES (0)", "SELECT pg_switch_wal()");
					}
					database.execute("CHECKPOINT");
					assertThat(details(application)).containsEntry("walStatus", "lost");
				});
				application.engine().resume();
				awaitStatus(application, Status.DOWN);
				await().untilAsserted(
						() -> assertThat(String.valueOf(details(application).get("problems"))).contains("wal_removed"));
			}
		}
	}

	/** Before the statements time out and the engine restarts. */
	@Test
	void storeThatHangsShowsAndRecovers(TestDatabase database) throws SQLException {
		try (TestApplication application = TestApplication.run(database, Numbers.class,
				"cdc.listener.transactional=true", "cdc.offset.flush-interval=100ms");
				Connection other = database.connect();
				Statement statement = other.createStatement()) {
			other.setAutoCommit(false);
			for (String table : List.of("cdc_offset", "cdc_processed")) {
				awaitStatus(application, Status.UP);
				statement.execute("LOCK TABLE " + table + " IN ACCESS EXCLUSIVE MODE");
				database.execute("INSERT INTO numbers SELECT count(*) FROM numbers");
				awaitStatus(application, Status.DOWN);
				await().untilAsserted(() -> assertThat(details(application)).containsEntry("state", EngineState.RUNNING)
					.hasEntrySatisfying("failure",
							(failure) -> assertThat(failure).asString().contains("has not answered for 5 s")));
				other.rollback();
			}
			awaitStatus(application, Status.UP);
			await().until(() -> application.bean(Numbers.class).seen.containsAll(List.of("CREATE 0", "CREATE 1")));
			assertThat(application.engine().status().restarts()).isZero();
		}
	}

	@Test
	void existingRowsThatCannotBeReadShowAndRecover(TestDatabase database) {
		database.execute("INSERT INTO numbers SELECT generate_series(1, 100)");
		try (TestApplication application = TestApplication.run(database, Numbers.class, "cdc.snapshot.mode=no_data",
				"cdc.backfill.chunk-size=5")) {
			Numbers numbers = application.bean(Numbers.class);
			CountDownLatch gate = new CountDownLatch(1);
			numbers.gate = gate;
			application.engine().backfill().start("numbers");
			await().untilAsserted(() -> assertThat(String.valueOf(details(application).get("existingRows")))
				.isEqualTo("[{table=public.numbers, state=READING, rows=0, estimatedRows=100}]"));
			assertThat(health(application).getStatus()).isEqualTo(Status.UP);
			database.execute("REVOKE SELECT ON numbers FROM " + database.applicationRole());
			gate.countDown();
			await().untilAsserted(() -> assertThat(String.valueOf(details(application).get("problems")))
				.contains("Existing rows of table public.numbers cannot be read: "));
			assertThat(health(application).getStatus()).isEqualTo(Status.DOWN);
			application.engine().backfill().pause("numbers");
			awaitStatus(application, Status.UP);
			application.engine().backfill().resume("numbers");
			awaitStatus(application, Status.DOWN);
			database.execute("GRANT SELECT ON numbers TO " + database.applicationRole());
			await().until(() -> application.engine().backfill().list().isEmpty());
			awaitStatus(application, Status.UP);
			assertThat(details(application)).doesNotContainKey("existingRows");
			assertThat(numbers.seen).hasSizeGreaterThanOrEqualTo(100);
		}
	}

	@Test
	void joinsReadinessIfConfiguredAndNeverLiveness(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Numbers.class,
				StringUtils.concatenateStringArrays(ActuatorClient.EXPOSED,
						new String[] { "management.endpoint.health.probes.enabled=true",
								"management.endpoint.health.group.readiness.include=readinessState,cdc" }))) {
			ActuatorClient actuator = new ActuatorClient(application);
			await().until(() -> actuator.getStatus("health/readiness") == 200);
			application.engine().pause();
			assertThat(actuator.getStatus("health/readiness")).isEqualTo(503);
			assertThat(actuator.getStatus("health/liveness")).isEqualTo(200);
			application.engine().resume();
			await().until(() -> actuator.getStatus("health/readiness") == 200);
		}
	}

	private static void kill(TestDatabase database) {
		database.execute("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '"
				+ database.name() + "' AND active");
	}

	private static boolean dropped(TestDatabase database) {
		try {
			database.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots "
					+ "WHERE slot_name = '" + database.name() + "'");
			return true;
		}
		catch (IllegalStateException ex) {
			return false;
		}
	}

	private static void awaitStatus(TestApplication application, Status status) {
		await().untilAsserted(
				() -> assertThat(health(application).getStatus()).as(health(application).toString()).isEqualTo(status));
	}

	private static Health health(TestApplication application) {
		return application.bean(CdcHealthIndicator.class).health();
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> details(TestApplication application) {
		return (Map<String, Object>) health(application).getDetails().get("default");
	}

	/** Fails at the first row, and then does not return. */
	static class StuckNumbers {

		final CountDownLatch gate = new CountDownLatch(1);

		private boolean failed;

		@CdcListener(tables = "numbers", id = "numbers")
		void on(Numbers.Number number) throws InterruptedException {
			if (!this.failed) {
				this.failed = true;
				throw new IllegalStateException("the first row");
			}
			this.gate.await();
		}

	}

}
