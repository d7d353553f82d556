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

package io.github.cdcspring.internal.engine;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.debezium.EngineFailure;
import io.github.cdcspring.internal.startup.RelationComparison;
import io.github.cdcspring.internal.startup.ReplicationState;
import io.github.cdcspring.internal.startup.ReplicationStateConnection;
import io.github.cdcspring.internal.startup.RestartPreviewer;
import io.github.cdcspring.internal.startup.SlotOffsetComparison;
import io.github.cdcspring.internal.startup.SlotState;
import io.github.cdcspring.internal.startup.SourceDatabase;
import io.github.cdcspring.internal.startup.SourceState;
import io.github.cdcspring.internal.startup.check.Preflight;
import io.github.cdcspring.offset.StoredOffset;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;

/**
 * Reads the status of the stream for endpoint, health, meters and page. However many
 * callers there are, it queries the server at most once a second, on a connection of its
 * own. A caller waits no longer than the timeout, and then gets the last status, marked
 * as stale.
 */
final class StreamStatusReader {

	/**
	 * How long a status is returned again before the server is queried.
	 */
	private static final Duration VALID = Duration.ofSeconds(1);

	private static final Duration TIMEOUT = Duration.ofSeconds(2);

	/** People change what the checks look at, and they seldom do. */
	private static final Duration CHECKED_EVERY = Duration.ofSeconds(30);

	/**
	 * Additional statements of the checks: those about tables, publication and role,
	 * those around their transaction, and the one about the captured tables.
	 */
	private static final int STATEMENTS_OF_CHECKS = 6;

	/**
	 * How long a status is returned for twice its time after the checks, so that the
	 * average remains one statement a second.
	 */
	private static final Duration CHECKS_MADE_UP_FOR = VALID.multipliedBy(2 * STATEMENTS_OF_CHECKS);

	/** Health should soon show that a problem is fixed. */
	private static final Duration REFUSED_CHECKED_EVERY = CHECKS_MADE_UP_FOR;

	private static final Duration IDLE = Duration.ofMinutes(1);

	private final EngineSettings settings;

	private final Preflight preflight;

	private final RestartPreviewer previewer;

	private final Supplier<@Nullable StoredOffset> offset;

	private final BooleanSupplier running;

	private final ReplicationStateConnection connection;

	private final Clock clock;

	private final ScheduledThreadPoolExecutor executor;

	private final SlotLossEstimator slotLossEstimator = new SlotLossEstimator();

	private final LagHistory lagHistory = new LagHistory();

	private StreamStatus last = StreamStatus.NONE;

	private @Nullable Future<?> reading;

	private long readingSince;

	private @Nullable Future<?> closing;

	private long nextAt;

	private long madeUpForAt;

	private List<Violation> refusals = List.of();

	private volatile long nextCheckAt;

	/**
	 * @param source the source database
	 * @param offset the offset that the next start would find
	 * @param running whether the engine receives
	 */
	StreamStatusReader(EngineSettings settings, SourceDatabase source, Preflight preflight, RestartPreviewer previewer,
			Supplier<@Nullable StoredOffset> offset, BooleanSupplier running, Clock clock) {
		this.settings = settings;
		this.preflight = preflight;
		this.previewer = previewer;
		this.offset = offset;
		this.running = running;
		this.connection = new ReplicationStateConnection(source.within(TIMEOUT), TIMEOUT);
		this.clock = clock;
		this.nextAt = System.nanoTime();
		this.nextCheckAt = this.nextAt;
		this.madeUpForAt = this.nextAt;
		this.executor = new ScheduledThreadPoolExecutor(1, (task) -> {
			Thread thread = new Thread(task, "cdc-" + settings.name() + "-reading");
			thread.setDaemon(true);
			return thread;
		});
		this.executor.setKeepAliveTime(1, TimeUnit.SECONDS);
		this.executor.allowCoreThreadTimeOut(true);
		this.executor.setRemoveOnCancelPolicy(true);
	}

	/**
	 * Return the status, read again if the last one is too old.
	 */
	StreamStatus latest() {
		Future<?> reading;
		long wait;
		synchronized (this) {
			if (this.reading == null) {
				if (System.nanoTime() - this.nextAt < 0) {
					return this.last;
				}
				this.readingSince = System.nanoTime();
				this.reading = this.executor.submit(this::readAgain);
			}
			reading = this.reading;
			// Concurrent callers share one timeout
			wait = this.readingSince + TIMEOUT.toNanos() - System.nanoTime();
		}
		try {
			reading.get(wait, TimeUnit.NANOSECONDS);
		}
		catch (TimeoutException ex) {
			return last().stale("The server or the offset store has not answered within " + TIMEOUT.toSeconds() + " s");
		}
		catch (ExecutionException ex) {
			throw new CdcException("Engine '" + this.settings.name() + "' cannot be read", ex.getCause());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return last();
	}

	private synchronized StreamStatus last() {
		return this.last;
	}

	private void readAgain() {
		StreamStatus read = last();
		long began = System.nanoTime();
		boolean check = began - this.nextCheckAt >= 0;
		try {
			read = read(check);
		}
		catch (SQLException | RuntimeException ex) {
			read = read.stale(EngineFailure.of(null, ex).message());
		}
		finally {
			note(read, began, check);
		}
		closeWhenIdle();
	}

	private synchronized void note(StreamStatus read, long began, boolean checked) {
		this.last = read;
		if (checked) {
			this.madeUpForAt = began + CHECKS_MADE_UP_FOR.toNanos();
		}
		this.nextAt = began + VALID.toNanos();
		if (began - this.madeUpForAt < 0) {
			this.nextAt += VALID.toNanos();
		}
		this.reading = null;
	}

	private void closeWhenIdle() {
		Future<?> closing = this.closing;
		if (closing != null) {
			closing.cancel(false);
		}
		this.closing = this.executor.schedule(this.connection::release, IDLE.toMillis(), TimeUnit.MILLISECONDS);
	}

	private StreamStatus read(boolean check) throws SQLException {
		SourceState source = check ? this.connection.read(this.preflight::read) : null;
		ReplicationState positions = readPositions(source);
		SlotState slot = positions.slot();
		boolean receiving = this.running.getAsBoolean() && slot != null && slot.active();
		StoredOffset offset = positions.offset();
		SlotOffsetComparison comparison = SlotOffsetComparison.of((receiving && offset != null)
				? positions.withOffset(RestartPreviewer.withSlotOf(positions, offset)) : positions, this.connection);
		if (source != null && !receiving) {
			this.connection.read((connection, reader) -> {
				this.previewer.look(connection, positions);
				return positions;
			});
		}
		if (source != null) {
			boolean hasOffset = this.previewer.offsetAtRestart(positions, receiving) != null;
			this.refusals = this.preflight.refusals(source, hasOffset,
					(offset != null) ? this.connection.read((connection, reader) -> compare(connection, offset))
							: RelationComparison.NONE,
					this.previewer.slotEvidence(positions));
			this.nextCheckAt = System.nanoTime()
					+ (this.refusals.isEmpty() ? CHECKED_EVERY : REFUSED_CHECKED_EVERY).toNanos();
		}
		Instant now = this.clock.instant();
		return new StreamStatus(positions, comparison,
				this.previewer.preview(positions, receiving, this.refusals, this.connection),
				this.slotLossEstimator.after(positions, now), this.lagHistory.after(positions, now), now, null);
	}

	private RelationComparison compare(Connection connection, StoredOffset offset) throws SQLException {
		return this.preflight.compare(offset.lsn(), offset.relations(),
				this.preflight.relations(connection, offset.relations()));
	}

	/**
	 * Read the slot and then the offset, so that an offset that is stored in between does
	 * not look like a slot that is ahead. An offset that was stored after a later look at
	 * the slot makes this slot too old: read both again.
	 */
	private ReplicationState readPositions(@Nullable SourceState source) throws SQLException {
		ReplicationState positions = (source != null) ? source.withOffset(this.offset.get()) : readOnce();
		for (int again = 0; again < 2 && isSlotOutdated(positions); again++) {
			positions = readOnce();
		}
		return positions;
	}

	private ReplicationState readOnce() throws SQLException {
		ReplicationState serverAndSlot = this.connection
			.read((connection, reader) -> reader.read(connection, this.settings.slot().name()));
		return serverAndSlot.withOffset(this.offset.get());
	}

	private static boolean isSlotOutdated(ReplicationState positions) {
		SlotState slot = positions.slot();
		StoredOffset offset = positions.offset();
		return slot != null && slot.confirmedFlushLsn() != null && offset != null && offset.slot() != null
				&& offset.slot().confirmedFlushLsn().isAfter(slot.confirmedFlushLsn());
	}

	/**
	 * Read the server again at the next call, because the state has changed.
	 */
	synchronized void invalidate() {
		this.nextAt = System.nanoTime();
		this.nextCheckAt = this.nextAt;
	}

	/**
	 * Close the connection until the next reading. An engine that was stopped with its
	 * context may be started again with it.
	 */
	void release() {
		this.executor.execute(this.connection::release);
	}

}
