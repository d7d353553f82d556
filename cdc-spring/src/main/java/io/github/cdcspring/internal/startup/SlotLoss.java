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
import java.util.regex.Pattern;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.support.SqlState;
import org.jspecify.annotations.Nullable;

/**
 * Whether the server still has the WAL of a slot that it does not report as lost. A slot
 * that was copied to a standby, or restored without its WAL, is reported as reserved
 * until it is read.
 */
final class SlotLoss {

	/** Names of files are not translated, messages are. */
	private static final Pattern FILE_OF_A_SLOT = Pattern.compile("[0-9A-F]{24}|pg_wal|pg_replslot|pg_logical");

	private volatile @Nullable SlotPosition lost;

	/**
	 * Whether an error of the stream means that the server no longer has what the slot
	 * needs. Other missing files, as of an output plugin, do not.
	 */
	static boolean isCauseOf(@Nullable Throwable error) {
		for (Throwable cause = error; cause != null; cause = cause.getCause()) {
			if (cause instanceof SQLException ex && SqlState.is(ex, SqlState.UNDEFINED_FILE) && ex.getMessage() != null
					&& FILE_OF_A_SLOT.matcher(ex.getMessage()).find()) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Record that the stream of a slot ended because its WAL is gone.
	 */
	void record(ReplicationState state) {
		this.lost = SlotPosition.of(state);
	}

	/** Whether the slot is known to be lost. */
	boolean isKnown(ReplicationState state) {
		SlotPosition lost = this.lost;
		return lost != null && lost.equals(SlotPosition.of(state));
	}

	/**
	 * Look for the oldest WAL file that the slot needs, if the role may list WAL files.
	 */
	void look(Connection connection, ReplicationState state) throws SQLException {
		SlotState slot = state.slot();
		Lsn oldest = (slot != null) ? slot.restartLsn() : null;
		if (oldest != null && !state.server().inRecovery() && mayList(connection) && !exists(connection, oldest)) {
			record(state);
		}
	}

	private static boolean mayList(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement();
				ResultSet row = statement
					.executeQuery("SELECT has_function_privilege('pg_catalog.pg_ls_waldir()', 'EXECUTE')")) {
			return row.next() && row.getBoolean(1);
		}
	}

	/**
	 * The file may be of an earlier timeline. An LSN at the boundary of two files is
	 * taken for the end of the first, so the next one is asked for.
	 */
	private static boolean exists(Connection connection, Lsn lsn) throws SQLException {
		try (PreparedStatement statement = connection
			.prepareStatement("SELECT EXISTS (SELECT FROM pg_catalog.pg_ls_waldir() file WHERE substr(file.name, 9, 16)"
					+ " = substr(pg_walfile_name(CAST(? AS pg_lsn)), 9))")) {
			statement.setString(1, new Lsn(lsn.value() + 1).toString());
			try (ResultSet row = statement.executeQuery()) {
				return row.next() && row.getBoolean(1);
			}
		}
	}

}
