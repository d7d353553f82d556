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

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.support.ConnectionSource;
import io.github.cdcspring.internal.support.LogSafe;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the existing rows of tables during one run of an engine, on a thread and a
 * connection of its own. The connection is open only while there is something to read.
 * <p>
 * No transaction lasts longer than it takes to read a chunk. The next chunk is read when
 * the rows of the former one were handled, so the listeners set the pace.
 */
public final class BackfillRun implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(BackfillRun.class);

	private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

	private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

	private static final Duration PROGRESS_INTERVAL = Duration.ofSeconds(10);

	/** How often a chunk is read that changes meanwhile. */
	private static final int MAX_ATTEMPTS = 20;

	private final String engine;

	private final Backfill backfill;

	private final ConnectionSource source;

	private final Options options;

	private final BackfillStream stream = new BackfillStream();

	private final Thread thread;

	/**
	 * Create a run.
	 * @param engine the name of the engine
	 * @param backfill the tables to read
	 * @param source opens connections whose text has the form of the stream's
	 * @param options how to read
	 */
	public BackfillRun(String engine, Backfill backfill, ConnectionSource source, Options options) {
		this.engine = engine;
		this.backfill = backfill;
		this.source = source;
		this.options = options;
		this.thread = new Thread(this::run, "cdc-" + engine + "-backfill");
		this.thread.setDaemon(true);
	}

	/**
	 * The place where the rows enter the stream.
	 * @return the place
	 */
	public BackfillStream stream() {
		return this.stream;
	}

	/** Begin to read. */
	public void start() {
		this.thread.start();
	}

	/** End. The row after which to continue is kept. */
	@Override
	public void close() {
		this.thread.interrupt();
	}

	private void run() {
		Duration pause = FIRST_PAUSE;
		try {
			while (!Thread.currentThread().isInterrupted()) {
				TableBackfill table = this.backfill.next();
				String problem = read(table);
				if (problem == null) {
					pause = FIRST_PAUSE;
					continue;
				}
				logger.warn("Engine '{}' could not read the existing rows of {} and retries in {} s: {}", this.engine,
						LogSafe.of(table.table().toString()), pause.toSeconds(), problem);
				this.backfill.postpone(table);
				TimeUnit.NANOSECONDS.sleep(pause.toNanos());
				pause = pause.multipliedBy(2);
				pause = (pause.compareTo(LONGEST_PAUSE) < 0) ? pause : LONGEST_PAUSE;
			}
		}
		catch (InterruptedException ex) {
			// The run ends
		}
	}

	/**
	 * Read a table.
	 * @return why it could not be read now, {@code null} if it was read
	 */
	private @Nullable String read(TableBackfill table) throws InterruptedException {
		try (Connection connection = this.source.connect()) {
			// A synchronous standby that is gone must not hold up the watermarks
			execute(connection, "SET synchronous_commit = local");
			read(connection, table);
			return null;
		}
		catch (SQLException ex) {
			// The server's message may contain a value
			return "the server answered with SQL state " + ex.getSQLState() + ". Check that the table exists and that "
					+ "the engine's role has SELECT on it.";
		}
		catch (CdcException ex) {
			return ex.getMessage();
		}
		catch (RuntimeException ex) {
			// Its message may contain a value
			return "reading failed with " + ex.getClass().getName() + ". Report this as a bug.";
		}
		finally {
			this.stream.end();
		}
	}

	private static void execute(Connection connection, String sql) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

	private void read(Connection connection, TableBackfill table) throws SQLException, InterruptedException {
		String name = LogSafe.of(table.table().toString());
		logger.info("Engine '{}' {} the existing rows of {} alongside the stream", this.engine,
				table.hasBegun() ? "continues to read" : "reads", name);
		long began = System.nanoTime();
		await(connection, this.stream.begin(table.table()));
		new OpenWriters(this.engine, this.stream::shownBy).await(connection);
		ChunkReader reader = new ChunkReader(this.options.publication, this.options.included);
		long reported = began;
		boolean last = false;
		while (!last) {
			last = next(connection, reader, table);
			if (System.nanoTime() - reported > PROGRESS_INTERVAL.toNanos()) {
				reported = System.nanoTime();
				logger.info("Engine '{}' has delivered {} existing rows of {} so far", this.engine, table.rows(), name);
			}
		}
		this.backfill.completed(table);
		logger.info("Engine '{}' has delivered the existing rows of {}: {} {} in {} s", this.engine, name, table.rows(),
				(table.rows() == 1) ? "row" : "rows",
				"%.1f".formatted(Duration.ofNanos(System.nanoTime() - began).toMillis() / 1000.0));
	}

	/**
	 * Deliver the next chunk. A smaller one is read in less time, so fewer changes arrive
	 * meanwhile.
	 * @return whether it was the last one
	 */
	private boolean next(Connection connection, ChunkReader reader, TableBackfill table)
			throws SQLException, InterruptedException {
		int limit = this.options.chunkSize;
		for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
			Chunk chunk = reader.read(connection, table.table(), table.handled(), limit);
			this.stream.shownBy(chunk.snapshot());
			Integer delivered = await(connection, this.stream.deliver(chunk));
			if (delivered != null) {
				reader.delivered();
				table.handled(chunk, delivered);
				return chunk.last();
			}
			limit = Math.max(1, limit / 2);
		}
		throw new CdcException("Rows of table " + LogSafe.of(table.table().toString())
				+ " were changed each time that a chunk was read, and "
				+ "the events do not tell which rows. Repeat it when the table is changed less, or give the table a "
				+ "primary key that is its replica identity.");
	}

	/** Write a watermark, and wait until the stream has reached it. */
	private <T extends @Nullable Object> T await(Connection connection, BackfillStream.Watermark<T> watermark)
			throws SQLException, InterruptedException {
		try (PreparedStatement statement = connection.prepareStatement("SELECT pg_logical_emit_message(true, ?, ?)")) {
			statement.setString(1, this.options.messagePrefix);
			statement.setString(2, watermark.content());
			statement.execute();
		}
		CompletableFuture<T> result = watermark.result();
		try {
			return result.get();
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex.getCause());
		}
	}

	/**
	 * How to read.
	 *
	 * @param messagePrefix the prefix of the starter's own logical messages
	 * @param publication the engine's publication
	 * @param included whether the application receives a column of a table
	 * @param chunkSize how many rows to read at once
	 */
	public record Options(String messagePrefix, String publication, BiPredicate<TableId, String> included,
			int chunkSize) {

	}

}
