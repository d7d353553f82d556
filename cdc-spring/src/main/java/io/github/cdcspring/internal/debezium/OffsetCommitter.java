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
import io.github.cdcspring.offset.OffsetSession;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * The one place that acknowledges. Its own thread stores the last position of the handled
 * prefix every flush interval and once more at the end: a position is stored in time also
 * while no event arrives, and only this thread talks to Debezium's committer, which is
 * not thread-safe. Debezium flushes to the slot what was stored, never more.
 */
public final class OffsetCommitter {

	private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

	private final InFlightTracker inFlightTracker;

	private final OffsetSession session;

	private final Duration interval;

	private final Consumer<Lsn> whenStored;

	private final Runnable whenIdle;

	private final Consumer<Throwable> onFailure;

	private final CountDownLatch stop = new CountDownLatch(1);

	private final Thread thread;

	private volatile @Nullable Committer committer;

	private @Nullable SourceOffset last;

	private Lsn released;

	/**
	 * Create an acknowledger.
	 * @param whenStored what to do each time when a position was stored
	 * @param whenIdle what to do each time when everything received is handled and stored
	 */
	public OffsetCommitter(String engine, InFlightTracker inFlightTracker, OffsetSession session, Duration interval,
			Consumer<Lsn> whenStored, Runnable whenIdle, Consumer<Throwable> onFailure) {
		this.inFlightTracker = inFlightTracker;
		this.session = session;
		this.interval = interval;
		this.whenStored = whenStored;
		this.whenIdle = whenIdle;
		this.released = session.released();
		this.onFailure = onFailure;
		this.thread = new Thread(this::acknowledgeInTime, "cdc-" + engine + "-acknowledge");
		this.thread.setDaemon(true);
	}

	/**
	 * Take the committer that came with events.
	 * @param event any event of the run
	 */
	void use(RecordCommitter<RecordChangeEvent<SourceRecord>> committer, RecordChangeEvent<SourceRecord> event) {
		this.committer = new Committer(committer, event);
	}

	void start() {
		this.thread.start();
	}

	/**
	 * Acknowledge what is handled once more, and end. A store that hangs, as it does when
	 * its server is gone, is not waited for: what is not stored comes again.
	 */
	void stop() {
		this.stop.countDown();
		try {
			this.thread.join(STOP_TIMEOUT.toMillis());
			this.thread.interrupt();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void acknowledgeInTime() {
		try {
			boolean stopping;
			do {
				stopping = this.stop.await(this.interval.toMillis(), TimeUnit.MILLISECONDS);
				acknowledge();
			}
			while (!stopping);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (RuntimeException ex) {
			this.onFailure.accept(ex);
		}
	}

	private void acknowledge() throws InterruptedException {
		SourceOffset position = this.inFlightTracker.advance();
		if (position != null) {
			this.session.save(position.lsn(), OffsetJson.of(position.offset()).text());
			this.last = position;
			this.whenStored.accept(position.lsn());
		}
		if (position != null || !this.session.released().equals(this.released)) {
			this.released = this.session.released();
			commit();
		}
		if (this.inFlightTracker.isEmpty()) {
			this.whenIdle.run();
		}
	}

	/**
	 * Have Debezium flush to the slot what it finds stored.
	 */
	private void commit() throws InterruptedException {
		SourceOffset position = this.last;
		Committer committer = this.committer;
		if (position != null && committer != null) {
			committer.commit(position);
		}
	}

	/**
	 * Debezium's committer wants an event, of which it takes only the connector's name:
	 * so a position does not keep its event, which may be large.
	 */
	private record Committer(RecordCommitter<RecordChangeEvent<SourceRecord>> committer,
			RecordChangeEvent<SourceRecord> event) {

		void commit(SourceOffset position) throws InterruptedException {
			Offsets offsets = this.committer.buildOffsets();
			position.offset().forEach(offsets::set);
			this.committer.markProcessed(this.event, offsets);
			this.committer.markBatchFinished();
		}

	}

}
