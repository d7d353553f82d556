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
 * The TPC-B load by four clients: pgbench itself if the machine has it, otherwise the
 * same statements over JDBC.
 */
public final class TpcbLoad implements AutoCloseable {

	private static final int CLIENTS = 4;

	/** A limit for a load that no test stops. */
	private static final int MAX_SECONDS = 300;

	private final TestDatabase database;

	private final ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);

	private final List<Future<?>> running = new ArrayList<>();

	private @Nullable Process program;

	private volatile boolean stopped;

	/**
	 * Create the tables without starting the load.
	 */
	public TpcbLoad(TestDatabase database) {
		this.database = database;
		try (Connection connection = database.connect()) {
			TpcbClient.createTables(connection, 1, TpcbClient.ACCOUNTS);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
		database.execute("ALTER TABLE pgbench_history REPLICA IDENTITY FULL");
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
			// pgbench is not installed
			for (int client = 0; client < CLIENTS; client++) {
				Random random = new Random(client);
				this.running.add(this.clients.submit(() -> run(random)));
			}
		}
	}

	private @Nullable Void run(Random random) throws SQLException {
		try (TpcbClient client = new TpcbClient(this.database.connect(), 1, TpcbClient.ACCOUNTS, random)) {
			long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(MAX_SECONDS);
			while (!this.stopped && System.nanoTime() - end < 0) {
				client.transact();
			}
		}
		return null;
	}

	/**
	 * Return the number of committed transactions.
	 */
	public long transactions() {
		return Long.parseLong(String.valueOf(this.database.queryForText("SELECT count(*) FROM pgbench_history")));
	}

	/**
	 * Stop the load. No client writes after the return.
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
				throw new IllegalStateException("pgbench ended with status " + status);
			}
		}
		this.clients.shutdown();
		for (Future<?> client : this.running) {
			client.get();
		}
		this.running.clear();
	}

}
