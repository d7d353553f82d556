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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.debezium.engine.DebeziumEngine.Offsets;
import io.debezium.engine.DebeziumEngine.RecordCommitter;
import io.debezium.engine.RecordChangeEvent;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.listener.InFlightTracker;
import io.github.cdcspring.internal.offset.OffsetSession;
import io.github.cdcspring.internal.support.FailPoint;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Acknowledges events: stores the offset up to which all events are processed, and then
 * has Debezium flush it to the slot. The slot never passes the stored offset.
 * <p>
 * A thread of its own does this at each flush interval and once more at the end, so that
 * an offset is stored in time even if no event arrives. Only this thread uses Debezium's
 * committer, which is not thread-safe.
 */
final class OffsetCommitter {

	private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

	private static final Duration FAILED_STOP_TIMEOUT = Duration.ofSeconds(1);

	private final InFlightTracker<SourceOffset> inFlightTracker;

	private final OffsetSession session;

	private final OffsetRecorder recorder;

	private final Duration interval;

	private final RunListener listener;

	private final StreamGuard guard;

	private final Consumer<Throwable> onFailure;

	private final CountDownLatch stop = new CountDownLatch(1);

	private final Thread thread;

	private volatile @Nullable Committer committer;

	private @Nullable SourceOffset last;

	/** Processed, and to be stored as soon as that is permitted. */
	private @Nullable SourceOffset processed;

	private Lsn released;

	OffsetCommitter(String engine, InFlightTracker<SourceOffset> inFlightTracker, OffsetSession session,
			OffsetRecorder recorder, Duration interval, RunListener listener, StreamGuard guard,
			Consumer<Throwable> onFailure) {
		this.guard = guard;
		this.inFlightTracker = inFlightTracker;
		this.session = session;
		this.recorder = recorder;
		this.interval = interval;
		this.listener = listener;
		this.released = session.released();
		this.onFailure = onFailure;
		this.thread = new Thread(this::commitAtIntervals, "cdc-" + engine + "-commit");
		this.thread.setDaemon(true);
	}

	/**
	 * Use the committer that Debezium passed along with a batch.
	 * @param event any event of the run
	 */
	void use(RecordCommitter<RecordChangeEvent<SourceRecord>> committer, RecordChangeEvent<SourceRecord> event) {
		this.committer = new Committer(committer, event);
	}

	void start() {
		this.thread.start();
	}

	/**
	 * Commit once more, and end. A store that does not answer is not waited for: events
	 * whose offset is not stored are delivered again at the next start. If the stream has
	 * failed, the store may be on a server that does not answer either.
	 */
	void stop() {
		this.stop.countDown();
		try {
			this.thread.join((this.guard.isEnded() ? FAILED_STOP_TIMEOUT : STOP_TIMEOUT).toMillis());
			this.thread.interrupt();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void commitAtIntervals() {
		try {
			boolean stopping;
			do {
				stopping = this.stop.await(this.interval.toMillis(), TimeUnit.MILLISECONDS);
				commitProcessed();
			}
			while (!stopping);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (Throwable ex) {
			// Without this thread nothing would be acknowledged any more
			this.onFailure.accept(ex);
		}
	}

	private void commitProcessed() throws InterruptedException {
		if (this.guard.isKilled()) {
			return;
		}
		SourceOffset advanced = this.inFlightTracker.advance();
		SourceOffset processed = (advanced != null) ? advanced : this.processed;
		this.processed = processed;
		if (processed != null && !this.listener.mayStore()) {
			return;
		}
		if (processed != null) {
			if (this.guard.pass(FailPoint.BEFORE_STORED, processed.lsn()) != FailPoint.Action.CONTINUE) {
				return;
			}
			long asked = System.nanoTime();
			this.recorder.save(processed);
			this.processed = null;
			if (this.guard.pass(FailPoint.AFTER_STORED, processed.lsn()) == FailPoint.Action.KILL) {
				return;
			}
			this.guard.confirmed(asked);
			this.last = processed;
			this.listener.stored(processed.lsn());
		}
		else {
			this.recorder.saveBackfill();
		}
		if (processed != null || !this.session.released().equals(this.released)) {
			this.released = this.session.released();
			flushToSlot();
		}
		if (this.inFlightTracker.isEmpty() && !this.guard.isEnded()) {
			this.listener.idle();
		}
	}

	/**
	 * Have Debezium flush the stored offset to the slot.
	 */
	private void flushToSlot() throws InterruptedException {
		SourceOffset stored = this.last;
		Committer committer = this.committer;
		if (stored != null && committer != null
				&& this.guard.pass(FailPoint.BEFORE_FLUSH, stored.lsn()) != FailPoint.Action.KILL) {
			committer.commit(stored);
		}
	}

	/**
	 * Debezium's committer needs an event, but uses only the name of its connector. One
	 * event serves for all offsets, so that no large event is kept for its offset.
	 */
	private record Committer(RecordCommitter<RecordChangeEvent<SourceRecord>> committer,
			RecordChangeEvent<SourceRecord> event) {

		void commit(SourceOffset offset) throws InterruptedException {
			Offsets offsets = this.committer.buildOffsets();
			offset.offset().forEach(offsets::set);
			this.committer.markProcessed(this.event, offsets);
			this.committer.markBatchFinished();
		}

	}

}
