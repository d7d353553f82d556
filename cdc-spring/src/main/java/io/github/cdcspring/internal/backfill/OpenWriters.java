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

package io.github.cdcspring.internal.backfill;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import io.github.cdcspring.internal.support.LogSafe;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transactions that may have been delivered although a chunk does not show them yet.
 * The server sends a transaction once its commit is written, and shows it to other
 * sessions later: after synchronous standbys have confirmed it, or simply a moment later.
 * Changes that were delivered before recording began were not recorded, so no chunk is
 * read before their transactions are visible.
 * <p>
 * A transaction in which the client has not asked for a commit was not delivered.
 */
final class OpenWriters {

	private static final Logger logger = LoggerFactory.getLogger(OpenWriters.class);

	private static final Duration FIRST_PAUSE = Duration.ofMillis(2);

	private static final Duration LONGEST_PAUSE = Duration.ofMillis(200);

	private static final Duration LONG_WAIT = Duration.ofSeconds(10);

	private static final Duration REPORT_INTERVAL = Duration.ofMinutes(1);

	private static final String SNAPSHOT = "SELECT txid_current_snapshot()::text";

	private static final String NOT_COMMITTING = """
			SELECT a.backend_xid::text::bigint FROM pg_catalog.pg_stat_activity a
			WHERE a.backend_xid IS NOT NULL
				AND (a.backend_type = 'client backend' AND a.state LIKE 'idle in transaction%'
					OR a.datname <> current_database())
			UNION ALL SELECT p.transaction::text::bigint FROM pg_catalog.pg_prepared_xacts p
			WHERE p.database <> current_database()""";

	private static final String OWNERS = """
			SELECT 'process ' || a.pid FROM pg_catalog.pg_stat_activity a
			WHERE a.backend_xid::text::bigint = ANY (?)
			UNION ALL SELECT 'prepared transaction ' || p.gid FROM pg_catalog.pg_prepared_xacts p
			WHERE p.transaction::text::bigint = ANY (?)""";

	private final String engine;

	private final Consumer<TransactionSnapshot> onSnapshot;

	/**
	 * Create the transactions.
	 * @param onSnapshot is told of each snapshot
	 */
	OpenWriters(String engine, Consumer<TransactionSnapshot> onSnapshot) {
		this.engine = engine;
		this.onSnapshot = onSnapshot;
	}

	/**
	 * Wait until the transactions that have begun before are visible or have ended.
	 * @param wanted whether to wait any longer
	 * @return whether they have, {@code false} if it was not waited to the end
	 */
	boolean await(Connection connection, BooleanSupplier wanted) throws SQLException, InterruptedException {
		long next = Long.parseLong(text(connection, "SELECT txid_current()"));
		Set<Long> open = openBefore(next, connection);
		long pause = FIRST_PAUSE.toNanos();
		long began = System.nanoTime();
		long reported = began + LONG_WAIT.toNanos() - REPORT_INTERVAL.toNanos();
		while (!open.isEmpty() && wanted.getAsBoolean()) {
			if (System.nanoTime() - reported > REPORT_INTERVAL.toNanos()) {
				reported = System.nanoTime();
				logger.warn("Engine '{}' waits for {} open transactions to end before it reads existing rows: they may "
						+ "be committed, but not visible yet ({}). End these transactions, or commit or roll back "
						+ "those that are prepared. If they are idle, grant the engine's role pg_read_all_stats. If "
						+ "they wait for a synchronous standby, restore it.", this.engine, open.size(),
						LogSafe.of(String.join(", ", owners(connection, open))));
			}
			TimeUnit.NANOSECONDS.sleep(pause);
			pause = Math.min(2 * pause, LONGEST_PAUSE.toNanos());
			open.retainAll(openBefore(next, connection));
		}
		return open.isEmpty();
	}

	private Set<Long> openBefore(long next, Connection connection) throws SQLException {
		Set<Long> notCommitting = new HashSet<>();
		try (Statement statement = connection.createStatement();
				ResultSet rows = statement.executeQuery(NOT_COMMITTING)) {
			while (rows.next()) {
				notCommitting.add(rows.getLong(1));
			}
		}
		TransactionSnapshot snapshot = snapshot(connection);
		this.onSnapshot.accept(snapshot);
		Set<Long> open = new HashSet<>(snapshot.inProgress());
		// The catalog shows ids without their epoch
		open.removeIf((id) -> id >= next || notCommitting.contains(id & 0xFFFFFFFFL));
		return open;
	}

	/** The processes and prepared transactions that are open. */
	static List<String> owners(Connection connection, Set<Long> transactions) throws SQLException {
		List<String> owners = new ArrayList<>();
		try (PreparedStatement statement = connection.prepareStatement(OWNERS)) {
			Array ids = connection.createArrayOf("int8", transactions.stream().map((id) -> id & 0xFFFFFFFFL).toArray());
			statement.setArray(1, ids);
			statement.setArray(2, ids);
			try (ResultSet rows = statement.executeQuery()) {
				while (rows.next()) {
					owners.add(rows.getString(1));
				}
			}
		}
		return owners;
	}

	/** What the session sees now. */
	static TransactionSnapshot snapshot(Connection connection) throws SQLException {
		return TransactionSnapshot.parse(text(connection, SNAPSHOT));
	}

	private static String text(Connection connection, String sql) throws SQLException {
		try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(sql)) {
			row.next();
			return row.getString(1);
		}
	}

}
