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
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

import io.github.cdcspring.internal.support.LogSafe;
import io.github.cdcspring.internal.support.NotReadyException;

/**
 * The transactions that the creation of a slot waits for: those that have written, in any
 * database of the server. A creation that is given up leaves a process behind that holds
 * the slot, so it is not begun before they have ended.
 */
public final class OpenTransactions {

	/** Shorter than the timeout of the connection. */
	private static final Duration WAIT = Duration.ofSeconds(5);

	private static final Duration PAUSE = Duration.ofMillis(50);

	private static final String OPEN = """
			SELECT 'process ' || pid || ' (role ' || coalesce(usename, '?') || ', application '
					|| coalesce(nullif(application_name, ''), '?') || ')' AS holder, backend_xid::text AS id,
				'SELECT pg_terminate_backend(' || pid || ');' AS remedy
			FROM pg_catalog.pg_stat_activity WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid()
			UNION ALL
			SELECT 'prepared transaction ' || quote_literal(gid), transaction::text,
				'ROLLBACK PREPARED ' || quote_literal(gid) || ';'
			FROM pg_catalog.pg_prepared_xacts""";

	private final String slot;

	/**
	 * @param slot the slot that is to be created
	 */
	public OpenTransactions(String slot) {
		this.slot = slot;
	}

	/**
	 * Wait for the transactions that are open now.
	 * @throws NotReadyException if one of them does not end in time
	 */
	public void awaitEnd(Connection connection) throws SQLException {
		long deadline = System.nanoTime() + WAIT.toNanos();
		Map<String, Holder> open = read(connection);
		while (!open.isEmpty()) {
			if (System.nanoTime() - deadline > 0 || Thread.currentThread().isInterrupted()) {
				Holder holder = open.values().iterator().next();
				throw new NotReadyException(
						"Replication slot '" + this.slot + "' cannot be created while " + LogSafe.of(holder.name())
								+ " has an open transaction. The server waits for its end. Commit it, " + "or run: "
								+ LogSafe.of(holder.remedy()));
			}
			LockSupport.parkNanos(PAUSE.toNanos());
			open.keySet().retainAll(read(connection).keySet());
		}
	}

	private static Map<String, Holder> read(Connection connection) throws SQLException {
		Map<String, Holder> open = new LinkedHashMap<>();
		try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(OPEN)) {
			while (rows.next()) {
				open.put(rows.getString("id"), new Holder(rows.getString("holder"), rows.getString("remedy")));
			}
		}
		return open;
	}

	private record Holder(String name, String remedy) {

	}

}
