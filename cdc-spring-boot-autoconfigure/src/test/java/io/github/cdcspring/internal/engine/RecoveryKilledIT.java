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
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.util.StringUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * An application that is killed while it recovers: the next start continues, whatever was
 * done, and without another request as soon as the first one is stored.
 */
@PostgresTest
class RecoveryKilledIT {

	private static final int LOCK = 4711;

	private static final String[] SETTINGS = { "cdc.listener.transactional=true", "cdc.heartbeat.interval=100ms",
			"cdc.backfill.chunk-size=50" };

	@ParameterizedTest
	@EnumSource
	void continuesAfterEachStep(Step step, TestDatabase database) throws Exception {
		EffectsApplication.createTables(database);
		database.execute("INSERT INTO counters SELECT i, 0 FROM generate_series(1, 300) i");
		try (TestApplication application = run(database)) {
			awaitEqual(database);
			await().until(() -> "1".equals(database.queryForText("SELECT count(lsn) FROM cdc_offset")));
		}
		database.awaitFree(database.name());
		database.execute("SELECT pg_drop_replication_slot(current_database())",
				"UPDATE counters SET value = 1 WHERE id BETWEEN 50 AND 250",
				// What was processed of a history that is given up may lie at any LSN
				"INSERT INTO cdc_processed SELECT engine, slot_name, '*', 'FF/0', 0, 1, 'FF/0' FROM cdc_offset");
		String recover = "cdc.safety.recover=" + database.queryForText("SELECT lsn FROM cdc_offset");
		killDuring(step, recover, database);
		assertThat(slots(database)).isEqualTo(step.slotExists ? "1" : "0");
		if (step == Step.REQUEST_IS_STORED) {
			// As Patroni does for a permanent slot. The server was restarted since then,
			// so nothing proves that it is another one.
			database.execute("SELECT pg_create_logical_replication_slot(current_database(), 'pgoutput')",
					"UPDATE cdc_offset SET server_started_at = server_started_at - interval '1 hour'");
		}
		database.execute("UPDATE counters SET value = 2 WHERE id BETWEEN 200 AND 300");
		if (!step.requestStored) {
			assertThatThrownBy(() -> run(database)).rootCause()
				.isInstanceOf(StartRefusedException.class)
				.hasMessageContaining("slot-missing");
		}
		try (TestApplication application = run(database,
				step.requestStored ? new String[0] : new String[] { recover })) {
			awaitEqual(database);
			await().until(() -> application.engine().backfill().list().isEmpty());
			database.execute("UPDATE counters SET value = 3 WHERE id = 1");
			awaitEqual(database);
		}
		assertThat(database.queryForText("SELECT position FROM cdc_offset")).contains("cdc_generation")
			.doesNotContain("cdc_recovery", "cdc_backfill");
		assertThat(database.queryForText("SELECT count(*) FROM cdc_processed WHERE lsn = 'FF/0'")).isEqualTo("0");
	}

	/** Hold the application at a step, and kill it there. */
	private static void killDuring(Step step, String recover, TestDatabase database) throws Exception {
		try (Connection holder = database.dataSource().getConnection();
				Statement statement = holder.createStatement()) {
			holder.setAutoCommit(false);
			// A transaction with an id, which a new slot waits for
			statement.execute(step.waitsForTransaction ? "SELECT txid_current()" : "SELECT");
			statement.execute("SELECT pg_advisory_lock(" + LOCK + ")");
			if (!step.waitsForTransaction) {
				holder.commit();
			}
			if (step.trigger != null) {
				database.execute(
						"CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
								+ "PERFORM pg_advisory_xact_lock(" + LOCK + "); RETURN coalesce(NEW, OLD); END $$",
						step.trigger);
			}
			Process process = EffectsApplication.start(database, StringUtils.addStringToArray(SETTINGS, recover));
			try {
				await().pollInterval(Duration.ofMillis(20))
					.until(() -> "t".equals(database.queryForText(step.reached)));
			}
			finally {
				process.destroyForcibly().waitFor();
			}
			// A backend that waits for a lock does not notice that its client is gone
			database.execute(
					"SELECT pg_terminate_backend(pid) FROM pg_locks WHERE objid = " + LOCK + " AND NOT granted",
					"DROP FUNCTION IF EXISTS hold CASCADE");
			holder.rollback();
		}
		await().until(() -> "0".equals(database.queryForText("SELECT count(*) FROM pg_stat_activity "
				+ "WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name <> ''")));
	}

	private static TestApplication run(TestDatabase database, String... properties) {
		return TestApplication.run(database, EffectsApplication.Effects.class,
				StringUtils.concatenateStringArrays(SETTINGS, properties));
	}

	private static void awaitEqual(TestDatabase database) {
		await().untilAsserted(() -> assertThat(database.queryForTexts(
				"SELECT c.id FROM counters c LEFT JOIN LATERAL (SELECT value FROM effects e WHERE e.id = c.id "
						+ "ORDER BY seq DESC LIMIT 1) e ON true WHERE e.value IS DISTINCT FROM c.value"))
			.isEmpty());
	}

	private static String slots(TestDatabase database) throws SQLException {
		return database.queryForText("SELECT count(*) FROM pg_replication_slots WHERE slot_name = current_database()");
	}

	/** Where the application is killed. */
	enum Step {

		/** The publication is as it must be, and nothing is stored. */
		PUBLICATION_IS_READY(false, false, """
				CREATE TRIGGER hold BEFORE UPDATE ON cdc_offset FOR EACH ROW
				WHEN (NEW.position LIKE '%cdc_recovery%') EXECUTE FUNCTION hold()""", Step.HELD),

		/** The registrations of processed events are about to be removed. */
		REQUEST_IS_STORED(true, false, """
				CREATE TRIGGER hold BEFORE DELETE ON cdc_processed FOR EACH ROW
				WHEN (OLD.lsn = 'FF/0') EXECUTE FUNCTION hold()""", Step.HELD),

		/** The slot is not created before other transactions have ended. */
		SLOT_IS_AWAITED(true, false, null, "SELECT position LIKE '%cdc_recovery%' FROM cdc_offset"),

		/** The slot exists, and no position of it is stored. */
		SLOT_IS_CREATED(true, true, """
				CREATE TRIGGER hold BEFORE UPDATE ON cdc_offset FOR EACH ROW
				WHEN (OLD.position LIKE '%cdc_recovery%' AND NEW.position NOT LIKE '%cdc_recovery%')
				EXECUTE FUNCTION hold()""", Step.HELD),

		/** The position is stored, with the tables to read. */
		POSITION_IS_STORED(true, true, null, "SELECT position LIKE '%cdc_generation%' FROM cdc_offset");

		private static final String HELD = "SELECT count(*) > 0 FROM pg_locks WHERE objid = " + LOCK
				+ " AND NOT granted";

		private final boolean requestStored;

		private final boolean slotExists;

		private final String trigger;

		private final String reached;

		private final boolean waitsForTransaction;

		Step(boolean requestStored, boolean slotExists, String trigger, String reached) {
			this.requestStored = requestStored;
			this.slotExists = slotExists;
			this.trigger = trigger;
			this.reached = reached;
			this.waitsForTransaction = trigger == null && !slotExists;
		}

	}

}
