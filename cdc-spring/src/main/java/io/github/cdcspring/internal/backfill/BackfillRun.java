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
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.stream.IntStream;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.support.ConnectionSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the existing rows of tables during one run of an engine. Each reader has a thread
 * and a connection of its own. A connection is open only while there is something to
 * read.
 * <p>
 * No transaction lasts longer than it takes to read a chunk.
 */
public final class BackfillRun implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(BackfillRun.class);

	/** Many times as long as it takes to read a chunk. */
	private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

	private final String engine;

	private final Backfill backfill;

	private final ConnectionSource source;

	private final Options options;

	private final Pacing pacing;

	private final BackfillStream stream = new BackfillStream();

	private final ReadingTurns turns = new ReadingTurns(Runtime.getRuntime().availableProcessors(), this.stream::isBusy,
			LONGEST_WAIT);

	private final List<Thread> readers;

	private final Set<Connection> connections = ConcurrentHashMap.newKeySet();

	private final AtomicBoolean started = new AtomicBoolean();

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
		this.pacing = new Pacing(options.maxRowsPerSecond());
		this.readers = IntStream.rangeClosed(1, options.concurrency()).mapToObj(this::reader).toList();
	}

	private Thread reader(int number) {
		Thread reader = new Thread(this::run, "cdc-" + this.engine + "-backfill" + ((number > 1) ? "-" + number : ""));
		reader.setDaemon(true);
		return reader;
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
			this.readers.forEach(Thread::start);
		}
	}

	/** End. The row after which to continue is kept. */
	@Override
	public void close() {
		this.closed = true;
		this.readers.forEach(Thread::interrupt);
		this.connections.forEach(BackfillRun::abort);
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
		try {
			while (!this.closed && !Thread.currentThread().isInterrupted()) {
				TableReading reading = this.backfill.join(this::begin, this.options.chunkSize());
				try {
					String problem = read(reading);
					if (problem != null && !this.closed) {
						reading.failed(problem);
					}
				}
				finally {
					this.backfill.leave(reading, this.closed);
				}
			}
		}
		catch (InterruptedException ex) {
			// The run ends
		}
	}

	private TableReading begin(TableBackfill table) {
		return new TableReading(this.backfill, table, this.options.concurrency(), new BackfillLog(this.engine));
	}

	/**
	 * Take part in the reading of a table.
	 * @return why it could not be read now, {@code null} if it was read
	 */
	private @Nullable String read(TableReading reading) throws InterruptedException {
		Connection connection;
		try {
			connection = this.source.connect();
		}
		catch (Exception | Error ex) {
			String problem = (ex instanceof SQLException sql) ? this.options.withoutConnection().apply(sql)
					: describe(ex);
			return reading.readsWithout(problem) ? null : problem;
		}
		reading.connected();
		try {
			return read(reading, connection);
		}
		finally {
			reading.disconnected();
		}
	}

	private @Nullable String read(TableReading reading, Connection opened) throws InterruptedException {
		try (Connection connection = opened; BackfillStream.Window window = this.stream.open()) {
			this.connections.add(connection);
			try {
				if (this.closed) {
					return null;
				}
				// A synchronous standby that is gone must not hold up the watermarks
				execute(connection, "SET synchronous_commit = local");
				execute(connection, "SET lock_timeout = '10s'");
				new TableDelivery(reading, connection, window, this.options, this.pacing, this.turns).run(this.engine);
				return null;
			}
			finally {
				this.connections.remove(connection);
			}
		}
		catch (SQLException | RuntimeException | Error ex) {
			return describe(ex);
		}
	}

	/** The message of another exception than one of our own may contain a value. */
	private static String describe(Throwable failure) {
		if (failure instanceof SQLException sql) {
			return "the server answered with SQL state " + sql.getSQLState()
					+ ". Check that the table exists and that the engine's role has SELECT on it.";
		}
		if (failure instanceof CdcException) {
			return String.valueOf(failure.getMessage());
		}
		return "reading failed with " + failure.getClass().getName() + ". Report this as a bug.";
	}

	private static void execute(Connection connection, String sql) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

	/**
	 * How to read.
	 *
	 * @param messagePrefix the prefix of the starter's own logical messages
	 * @param publication the engine's publication
	 * @param included whether the application receives a column of a table
	 * @param chunkSize how many rows to read at once
	 * @param maxRowsPerSecond how many rows to read in a second, {@code null} for no
	 * limit
	 * @param concurrency how many chunks to read at the same time
	 * @param withoutConnection describes why a connection cannot be opened, and what to
	 * do
	 */
	public record Options(String messagePrefix, String publication, BiPredicate<TableId, String> included,
			int chunkSize, @Nullable Integer maxRowsPerSecond, int concurrency,
			Function<SQLException, String> withoutConnection) {

	}

}
