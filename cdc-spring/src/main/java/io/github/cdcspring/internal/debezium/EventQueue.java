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
 * The events between the thread that reads the log and the one that delivers. Debezium's
 * own queue is looked into every poll interval, and hands nothing over before the
 * interval is over; here an event that comes after a while of silence is taken at once,
 * and those that follow closely are taken together.
 * <p>
 * It is bounded in bytes too, and what was taken counts until the next events are. The
 * thread that adds still has what it decoded the event from, several times its size; so
 * when there is too much it is held back where it has added, before it decodes another
 * one. Debezium's own bound, {@code max.queue.size.in.bytes}, takes more than a
 * microsecond an event of the thread that limits all throughput, and copies each text to
 * measure it.
 * <p>
 * Where Debezium takes from the queue in its own way, nobody is held back: both want
 * Debezium's lock. It asks for the size before it adds, so the thread that adds is told
 * that the queue is full.
 *
 * @see <a href=
 * "https://debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-connector-properties">Debezium:
 * queue.provider.type</a>
 */
public final class EventQueue implements QueueProvider<DataChangeEvent> {

	/** The name by which Debezium finds it. */
	static final String NAME = "cdc";

	/** How many bytes it may take. */
	static final String MAX_BYTES = "cdc.queue.bytes";

	/** From one batch to the next, while events keep coming. */
	private static final long PACE = Duration.ofMillis(2).toNanos();

	/**
	 * The longest wait: what is acknowledged is flushed in between, and a stop is seen.
	 */
	private static final long WAIT = Duration.ofMillis(100).toNanos();

	private static final int DEFAULT_BATCH = 2_048;

	private static final Map<String, EventQueue> made = new ConcurrentHashMap<>();

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

	/** How many bytes were taken last, and may still be in hand. */
	private long takenBytes;

	private boolean holdsBack;

	private boolean heldBack;

	/**
	 * Take the queue that Debezium made for a task.
	 * @return the queue, {@code null} if Debezium made one of another kind
	 */
	static @Nullable EventQueue madeFor(Configuration task) {
		String session = task.getString(DebeziumOffsetAdapter.SESSION_PROPERTY);
		EventQueue queue = (session != null) ? made.remove(session) : null;
		if (queue != null) {
			queue.holdBack(true);
		}
		return queue;
	}

	/**
	 * Let go of a queue that nobody has taken: Debezium takes from it in its own way.
	 */
	public static void forget(String session) {
		made.remove(session);
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
		made.put(task.getString(DebeziumOffsetAdapter.SESSION_PROPERTY), this);
	}

	private void holdBack(boolean holdsBack) {
		this.lock.lock();
		try {
			this.holdsBack = holdsBack;
			this.room.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Let Debezium look into the queue in its own way, and for what has failed, unless
	 * the thread that adds is held back and has Debezium's lock: then it has not failed.
	 * @param look how Debezium looks
	 * @return what it found
	 */
	List<SourceRecord> letLook(Look look) throws InterruptedException {
		this.lock.lock();
		try {
			if (this.heldBack) {
				return List.of();
			}
			this.holdsBack = false;
		}
		finally {
			this.lock.unlock();
		}
		try {
			return look.look();
		}
		finally {
			holdBack(true);
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
			while (this.holdsBack && this.bytes >= this.maxBytes) {
				this.heldBack = true;
				this.room.await();
			}
		}
		finally {
			this.heldBack = false;
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
	 * Take the next events, waited for. Those taken before are no longer in hand.
	 * @return the events in order, none if none came for a while
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

	/** How Debezium looks into the queue. */
	interface Look {

		List<SourceRecord> look() throws InterruptedException;

	}

	private record Sized(DataChangeEvent event, long bytes) {

	}

}
