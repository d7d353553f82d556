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
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Set;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.offset.StoredOffset;
import org.jspecify.annotations.Nullable;

/**
 * Reads slot and server over a connection to the database that is listened to, in one
 * round trip and without any right beyond that to connect. Works with PostgreSQL 10 and
 * later.
 *
 */
public final class ReplicationStateReader {

	// Not granted, not there, not supported: some hosted servers keep the control
	// functions to themselves
	private static final Set<String> WITHHELD = Set.of("42501", "42883", "0A000");

	private static final Duration HOLDS = Duration.ofSeconds(30);

	private final Duration timeout;

	private final @Nullable ReplicationCommands replication;

	private @Nullable Identified identified;

	/**
	 * Create a reader.
	 * @param timeout the time that the statement may take, in whole seconds
	 * @param replication whom to ask for system and timeline where the server does not
	 * tell them in SQL, {@code null} to fail there
	 */
	public ReplicationStateReader(Duration timeout, @Nullable ReplicationCommands replication) {
		this.timeout = timeout;
		this.replication = replication;
	}

	/**
	 * Read slot and server.
	 * @param connection a connection to the database, in auto-commit mode
	 * @param slotName the slot
	 * @param offset the stored offset, to be put beside them
	 * @return the positions
	 * @throws SQLException if they cannot be read
	 */
	public ReplicationState read(Connection connection, String slotName, @Nullable StoredOffset offset)
			throws SQLException {
		Identified identified = this.identified;
		if (identified != null && identified.holdsFor(connection)) {
			return read(connection, slotName, offset, identified.identity());
		}
		try {
			return read(connection, slotName, offset, null);
		}
		catch (SQLException ex) {
			if (this.replication == null || !WITHHELD.contains(String.valueOf(ex.getSQLState()))) {
				throw ex;
			}
			SystemIdentity identity = this.replication.identifySystem();
			this.identified = new Identified(connection, identity, System.nanoTime());
			return read(connection, slotName, offset, identity);
		}
	}

	private ReplicationState read(Connection connection, String slotName, @Nullable StoredOffset offset,
			@Nullable SystemIdentity identity) throws SQLException {
		// Known since the connection was made: no round trip
		int major = connection.getMetaData().getDatabaseMajorVersion();
		try (PreparedStatement statement = connection
			.prepareStatement(ReplicationStateQuery.of(major, identity == null))) {
			statement.setQueryTimeout((int) Math.max(1, this.timeout.toSeconds()));
			statement.setString(1, slotName);
			try (ResultSet row = statement.executeQuery()) {
				row.next();
				return new ReplicationState(server(row, identity), slot(row), offset);
			}
		}
	}

	private static ServerState server(ResultSet row, @Nullable SystemIdentity identity) throws SQLException {
		SystemIdentity identified = (identity != null) ? identity
				: new SystemIdentity(Long.toUnsignedString(row.getLong("system_identifier")), row.getInt("timeline"));
		return new ServerState(row.getInt("version_number"), row.getString("version"),
				Lsn.parse(row.getString("current_lsn")), row.getBoolean("in_recovery"), identified.timeline(),
				identified.systemIdentifier(), row.getString("wal_level"), row.getInt("max_replication_slots"),
				row.getInt("max_wal_senders"), row.getObject("started_at", OffsetDateTime.class).toInstant());
	}

	private static @Nullable SlotState slot(ResultSet row) throws SQLException {
		String name = row.getString("slot_name");
		if (name == null) {
			return null;
		}
		return new SlotState(name, row.getString("plugin"), row.getString("database"), row.getString("slot_type"),
				row.getBoolean("temporary"), row.getBoolean("active"), row.getObject("active_pid", Integer.class),
				lsn(row, "restart_lsn"), lsn(row, "confirmed_flush_lsn"), row.getString("wal_status"),
				row.getObject("safe_wal_size", Long.class), row.getObject("two_phase", Boolean.class),
				row.getObject("failover", Boolean.class), row.getObject("synced", Boolean.class),
				row.getString("invalidation_reason"), row.getObject("total_txns", Long.class),
				instant(row, "stats_reset"));
	}

	private static @Nullable Lsn lsn(ResultSet row, String column) throws SQLException {
		String text = row.getString(column);
		return (text != null) ? Lsn.parse(text) : null;
	}

	private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
		OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
		return (time != null) ? time.toInstant() : null;
	}

	/**
	 * What a server that does not tell it in SQL was asked apart. A standby that is
	 * promoted keeps its connections, so it is asked again now and then.
	 */
	private record Identified(Connection connection, SystemIdentity identity, long askedAt) {

		boolean holdsFor(Connection connection) {
			return this.connection == connection && System.nanoTime() - this.askedAt < HOLDS.toNanos();
		}

	}

}
