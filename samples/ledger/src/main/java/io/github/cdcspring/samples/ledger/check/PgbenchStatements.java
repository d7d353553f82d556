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

import io.github.cdcspring.testsupport.TpcbClient;

/** The load over JDBC, for machines without pgbench. */
class PgbenchStatements implements Load {

	private final DataSource source;

	private final long seed;

	private final int accounts;

	PgbenchStatements(DataSource source, Options options) {
		this(source, options, TpcbClient.ACCOUNTS);
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
		try (Connection connection = this.source.getConnection()) {
			TpcbClient.createTables(connection, scale, this.accounts);
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
		try (TpcbClient client = new TpcbClient(this.source.getConnection(), scale, this.accounts, random)) {
			for (int i = 0; i < transactions; i++) {
				client.transact();
				if (pause > 0) {
					TimeUnit.NANOSECONDS.sleep(pause);
				}
			}
		}
	}

}
