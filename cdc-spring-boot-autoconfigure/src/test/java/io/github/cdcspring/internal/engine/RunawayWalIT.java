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
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.BareEngine;
import io.github.cdcspring.testsupport.TestDatabase;
import io.github.cdcspring.testsupport.TestPostgres;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The listened table is idle and others write: which slots let the server remove WAL, and
 * which fill its disk.
 */
class RunawayWalIT {

	private static final long MEGABYTE = 1024 * 1024;

	/** Three segments, and less than is written in one round. */
	private static final long BOUND = 48 * MEGABYTE;

	private static final int ROUNDS = 4;

	private static final int MEGABYTES_A_ROUND = 56;

	@TempDir
	private Path directory;

	@Test
	void walThatNobodyListensToIsKeptForManualModeAndTheBareEngineOnly() throws Exception {
		try (TestPostgres server = TestPostgres.start(Map.of())) {
			TestDatabase database = databaseWithIdleAndBusyTable(server);
			// the bare engine has a database of its own: elsewhere it would live on the
			// starter's heartbeats
			TestDatabase bareDatabase = databaseWithIdleAndBusyTable(server);
			List<Object> bare = new CopyOnWriteArrayList<>();
			try (TestApplication connector = run(database, "slot_connector", "connector", "no_validation");
					TestApplication driver = run(database, "slot_driver", "connector_and_driver", "trust_slot");
					TestApplication manual = run(database, "slot_manual", "manual", "no_validation");
					BareEngine engine = BareEngine.start(bareDatabase, this.directory.resolve("bare"),
							Map.of("slot.name", "slot_bare", "table.include.list", "public.numbers"), bare::add)) {
				List<TestApplication> applications = List.of(connector, driver, manual);
				database.execute("INSERT INTO numbers VALUES (1)");
				bareDatabase.execute("INSERT INTO numbers VALUES (1)");
				awaitNumber(1, applications);
				await().until(() -> bare.size() == 1);
				Lsn before = serverLsn(database);
				for (int round = 0; round < ROUNDS; round++) {
					write(database, MEGABYTES_A_ROUND / 2);
					write(bareDatabase, MEGABYTES_A_ROUND / 2);
					awaitBounded(database, "slot_connector");
					awaitBounded(database, "slot_driver");
				}
				long written = serverLsn(database).bytesSince(before);
				assertThat(written).isGreaterThan(200 * MEGABYTE);
				assertThat(retained(database, "slot_manual")).isGreaterThan(written);
				assertThat(retained(database, "slot_bare")).isGreaterThan(written);
				database.execute("INSERT INTO numbers VALUES (2)");
				bareDatabase.execute("INSERT INTO numbers VALUES (2)");
				awaitNumber(2, applications);
				await().until(() -> bare.size() == 2);
			}
		}
	}

	private static TestDatabase databaseWithIdleAndBusyTable(TestPostgres server) {
		TestDatabase database = server.createDatabase();
		database.execute("CREATE TABLE numbers (id int PRIMARY KEY)", "CREATE TABLE others (payload text)",
				"ALTER TABLE others ALTER COLUMN payload SET STORAGE EXTERNAL",
				"CREATE TABLE megabyte AS "
						+ "SELECT string_agg(md5(n::text), '') AS payload FROM generate_series(1, 32768) n",
				"CREATE PUBLICATION " + database.name() + " FOR TABLE numbers");
		return database;
	}

	private static void write(TestDatabase database, int megabytes) {
		database.execute("INSERT INTO others SELECT payload FROM megabyte, generate_series(1, " + megabytes + ")");
	}

	private TestApplication run(TestDatabase database, String slot, String flushMode, String strategy) {
		return TestApplication.run(database, Numbers.class, "cdc.slot.name=" + slot, "cdc.lsn-flush-mode=" + flushMode,
				"cdc.offset-mismatch-strategy=" + strategy, "cdc.slot.survives-failover=patroni",
				"cdc.snapshot.mode=no_data", "cdc.offset.store=file",
				"cdc.offset.file.path=" + this.directory.resolve(slot), "cdc.heartbeat.interval=1s",
				"cdc.safety.accept=ephemeral-offset-file"
						+ (flushMode.equals("manual") ? ",manual-without-flusher" : ""));
	}

	private static void awaitNumber(int id, List<TestApplication> applications) {
		await().until(() -> applications.stream()
			.allMatch((application) -> application.bean(Numbers.class).ids.contains(id)));
	}

	/**
	 * The restart LSN follows the slot LSN with the next record of running transactions,
	 * which a checkpoint writes, and else the server every 15 seconds.
	 */
	private static void awaitBounded(TestDatabase database, String slot) {
		await().untilAsserted(() -> {
			database.execute("CHECKPOINT");
			assertThat(retained(database, slot)).as(slot).isLessThan(BOUND);
		});
	}

	private static long retained(TestDatabase database, String slot) {
		return Long.parseLong(database
			.queryForText("SELECT pg_current_wal_lsn() - restart_lsn FROM pg_replication_slots WHERE slot_name = '"
					+ slot + "'"));
	}

	private static Lsn serverLsn(TestDatabase database) {
		return Lsn.parse(database.queryForText("SELECT pg_current_wal_lsn()"));
	}

}
