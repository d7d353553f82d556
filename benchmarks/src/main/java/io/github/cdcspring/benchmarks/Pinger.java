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

package io.github.cdcspring.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.github.cdcspring.benchmarks.contestant.Wait;

/**
 * Writes one row per transaction at fixed times. A writer that is late writes
 * immediately. Each row contains the time at which it was due.
 */
final class Pinger implements AutoCloseable {

	private static final int WRITERS = 8;

	private static final String INSERT = "INSERT INTO ping (phase, due) VALUES (?, ?)";

	private final List<Connection> connections = new ArrayList<>();

	private final ExecutorService executor = Executors.newFixedThreadPool(WRITERS);

	Pinger(BenchmarkServer server, String database) throws SQLException {
		for (int i = 0; i < WRITERS; i++) {
			this.connections.add(server.connect(database));
		}
	}

	/**
	 * Write rows.
	 * @param phase the phase, which each row contains
	 * @param rate the rate in transactions per second
	 * @param seconds the duration in seconds
	 * @return the number of rows
	 */
	long write(int phase, int rate, int seconds) throws SQLException, InterruptedException {
		long interval = TimeUnit.SECONDS.toNanos(1) / rate;
		long begin = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(50);
		int rows = rate * seconds;
		List<Future<?>> writers = new ArrayList<>();
		for (int i = 0; i < WRITERS; i++) {
			int first = i;
			writers.add(this.executor.submit(() -> {
				write(this.connections.get(first), phase, begin, interval, first, rows);
				return null;
			}));
		}
		for (Future<?> writer : writers) {
			try {
				writer.get();
			}
			catch (ExecutionException ex) {
				throw new SQLException("The writer failed: " + ex.getMessage(), ex);
			}
		}
		return rows;
	}

	private static void write(Connection connection, int phase, long begin, long interval, int first, int rows)
			throws SQLException {
		try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
			for (int row = first; row < rows; row += WRITERS) {
				long due = begin + row * interval;
				Wait.until(due);
				insert.setInt(1, phase);
				insert.setLong(2, due);
				insert.executeUpdate();
			}
		}
	}

	@Override
	public void close() throws SQLException {
		this.executor.shutdownNow();
		for (Connection connection : this.connections) {
			connection.close();
		}
	}

}
