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

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.support.SqlState;
import io.github.cdcspring.offset.LastSeenSlot;
import io.github.cdcspring.offset.OffsetOrigin;
import io.github.cdcspring.offset.StoredOffset;
import org.jspecify.annotations.Nullable;

/**
 * Whether a server was restored from an older image of its disk. Such a server keeps its
 * system identifier and timeline, and writes other changes at LSNs that it had before.
 */
final class RestoreEvidence {

	/** Since then, an orderly shutdown saves the slot LSN of each slot. */
	private static final int SAVES_SLOTS_SINCE = 170000;

	private volatile @Nullable Restore restore;

	/** Whether the offset is known to be of a state that the server no longer has. */
	boolean isKnown(ReplicationState state) {
		Restore restore = this.restore;
		return restore != null && restore.equals(Restore.of(state));
	}

	/**
	 * Look for evidence, if the server was restarted since the slot was last seen.
	 */
	void look(Connection connection, ReplicationState state) throws SQLException {
		StoredOffset offset = state.offset();
		SlotState slot = state.slot();
		ServerState server = state.server();
		if (offset == null || slot == null || server.inRecovery() || isSameHistory(offset, slot)
				|| isUninterrupted(offset, server)) {
			return;
		}
		if (isTransactionUnknown(connection, offset, server) || isSlotSetBack(connection, state)) {
			record(state);
		}
	}

	/**
	 * Record that the server does not have the offset. This holds until the slot moves,
	 * even if the server writes past the offset or is restarted.
	 */
	void record(ReplicationState state) {
		this.restore = Restore.of(state);
	}

	private static boolean isSameHistory(StoredOffset offset, SlotState slot) {
		return offset.lsn().equals(slot.confirmedFlushLsn());
	}

	private static boolean isUninterrupted(StoredOffset offset, ServerState server) {
		return offset.slot() != null && server.startedAt().equals(offset.slot().serverStartedAt());
	}

	/**
	 * A transaction that was received has committed. A server that does not know it, or
	 * knows it as not committed, has another history.
	 */
	private static boolean isTransactionUnknown(Connection connection, StoredOffset offset, ServerState server)
			throws SQLException {
		OffsetOrigin origin = offset.origin();
		if (origin == null || origin.transactionId() == null
				|| !origin.systemIdentifier().equals(server.systemIdentifier())) {
			return false;
		}
		long transaction = origin.transactionId();
		if (offset.slot() == null) {
			// The server may not have stopped since
			return !mayHaveCommitted(connection, transaction);
		}
		return transaction >= nextTransaction(connection) || !hasCommitted(connection, transaction);
	}

	/** The next transaction of the cluster, with its epoch. */
	static long nextTransaction(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement();
				ResultSet row = statement.executeQuery("SELECT txid_snapshot_xmax(txid_current_snapshot())")) {
			row.next();
			return row.getLong(1);
		}
	}

	/** The server forgets old transactions; they prove nothing. */
	private static boolean hasCommitted(Connection connection, long transaction) throws SQLException {
		String status = status(connection, transaction);
		return status == null || status.equals("committed");
	}

	/**
	 * A commit may wait for a standby after it was sent. Until then, it is in progress.
	 */
	private static boolean mayHaveCommitted(Connection connection, long transaction) throws SQLException {
		try {
			return !"aborted".equals(status(connection, transaction));
		}
		catch (SQLException ex) {
			// The transaction has not begun
			if (SqlState.is(ex, SqlState.INVALID_PARAMETER_VALUE)) {
				return false;
			}
			throw ex;
		}
	}

	private static @Nullable String status(Connection connection, long transaction) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement("SELECT txid_status(?)")) {
			statement.setLong(1, transaction);
			try (ResultSet row = statement.executeQuery()) {
				row.next();
				return row.getString(1);
			}
		}
	}

	/**
	 * An orderly shutdown saves the slot LSN, and a recovery from a crash begins new
	 * statistics. So a slot behind where it was seen, on a server that kept its
	 * statistics, was set back with the server.
	 */
	private static boolean isSlotSetBack(Connection connection, ReplicationState state) throws SQLException {
		StoredOffset offset = state.offset();
		SlotState slot = state.slot();
		LastSeenSlot seen = (offset != null) ? offset.slot() : null;
		if (seen == null || slot == null || slot.confirmedFlushLsn() == null || seen.serverStartedAt() == null
				|| state.server().versionNumber() < SAVES_SLOTS_SINCE || !seen.slotName().equals(slot.name())
				|| !seen.systemIdentifier().equals(state.server().systemIdentifier())
				|| seen.timeline() != state.server().timeline()
				|| !seen.confirmedFlushLsn().isAfter(slot.confirmedFlushLsn())) {
			return false;
		}
		Instant statistics = statisticsSince(connection);
		return statistics != null && !statistics.isAfter(seen.serverStartedAt());
	}

	private static @Nullable Instant statisticsSince(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement();
				ResultSet row = statement.executeQuery("SELECT stats_reset FROM pg_stat_bgwriter")) {
			OffsetDateTime time = row.next() ? row.getObject(1, OffsetDateTime.class) : null;
			return (time != null) ? time.toInstant() : null;
		}
	}

	/**
	 * An offset and a slot on a timeline of a cluster.
	 */
	private record Restore(String systemIdentifier, int timeline, @Nullable Lsn slotLsn, Lsn offsetLsn) {

		static @Nullable Restore of(ReplicationState state) {
			StoredOffset offset = state.offset();
			ServerState server = state.server();
			return (offset != null)
					? new Restore(server.systemIdentifier(), server.timeline(), state.slotLsn(), offset.lsn()) : null;
		}

	}

}
