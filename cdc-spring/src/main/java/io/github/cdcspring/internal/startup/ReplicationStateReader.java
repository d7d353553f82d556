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

import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.startup.ReplicationCommands.SystemIdentity;
import io.github.cdcspring.internal.support.SqlState;
import org.jspecify.annotations.Nullable;

/**
 * Reads server and slot in one statement, with no right beyond that to connect. Works
 * with PostgreSQL 10 and later.
 */
public final class ReplicationStateReader {

	/**
	 * No privilege, no such function, not supported: some hosted servers withhold the
	 * functions that read the control file.
	 */
	private static final String[] WITHHELD = { SqlState.INSUFFICIENT_PRIVILEGE, SqlState.UNDEFINED_FUNCTION,
			SqlState.FEATURE_NOT_SUPPORTED };

	/** A standby that is promoted keeps its connections, so ask again now and then. */
	private static final Duration IDENTITY_VALID_FOR = Duration.ofSeconds(30);

	private final Duration timeout;

	private final @Nullable ReplicationCommands replication;

	private @Nullable KnownIdentity known;

	/**
	 * Create a reader.
	 * @param timeout the time that the statement may take, in whole seconds
	 * @param replication reads system identifier and timeline if the server withholds
	 * them from SQL, {@code null} to fail then
	 */
	public ReplicationStateReader(Duration timeout, @Nullable ReplicationCommands replication) {
		this.timeout = timeout;
		this.replication = replication;
	}

	/**
	 * Read server and slot.
	 * @param connection a connection to the source database, in auto-commit mode
	 * @param slotName the slot
	 * @return both, without an offset
	 * @throws SQLException if they cannot be read
	 */
	public ReplicationState read(Connection connection, String slotName) throws SQLException {
		return identified(connection, (identity) -> read(connection, slotName, identity));
	}

	private ReplicationState read(Connection connection, String slotName, @Nullable SystemIdentity identity)
			throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(query(connection, identity))) {
			statement.setQueryTimeout((int) Math.max(1, this.timeout.toSeconds()));
			statement.setString(1, slotName);
			try (ResultSet row = statement.executeQuery()) {
				row.next();
				return state(row, identity);
			}
		}
	}

	/**
	 * Do a reading that needs the server's identity.
	 * @param <T> what is read
	 * @param reading takes the identity, or {@code null} to read it in SQL
	 */
	<T> T identified(Connection connection, Reading<T> reading) throws SQLException {
		KnownIdentity known = this.known;
		if (known != null && known.isValidFor(connection)) {
			return reading.read(known.identity());
		}
		try {
			return reading.read(null);
		}
		catch (SQLException ex) {
			if (this.replication == null || !SqlState.is(ex, WITHHELD)) {
				throw ex;
			}
			SystemIdentity identity = this.replication.identifySystem();
			this.known = new KnownIdentity(connection, identity, System.nanoTime());
			return reading.read(identity);
		}
	}

	/**
	 * Whether the role can read slots although it lacks the attribute. Hosted servers
	 * grant this by roles of their own, so the server itself is asked. Any error but a
	 * missing privilege shows up when the engine connects.
	 */
	boolean canReplicate() {
		if (this.replication == null) {
			return false;
		}
		try {
			this.replication.identifySystem();
			return true;
		}
		catch (SQLException ex) {
			return !SqlState.is(ex, SqlState.INSUFFICIENT_PRIVILEGE);
		}
	}

	/**
	 * The statement that reads server and slot. Its parameter is the name of the slot.
	 * @param identity the identity if it is known
	 */
	static String query(Connection connection, @Nullable SystemIdentity identity) throws SQLException {
		// The driver knows the version since it connected: no round trip
		return query(connection.getMetaData().getDatabaseMajorVersion(), identity == null);
	}

	static String query(int major, boolean withIdentity) {
		return "SELECT current_setting('server_version_num')::int AS version_number,"
				+ " current_setting('server_version') AS version," + " pg_is_in_recovery() AS in_recovery,"
				+ " CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END"
				+ " AS current_lsn, " + (withIdentity ? identity() : "") + " current_setting('wal_level') AS wal_level,"
				+ " current_setting('max_replication_slots')::int AS max_replication_slots,"
				+ " current_setting('max_wal_senders')::int AS max_wal_senders,"
				+ " current_setting('synchronized_standby_slots', true) AS synchronized_standby_slots,"
				// Recovery from a crash keeps the start time but resets statistics
				+ " GREATEST(pg_postmaster_start_time(), (SELECT stats_reset FROM pg_stat_bgwriter)) AS started_at,"
				+ " slot.slot_name, slot.plugin, slot.database, slot.temporary, slot.active, slot.active_pid,"
				+ " slot.restart_lsn, slot.confirmed_flush_lsn, " + since(13, major, "slot.wal_status", "text") + ", "
				+ since(13, major, "slot.safe_wal_size", "bigint") + ", " + since(17, major, "slot.failover", "boolean")
				+ ", " + since(17, major, "slot.synced", "boolean") + ", " + invalidation(major) + ", "
				+ since(14, major, "stat.total_txns", "bigint") + ", "
				+ since(14, major, "stat.stats_reset", "timestamptz")
				+ ", consumer.application_name AS consumer_application,"
				+ " host(consumer.client_addr) AS consumer_address FROM (SELECT CAST(? AS text) AS name) wanted"
				+ " LEFT JOIN pg_replication_slots slot ON slot.slot_name = wanted.name"
				+ " LEFT JOIN pg_stat_activity consumer ON consumer.pid = slot.active_pid"
				+ ((major >= 14) ? " LEFT JOIN pg_stat_replication_slots stat ON stat.slot_name = slot.slot_name" : "");
	}

	/**
	 * A primary's timeline is in the names of its WAL files; the control file may still
	 * have the previous one.
	 */
	private static String identity() {
		return "(SELECT system_identifier FROM pg_control_system()) AS system_identifier,"
				+ " CASE WHEN pg_is_in_recovery() THEN GREATEST((SELECT timeline_id FROM pg_control_checkpoint()),"
				+ " (SELECT min_recovery_end_timeline FROM pg_control_recovery()),"
				+ " (SELECT received_tli FROM pg_stat_wal_receiver))"
				+ " ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int END AS timeline,";
	}

	private static String invalidation(int major) {
		return (major == 16) ? "CASE WHEN slot.conflicting THEN 'conflict with recovery' END AS invalidation_reason"
				: since(17, major, "slot.invalidation_reason", "text");
	}

	private static String since(int version, int major, String column, String type) {
		String name = column.substring(column.indexOf('.') + 1);
		return (major >= version) ? column : "CAST(NULL AS " + type + ") AS " + name;
	}

	/**
	 * Map the row of {@link #query}.
	 */
	static ReplicationState state(ResultSet row, @Nullable SystemIdentity identity) throws SQLException {
		return new ReplicationState(
				server(row,
						(identity != null) ? identity : new SystemIdentity(
								Long.toUnsignedString(row.getLong("system_identifier")), row.getInt("timeline"))),
				slot(row), null);
	}

	private static ServerState server(ResultSet row, SystemIdentity identity) throws SQLException {
		return new ServerState(row.getInt("version_number"), row.getString("version"),
				Lsn.parse(row.getString("current_lsn")), row.getBoolean("in_recovery"), identity.timeline(),
				identity.systemIdentifier(), row.getString("wal_level"), row.getInt("max_replication_slots"),
				row.getInt("max_wal_senders"), row.getString("synchronized_standby_slots"),
				row.getObject("started_at", OffsetDateTime.class).toInstant());
	}

	private static @Nullable SlotState slot(ResultSet row) throws SQLException {
		String name = row.getString("slot_name");
		if (name == null) {
			return null;
		}
		return new SlotState(name, row.getString("plugin"), row.getString("database"), row.getBoolean("temporary"),
				row.getBoolean("active"), row.getObject("active_pid", Integer.class), lsn(row, "restart_lsn"),
				lsn(row, "confirmed_flush_lsn"), row.getString("wal_status"),
				row.getObject("safe_wal_size", Long.class), row.getObject("failover", Boolean.class),
				row.getObject("synced", Boolean.class), row.getString("invalidation_reason"),
				row.getObject("total_txns", Long.class), consumer(row), instant(row, "stats_reset"));
	}

	private static @Nullable SlotConsumer consumer(ResultSet row) throws SQLException {
		if (row.getObject("active_pid") == null) {
			return null;
		}
		// Kafka Connect has no Spring
		String applicationName = row.getString("consumer_application");
		return new SlotConsumer((applicationName != null && !applicationName.isBlank()) ? applicationName : null,
				row.getString("consumer_address"));
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
	 * A reading that needs the server's identity.
	 *
	 * @param <T> what is read
	 */
	@FunctionalInterface
	interface Reading<T> {

		/**
		 * Read.
		 * @param identity the identity, {@code null} to read it in SQL
		 */
		T read(@Nullable SystemIdentity identity) throws SQLException;

	}

	/**
	 * An identity that was read over the replication protocol.
	 */
	private record KnownIdentity(Connection connection, SystemIdentity identity, long readAt) {

		boolean isValidFor(Connection connection) {
			return this.connection == connection && System.nanoTime() - this.readAt < IDENTITY_VALID_FOR.toNanos();
		}

	}

}
