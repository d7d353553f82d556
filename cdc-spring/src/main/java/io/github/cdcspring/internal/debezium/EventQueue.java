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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import io.debezium.config.Configuration;
import io.debezium.connector.base.QueueProvider;
import io.debezium.pipeline.DataChangeEvent;
import io.github.cdcspring.internal.row.RecordSize;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * The queue between the streaming thread and the delivering thread. Debezium polls its
 * own queue at each poll interval, and hands over nothing before the interval is over.
 * This queue hands over an event immediately after a pause in the stream, and batches
 * events that follow closely.
 * <p>
 * The queue is bounded in bytes as well. A batch counts until the next one is taken. The
 * streaming thread blocks after it has added an event, before it decodes the next one:
 * the decoded message takes several times the size of the event. Debezium's own bound,
 * {@code max.queue.size.in.bytes}, costs the streaming thread, which limits the
 * throughput, more than a microsecond per event, and copies each text to measure it.
 * <p>
 * While Debezium itself polls the queue, the streaming thread must not block, because
 * both need Debezium's lock. Debezium asks for the size before it adds an event, so the
 * queue then reports that it is full.
 *
 * @see <a href=
 * "https://debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-connector-properties">Debezium:
 * queue.provider.type</a>
 */
public final class EventQueue implements QueueProvider<DataChangeEvent> {

	/** The name under which Debezium finds this class. */
	static final String NAME = "cdc";

	/** The property with the maximum number of bytes. */
	static final String MAX_BYTES = "cdc.queue.bytes";

	/** Minimum time between two batches while events keep arriving. */
	private static final long PACE = Duration.ofMillis(2).toNanos();

	/**
	 * Maximum wait for events. Debezium flushes offsets and notices a stop in between.
	 */
	private static final long WAIT = Duration.ofMillis(100).toNanos();

	private static final int DEFAULT_BATCH = 2_048;

	private static final Map<String, EventQueue> created = new ConcurrentHashMap<>();

	private final ArrayDeque<Sized> events = new ArrayDeque<>();

	private final RecordSize sizes = new RecordSize();

	private final Set<Thread> adding = ConcurrentHashMap.newKeySet();

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition wanted = this.lock.newCondition();

	private final Condition room = this.lock.newCondition();

	private volatile int size;

	private volatile long bytes;

	private long maxBytes = Long.MAX_VALUE;

	private int wantedSize = Integer.MAX_VALUE;

	private int batch = DEFAULT_BATCH;

	private long taken;

	/** Size of the last batch, which may still be in flight. */
	private long takenBytes;

	private boolean blocking;

	private boolean blocked;

	/**
	 * Claim the queue that Debezium created for a task.
	 * @return the queue, {@code null} if Debezium created another kind of queue
	 */
	static @Nullable EventQueue createdFor(Configuration task) {
		String run = task.getString(RunContext.PROPERTY);
		EventQueue queue = (run != null) ? created.remove(run) : null;
		if (queue != null) {
			queue.setBlocking(true);
		}
		return queue;
	}

	/**
	 * Discard a queue that was never claimed, because Debezium polls it itself.
	 */
	static void discard(String run) {
		created.remove(run);
	}

	@Override
	public String name() {
		return NAME;
	}

	@Override
	public void configure(Map<String, ?> properties) {
		Configuration task = Configuration.from(properties);
		this.batch = task.getInteger("max.batch.size", DEFAULT_BATCH);
		this.maxBytes = task.getLong(MAX_BYTES, Long.MAX_VALUE);
		this.taken = System.nanoTime() - PACE;
		created.put(task.getString(RunContext.PROPERTY), this);
	}

	private void setBlocking(boolean blocking) {
		this.lock.lock();
		try {
			this.blocking = blocking;
			this.room.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Let Debezium poll the queue itself, which also throws failures of its threads.
	 * Skipped while the streaming thread is blocked: then it holds Debezium's lock, and
	 * has not failed.
	 * @param poll Debezium's poll
	 * @return the events
	 */
	List<SourceRecord> pollWith(DebeziumPoll poll) throws InterruptedException {
		this.lock.lock();
		try {
			if (this.blocked) {
				return List.of();
			}
			this.blocking = false;
		}
		finally {
			this.lock.unlock();
		}
		try {
			return poll.poll();
		}
		finally {
			setBlocking(true);
		}
	}

	@Override
	public void enqueue(DataChangeEvent event) throws InterruptedException {
		long bytes = this.sizes.of(event.getRecord());
		this.lock.lock();
		try {
			this.events.add(new Sized(event, bytes));
			this.size = this.events.size();
			this.bytes += bytes;
			if (this.bytes >= this.maxBytes) {
				this.adding.add(Thread.currentThread());
			}
			if (this.size >= this.wantedSize) {
				this.wanted.signal();
			}
			awaitRoom();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void awaitRoom() throws InterruptedException {
		try {
			while (this.blocking && this.bytes >= this.maxBytes) {
				this.blocked = true;
				this.room.await();
			}
		}
		finally {
			this.blocked = false;
		}
	}

	@Override
	public @Nullable DataChangeEvent poll() {
		this.lock.lock();
		try {
			if (this.events.isEmpty()) {
				return null;
			}
			Sized first = remove();
			this.bytes -= first.bytes;
			return first.event;
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public int size() {
		boolean full = this.bytes >= this.maxBytes && this.adding.contains(Thread.currentThread());
		return full ? Integer.MAX_VALUE : this.size;
	}

	private Sized remove() {
		Sized first = this.events.remove();
		this.size = this.events.size();
		return first;
	}

	/**
	 * Wait for events and take them. The batch before is then no longer in flight.
	 * @return the events in order, empty if none arrived within the maximum wait
	 */
	List<SourceRecord> take() throws InterruptedException {
		this.lock.lockInterruptibly();
		try {
			this.bytes -= this.takenBytes;
			this.takenBytes = 0;
			this.room.signalAll();
			await(1, System.nanoTime() + WAIT);
			if (this.events.isEmpty()) {
				return List.of();
			}
			await(this.batch, this.taken + PACE);
			List<SourceRecord> records = new ArrayList<>(Math.min(this.batch, this.events.size()));
			while (records.size() < this.batch && !this.events.isEmpty()) {
				Sized next = remove();
				this.takenBytes += next.bytes;
				records.add(next.event.getRecord());
			}
			this.taken = System.nanoTime();
			return records;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void await(int wanted, long deadline) throws InterruptedException {
		this.wantedSize = wanted;
		long rest = deadline - System.nanoTime();
		while (this.events.size() < wanted && rest > 0) {
			rest = this.wanted.awaitNanos(rest);
		}
		this.wantedSize = Integer.MAX_VALUE;
	}

	/** Debezium's own way to poll the queue. */
	interface DebeziumPoll {

		List<SourceRecord> poll() throws InterruptedException;

	}

	private record Sized(DataChangeEvent event, long bytes) {

	}

}
