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
import java.util.Collection;

import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.support.LogSafe;
import io.github.cdcspring.internal.support.NotReadyException;
import io.github.cdcspring.internal.support.SqlQuoting;
import org.jspecify.annotations.Nullable;

/**
 * Tables that cannot be added to a publication while other sessions lock them, such as
 * during {@code ALTER TABLE}, {@code VACUUM} or {@code CREATE INDEX CONCURRENTLY}.
 *
 * @see <a href=
 * "https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES">PostgreSQL:
 * table-level locks</a>
 */
final class LockedTables {

	/** What is in conflict with {@code SHARE UPDATE EXCLUSIVE}. */
	private static final String HOLDER = """
			SELECT l.pid, c.oid::regclass::text AS name, coalesce(a.usename, '?') AS role,
				coalesce(nullif(a.application_name, ''), '?') AS application
			FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation
				LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
			WHERE l.granted AND l.locktype = 'relation' AND l.pid <> pg_backend_pid()
				AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
				AND l.mode IN ('ShareUpdateExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock',
					'AccessExclusiveLock')
				AND c.oid IN (SELECT to_regclass(name) FROM unnest(?::text[]) AS name)
			ORDER BY a.xact_start LIMIT 1""";

	private final Collection<TableId> tables;

	LockedTables(Collection<TableId> tables) {
		this.tables = tables;
	}

	/**
	 * Name the session that locks one of the tables.
	 */
	NotReadyException notReady(String publication, Connection connection) throws SQLException {
		String holder = holder(connection);
		return new NotReadyException("Publication '" + publication + "' cannot be changed while "
				+ ((holder != null) ? LogSafe.of(holder) : "another session locks it or one of its new tables.")
				+ " The engine waits, because it would not receive the changes of a table that is not published. Wait "
				+ "until the command has ended"
				+ ((holder != null) ? ", or end the process with pg_terminate_backend." : "."));
	}

	private @Nullable String holder(Connection connection) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(HOLDER)) {
			statement.setArray(1,
					connection.createArrayOf("text", this.tables.stream().map(SqlQuoting::table).toArray()));
			try (ResultSet row = statement.executeQuery()) {
				return row.next() ? "process " + row.getInt("pid") + " (role " + row.getString("role")
						+ ", application " + row.getString("application") + ") locks table " + row.getString("name")
						+ ", as ALTER TABLE, VACUUM and CREATE INDEX CONCURRENTLY do." : null;
			}
		}
	}

}
