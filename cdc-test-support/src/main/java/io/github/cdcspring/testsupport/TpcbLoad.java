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

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * The load of pgbench, which is like TPC-B, by four clients: from pgbench itself where
 * the machine has it, otherwise its statements over JDBC.
 */
public final class TpcbLoad implements AutoCloseable {

	private static final int CLIENTS = 4;

	/** As many as pgbench takes for granted. */
	private static final int ACCOUNTS = 100_000;

	private static final int TELLERS = 10;

	/** Ends by itself, should nobody end it. */
	private static final int MAX_SECONDS = 300;

	private final TestDatabase database;

	private final ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);

	private final List<Future<?>> running = new ArrayList<>();

	private @Nullable Process program;

	private volatile boolean stopped;

	/**
	 * Create the tables; the load is not started.
	 */
	public TpcbLoad(TestDatabase database) {
		this.database = database;
		database.execute(
				"CREATE TABLE pgbench_history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22))",
				"ALTER TABLE pgbench_history REPLICA IDENTITY FULL",
				"CREATE TABLE pgbench_tellers (tid int PRIMARY KEY, bid int, tbalance int, filler char(84))",
				"CREATE TABLE pgbench_accounts (aid int PRIMARY KEY, bid int, abalance int, filler char(84))",
				"CREATE TABLE pgbench_branches (bid int PRIMARY KEY, bbalance int, filler char(88))",
				"INSERT INTO pgbench_branches VALUES (1, 0)",
				"INSERT INTO pgbench_tellers SELECT tid, 1, 0 FROM generate_series(1, " + TELLERS + ") tid",
				"INSERT INTO pgbench_accounts SELECT aid, 1, 0, '' FROM generate_series(1, " + ACCOUNTS + ") aid");
	}

	public void start() throws IOException {
		try {
			ProcessBuilder pgbench = new ProcessBuilder("pgbench", "-n", "-h", this.database.host(), "-p",
					String.valueOf(this.database.port()), "-U", this.database.user(), "-c", String.valueOf(CLIENTS),
					"-T", String.valueOf(MAX_SECONDS), this.database.name())
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.redirectError(ProcessBuilder.Redirect.DISCARD);
			pgbench.environment().put("PGPASSWORD", this.database.password());
			this.program = pgbench.start();
		}
		catch (IOException ex) {
			// Not installed
			for (int client = 0; client < CLIENTS; client++) {
				Random random = new Random(client);
				this.running.add(this.clients.submit(() -> run(random)));
			}
		}
	}

	private @Nullable Void run(Random random) throws SQLException {
		try (Connection connection = this.database.connect();
				PreparedStatement account = connection
					.prepareStatement("UPDATE pgbench_accounts SET abalance = abalance + ? WHERE aid = ?");
				PreparedStatement balance = connection
					.prepareStatement("SELECT abalance FROM pgbench_accounts WHERE aid = ?");
				PreparedStatement teller = connection
					.prepareStatement("UPDATE pgbench_tellers SET tbalance = tbalance + ? WHERE tid = ?");
				PreparedStatement branch = connection
					.prepareStatement("UPDATE pgbench_branches SET bbalance = bbalance + ? WHERE bid = ?");
				PreparedStatement history = connection
					.prepareStatement("INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) "
							+ "VALUES (?, ?, ?, ?, CURRENT_TIMESTAMP)")) {
			connection.setAutoCommit(false);
			long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(MAX_SECONDS);
			while (!this.stopped && System.nanoTime() - end < 0) {
				int aid = 1 + random.nextInt(ACCOUNTS);
				int tid = 1 + random.nextInt(TELLERS);
				int delta = random.nextInt(10_001) - 5_000;
				execute(account, delta, aid);
				execute(balance, aid);
				execute(teller, delta, tid);
				execute(branch, delta, 1);
				execute(history, tid, 1, aid, delta);
				connection.commit();
			}
		}
		return null;
	}

	private static void execute(PreparedStatement statement, int... values) throws SQLException {
		for (int i = 0; i < values.length; i++) {
			statement.setInt(i + 1, values[i]);
		}
		statement.execute();
	}

	/**
	 * How many transactions have committed.
	 */
	public long transactions() {
		return Long.parseLong(String.valueOf(this.database.queryForText("SELECT count(*) FROM pgbench_history")));
	}

	/**
	 * End the load. Afterwards nothing is written any more.
	 */
	@Override
	public void close() throws Exception {
		this.stopped = true;
		Process program = this.program;
		this.program = null;
		if (program != null) {
			boolean ended = !program.isAlive();
			program.destroy();
			int status = program.waitFor();
			if (ended) {
				throw new IllegalStateException("pgbench ended by itself, with status " + status);
			}
		}
		this.clients.shutdown();
		for (Future<?> client : this.running) {
			client.get();
		}
		this.running.clear();
	}

}
