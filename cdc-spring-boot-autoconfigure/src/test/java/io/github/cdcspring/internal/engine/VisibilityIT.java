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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.internal.actuate.CdcHealthIndicator;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.TestDatabase;
import io.github.cdcspring.testsupport.TestPostgres;
import org.junit.jupiter.api.Test;

import org.springframework.boot.health.contributor.Status;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A listener that reads the row of its event finds it.
 */
class VisibilityIT {

	private static final Duration LONG = Duration.ofMinutes(2);

	@Test
	void deliversATransactionWhenSynchronousStandbysHaveConfirmedIt() throws Exception {
		try (TestPostgres server = TestPostgres.start(Map.of())) {
			TestDatabase database = server.createDatabase();
			database.execute("CREATE TABLE numbers (id int PRIMARY KEY)");
			try (TestApplication application = TestApplication.run(database, Reader.class, "cdc.offset.store=memory")) {
				Reader reader = application.bean(Reader.class);
				database.execute("ALTER SYSTEM SET synchronous_standby_names = 'missing'", "SELECT pg_reload_conf()");
				await().atMost(LONG)
					.until(() -> "missing".equals(database.queryForText("SHOW synchronous_standby_names")));
				// The checkpointer makes commits wait
				database.execute("CHECKPOINT");
				CompletableFuture<Void> insert = executeInAnotherThread(database, "INSERT INTO numbers VALUES (1)");
				await().atMost(LONG)
					.until(() -> "1".equals(
							database.queryForText("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep' "
									+ "AND backend_type = 'client backend'")));
				String end = Objects.requireNonNull(database.queryForText("SELECT pg_current_wal_insert_lsn()"));
				await().atMost(LONG)
					.until(() -> "t".equals(database
						.queryForText("SELECT write_lsn > '" + end + "'::pg_lsn FROM pg_stat_replication")));
				await().atMost(LONG).until(() -> application.engine().status().failure() != null);
				assertThat(application.engine().status().failure())
					.contains("has not been visible on the server for 5 s");
				assertThat(health(application)).isEqualTo(Status.DOWN);
				assertThat(reader.found).isEmpty();
				database.execute("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()");
				insert.join();
				await().atMost(LONG).until(() -> !reader.found.isEmpty());
				assertThat(reader.found).containsExactly(1);
				await().atMost(LONG).until(() -> application.engine().status().failure() == null);
				assertThat(application.engine().status().state()).isEqualTo(EngineState.RUNNING);
			}
		}
	}

	@Test
	void holdsBackLaterTransactionsTooAndDeliversEachAsSoonAsItIsVisible() throws Exception {
		try (TestPostgres server = TestPostgres.start(Map.of())) {
			TestDatabase database = server.createDatabase();
			database.execute("CREATE TABLE numbers (id int PRIMARY KEY)");
			try (TestApplication application = TestApplication.run(database, Reader.class, "cdc.offset.store=memory")) {
				Reader reader = application.bean(Reader.class);
				database.execute("ALTER SYSTEM SET synchronous_standby_names = 'missing'", "SELECT pg_reload_conf()");
				await().atMost(LONG)
					.until(() -> "missing".equals(database.queryForText("SHOW synchronous_standby_names")));
				// The checkpointer makes commits wait
				database.execute("CHECKPOINT");
				List<CompletableFuture<Void>> inserts = new ArrayList<>();
				for (int id = 1; id <= 3; id++) {
					String insert = "INSERT INTO numbers VALUES (" + id + ")";
					inserts.add(executeInAnotherThread(database, insert));
					await().atMost(LONG).until(() -> !waiting(database, insert).isEmpty());
				}
				String end = Objects.requireNonNull(database.queryForText("SELECT pg_current_wal_insert_lsn()"));
				await().atMost(LONG)
					.until(() -> "t".equals(database
						.queryForText("SELECT write_lsn > '" + end + "'::pg_lsn FROM pg_stat_replication")));
				makeVisible(database, 2);
				inserts.get(1).join();
				assertThat(database.queryForTexts("SELECT id FROM numbers")).containsExactly("2");
				await().during(Duration.ofSeconds(1)).until(() -> reader.found.isEmpty());
				makeVisible(database, 1);
				await().atMost(LONG).until(() -> reader.found.size() == 2);
				await().during(Duration.ofSeconds(1)).until(() -> reader.found.size() == 2);
				makeVisible(database, 3);
				await().atMost(LONG).until(() -> reader.found.size() == 3);
				assertThat(reader.found).containsExactly(1, 1, 1);
				assertThat(reader.ids).containsExactly(1, 2, 3);
			}
		}
	}

	/** The common pool may have fewer threads than there are statements that wait. */
	private static CompletableFuture<Void> executeInAnotherThread(TestDatabase database, String sql) {
		return CompletableFuture.runAsync(() -> database.execute(sql), (task) -> new Thread(task).start());
	}

	private static List<String> waiting(TestDatabase database, String insert) {
		return database.queryForTexts(
				"SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND query = '" + insert + "'");
	}

	/** Cancels the wait for the standby, which does not undo the commit. */
	private static void makeVisible(TestDatabase database, int id) {
		database.execute("SELECT pg_cancel_backend("
				+ waiting(database, "INSERT INTO numbers VALUES (" + id + ")").get(0) + ")");
	}

	private static Status health(TestApplication application) {
		return Objects.requireNonNull(application.bean(CdcHealthIndicator.class).health()).getStatus();
	}

	static class Reader {

		final List<Integer> found = new CopyOnWriteArrayList<>();

		final List<Integer> ids = new CopyOnWriteArrayList<>();

		private final JdbcTemplate jdbc;

		Reader(JdbcTemplate jdbc) {
			this.jdbc = jdbc;
		}

		@CdcListener("numbers")
		void on(Numbers.Number number) {
			Integer found = this.jdbc.queryForObject("SELECT count(*) FROM numbers WHERE id = ?", Integer.class,
					number.id());
			this.ids.add(number.id());
			this.found.add((found != null) ? found : 0);
		}

	}

}
