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

/**
 * The one statement that reads slot and server, with the columns that a server's version
 * has.
 */
final class ReplicationStateQuery {

	private ReplicationStateQuery() {
	}

	/**
	 * The statement for a server.
	 * @param major the server's major version
	 * @param control whether the server lets its control file be read
	 */
	static String of(int major, boolean control) {
		return "SELECT current_setting('server_version_num')::int AS version_number,"
				+ " current_setting('server_version') AS version," + " pg_is_in_recovery() AS in_recovery,"
				+ " CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END"
				+ " AS current_lsn, " + (control ? identity() : "") + " current_setting('wal_level') AS wal_level,"
				+ " current_setting('max_replication_slots')::int AS max_replication_slots,"
				+ " current_setting('max_wal_senders')::int AS max_wal_senders,"
				// A recovery from a crash keeps the start time, and begins statistics
				// anew
				+ " GREATEST(pg_postmaster_start_time(), (SELECT stats_reset FROM pg_stat_bgwriter)) AS started_at,"
				+ " slot.slot_name, slot.plugin, slot.slot_type, slot.database, slot.temporary, slot.active,"
				+ " slot.active_pid, slot.restart_lsn, slot.confirmed_flush_lsn,"
				+ since(13, major, "slot.wal_status", "text") + "," + since(13, major, "slot.safe_wal_size", "bigint")
				+ "," + since(14, major, "slot.two_phase", "boolean") + ","
				+ since(17, major, "slot.failover", "boolean") + "," + since(17, major, "slot.synced", "boolean") + ","
				+ since(17, major, "slot.invalidation_reason", "text") + ","
				+ since(14, major, "stat.total_txns", "bigint") + ","
				+ since(14, major, "stat.stats_reset", "timestamptz") + " FROM (SELECT CAST(? AS text) AS name) wanted"
				+ " LEFT JOIN pg_replication_slots slot ON slot.slot_name = wanted.name"
				+ ((major >= 14) ? " LEFT JOIN pg_stat_replication_slots stat ON stat.slot_name = slot.slot_name" : "");
	}

	// A primary's timeline is in the names of its WAL files; the control file may still
	// have the one before
	private static String identity() {
		return "(SELECT system_identifier FROM pg_control_system()) AS system_identifier,"
				+ " CASE WHEN pg_is_in_recovery() THEN GREATEST((SELECT timeline_id FROM pg_control_checkpoint()),"
				+ " (SELECT min_recovery_end_timeline FROM pg_control_recovery()),"
				+ " (SELECT received_tli FROM pg_stat_wal_receiver))"
				+ " ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int END AS timeline,";
	}

	private static String since(int version, int major, String column, String type) {
		String name = column.substring(column.indexOf('.') + 1);
		return (major >= version) ? " " + column : " CAST(NULL AS " + type + ") AS " + name;
	}

}
