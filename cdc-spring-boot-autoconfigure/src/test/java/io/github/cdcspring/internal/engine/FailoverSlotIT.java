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

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.internal.actuate.CdcHealthIndicator;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.TestDatabase;
import io.github.cdcspring.testsupport.TestPostgres;
import org.junit.jupiter.api.Test;

import org.springframework.boot.health.contributor.Status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A failover slot whose standby is down.
 */
class FailoverSlotIT {

	private static final Duration LONG = Duration.ofMinutes(2);

	private static final String[] SETTINGS = { "cdc.slot.survives-failover=failover_slot",
			"cdc.safety.accept=synchronized-standby-slots", "cdc.health.stream-timeout=10s" };

	@Test
	void saysThatTheServerWaitsForTheStandbyAndEndsAnAdvanceThatWasLeftBehind() throws Exception {
		try (TestPostgres server = TestPostgres.start(Map.of())) {
			TestDatabase database = server.createDatabase();
			database.execute("CREATE TABLE numbers (id int PRIMARY KEY)",
					"SELECT pg_create_physical_replication_slot('standby', true)");
			try (TestApplication application = TestApplication.run(database, Numbers.class, SETTINGS)) {
				waitForStandby(database);
				database.execute("INSERT INTO numbers VALUES (1)");
				await().atMost(LONG).until(() -> application.engine().status().failure() != null);
				assertThat(application.engine().status().failure())
					.contains("until the standbys in synchronized_standby_slots have the WAL");
				assertThat(application.engine().status().state()).isEqualTo(EngineState.RUNNING);
				assertThat(Objects.requireNonNull(application.bean(CdcHealthIndicator.class).health()).getStatus())
					.isEqualTo(Status.DOWN);
				database.execute("ALTER SYSTEM RESET synchronized_standby_slots", "SELECT pg_reload_conf()");
				await().atMost(LONG).until(() -> application.bean(Numbers.class).ids.contains(1));
				await().atMost(LONG).until(() -> application.engine().status().failure() == null);
				assertThat(application.engine().status().restarts()).isZero();
			}
			waitForStandby(database);
			database.execute("INSERT INTO numbers VALUES (2)");
			CompletableFuture<Void> advance = CompletableFuture.runAsync(() -> advance(database));
			await().atMost(LONG).until(() -> database.queryForText(active(database)) != null);
			String former = database.queryForText(active(database));
			try (TestApplication application = TestApplication.start(database, Numbers.class, SETTINGS)) {
				await().atMost(LONG).until(() -> {
					assertThat(application.engine().status().state()).isNotEqualTo(EngineState.STANDBY);
					String active = database.queryForText(active(database));
					return active != null && !active.equals(former);
				});
				assertThat(advance).failsWithin(LONG);
				database.execute("ALTER SYSTEM RESET synchronized_standby_slots", "SELECT pg_reload_conf()");
				await().atMost(LONG).until(() -> application.bean(Numbers.class).ids.contains(2));
			}
		}
	}

	private static void waitForStandby(TestDatabase database) {
		database.execute("ALTER SYSTEM SET synchronized_standby_slots = 'standby'", "SELECT pg_reload_conf()");
		await().atMost(LONG).until(() -> "standby".equals(database.queryForText("SHOW synchronized_standby_slots")));
	}

	private static String active(TestDatabase database) {
		return "SELECT active_pid FROM pg_replication_slots WHERE slot_name = '" + database.name() + "'";
	}

	/** As the starter does, in a session that nobody waits for. */
	private static void advance(TestDatabase database) {
		try (Connection connection = database.asApplication().connect();
				PreparedStatement statement = connection
					.prepareStatement("SELECT pg_replication_slot_advance(?, pg_current_wal_lsn()) /* cdc-spring */")) {
			statement.setString(1, database.name());
			statement.execute();
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
