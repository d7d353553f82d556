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

package io.github.cdcspring.engine;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import io.debezium.engine.DebeziumEngine.ChangeConsumer;
import io.debezium.engine.DebeziumEngine.RecordCommitter;
import io.debezium.engine.RecordChangeEvent;
import io.github.cdcspring.decode.Change;
import io.github.cdcspring.decode.RecordDecoder;
import io.github.cdcspring.listener.ListenerChain;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Takes Debezium's batches: each event gets its place among those in flight, is decoded,
 * and is delivered.
 */
final class StreamHandler implements ChangeConsumer<RecordChangeEvent<SourceRecord>> {

	private final InFlight inFlight;

	private final Acknowledger acknowledger;

	private final RecordDecoder decoder;

	private final ListenerChain listeners;

	private final ReentrantLock delivering = new ReentrantLock();

	private volatile boolean stopping;

	private @Nullable Position last;

	StreamHandler(InFlight inFlight, Acknowledger acknowledger, RecordDecoder decoder, ListenerChain listeners) {
		this.inFlight = inFlight;
		this.acknowledger = acknowledger;
		this.decoder = decoder;
		this.listeners = listeners;
	}

	@Override
	public void handleBatch(List<RecordChangeEvent<SourceRecord>> events,
			RecordCommitter<RecordChangeEvent<SourceRecord>> committer) throws InterruptedException {
		this.acknowledger.use(committer);
		this.delivering.lockInterruptibly();
		try {
			for (RecordChangeEvent<SourceRecord> event : events) {
				if (this.stopping) {
					return;
				}
				deliver(event);
			}
			this.listeners.flush();
		}
		catch (RuntimeException | Error ex) {
			// what was handled before is worth storing: Debezium closes right after this
			this.acknowledger.stop();
			throw ex;
		}
		finally {
			this.delivering.unlock();
		}
	}

	private void deliver(RecordChangeEvent<SourceRecord> event) throws InterruptedException {
		Position position = Position.of(event, this.last);
		InFlight.Entry entry = this.inFlight.add(position);
		if (position != null) {
			this.last = position;
		}
		Change change = this.decoder.decode(event.record());
		if (change != null) {
			this.listeners.deliver(change, entry);
		}
		else {
			entry.run();
		}
	}

	/**
	 * Take nothing more. Events that are dropped here are not acknowledged and come again
	 * at the next start.
	 */
	void stop() {
		this.stopping = true;
	}

	/**
	 * Take nothing more, and wait for what is being delivered.
	 * @return whether it was finished in time
	 */
	boolean stopAndAwait(Duration timeout) {
		stop();
		try {
			if (this.delivering.tryLock(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
				this.delivering.unlock();
				return true;
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return false;
	}

	@Override
	public boolean supportsTombstoneEvents() {
		return false;
	}

}
