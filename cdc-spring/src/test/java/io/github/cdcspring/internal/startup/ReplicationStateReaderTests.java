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

package io.github.cdcspring.internal.startup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.startup.check.TestEngine;
import io.github.cdcspring.offset.OffsetOrigin;
import io.github.cdcspring.offset.StoredOffset;
import io.github.cdcspring.testsupport.EmbeddedPostgresServer;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import io.github.cdcspring.testsupport.TestPostgres;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@PostgresTest
class ReplicationStateReaderTests {

	private static final TimelineHistory NEVER_ASKED = (timeline) -> {
		throw new SQLException("the history should not be needed for timeline " + timeline);
	};

	@Test
	void readsSlotAndServer(TestDatabase database) throws Exception {
		createSlot(database);
		process(database, 2);
		ReplicationState state = read(database, null);
		ServerState server = state.server();
		assertThat(server.versionNumber()).isBetween(130000, 190000)
			.hasToString(database.queryForText("SHOW server_version_num"));
		assertThat(server.majorVersion()).isEqualTo(server.versionNumber() / 10_000);
		assertThat(server.version()).isEqualTo(database.queryForText("SHOW server_version"));
		assertThat(server.currentLsn()).isGreaterThanOrEqualTo(state.slot().confirmedFlushLsn())
			.isLessThanOrEqualTo(Lsn.parse(database.queryForText("SELECT pg_current_wal_lsn()")));
		assertThat(server.inRecovery()).isFalse();
		assertThat(server.timeline()).isEqualTo(1);
		assertThat(server.systemIdentifier())
			.isEqualTo(database.queryForText("SELECT system_identifier FROM pg_control_system()"));
		assertThat(server.walLevel()).isEqualTo("logical");
		assertThat(server.maxReplicationSlots()).hasToString(database.queryForText("SHOW max_replication_slots"));
		assertThat(server.maxWalSenders()).hasToString(database.queryForText("SHOW max_wal_senders"));
		assertThat(server.startedAt()).isBeforeOrEqualTo(Instant.now());
		SlotState slot = state.slot();
		assertThat(slot).isEqualTo(new SlotState(database.name(), "pgoutput", database.name(), false, false, null,
				lsn(database, "restart_lsn"), lsn(database, "confirmed_flush_lsn"), "reserved", null, false, false,
				null, slot.decodedTransactions(), null, null));
		assertThat(slot.decodedTransactions()).isPositive();
		assertThat(state.retainedWalBytes()).isEqualTo(server.currentLsn().bytesSince(slot.restartLsn()));
	}

	@Test
	void readsMissingSlot(TestDatabase database) throws Exception {
		ReplicationState state = read(database, null);
		assertThat(state.slot()).isNull();
		assertThat(state.retainedWalBytes()).isNull();
		try (Connection connection = database.connect()) {
			assertThat(reader().read(connection, "'; DROP TABLE x; --").slot()).isNull();
		}
	}

	@Test
	void needsNoRights(TestDatabase database) throws Exception {
		createSlot(database);
		String role = database.name() + "_limited";
		database.execute("CREATE ROLE " + role + " LOGIN PASSWORD 'p'");
		try (Connection connection = DriverManager.getConnection(database.jdbcUrl(), role, "p")) {
			ReplicationState state = reader().read(connection, database.name());
			assertThat(state.slot()).isEqualTo(read(database, null).slot());
		}
	}

	@Test
	void asksTheReplicationProtocolIfTheControlFileIsWithheld() throws Exception {
		try (TestPostgres own = TestPostgres.start(Map.of())) {
			TestDatabase database = own.createDatabase();
			ReplicationState expected = read(database, null);
			database.execute("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC",
					"CREATE ROLE limited LOGIN REPLICATION PASSWORD 'p'");
			try (Connection connection = DriverManager.getConnection(database.jdbcUrl(), "limited", "p")) {
				assertThatExceptionOfType(SQLException.class)
					.isThrownBy(() -> reader().read(connection, database.name()))
					.withMessageContaining("pg_control_system");
				ServerState server = new ReplicationStateReader(Duration.ofSeconds(5),
						replication(database, "limited", "p"))
					.read(connection, database.name())
					.server();
				assertThat(server.systemIdentifier()).isEqualTo(expected.server().systemIdentifier());
				assertThat(server.timeline()).isEqualTo(1);
				SourceState source = new SourceStateReader(new TestEngine().on(database).settings(), List.of(),
						new ReplicationStateReader(Duration.ofSeconds(5), replication(database, "limited", "p")))
					.read(connection);
				assertThat(source.server().systemIdentifier()).isEqualTo(expected.server().systemIdentifier());
			}
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 10, 11, 12, 13, 14, 15, 16, 17, 18, 19 })
	void readsNoColumnThatAServerLacks(int major) {
		String query = ReplicationStateReader.query(major, true);
		assertThat(query.contains("slot.wal_status")).isEqualTo(major >= 13);
		assertThat(query.contains("slot.safe_wal_size")).isEqualTo(major >= 13);
		assertThat(query.contains("pg_stat_replication_slots")).isEqualTo(major >= 14);
		assertThat(query.contains("slot.failover")).isEqualTo(major >= 17);
		assertThat(query.contains("slot.synced")).isEqualTo(major >= 17);
		assertThat(query.contains("slot.conflicting")).isEqualTo(major == 16);
		assertThat(query.contains("slot.invalidation_reason")).isEqualTo(major >= 17);
	}

	@ParameterizedTest
	@ValueSource(ints = { 10, 13, 14, 16, 17 })
	void readsOlderServersInValidSql(int major, TestDatabase database) {
		createSlot(database);
		String query = ReplicationStateReader.query(major, true).replace("?", "'" + database.name() + "'");
		assertThat(database.queryForText("SELECT slot_name FROM (" + query + ") q")).isEqualTo(database.name());
	}

	@Test
	void findsThemInSync(TestDatabase database) throws Exception {
		createSlot(database);
		StoredOffset offset = offsetAt(database, lsn(database, "confirmed_flush_lsn"));
		assertDifference(database, offset, Verdict.IN_SYNC, true);
	}

	@Test
	void findsUnexplainedSlotAhead(TestDatabase database) throws Exception {
		createSlot(database);
		StoredOffset offset = offsetAt(database, lsn(database, "confirmed_flush_lsn"));
		process(database, 1);
		SlotOffsetComparison comparison = assertDifference(database, offset, Verdict.SLOT_AHEAD, false);
		assertThat(comparison.slotAheadBytes())
			.isEqualTo(lsn(database, "confirmed_flush_lsn").bytesSince(offset.lsn()));
		assertThat(comparison.offsetAheadBytes()).isZero();
		assertThat(comparison.lagBytes()).isGreaterThanOrEqualTo(comparison.slotAheadBytes());
	}

	@Test
	void explainsSlotAheadThatWasSeenWhileEverythingProcessedWasStored(TestDatabase database) throws Exception {
		createSlot(database);
		Lsn processed = lsn(database, "confirmed_flush_lsn");
		process(database, 1);
		StoredOffset offset = offsetAt(database, processed);
		assertDifference(database, offset, Verdict.SLOT_AHEAD, true);
		process(database, 1);
		assertDifference(database, offset, Verdict.SLOT_AHEAD, false);
	}

	@Test
	void explainsOffsetAheadAfterAStopBeforeTheFlush(TestDatabase database) throws Exception {
		createSlot(database);
		database.execute("CREATE TABLE work (id int)");
		StoredOffset offset = offsetAt(database, Lsn.parse(database.queryForText("SELECT pg_current_wal_lsn()")));
		SlotOffsetComparison comparison = assertDifference(database, offset, Verdict.OFFSET_AHEAD, true);
		assertThat(comparison.offsetAheadBytes())
			.isEqualTo(offset.lsn().bytesSince(lsn(database, "confirmed_flush_lsn")));
		StoredOffset foreign = new StoredOffset(offset.lsn(), "{}", null, null, List.of(), false, Instant.now());
		assertDifference(database, foreign, Verdict.OFFSET_AHEAD, false);
	}

	@Test
	void findsDroppedSlot(TestDatabase database) throws Exception {
		createSlot(database);
		StoredOffset offset = offsetAt(database, lsn(database, "confirmed_flush_lsn"));
		database.queryForText("SELECT pg_drop_replication_slot('" + database.name() + "')");
		assertDifference(database, offset, Verdict.SLOT_MISSING, false);
	}

	@Test
	void findsRecreatedSlot(TestDatabase database) throws Exception {
		createSlot(database);
		process(database, 3);
		StoredOffset offset = offsetAt(database, lsn(database, "confirmed_flush_lsn"));
		database.queryForText("SELECT pg_drop_replication_slot('" + database.name() + "')");
		database.execute("CREATE TABLE missed (id int)");
		createSlot(database);
		assertDifference(database, offset, Verdict.SLOT_RECREATED, false);
		process(database, 1);
		assertDifference(database, offset, Verdict.SLOT_RECREATED, false);
	}

	@Test
	void findsSlotAheadIfARecreatedSlotCannotBeRecognized(TestDatabase database) throws Exception {
		createSlot(database);
		StoredOffset offset = offsetAt(database, lsn(database, "confirmed_flush_lsn"));
		database.queryForText("SELECT pg_drop_replication_slot('" + database.name() + "')");
		database.execute("CREATE TABLE missed (id int)");
		createSlot(database);
		assertDifference(database, offset, Verdict.SLOT_AHEAD, false);
	}

	@Test
	void recognizesTheSameSlotAlthoughItsStatisticsWereReset(TestDatabase database) throws Exception {
		createSlot(database);
		process(database, 3);
		StoredOffset offset = offsetAt(database, lsn(database, "confirmed_flush_lsn"));
		database.execute("SELECT pg_stat_reset_replication_slot('" + database.name() + "')",
				"CREATE TABLE other (id int)",
				"SELECT pg_replication_slot_advance('" + database.name() + "', pg_current_wal_lsn())");
		assertDifference(database, offset, Verdict.SLOT_AHEAD, false);
	}

	@Test
	void findsLostSlot() throws Exception {
		try (TestPostgres own = TestPostgres.start(Map.of("max_slot_wal_keep_size", "1MB"))) {
			TestDatabase database = own.createDatabase();
			createSlot(database);
			assertThat(read(database, null).slot().safeWalSizeBytes()).isPositive();
			StoredOffset offset = offsetAt(database, lsn(database, "confirmed_flush_lsn"));
			for (int i = 0; i < 3; i++) {
				database.execute("CREATE TABLE t" + i + " (id int)", "SELECT pg_switch_wal()");
			}
			database.execute("CHECKPOINT");
			SlotOffsetComparison lost = assertDifference(database, offset, Verdict.SLOT_LOST, false);
			assertThat(lost.lagBytes()).isPositive();
			assertThat(read(database, null).slot().walStatus()).isEqualTo("lost");
			assertThat(read(database, null).slot().invalidationReason()).isEqualTo("wal_removed");
			assertThat(read(database, offset).lastSeenSlot(false)).isNull();
			assertThat(SlotOffsetComparison.of(read(database, null), NEVER_ASKED).verdict())
				.isEqualTo(Verdict.SLOT_LOST);
		}
	}

	@Test
	@DisabledIfSystemProperty(named = "cdc.test.postgres", matches = "container",
			disabledReason = "kills a process of the server")
	void explainsOffsetAheadAfterACrashOfTheServer() throws Exception {
		try (TestPostgres own = TestPostgres.start(Map.of())) {
			TestDatabase database = own.createDatabase();
			createSlot(database);
			process(database, 3);
			StoredOffset offset;
			Lsn remembered;
			int attempts = 0;
			do {
				// The server saves the slot at a checkpoint, and when it decodes a list
				// of running transactions
				database.execute("CHECKPOINT");
				decode(database, 1);
				decode(database, 1);
				offset = offsetAt(database, lsn(database, "confirmed_flush_lsn"));
				assertDifference(database, offset, Verdict.IN_SYNC, true);
				crash(database);
				remembered = lsn(database, "confirmed_flush_lsn");
			}
			while (remembered.equals(offset.lsn()) && ++attempts < 5);
			assertThat(remembered).isLessThan(offset.lsn());
			ReplicationState state = read(database, offset);
			assertThat(state.slot().decodedTransactions()).isZero();
			assertDifference(database, offset, Verdict.OFFSET_AHEAD, true);
		}
	}

	@Test
	void findsAnotherCluster(TestDatabase database) throws Exception {
		createSlot(database);
		StoredOffset offset = offsetAt(database, lsn(database, "confirmed_flush_lsn"));
		try (TestPostgres other = TestPostgres.start(Map.of())) {
			TestDatabase elsewhere = other.createDatabase();
			assertDifference(elsewhere, offset, Verdict.HISTORY_MISMATCH, false);
		}
	}

	@Test
	@DisabledIfSystemProperty(named = "cdc.test.postgres", matches = "container",
			disabledReason = "needs the data directory")
	void knowsItsHistoryAfterAPromotion(@TempDir Path folder) throws Exception {
		Path directory = folder.resolve("data");
		try (EmbeddedPostgresServer server = EmbeddedPostgresServer.builder().dataDirectory(directory).start()) {
			TestDatabase database = server.database("postgres");
			createSlot(database);
			process(database, 1);
			StoredOffset offset = offsetAt(database, lsn(database, "confirmed_flush_lsn"));
			server.stop();
			Files.createFile(directory.resolve("standby.signal"));
			server.startAgain();
			ServerState standby = read(database, offset).server();
			assertThat(standby.inRecovery()).isTrue();
			assertThat(standby.timeline()).isEqualTo(1);
			assertThat(database.queryForText("SELECT pg_promote()")).isEqualTo("t");
			ReplicationState state = read(database, offset);
			assertThat(state.server().inRecovery()).isFalse();
			assertThat(state.server().timeline()).isEqualTo(2);
			ReplicationCommands replication = replication(database, database.user(), database.password());
			assertThat(replication.identifySystem())
				.isEqualTo(new ReplicationCommands.SystemIdentity(state.server().systemIdentifier(), 2));
			Lsn end = replication.endsBefore(2).get(1);
			assertThat(end).isGreaterThan(offset.lsn());
			assertThat(SlotOffsetComparison.of(state, replication).verdict()).isEqualTo(Verdict.IN_SYNC);
			process(database, 1);
			StoredOffset diverged = new StoredOffset(new Lsn(end.value() + 1), "{}", offset.origin(), offset.slot(),
					List.of(), false, Instant.now());
			assertThat(SlotOffsetComparison.of(read(database, diverged), replication).verdict())
				.isEqualTo(Verdict.HISTORY_MISMATCH);
			StoredOffset atTheEnd = new StoredOffset(end, "{}", offset.origin(), offset.slot(), List.of(), false,
					Instant.now());
			assertThat(SlotOffsetComparison.of(read(database, atTheEnd), replication).verdict())
				.isNotEqualTo(Verdict.HISTORY_MISMATCH);
		}
	}

	@Test
	void readsHistoryFiles() {
		assertThat(ReplicationCommands.parse("""
				# a comment
				1\t0/3000000\tno recovery target specified

				  2\tA/B1\tbefore 2000-01-01 00:00:00+00
				""")).isEqualTo(Map.of(1, Lsn.parse("0/3000000"), 2, Lsn.parse("A/B1")));
	}

	private static void createSlot(TestDatabase database) {
		database.queryForText("SELECT pg_create_logical_replication_slot('" + database.name() + "', 'pgoutput')");
	}

	/**
	 * Let the slot decode and confirm some transactions.
	 */
	private static void process(TestDatabase database, int transactions) {
		database.execute("CREATE TABLE IF NOT EXISTS processed (id int)", "DROP PUBLICATION IF EXISTS p",
				"CREATE PUBLICATION p FOR TABLE processed");
		decode(database, transactions);
	}

	private static void decode(TestDatabase database, int transactions) {
		for (int i = 0; i < transactions; i++) {
			database.execute("INSERT INTO processed VALUES (1)");
		}
		database.queryForTexts("SELECT lsn FROM pg_logical_slot_get_binary_changes('" + database.name()
				+ "', NULL, NULL, 'proto_version', '1', 'publication_names', 'p')");
	}

	private static Lsn lsn(TestDatabase database, String column) {
		return Lsn.parse(database.queryForText(
				"SELECT " + column + " FROM pg_replication_slots WHERE slot_name = '" + database.name() + "'"));
	}

	private static StoredOffset offsetAt(TestDatabase database, Lsn lsn) throws SQLException {
		ReplicationState now = read(database, null);
		return new StoredOffset(lsn, "{}",
				new OffsetOrigin(now.server().systemIdentifier(), now.server().timeline(), null),
				now.lastSeenSlot(false), List.of(), false, Instant.now());
	}

	private static SlotOffsetComparison assertDifference(TestDatabase database, StoredOffset offset, Verdict verdict,
			boolean explained) throws SQLException {
		SlotOffsetComparison comparison = SlotOffsetComparison.of(read(database, offset), NEVER_ASKED);
		assertThat(comparison.verdict()).isEqualTo(verdict);
		assertThat(comparison.explained()).isEqualTo(explained);
		return comparison;
	}

	private static ReplicationState read(TestDatabase database, @Nullable StoredOffset offset) throws SQLException {
		try (Connection connection = database.connect()) {
			return reader().read(connection, database.name()).withOffset(offset);
		}
	}

	private static ReplicationStateReader reader() {
		return new ReplicationStateReader(Duration.ofSeconds(5), null);
	}

	private static ReplicationCommands replication(TestDatabase database, String user, String password) {
		Properties properties = new Properties();
		properties.setProperty("user", user);
		properties.setProperty("password", password);
		return new ReplicationCommands(
				() -> DriverManager.getConnection(database.jdbcUrl(), ReplicationCommands.properties(properties)));
	}

	/**
	 * Kill a process of the server, which makes it recover as from a crash.
	 */
	private static void crash(TestDatabase database) throws Exception {
		String before = database.queryForText("SELECT stats_reset FROM pg_stat_bgwriter");
		try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
			try (var row = statement.executeQuery("SELECT pg_backend_pid()")) {
				row.next();
				assertThat(new ProcessBuilder("kill", "-KILL", row.getString(1)).start().waitFor()).isZero();
			}
		}
		Awaitility.await()
			.ignoreExceptions()
			.until(() -> !database.queryForText("SELECT stats_reset FROM pg_stat_bgwriter").equals(before));
	}

}
