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

package io.github.cdcspring.internal.startup.check;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.github.cdcspring.ActionStep;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.internal.startup.RelationComparison;
import io.github.cdcspring.internal.startup.ReplicationStateReader;
import io.github.cdcspring.internal.startup.SourceStateReader;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import io.github.cdcspring.testsupport.TestPostgres;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Checks that need a server of their own, because the whole server is unfit.
 */
@PostgresTest
class UnfitServerTests {

	@Test
	void serverWithoutLogicalDecodingAndFreeSlots() throws Exception {
		try (TestPostgres server = TestPostgres
			.start(Map.of("wal_level", "replica", "max_replication_slots", "1", "max_wal_senders", "0"))) {
			TestDatabase database = server.database("postgres");
			database.execute("SELECT pg_create_physical_replication_slot('other')");
			assertThat(violations(new TestEngine().on(database), database)).containsExactly(new RefusalText("wal-level",
					"wal_level is 'replica', so the server does not write enough to decode changes, and cannot have "
							+ "logical replication slots.",
					"Run: ALTER SYSTEM SET wal_level = 'logical'; Then restart the server. On a managed service, set its own "
							+ "parameter instead, such as rds.logical_replication."),
					new RefusalText("replication-slots",
							"Replication slot 'cdc_shop' does not exist and cannot be created: max_replication_slots is 1, "
									+ "and 1 slots exist.",
							"Run: ALTER SYSTEM SET max_replication_slots = 2; Then restart the server. Or list the slots with "
									+ "SELECT slot_name, active, restart_lsn FROM pg_replication_slots; Then drop one that is "
									+ "no longer needed."),
					new RefusalText("wal-senders",
							"No WAL sender is free to stream from replication slot 'cdc_shop': max_wal_senders is 0, and 0 "
									+ "WAL senders are running.",
							"Run: ALTER SYSTEM SET max_wal_senders = 1; Then restart the server. Or list the receivers with "
									+ "SELECT pid, application_name, client_addr FROM pg_stat_replication; Then stop one that "
									+ "is no longer needed."));
			database.execute("ALTER SYSTEM SET wal_level = 'logical'", "ALTER SYSTEM SET max_replication_slots = 2",
					"ALTER SYSTEM SET max_wal_senders = 1", "SELECT pg_drop_replication_slot('other')");
		}
	}

	@Test
	void lostSlotAndThenAStandby() throws Exception {
		try (TestPostgres server = TestPostgres.start(Map.of("max_slot_wal_keep_size", "1MB"))) {
			TestDatabase database = server.database("postgres");
			TestEngine engine = new TestEngine().on(database);
			database.execute("SELECT pg_create_logical_replication_slot('cdc_shop', 'pgoutput')",
					"CREATE TABLE filler AS SELECT 1 AS id", "SELECT pg_switch_wal()", "INSERT INTO filler VALUES (2)",
					"SELECT pg_switch_wal()", "INSERT INTO filler VALUES (3)", "CHECKPOINT");
			RefusalText lost = new RefusalText("slot-lost",
					"The server has invalidated replication slot 'cdc_shop' (wal_removed), so the changes since its "
							+ "position can no longer be read.",
					"Take a new snapshot: stop the application. Run: SELECT pg_drop_replication_slot('cdc_shop'); "
							+ "Delete the file offset. Start with cdc.snapshot.mode=initial, which reads all rows again. To "
							+ "prevent a repetition, raise max_slot_wal_keep_size.",
					List.of("cdc.slot.name"));
			assertThat(violations(engine, database)).containsExactly(lost);
			database.execute("SELECT pg_drop_replication_slot('cdc_shop')");
			assertThat(violations(engine, database)).isEmpty();
			becomeStandby(server, database);
			assertThat(violations(engine, database)).containsExactly(new RefusalText("standby-server",
					"The server is a standby, which accepts no writes. No heartbeat can be written, so replication slot "
							+ "'cdc_shop' stalls while no captured table changes, and the server keeps all WAL.",
					"Connect to the primary: set cdc.connection.url, with targetServerType=primary if it names several "
							+ "hosts.",
					List.of("cdc.connection.url")),
					new RefusalText("publication-right",
							"Publication 'cdc_shop' does not exist and cannot be created: a standby accepts no writes.",
							"Run on the primary: CREATE PUBLICATION \"cdc_shop\" "
									+ ServerChecksTests.publicationOptions(database)
									+ " Or set cdc.publication.create=false and maintain the publication yourself.",
							List.of("cdc.publication.name", "cdc.publication.create"),
							List.of("CREATE PUBLICATION \"cdc_shop\" "
									+ ServerChecksTests.publicationOptions(database))));
		}
	}

	private static void becomeStandby(TestPostgres server, TestDatabase database) throws Exception {
		Path directory = Path.of(String.valueOf(database.queryForText("SHOW data_directory")));
		Assumptions.assumeTrue(Files.isDirectory(directory), "The server's files are not on this machine");
		server.stop();
		Files.createFile(directory.resolve("standby.signal"));
		server.startAgain();
	}

	private static List<RefusalText> violations(TestEngine engine, TestDatabase database) throws SQLException {
		try (Connection connection = database.connect()) {
			EngineSettings settings = engine.settings();
			ReplicationStateReader reader = new ReplicationStateReader(Duration.ofSeconds(5), null);
			ServerChecks.check(new CheckContext(settings, new ServerNeeds(Map.of(), List.of(), List.of(), false),
					new SourceStateReader(settings, List.of(), reader).read(connection), RelationComparison.NONE,
					ActionStep.of("Delete the file offset.")));
			return List.of();
		}
		catch (StartRefusedException ex) {
			return RefusalText.of(ex.violations());
		}
	}

}
