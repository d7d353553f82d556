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

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TcpProxy;
import io.github.cdcspring.testsupport.TestDatabase;
import io.github.cdcspring.testsupport.TestPostgres;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A former leader that does not know yet that another instance has taken over.
 */
@PostgresTest
class FencingIT {

	private static final Duration LONG = Duration.ofMinutes(2);

	@ParameterizedTest
	@CsvSource({ "true, 1", "false, 4" })
	@DisabledOnOs(OS.WINDOWS)
	void pausedLeaderDeliversNothingAfterItsSuccessor(boolean transactional, int concurrency, TestDatabase database)
			throws Exception {
		deliversNothingAfterItsSuccessor(transactional, concurrency, database);
	}

	@Tag("faults")
	@ParameterizedTest
	@CsvSource({ "true, 4", "false, 1" })
	@DisabledOnOs(OS.WINDOWS)
	void pausedLeaderDeliversNothingWithOtherSettings(boolean transactional, int concurrency, TestDatabase database)
			throws Exception {
		deliversNothingAfterItsSuccessor(transactional, concurrency, database);
	}

	private void deliversNothingAfterItsSuccessor(boolean transactional, int concurrency, TestDatabase database)
			throws Exception {
		EffectsApplication.createTables(database);
		database.execute("CREATE TABLE states (seq bigserial PRIMARY KEY, state text)");
		String[] properties = { "cdc.listener.transactional=" + transactional,
				"cdc.listener.concurrency=" + concurrency, "cdc.offset.flush-interval=100ms" };
		Process former = PausedApplication.start(database, properties);
		try {
			await().atMost(LONG).until(() -> lastState(database).equals("RUNNING"));
			database.execute("INSERT INTO counters VALUES (1, 0)");
			await().atMost(LONG).until(() -> effects(database).equals(List.of("0")));
			// Otherwise the successor would take the snapshot again
			await().atMost(LONG).until(() -> "1".equals(database.queryForText("SELECT count(lsn) FROM cdc_offset")));
			try (TestApplication successor = TestApplication.start(database, EffectsApplication.Effects.class,
					properties)) {
				await().atMost(LONG).until(() -> successor.engine().status().state() == EngineState.STANDBY);
				PausedApplication.signal(former, "STOP");
				String paused = String.valueOf(database.queryForText("SELECT clock_timestamp()"));
				// The server still sends these to the paused process
				for (int value = 1; value <= 3; value++) {
					database.execute("UPDATE counters SET value = " + value);
				}
				String end = String.valueOf(database.queryForText("SELECT pg_current_wal_insert_lsn()"));
				await().atMost(LONG)
					.until(() -> "t".equals(database.queryForText(ofSender("sent_lsn >= '" + end + "'"))));
				// As it does after wal_sender_timeout
				database.queryForText(ofSender("pg_terminate_backend(pid)"));
				await().atMost(LONG).until(() -> effects(database).contains("3"));
				database.execute("UPDATE counters SET value = 4");
				await().atMost(LONG).until(() -> effects(database).contains("4"));
				List<String> before = effects(database);
				// Without a transaction the successor may receive the first one again
				assertThat(transactional ? before : before.subList(before.lastIndexOf("0"), before.size()))
					.containsExactly("0", "1", "2", "3", "4");
				Lsn stored = await().atMost(LONG).until(successor.engine()::storedLsn, (lsn) -> lsn.isAfter(Lsn.ZERO));
				// Longer than an instance trusts what the store has last confirmed
				await().atMost(LONG)
					.until(() -> "t".equals(database
						.queryForText("SELECT clock_timestamp() > '" + paused + "'::timestamptz + interval '3 s'")));
				PausedApplication.signal(former, "CONT");
				await().atMost(LONG).until(() -> lastState(database).equals("STANDBY"));
				assertThat(effects(database)).isEqualTo(before);
				assertThat(database.queryForText("SELECT lsn::pg_lsn >= '" + stored + "'::pg_lsn FROM cdc_offset"))
					.isEqualTo("t");
				database.execute("UPDATE counters SET value = 5");
				await().atMost(LONG).until(() -> effects(database).contains("5"));
			}
		}
		finally {
			former.destroyForcibly().waitFor();
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 4 })
	void deliversNothingOnceTheStreamIsGone(int concurrency, TestDatabase database) {
		EffectsApplication.createTables(database);
		database.execute("INSERT INTO counters VALUES (1, 0)");
		String[] properties = { "cdc.listener.concurrency=" + concurrency, "cdc.snapshot.mode=no_data" };
		try (TestApplication former = TestApplication.run(database, Hanging.class, properties);
				TestApplication successor = TestApplication.start(database, Hanging.class, properties)) {
			Hanging hanging = former.bean(Hanging.class);
			Hanging next = successor.bean(Hanging.class);
			next.release.countDown();
			await().atMost(LONG).until(() -> successor.engine().status().state() == EngineState.STANDBY);
			database.execute("UPDATE counters SET value = 1", "UPDATE counters SET value = 2",
					"UPDATE counters SET value = 3");
			await().atMost(LONG).until(() -> hanging.seen.equals(List.of(1)));
			database.queryForText(ofSender("pg_terminate_backend(pid)"));
			await().atMost(LONG).until(() -> next.seen.equals(List.of(1, 2, 3)));
			hanging.release.countDown();
			await().atMost(LONG).until(() -> former.engine().status().state() == EngineState.STANDBY);
			assertThat(hanging.seen).containsExactly(1);
			assertThat(next.seen).containsExactly(1, 2, 3);
		}
	}

	@Test
	void refusedStandbyKeepsNoConnection(TestDatabase database) {
		database.execute("CREATE TABLE numbers (id int CONSTRAINT key PRIMARY KEY)");
		try (TestApplication former = TestApplication.run(database, Numbers.class);
				TestApplication successor = TestApplication.start(database, Numbers.class)) {
			await().atMost(LONG).until(() -> successor.engine().status().state() == EngineState.STANDBY);
			await().atMost(LONG).until(() -> standbyConnections(database).equals("1"));
			database.execute("ALTER TABLE numbers DROP CONSTRAINT key");
			former.close();
			await().atMost(LONG).until(() -> successor.engine().status().state() == EngineState.REFUSED);
			await().atMost(LONG).until(() -> standbyConnections(database).equals("0"));
		}
	}

	/**
	 * The former primary still answers over connections that exist, and its slot is free.
	 */
	@Test
	void standbyLeavesAFormerPrimary(TestDatabase primary) throws Exception {
		primary.execute("CREATE TABLE numbers (id int PRIMARY KEY)");
		try (TestPostgres server = TestPostgres.start(Map.of())) {
			TestDatabase former = server.createDatabase(primary.name());
			former.execute("CREATE TABLE numbers (id int PRIMARY KEY)");
			try (TcpProxy proxy = TcpProxy.to("localhost", former.port());
					TestApplication leader = TestApplication.run(former, Numbers.class);
					TestApplication standby = TestApplication.start(primary, Numbers.class,
							"cdc.connection.url=jdbc:postgresql://localhost:" + proxy.port() + ",localhost:"
									+ primary.port() + "/" + primary.name(),
							"cdc.connection.username=" + primary.applicationRole(),
							"cdc.connection.password=postgres")) {
				await().atMost(LONG).until(() -> standby.engine().status().state() == EngineState.STANDBY);
				await().atMost(LONG).until(() -> standbyConnections(former).equals("1"));
				try (TestApplication successor = TestApplication.run(primary, Numbers.class)) {
					proxy.refuse();
					leader.close();
					await().atMost(LONG).until(() -> standbyConnections(former).equals("0"));
					await().atMost(LONG).until(() -> standbyConnections(primary).equals("1"));
					await().atMost(LONG).until(() -> standby.engine().status().state() == EngineState.STANDBY);
					assertThat(successor.engine().status().state()).isEqualTo(EngineState.RUNNING);
				}
				primary.execute("INSERT INTO numbers VALUES (1)");
				await().atMost(LONG).until(() -> standby.bean(Numbers.class).ids.equals(List.of(1)));
			}
		}
	}

	private static String standbyConnections(TestDatabase database) {
		return String.valueOf(database.queryForText("SELECT count(*) FROM pg_stat_activity"
				+ " WHERE datname = current_database() AND pid <> pg_backend_pid() AND (query LIKE '%cdc-spring start%'"
				+ " OR query LIKE 'SELECT active, active_pid FROM pg_catalog.pg_replication_slots%')"));
	}

	@Test
	void twoApplicationsShareADatabaseAndAnEngineName(TestDatabase database) {
		EffectsApplication.createTables(database);
		String[] transactional = { "cdc.listener.transactional=true", "cdc.listener.on-failure=park" };
		String other = "cdc.slot.name=" + database.name() + "_other";
		try (TestApplication one = TestApplication.run(database, EffectsApplication.Effects.class, transactional)) {
			database.execute("INSERT INTO counters VALUES (1, 0)");
			await().atMost(LONG).until(() -> effects(database).equals(List.of("0")));
			try (TestApplication two = TestApplication.run(database, EffectsApplication.Effects.class, transactional[0],
					transactional[1], other, "cdc.publication.name=other", "cdc.snapshot.mode=no_data")) {
				database.execute("UPDATE counters SET value = 1");
				await().atMost(LONG).until(() -> effects(database).equals(List.of("0", "1", "1")));
			}
		}
		assertThat(database.queryForTexts("SELECT engine || ' ' || slot_name FROM cdc_offset ORDER BY slot_name"))
			.containsExactly("default " + database.name(), "default " + database.name() + "_other");
	}

	/** A query about the process that sends from the slot. */
	private static String ofSender(String column) {
		return "SELECT " + column + " FROM pg_stat_replication JOIN pg_replication_slots ON active_pid = pid"
				+ " WHERE slot_name = current_database()";
	}

	private static String lastState(TestDatabase database) {
		return String.valueOf(database
			.queryForText("SELECT coalesce((SELECT state FROM states ORDER BY seq DESC LIMIT 1), " + "'')"));
	}

	private static List<String> effects(TestDatabase database) {
		return database.queryForTexts("SELECT value FROM effects ORDER BY seq");
	}

	static class Hanging {

		final List<Integer> seen = new CopyOnWriteArrayList<>();

		final CountDownLatch release = new CountDownLatch(1);

		@CdcListener("counters")
		void on(EffectsApplication.Counter counter) throws InterruptedException {
			this.seen.add(counter.value());
			this.release.await();
		}

	}

}
