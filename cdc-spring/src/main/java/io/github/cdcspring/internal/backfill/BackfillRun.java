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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
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

	/** How often rows are read again that change meanwhile. */
	private static final int MAX_REPEATS = 5;

	/** How many rows are read by their keys at once. */
	private static final int MAX_KEYS = 500;

	/** How often a wait for the stream is checked. */
	private static final Duration CHECK_INTERVAL = Duration.ofSeconds(10);

	/** After that, a watermark may be lost. */
	private static final Duration LONG_WAIT = Duration.ofMinutes(1);

	private final String engine;

	private final Backfill backfill;

	private final ConnectionSource source;

	private final Options options;

	private final BackfillStream stream = new BackfillStream();

	private final Thread thread;

	private final AtomicBoolean started = new AtomicBoolean();

	private volatile @Nullable Connection connection;

	private volatile boolean closed;

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
		if (this.started.compareAndSet(false, true)) {
			this.thread.start();
		}
	}

	/** End. The row after which to continue is kept. */
	@Override
	public void close() {
		this.closed = true;
		this.thread.interrupt();
		Connection connection = this.connection;
		if (connection != null) {
			abort(connection);
		}
	}

	private static void abort(Connection connection) {
		try {
			connection.abort(Runnable::run);
		}
		catch (SQLException ex) {
			logger.debug("A connection cannot be aborted: SQL state {}", ex.getSQLState());
		}
	}

	private void run() {
		Duration pause = FIRST_PAUSE;
		try {
			while (!this.closed && !Thread.currentThread().isInterrupted()) {
				TableBackfill table = this.backfill.next();
				String problem = read(table);
				if (problem == null) {
					pause = FIRST_PAUSE;
					continue;
				}
				if (this.closed) {
					return;
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
			this.connection = connection;
			if (this.closed) {
				return null;
			}
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
			this.connection = null;
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
				(table.handled() != null) ? "continues to read" : "reads", name);
		long began = System.nanoTime();
		await(connection, table, this.stream.begin(table.table()));
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
		table.begin();
		for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
			Chunk chunk = reader.read(connection, table.table(), table.handled(), limit);
			UnchangedRows delivered = deliver(connection, table, chunk);
			if (delivered != null) {
				int again = again(connection, reader, table, delivered.changed());
				reader.delivered();
				table.handled(chunk, delivered.rows().size() + again);
				return chunk.last();
			}
			limit = Math.max(1, limit / 2);
		}
		throw new CdcException("Rows of table " + LogSafe.of(table.table().toString())
				+ " were changed each time that a chunk was read, and "
				+ "the events do not tell which rows. Repeat it when the table is changed less, or give the table a "
				+ "primary key that is its replica identity.");
	}

	private @Nullable UnchangedRows deliver(Connection connection, TableBackfill table, Chunk chunk)
			throws SQLException, InterruptedException {
		this.stream.shownBy(chunk.snapshot());
		return await(connection, table, this.stream.deliver(chunk));
	}

	/**
	 * Deliver rows of the last chunk that were changed since it was read. Those that were
	 * deleted are not found.
	 * @return how many were delivered
	 */
	private int again(Connection connection, ChunkReader reader, TableBackfill table, List<List<String>> changed)
			throws SQLException, InterruptedException {
		int rows = 0;
		List<List<String>> keys = changed;
		for (int attempt = 0; attempt < MAX_REPEATS && !keys.isEmpty(); attempt++) {
			List<List<String>> remaining = new ArrayList<>();
			for (int i = 0; i < keys.size(); i += MAX_KEYS) {
				List<List<String>> some = keys.subList(i, Math.min(keys.size(), i + MAX_KEYS));
				UnchangedRows delivered = deliver(connection, table, reader.read(connection, table.table(), some));
				rows += (delivered != null) ? delivered.rows().size() : 0;
				remaining.addAll((delivered != null) ? delivered.changed() : some);
			}
			keys = remaining;
		}
		if (!keys.isEmpty()) {
			logger.warn("Engine '{}' has delivered no READ event of {} rows of {}, because they were updated each of "
					+ "{} times that they were read. Listeners receive them as UPDATE events, without unchanged large "
					+ "values. Repeat the snapshot when these rows are updated less, if a listener needs more.",
					this.engine, keys.size(), LogSafe.of(table.table().toString()), MAX_REPEATS + 1);
		}
		return rows;
	}

	/**
	 * Write a watermark, and wait until the stream has reached it and what is delivered
	 * there was handled. A listener may take long, and meanwhile changes are recorded. As
	 * the next chunk will be read later, those that are visible now are forgotten.
	 */
	private <T extends @Nullable Object> T await(Connection connection, TableBackfill table,
			BackfillStream.Watermark<T> watermark) throws SQLException, InterruptedException {
		emit(connection, watermark);
		long began = System.nanoTime();
		long emitted = began;
		while (true) {
			try {
				return watermark.result().get(CHECK_INTERVAL.toNanos(), TimeUnit.NANOSECONDS);
			}
			catch (ExecutionException ex) {
				throw new IllegalStateException(ex.getCause());
			}
			catch (TimeoutException ex) {
				long now = System.nanoTime();
				if (watermark.reached().isDone()) {
					this.stream.shownBy(OpenWriters.snapshot(connection));
				}
				else if (now - emitted > LONG_WAIT.toNanos()) {
					emitted = now;
					logger.warn("Engine '{}' has waited {} s for the stream to reach the place where existing rows of "
							+ "{} are delivered. It writes the logical message again that marks the place. Check "
							+ "whether the engine receives changes, and how far it is behind.", this.engine,
							TimeUnit.NANOSECONDS.toSeconds(now - began), LogSafe.of(table.table().toString()));
					emit(connection, watermark);
				}
			}
		}
	}

	private void emit(Connection connection, BackfillStream.Watermark<?> watermark) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement("SELECT pg_logical_emit_message(true, ?, ?)")) {
			statement.setString(1, this.options.messagePrefix);
			statement.setString(2, watermark.content());
			statement.execute();
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
