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
import java.time.Duration;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.support.NotReadyException;
import io.github.cdcspring.internal.support.SqlQuoting;
import io.github.cdcspring.internal.support.SqlState;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;

/**
 * The replication slot of an engine: the one source of its SQL, whether the engine
 * executes it or a refusal shows it.
 *
 * @see <a href=
 * "https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-REPLICATION">PostgreSQL:
 * replication management functions</a>
 */
public final class ReplicationSlot {

	/** The first version with failover slots. */
	public static final int FAILOVER_SLOTS_SINCE = 17;

	/** Shorter than the timeout of the connection. */
	private static final int CREATION_SECONDS = 5;

	/** What a canceled call has read would be read again each time. */
	private static final Duration ADVANCE_TIME = Duration.ofMinutes(1);

	/** The comment tells the statement from that of an operator. */
	private static final String ADVANCE = "SELECT pg_replication_slot_advance(?, CAST(? AS pg_lsn)) /* cdc-spring */";

	private static final String DROP = "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
			+ " WHERE slot_name = ? AND NOT active AND restart_lsn IS NOT DISTINCT FROM CAST(? AS pg_lsn)"
			+ " AND confirmed_flush_lsn IS NOT DISTINCT FROM CAST(? AS pg_lsn)";

	private final String name;

	private final boolean failover;

	public ReplicationSlot(EngineSettings settings) {
		this.name = settings.slot().name();
		this.failover = settings.slot().survivesFailover().isFailoverSlot();
	}

	/**
	 * Create the slot at the end of the WAL.
	 * @return the slot LSN
	 */
	Lsn create(Connection connection) throws SQLException {
		boolean failover = this.failover && connection.getMetaData().getDatabaseMajorVersion() >= FAILOVER_SLOTS_SINCE;
		try (PreparedStatement statement = connection
			.prepareStatement("SELECT lsn FROM pg_create_logical_replication_slot(?, 'pgoutput'"
					+ (failover ? ", failover => true)" : ")"))) {
			statement.setString(1, this.name);
			// The server continues a creation that the client gives up
			statement.setQueryTimeout(CREATION_SECONDS);
			try (ResultSet result = statement.executeQuery()) {
				result.next();
				return Lsn.parse(result.getString(1));
			}
		}
	}

	/**
	 * Drop the slot unless it has changed: another instance may have created it again.
	 * @param judged the slot that is to be dropped
	 * @return whether it was dropped
	 */
	boolean drop(Connection connection, SlotState judged) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(DROP)) {
			statement.setString(1, this.name);
			statement.setString(2, text(judged.restartLsn()));
			statement.setString(3, text(judged.confirmedFlushLsn()));
			try (ResultSet row = statement.executeQuery()) {
				return row.next();
			}
		}
	}

	private static @Nullable String text(@Nullable Lsn lsn) {
		return (lsn != null) ? lsn.toString() : null;
	}

	/**
	 * Advance the slot: the server never sends again what committed before the LSN. It
	 * decodes all WAL up to there, and with a failover slot waits for the standbys.
	 * @throws NotReadyException if that takes too long
	 */
	void advance(Connection connection, Lsn lsn) throws SQLException {
		int timeout = connection.getNetworkTimeout();
		// Longer than the time for the statement, so that the server has given it up, too
		connection.setNetworkTimeout(Runnable::run, (int) ADVANCE_TIME.multipliedBy(2).toMillis());
		try (Statement unlimited = connection.createStatement();
				PreparedStatement statement = connection.prepareStatement(ADVANCE)) {
			unlimited.execute("SET statement_timeout = 0");
			statement.setString(1, this.name);
			statement.setString(2, lsn.toString());
			statement.setQueryTimeout((int) ADVANCE_TIME.toSeconds());
			statement.execute();
		}
		catch (SQLException ex) {
			if (SqlState.is(ex, SqlState.QUERY_CANCELED)) {
				throw new NotReadyException("Replication slot '" + this.name + "' could not be advanced to " + lsn
						+ " within " + ADVANCE_TIME.toSeconds() + " s. Either a standby in synchronized_standby_slots "
						+ "does not have the WAL, or there is much WAL to read. Start the standby, or remove its slot "
						+ "from synchronized_standby_slots.");
			}
			throw ex;
		}
		finally {
			if (!connection.isClosed()) {
				connection.setNetworkTimeout(Runnable::run, timeout);
			}
		}
	}

	/**
	 * The statement that drops the slot.
	 */
	public String dropStatement() {
		return "SELECT pg_drop_replication_slot(" + SqlQuoting.literal(this.name) + ");";
	}

	/**
	 * The replication command that makes the slot a failover slot.
	 */
	public String failoverCommand() {
		return "ALTER_REPLICATION_SLOT " + this.name + " (FAILOVER true);";
	}

}
