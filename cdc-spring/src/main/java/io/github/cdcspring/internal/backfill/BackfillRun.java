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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiPredicate;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.support.ConnectionSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the existing rows of tables during one run of an engine, on a thread and a
 * connection of its own. The connection is open only while there is something to read.
 * <p>
 * No transaction lasts longer than it takes to read a chunk.
 */
public final class BackfillRun implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(BackfillRun.class);

	private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

	private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

	private final String engine;

	private final Backfill backfill;

	private final ConnectionSource source;

	private final Options options;

	private final BackfillLog log;

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
		this.log = new BackfillLog(engine);
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
				this.log.failed(table, pause, problem);
				this.backfill.postpone(table, problem);
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
			execute(connection, "SET lock_timeout = '10s'");
			new TableDelivery(this.backfill, table, connection, this.stream, this.options, this.log).run(this.engine);
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
			if (!this.closed) {
				table.waits();
			}
			this.connection = null;
			this.stream.end();
		}
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
	 */
	public record Options(String messagePrefix, String publication, BiPredicate<TableId, String> included,
			int chunkSize, @Nullable Integer maxRowsPerSecond) {

	}

}
