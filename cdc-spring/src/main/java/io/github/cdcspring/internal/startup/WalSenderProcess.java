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
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * The server process that sends from a slot, and what it does.
 *
 * @param pid the process id
 * @param startedAt when it started, as text. Together with the id it is unique.
 * @param waitEvent what it waits for, {@code null} if it works
 * @param sentLsn up to where it has sent, {@code null} if it is not known
 * @param pooled whether a connection pooler hides process ids
 */
public record WalSenderProcess(int pid, @Nullable String startedAt, @Nullable String waitEvent,
		@Nullable String sentLsn, boolean pooled) {

	/** It has sent everything, or cannot send. */
	private static final Set<String> SENT_OR_BLOCKED = Set.of("WalSenderMain", "WalSenderWaitForWAL",
			"WalSenderWaitForWal", "WalSenderWriteData", "ClientWrite");

	/** A standby of {@code synchronized_standby_slots} has not confirmed the WAL. */
	private static final String WAITS_FOR_STANDBY = "WaitForStandbyConfirmation";

	private static final String PROCESS = """
			SELECT s.active_pid, a.backend_start::text, a.wait_event, r.sent_lsn, pg_backend_pid() AS own_pid
			FROM pg_catalog.pg_replication_slots s
				LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = s.active_pid
				LEFT JOIN pg_catalog.pg_stat_replication r ON r.pid = s.active_pid
			WHERE s.slot_name = ? AND s.active_pid IS NOT NULL""";

	private static final String PROBE = """
			SELECT CASE WHEN NOT pg_is_in_recovery() THEN pg_logical_emit_message(false, ?, '') END""";

	private static final String QUERY_RUNNING = """
			SELECT EXISTS (SELECT FROM pg_catalog.pg_stat_activity
				WHERE usename = current_user AND application_name LIKE 'Debezium%' AND state = 'active'
					AND backend_type = 'client backend')
				OR EXISTS (SELECT FROM pg_catalog.pg_replication_slots
					WHERE slot_name = ? AND active AND confirmed_flush_lsn IS NULL)""";

	private static final String TERMINATE = """
			SELECT pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity
			WHERE pid = ? AND backend_start::text = ?""";

	/**
	 * Read the process.
	 * @return the process, {@code null} if the slot is not active
	 */
	public static @Nullable WalSenderProcess read(Connection connection, String slot) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(PROCESS)) {
			statement.setString(1, slot);
			try (ResultSet row = statement.executeQuery()) {
				if (!row.next()) {
					return null;
				}
				boolean pooled = connection.unwrap(PGConnection.class).getBackendPID() != row.getInt("own_pid");
				return new WalSenderProcess(row.getInt("active_pid"), row.getString("backend_start"),
						row.getString("wait_event"), row.getString("sent_lsn"), pooled);
			}
		}
	}

	/**
	 * Write a message that the process has to send, unless the server is a standby.
	 * @return whether it was written
	 */
	public static boolean probe(Connection connection, String prefix) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(PROBE)) {
			statement.setString(1, prefix);
			try (ResultSet row = statement.executeQuery()) {
				row.next();
				return row.getString(1) != null;
			}
		}
	}

	/**
	 * Whether a query of Debezium runs on the server, or the creation of its slot.
	 */
	public static boolean isQueryRunning(Connection connection, String slotName) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(QUERY_RUNNING)) {
			statement.setString(1, slotName);
			try (ResultSet row = statement.executeQuery()) {
				row.next();
				return row.getBoolean(1);
			}
		}
	}

	/**
	 * Whether it is the same process.
	 */
	public boolean isSame(WalSenderProcess other) {
		return this.pid == other.pid && String.valueOf(this.startedAt).equals(String.valueOf(other.startedAt));
	}

	/**
	 * Whether what was written some time ago must have arrived by now.
	 */
	public boolean hasSentOrIsBlocked() {
		return this.waitEvent != null && SENT_OR_BLOCKED.contains(this.waitEvent);
	}

	/**
	 * Whether it sends nothing until the standbys of a failover slot have the WAL.
	 */
	public boolean waitsForStandby() {
		return WAITS_FOR_STANDBY.equals(this.waitEvent);
	}

	/**
	 * End the process if it still runs. It is of this application, so its rights suffice.
	 */
	public void terminate(Connection connection) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(TERMINATE)) {
			statement.setInt(1, this.pid);
			statement.setString(2, this.startedAt);
			statement.executeQuery().close();
		}
	}

}
