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

package io.github.cdcspring.samples.ledger.check;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

/** The same load where pgbench is not installed. */
class PgbenchStatements implements Load {

	private static final String[] INITIALISE = {
			"CREATE TABLE pgbench_history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22))",
			"CREATE TABLE pgbench_tellers (tid int NOT NULL, bid int, tbalance int, filler char(84)) WITH (fillfactor = 100)",
			"CREATE TABLE pgbench_accounts (aid int NOT NULL, bid int, abalance int, filler char(84)) WITH (fillfactor = 100)",
			"CREATE TABLE pgbench_branches (bid int NOT NULL, bbalance int, filler char(88)) WITH (fillfactor = 100)",
			"INSERT INTO pgbench_branches (bid, bbalance) SELECT bid, 0 FROM generate_series(1, %1$d) bid",
			"INSERT INTO pgbench_tellers (tid, bid, tbalance) SELECT tid, (tid - 1) / 10 + 1, 0 FROM generate_series(1, %1$d * 10) tid",
			"INSERT INTO pgbench_accounts (aid, bid, abalance, filler) SELECT aid, (aid - 1) / %2$d + 1, 0, '' FROM generate_series(1, %1$d * %2$d) aid",
			"ALTER TABLE pgbench_branches ADD PRIMARY KEY (bid)", "ALTER TABLE pgbench_tellers ADD PRIMARY KEY (tid)",
			"ALTER TABLE pgbench_accounts ADD PRIMARY KEY (aid)" };

	/** A branch's accounts, as pgbench has them. */
	private static final int ACCOUNTS = 100_000;

	private final DataSource source;

	private final long seed;

	private final int accounts;

	PgbenchStatements(DataSource source, Options options) {
		this(source, options, ACCOUNTS);
	}

	PgbenchStatements(DataSource source, Options options, int accounts) {
		this.source = source;
		this.seed = options.seed();
		this.accounts = accounts;
	}

	@Override
	public String name() {
		return "JDBC";
	}

	@Override
	public void initialise(int scale) throws SQLException {
		try (Connection connection = this.source.getConnection(); Statement statement = connection.createStatement()) {
			for (String sql : INITIALISE) {
				statement.execute(sql.formatted(scale, this.accounts));
			}
		}
	}

	@Override
	public void run(int transactions, int clients, int rate) throws SQLException, InterruptedException {
		int scale = scale();
		ExecutorService executor = Executors.newFixedThreadPool(clients);
		try {
			List<Future<?>> results = new ArrayList<>();
			for (int i = 0; i < clients; i++) {
				int share = transactions / clients + ((i < transactions % clients) ? 1 : 0);
				Random random = new Random(this.seed + i);
				long pause = (rate > 0) ? TimeUnit.SECONDS.toNanos(clients) / rate : 0;
				results.add(executor.submit(() -> {
					run(share, scale, random, pause);
					return null;
				}));
			}
			for (Future<?> result : results) {
				result.get();
			}
		}
		catch (ExecutionException ex) {
			throw new SQLException("The load failed: " + ex.getMessage(), ex);
		}
		finally {
			executor.shutdownNow();
			executor.awaitTermination(10, TimeUnit.SECONDS);
		}
	}

	private int scale() throws SQLException {
		try (Connection connection = this.source.getConnection();
				Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery("SELECT count(*) FROM pgbench_branches")) {
			result.next();
			return result.getInt(1);
		}
	}

	private void run(int transactions, int scale, Random random, long pause) throws SQLException, InterruptedException {
		try (Connection connection = this.source.getConnection();
				PreparedStatement account = connection
					.prepareStatement("UPDATE pgbench_accounts SET abalance = abalance + ? WHERE aid = ?");
				PreparedStatement balance = connection
					.prepareStatement("SELECT abalance FROM pgbench_accounts WHERE aid = ?");
				PreparedStatement teller = connection
					.prepareStatement("UPDATE pgbench_tellers SET tbalance = tbalance + ? WHERE tid = ?");
				PreparedStatement branch = connection
					.prepareStatement("UPDATE pgbench_branches SET bbalance = bbalance + ? WHERE bid = ?");
				PreparedStatement history = connection.prepareStatement(
						"INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (?, ?, ?, ?, CURRENT_TIMESTAMP)")) {
			connection.setAutoCommit(false);
			for (int i = 0; i < transactions; i++) {
				int aid = 1 + random.nextInt(this.accounts * scale);
				int bid = 1 + random.nextInt(scale);
				int tid = 1 + random.nextInt(10 * scale);
				int delta = random.nextInt(10_001) - 5000;
				execute(account, delta, aid);
				balance.setInt(1, aid);
				balance.executeQuery().close();
				execute(teller, delta, tid);
				execute(branch, delta, bid);
				execute(history, tid, bid, aid, delta);
				connection.commit();
				if (pause > 0) {
					TimeUnit.NANOSECONDS.sleep(pause);
				}
			}
		}
	}

	private static void execute(PreparedStatement statement, int... values) throws SQLException {
		for (int i = 0; i < values.length; i++) {
			statement.setInt(i + 1, values[i]);
		}
		statement.executeUpdate();
	}

}
