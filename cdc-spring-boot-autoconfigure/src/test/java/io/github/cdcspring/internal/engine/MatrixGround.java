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
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.debezium.OffsetJson;
import io.github.cdcspring.internal.startup.ReplicationStateReader;
import io.github.cdcspring.offset.LastSeenSlot;
import io.github.cdcspring.offset.OffsetOrigin;
import io.github.cdcspring.offset.StoredOffset;
import io.github.cdcspring.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;

import static org.awaitility.Awaitility.await;

/**
 * A slot and an offset in a state of the matrix, created by SQL, with what an earlier run
 * of the engine would have recorded.
 *
 * @param database the database
 * @param name the slot and the publication
 * @param offset what a durable store holds
 * @param slotLsn the slot LSN, {@code null} if there is no readable slot
 */
record MatrixGround(TestDatabase database, String name, StoredOffset offset, @Nullable Lsn slotLsn) {

	private static final ReplicationStateReader reader = new ReplicationStateReader(Duration.ofSeconds(10), null);

	static MatrixGround prepare(TestDatabase database, MatrixState state, String name) throws SQLException {
		try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
			Preparation preparation = new Preparation(connection, statement, name);
			preparation.tables();
			StoredOffset offset = preparation.offset(state);
			while (state.isSlotAhead() && !preparation.reachesBack(offset)) {
				preparation.dropSlot();
				offset = preparation.offset(state);
			}
			preparation.insert("C");
			return new MatrixGround(database, name, offset, preparation.slotLsn());
		}
	}

	/**
	 * Let the server remove WAL that the slots of a database need.
	 */
	static void invalidateSlots(TestDatabase database) {
		// A slot is never lost because of the segment that is being written
		for (int segment = 0; segment < 3; segment++) {
			database.execute("INSERT INTO others VALUES (0)", "SELECT pg_switch_wal()");
		}
		database.execute("CHECKPOINT");
	}

	Lsn offsetLsn() {
		return this.offset.lsn();
	}

	@Nullable Lsn slotLsnNow() {
		String lsn = this.database
			.queryForText("SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = '" + this.name + "'");
		return (lsn != null) ? Lsn.parse(lsn) : null;
	}

	/**
	 * Where the engine asked to begin, as the server shows it.
	 */
	Lsn requestedLsn() {
		return Lsn.parse(String.valueOf(command()).replaceFirst("(?s)START_REPLICATION .* LOGICAL (\\S+) .*", "$1"));
	}

	private @Nullable String command() {
		return this.database.queryForText("SELECT query FROM pg_stat_activity JOIN pg_replication_slots "
				+ "ON pid = active_pid WHERE slot_name = '" + this.name + "'");
	}

	/**
	 * A position as the matrix names it.
	 */
	String place(Lsn lsn, boolean offsetKnown) {
		boolean atOffset = offsetKnown && lsn.equals(offsetLsn());
		if (lsn.equals(this.slotLsn)) {
			return atOffset ? "both" : "slot";
		}
		if (!atOffset && this.slotLsn == null) {
			return "new slot";
		}
		return atOffset ? "offset" : "elsewhere (" + lsn + ")";
	}

	/** An engine streams from the slot, and does not only create it. */
	boolean isStreamedFrom() {
		String command = command();
		return command != null && command.startsWith("START_REPLICATION");
	}

	void insert(String letter) {
		this.database.execute("INSERT INTO letters VALUES ('" + letter + "')");
	}

	/** Drop the slot, which the connection of its engine may still hold for a moment. */
	void dropSlot() {
		String named = " FROM pg_replication_slots WHERE slot_name = '" + this.name + "'";
		await().until(() -> "0".equals(this.database.queryForText("SELECT count(*)" + named + " AND active")));
		this.database.execute("SELECT pg_drop_replication_slot(slot_name)" + named,
				"DROP PUBLICATION IF EXISTS " + this.name);
	}

	private record Preparation(Connection connection, Statement statement, String name) {

		void tables() throws SQLException {
			execute("CREATE TABLE IF NOT EXISTS letters (letter text PRIMARY KEY)");
			execute("CREATE TABLE IF NOT EXISTS others (id int)");
			execute("CREATE PUBLICATION " + this.name + " FOR TABLE letters WITH (publish_via_partition_root = true)");
		}

		StoredOffset offset(MatrixState state) throws SQLException {
			execute("DELETE FROM letters");
			Lsn created = createSlot();
			insert("A");
			Lsn processed = receive();
			LastSeenSlot seen = lastSeenSlot(created);
			return switch (state) {
				case IN_SYNC -> offset(processed, seen);
				case SLOT_AHEAD_EXPLAINED -> {
					execute("INSERT INTO others VALUES (1)");
					receive();
					yield offset(processed, lastSeenSlot(created));
				}
				case SLOT_AHEAD_UNEXPLAINED -> {
					insert("B");
					execute("SELECT pg_replication_slot_advance('" + this.name + "', pg_current_wal_flush_lsn())");
					yield offset(processed, seen);
				}
				case OFFSET_AHEAD_AFTER_KILL -> {
					insert("B");
					yield offset(serverLsn(), seen);
				}
				case OFFSET_AHEAD_UNEXPLAINED -> {
					insert("B");
					Lsn end = serverLsn();
					yield offset(end, seenAt(seen, end));
				}
				case SLOT_DROPPED -> {
					dropSlot();
					insert("B");
					yield offset(processed, seen);
				}
				case SLOT_RECREATED -> {
					dropSlot();
					insert("B");
					createSlot();
					yield offset(processed, seen);
				}
				case SLOT_INVALIDATED -> {
					insert("B");
					yield offset(processed, seen);
				}
				case OTHER_CLUSTER -> {
					insert("B");
					yield offset(serverLsn(), seenElsewhere(seen, "7000000000000000001", this.name));
				}
			};
		}

		private static StoredOffset offset(Lsn lsn, LastSeenSlot seen) {
			return new StoredOffset(lsn, OffsetJson.at(lsn).text(),
					new OffsetOrigin(seen.systemIdentifier(), seen.timeline(), null), seen, List.of(), true,
					Instant.now());
		}

		/** A slot never moves back on a server that runs without a break. */
		private static LastSeenSlot seenAt(LastSeenSlot seen, Lsn confirmedFlushLsn) {
			return new LastSeenSlot(seen.systemIdentifier(), seen.timeline(), seen.slotName(), confirmedFlushLsn,
					seen.createdAtLsn(), seen.decodedTransactions(), seen.serverStartedAt());
		}

		private static LastSeenSlot seenElsewhere(LastSeenSlot seen, String system, String slot) {
			return new LastSeenSlot(system, seen.timeline(), slot, seen.confirmedFlushLsn(), seen.createdAtLsn(),
					seen.decodedTransactions(), seen.serverStartedAt());
		}

		void insert(String letter) throws SQLException {
			execute("INSERT INTO letters VALUES ('" + letter + "')");
		}

		private Lsn createSlot() throws SQLException {
			return lsn("SELECT lsn FROM pg_create_logical_replication_slot('" + this.name + "', 'pgoutput')");
		}

		void dropSlot() throws SQLException {
			execute("SELECT pg_drop_replication_slot('" + this.name + "')");
		}

		/** Decode and confirm everything, as an engine does. */
		private Lsn receive() throws SQLException {
			execute("SELECT count(*) FROM pg_logical_slot_get_binary_changes('" + this.name
					+ "', NULL, NULL, 'proto_version', '1', 'publication_names', '" + this.name + "')");
			return slotLsn();
		}

		private LastSeenSlot lastSeenSlot(Lsn created) throws SQLException {
			LastSeenSlot seen = reader.read(this.connection, this.name).lastSeenSlot(false);
			if (seen == null) {
				throw new IllegalStateException("Slot '" + this.name + "' cannot be seen");
			}
			return new LastSeenSlot(seen.systemIdentifier(), seen.timeline(), seen.slotName(), seen.confirmedFlushLsn(),
					created, seen.decodedTransactions(), seen.serverStartedAt());
		}

		private Lsn serverLsn() throws SQLException {
			return lsn("SELECT pg_current_wal_flush_lsn()");
		}

		@Nullable Lsn slotLsn() throws SQLException {
			return lsn(
					"SELECT max(confirmed_flush_lsn) FROM pg_replication_slots WHERE slot_name = '" + this.name + "'");
		}

		/**
		 * Whether the slot still keeps the WAL since the offset, as it usually does.
		 * Otherwise Debezium itself notices it.
		 */
		boolean reachesBack(StoredOffset offset) throws SQLException {
			return !lsn("SELECT restart_lsn FROM pg_replication_slots WHERE slot_name = '" + this.name + "'")
				.isAfter(offset.lsn());
		}

		private void execute(String sql) throws SQLException {
			this.statement.execute(sql);
		}

		private @Nullable Lsn lsn(String sql) throws SQLException {
			try (ResultSet result = this.statement.executeQuery(sql)) {
				result.next();
				String lsn = result.getString(1);
				return (lsn != null) ? Lsn.parse(lsn) : null;
			}
		}

	}

}
