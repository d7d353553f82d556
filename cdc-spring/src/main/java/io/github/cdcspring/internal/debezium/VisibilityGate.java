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

package io.github.cdcspring.internal.debezium;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.github.cdcspring.internal.backfill.TransactionSnapshot;
import io.github.cdcspring.internal.support.ConnectionSource;
import io.github.cdcspring.internal.support.KeptConnection;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds events back until their transaction is visible on the server. The server sends a
 * transaction as soon as its commit is in the WAL, but other sessions see it later: when
 * synchronous standbys have confirmed it, or simply a moment later. A listener that reads
 * the row must not miss it.
 * <p>
 * One query serves all transactions that were visible by then. Used by one thread at a
 * time.
 */
final class VisibilityGate implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(VisibilityGate.class);

	private static final String TRANSACTION = "txId";

	private static final Duration FIRST_PAUSE = Duration.ofNanos(100_000);

	private static final Duration LONGEST_PAUSE = Duration.ofMillis(20);

	private static final Duration STANDBY_CHECK = Duration.ofSeconds(1);

	private static final Duration LONG_WAIT = Duration.ofSeconds(5);

	private final String engine;

	private final KeptConnection connection;

	private final RunListener listener;

	private @Nullable TransactionSnapshot snapshot;

	private long readAt;

	private @Nullable Long last;

	private volatile boolean closed;

	VisibilityGate(String engine, ConnectionSource source, RunListener listener) {
		this.listener = listener;
		this.engine = engine;
		this.connection = new KeptConnection(source);
	}

	/**
	 * Whether the transaction of an event is visible.
	 * @param event an event of the stream; those of a snapshot were read, so they are
	 */
	boolean isVisible(SourceRecord event) {
		Map<String, ?> offset = event.sourceOffset();
		if (!(offset.get(TRANSACTION) instanceof Long transaction) || transaction.equals(this.last)
				|| SourceOffset.isSnapshot(offset)) {
			return true;
		}
		TransactionSnapshot snapshot = this.snapshot;
		if (snapshot == null || isOutdated(snapshot) || !snapshot.shows(transaction)) {
			snapshot = read();
			this.snapshot = snapshot;
			this.readAt = System.nanoTime();
		}
		if (snapshot.shows(transaction)) {
			this.last = transaction;
			return true;
		}
		return false;
	}

	/** A standby may have been promoted. */
	private boolean isOutdated(TransactionSnapshot snapshot) {
		return snapshot == TransactionSnapshot.OF_STANDBY && System.nanoTime() - this.readAt > STANDBY_CHECK.toNanos();
	}

	/**
	 * Wait until the transaction of an event is visible.
	 * @throws InterruptedException if the run ends before that
	 */
	void await(SourceRecord event) throws InterruptedException {
		long pause = FIRST_PAUSE.toNanos();
		long began = System.nanoTime();
		boolean reported = false;
		while (!isVisible(event)) {
			if (this.closed) {
				throw new InterruptedException("The run ends");
			}
			if (!reported && System.nanoTime() - began > LONG_WAIT.toNanos()) {
				reported = true;
				report(event);
			}
			TimeUnit.NANOSECONDS.sleep(pause);
			pause = Math.min(2 * pause, LONGEST_PAUSE.toNanos());
		}
		if (reported) {
			this.listener.waiting(null);
		}
	}

	private void report(SourceRecord event) {
		String problem = "Transaction " + event.sourceOffset().get(TRANSACTION)
				+ " has been received, but has not been visible on the server for " + LONG_WAIT.toSeconds()
				+ " s. Its events and all later ones wait for that. Check the synchronous standbys.";
		logger.warn("Engine '{}': {}", this.engine, problem);
		this.listener.waiting(problem);
	}

	private TransactionSnapshot read() {
		try {
			return this.connection.query(VisibilityGate::query);
		}
		catch (SQLException ex) {
			throw new IllegalStateException("The server cannot be asked which transactions are visible", ex);
		}
	}

	private static TransactionSnapshot query(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement();
				ResultSet row = statement.executeQuery("SELECT txid_current_snapshot()::text, pg_is_in_recovery()")) {
			row.next();
			// The snapshot of a standby does not list what is in progress
			return row.getBoolean(2) ? TransactionSnapshot.OF_STANDBY : TransactionSnapshot.parse(row.getString(1));
		}
	}

	/** Wait no more. */
	void stop() {
		this.closed = true;
	}

	@Override
	public void close() {
		stop();
		this.connection.close();
	}

}
