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
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.support.ConnectionSource;
import io.github.cdcspring.offset.OffsetSession;
import io.github.cdcspring.settings.EngineSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes requests for incremental snapshots to Debezium. Without a signal table this
 * makes each event of the stream more expensive. Therefore the engine enables it with a
 * restart when a snapshot is requested, and disables it with the next start without a
 * request.
 */
public final class IncrementalSnapshotSignaler {

	private static final Logger logger = LoggerFactory.getLogger(IncrementalSnapshotSignaler.class);

	private static final Duration TIMEOUT = Duration.ofMinutes(1);

	private static final Duration CHECK_INTERVAL = Duration.ofMillis(50);

	private final String engine;

	private final String publication;

	private final ConnectionSource source;

	private final Collection<IncrementalSnapshot> requested = new ConcurrentLinkedQueue<>();

	/**
	 * Create a signaler.
	 * @param source the source database
	 */
	public IncrementalSnapshotSignaler(EngineSettings settings, ConnectionSource source) {
		this.engine = settings.name();
		this.publication = settings.publication().name();
		this.source = source;
	}

	/**
	 * Keep a request until a run can carry it out.
	 * @param names the tables, with or without their schema
	 * @param captured the tables that the engine captures
	 * @throws CdcException if it cannot be carried out
	 */
	public void request(Collection<String> names, Set<TableId> captured) {
		IncrementalSnapshot snapshot = IncrementalSnapshot.of(names, captured);
		try (Connection connection = this.source.connect()) {
			snapshot.check(connection, this.publication);
		}
		catch (SQLException ex) {
			throw new CdcException(
					"The tables of the requested snapshot cannot be checked: " + EngineFailure.of(null, ex).message(),
					ex);
		}
		this.requested.add(snapshot);
	}

	/**
	 * Whether the next run has to read existing rows, because a snapshot was requested or
	 * interrupted.
	 * @param session the offset session of the next run
	 * @return {@code true} if it has to
	 */
	public boolean isNeeded(OffsetSession session) {
		return !this.requested.isEmpty() || session.current()
			.map((offset) -> new OffsetJson(offset.position()).isInIncrementalSnapshot())
			.orElse(false);
	}

	/**
	 * Send the pending requests. Returns immediately.
	 * @param run the run that receives
	 * @param session the offset session of the run
	 */
	public void send(DebeziumRun run, OffsetSession session) {
		if (!this.requested.isEmpty()) {
			Thread thread = new Thread(() -> signal(run, session), "cdc-" + this.engine + "-signal");
			thread.setDaemon(true);
			thread.start();
		}
	}

	private void signal(DebeziumRun run, OffsetSession session) {
		try {
			awaitTransaction(run, session);
			signalRequested(run);
		}
		catch (SQLException | RuntimeException ex) {
			logger.warn("Engine '{}' could not begin the requested snapshot and retries at its next restart: {}",
					this.engine, EngineFailure.of(null, ex).message());
		}
	}

	/**
	 * One thread at a time, so that no request is sent twice: each request has its own
	 * thread, which sends all that are pending.
	 */
	private synchronized void signalRequested(DebeziumRun run) {
		for (IncrementalSnapshot snapshot : this.requested) {
			run.signal(snapshot.signal());
			this.requested.remove(snapshot);
			logger.info("Engine '{}' reads the existing rows of {} alongside the stream", this.engine, snapshot);
		}
	}

	/**
	 * Debezium compares the last transaction of the stream with those that were open
	 * while it read a chunk, and fails if there was none yet.
	 */
	private void awaitTransaction(DebeziumRun run, OffsetSession session) throws SQLException {
		try (Connection connection = this.source.connect(); Statement statement = connection.createStatement()) {
			statement.execute(DebeziumConfiguration.HEARTBEAT_IN_TRANSACTION);
		}
		long deadline = System.nanoTime() + TIMEOUT.toNanos();
		while (!hasTransaction(session)) {
			if (run.hasEnded() || System.nanoTime() - deadline > 0) {
				throw new CdcException("No transaction arrived within " + TIMEOUT);
			}
			LockSupport.parkNanos(CHECK_INTERVAL.toNanos());
		}
	}

	private static boolean hasTransaction(OffsetSession session) {
		return Optional.ofNullable(session.current().orElse(null))
			.map((offset) -> new OffsetJson(offset.position()).hasTransaction())
			.orElse(false);
	}

}
