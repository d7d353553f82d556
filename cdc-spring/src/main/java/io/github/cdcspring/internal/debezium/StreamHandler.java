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

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

import io.debezium.engine.DebeziumEngine.ChangeConsumer;
import io.debezium.engine.DebeziumEngine.RecordCommitter;
import io.debezium.engine.RecordChangeEvent;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.backfill.BackfillStream;
import io.github.cdcspring.internal.backfill.ChunkDelivery;
import io.github.cdcspring.internal.backfill.InitialSnapshot;
import io.github.cdcspring.internal.listener.InFlightTracker;
import io.github.cdcspring.internal.listener.ListenerDispatcher;
import io.github.cdcspring.internal.row.Change;
import io.github.cdcspring.internal.row.RecordDecoder;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Receives Debezium's batches. Registers each event as in flight, decodes it, and hands
 * it to the dispatcher. The rows of a chunk make way for events that arrive meanwhile.
 */
final class StreamHandler implements ChangeConsumer<RecordChangeEvent<SourceRecord>> {

	/** An event waits for so many rows of a chunk at most, if few events arrive. */
	private static final int ROWS_AT_ONCE = 16;

	/** Rows are delivered after so many events, although more of them wait. */
	private static final int MANY_EVENTS = 2_000;

	private final InFlightTracker<SourceOffset> inFlightTracker;

	private final OffsetCommitter offsetCommitter;

	private final RecordDecoder decoder;

	private final ListenerDispatcher dispatcher;

	private final @Nullable VisibilityGate visibility;

	private final BackfillStream backfill;

	private final InitialSnapshot snapshot;

	private final ArrivedEvents arrived;

	/** The chunks whose place was reached, and whose rows were not all handed over. */
	private final Deque<ChunkDelivery> chunks = new ArrayDeque<>();

	/** The events that were delivered while rows of a chunk waited. */
	private int eventsSinceRows;

	private boolean inTransaction;

	private boolean streamed;

	private final ReentrantLock delivering = new ReentrantLock();

	private volatile boolean stopping;

	private volatile boolean abandoned;

	private @Nullable SourceOffset last;

	private boolean committerInUse;

	StreamHandler(InFlightTracker<SourceOffset> inFlightTracker, OffsetCommitter committer, RecordDecoder decoder,
			ListenerDispatcher dispatcher, @Nullable VisibilityGate visibility, BackfillStream backfill,
			InitialSnapshot snapshot, ArrivedEvents arrived) {
		this.arrived = arrived;
		this.backfill = backfill;
		this.snapshot = snapshot;
		this.visibility = visibility;
		this.inFlightTracker = inFlightTracker;
		this.offsetCommitter = committer;
		this.decoder = decoder;
		this.dispatcher = dispatcher;
	}

	@Override
	public void handleBatch(List<RecordChangeEvent<SourceRecord>> events,
			RecordCommitter<RecordChangeEvent<SourceRecord>> committer) throws InterruptedException {
		this.delivering.lockInterruptibly();
		try {
			for (RecordChangeEvent<SourceRecord> event : events) {
				if (this.stopping) {
					return;
				}
				deliver(event, committer);
			}
			this.dispatcher.flush();
			if (!this.chunks.isEmpty() && !this.inTransaction) {
				deliverRows(this.arrived::any);
				this.dispatcher.flush();
			}
		}
		catch (RuntimeException | Error ex) {
			// Debezium closes right after this: store what was processed before
			this.offsetCommitter.stop();
			throw ex;
		}
		finally {
			this.delivering.unlock();
		}
	}

	private void deliver(RecordChangeEvent<SourceRecord> event,
			RecordCommitter<RecordChangeEvent<SourceRecord>> committer) throws InterruptedException {
		SourceOffset offset = SourceOffset.of(event.record(), this.last);
		InFlightTracker.Entry<SourceOffset> entry = this.inFlightTracker.add(offset);
		if (offset != null) {
			this.last = offset;
		}
		boolean read = SourceOffset.isSnapshot(event.record().sourceOffset());
		if (!read && !this.streamed) {
			this.streamed = true;
			this.snapshot.received();
		}
		Change change = this.decoder.decode(event.record());
		use(committer, event, change);
		if (!this.chunks.isEmpty()) {
			this.eventsSinceRows++;
		}
		if (change != null) {
			this.backfill.received(change);
			if (this.visibility != null && !this.visibility.isVisible(event.record())) {
				this.dispatcher.flush();
				this.visibility.await(event.record());
			}
			TableId table = read ? change.table() : null;
			if (table != null) {
				this.snapshot.received(table);
			}
			this.dispatcher.dispatch(change, (table != null) ? () -> {
				entry.run();
				this.snapshot.handled(table);
			} : entry);
		}
		else {
			beginOrEndTransaction(event.record());
			entry.run();
			String message = this.decoder.ownMessage(event.record());
			ChunkDelivery chunk = (message != null) ? this.backfill.reached(message) : null;
			if (chunk != null && chunk.canWait()) {
				this.chunks.add(chunk);
			}
			else if (chunk != null) {
				deliver(chunk, Integer.MAX_VALUE);
			}
		}
	}

	private void beginOrEndTransaction(SourceRecord record) throws InterruptedException {
		if (this.decoder.beginsTransaction(record)) {
			this.inTransaction = true;
		}
		else if (this.decoder.endsTransaction(record)) {
			this.inTransaction = false;
			this.dispatcher.endTransaction();
			if (!this.chunks.isEmpty() && this.eventsSinceRows >= MANY_EVENTS) {
				deliverRows(() -> true);
			}
		}
	}

	/**
	 * Deliver rows of chunks between transactions: as many as there were events while
	 * they waited, and more while no event waits.
	 * @param eventsWait whether events wait
	 */
	private void deliverRows(BooleanSupplier eventsWait) throws InterruptedException {
		int rows = 0;
		while (!this.chunks.isEmpty() && (rows < this.eventsSinceRows || !eventsWait.getAsBoolean())) {
			ChunkDelivery chunk = this.chunks.element();
			rows += deliver(chunk, ROWS_AT_ONCE);
			if (this.stopping) {
				return;
			}
			if (chunk.isDone()) {
				this.chunks.remove();
			}
		}
		this.eventsSinceRows = 0;
	}

	/**
	 * Deliver rows. A row has no offset of its own. No later one is stored before it was
	 * handled.
	 * @return how many rows
	 */
	private int deliver(ChunkDelivery chunk, int limit) throws InterruptedException {
		List<Change> rows = chunk.take(limit);
		for (Change row : rows) {
			if (this.stopping) {
				return 0;
			}
			InFlightTracker.Entry<SourceOffset> entry = this.inFlightTracker.add(null);
			this.dispatcher.dispatch(row, () -> {
				entry.run();
				chunk.run();
			});
		}
		if (chunk.isDone()) {
			chunk.handedOver();
		}
		return rows.size();
	}

	/** Any event serves. A heartbeat is preferred, because it is small. */
	private void use(RecordCommitter<RecordChangeEvent<SourceRecord>> committer, RecordChangeEvent<SourceRecord> event,
			@Nullable Change change) {
		if (!this.committerInUse || change == null) {
			this.committerInUse = true;
			this.offsetCommitter.use(committer, event);
		}
	}

	/**
	 * Take no more events. Events dropped here are not acknowledged, so they are
	 * delivered again at the next start.
	 */
	void stop() {
		this.stopping = true;
		if (this.visibility != null) {
			this.visibility.stop();
		}
		this.dispatcher.stopAccepting();
	}

	/**
	 * Take no more events, and wait for those in flight.
	 * @return whether all of them were processed in time
	 */
	boolean stopAndAwait(Duration timeout) {
		long deadline = System.nanoTime() + timeout.toNanos();
		stop();
		try {
			if (this.delivering.tryLock(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
				this.delivering.unlock();
				return this.dispatcher.awaitHandled(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return false;
	}

	/**
	 * End once the running listener calls have returned, so that a listener never
	 * processes events of two runs at the same time.
	 */
	void close() {
		stop();
		try {
			boolean idle = false;
			while (!idle && !this.abandoned) {
				idle = this.delivering.tryLock(100, TimeUnit.MILLISECONDS);
			}
			if (idle) {
				this.delivering.unlock();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.dispatcher.close(this.abandoned ? Duration.ZERO : null);
	}

	/** End without waiting for listener calls. */
	void abandon() {
		stop();
		this.abandoned = true;
		this.dispatcher.close(Duration.ZERO);
	}

	/** Whether a thread calls a listener. To be called after {@link #abandon}. */
	boolean isDelivering() {
		return this.delivering.isLocked() || !this.dispatcher.isIdle();
	}

	@Override
	public boolean supportsTombstoneEvents() {
		return false;
	}

}
