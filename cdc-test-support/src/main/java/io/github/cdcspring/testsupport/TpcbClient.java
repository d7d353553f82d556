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

package io.github.cdcspring.testsupport;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Random;

/**
 * One client of the load that pgbench calls "TPC-B (sort of)", over JDBC.
 *
 * @see <a href="https://www.postgresql.org/docs/current/pgbench.html">PostgreSQL:
 * pgbench</a>
 */
public final class TpcbClient implements AutoCloseable {

	/**
	 * The number of accounts of a branch in pgbench's own tables.
	 */
	public static final int ACCOUNTS = 100_000;

	private static final int TELLERS = 10;

	private static final List<String> CREATE = List.of(
			"CREATE TABLE pgbench_history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22))",
			"CREATE TABLE pgbench_tellers (tid int NOT NULL, bid int, tbalance int, filler char(84)) WITH (fillfactor = 100)",
			"CREATE TABLE pgbench_accounts (aid int NOT NULL, bid int, abalance int, filler char(84)) WITH (fillfactor = 100)",
			"CREATE TABLE pgbench_branches (bid int NOT NULL, bbalance int, filler char(88)) WITH (fillfactor = 100)",
			"INSERT INTO pgbench_branches (bid, bbalance) SELECT bid, 0 FROM generate_series(1, %1$d) bid",
			"INSERT INTO pgbench_tellers (tid, bid, tbalance) SELECT tid, (tid - 1) / %3$d + 1, 0 FROM generate_series(1, %1$d * %3$d) tid",
			"INSERT INTO pgbench_accounts (aid, bid, abalance, filler) SELECT aid, (aid - 1) / %2$d + 1, 0, '' FROM generate_series(1, %1$d * %2$d) aid",
			"ALTER TABLE pgbench_branches ADD PRIMARY KEY (bid)", "ALTER TABLE pgbench_tellers ADD PRIMARY KEY (tid)",
			"ALTER TABLE pgbench_accounts ADD PRIMARY KEY (aid)");

	private static final List<String> TRANSACTION = List.of(
			"UPDATE pgbench_accounts SET abalance = abalance + ? WHERE aid = ?",
			"SELECT abalance FROM pgbench_accounts WHERE aid = ?",
			"UPDATE pgbench_tellers SET tbalance = tbalance + ? WHERE tid = ?",
			"UPDATE pgbench_branches SET bbalance = bbalance + ? WHERE bid = ?",
			"INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (?, ?, ?, ?, CURRENT_TIMESTAMP)");

	private final Connection connection;

	private final int scale;

	private final int accounts;

	private final Random random;

	private final PreparedStatement[] statements = new PreparedStatement[TRANSACTION.size()];

	/**
	 * Prepare a client.
	 * @param connection the client's connection, which the client closes
	 * @param scale the number of branches
	 * @param accounts the number of accounts of a branch
	 * @param random chooses rows and amounts
	 */
	public TpcbClient(Connection connection, int scale, int accounts, Random random) throws SQLException {
		this.connection = connection;
		this.scale = scale;
		this.accounts = accounts;
		this.random = random;
		connection.setAutoCommit(false);
		for (int i = 0; i < this.statements.length; i++) {
			this.statements[i] = connection.prepareStatement(TRANSACTION.get(i));
		}
	}

	/**
	 * Create and fill the four tables.
	 * @param connection a connection with auto-commit
	 * @param scale the number of branches
	 * @param accounts the number of accounts of a branch
	 */
	public static void createTables(Connection connection, int scale, int accounts) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			for (String sql : CREATE) {
				statement.execute(sql.formatted(scale, accounts, TELLERS));
			}
		}
	}

	/**
	 * Run and commit one transaction.
	 */
	public void transact() throws SQLException {
		int aid = 1 + this.random.nextInt(this.accounts * this.scale);
		int bid = 1 + this.random.nextInt(this.scale);
		int tid = 1 + this.random.nextInt(TELLERS * this.scale);
		int delta = this.random.nextInt(10_001) - 5000;
		execute(0, delta, aid);
		execute(1, aid);
		execute(2, delta, tid);
		execute(3, delta, bid);
		execute(4, tid, bid, aid, delta);
		this.connection.commit();
	}

	private void execute(int index, int... values) throws SQLException {
		PreparedStatement statement = this.statements[index];
		for (int i = 0; i < values.length; i++) {
			statement.setInt(i + 1, values[i]);
		}
		statement.execute();
	}

	@Override
	public void close() throws SQLException {
		this.connection.close();
	}

}
