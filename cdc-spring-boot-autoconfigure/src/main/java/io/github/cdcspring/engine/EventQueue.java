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
import io.github.cdcspring.decode.RecordSize;
import io.github.cdcspring.offset.DebeziumOffsetAdapter;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * The events between the thread that reads the log and the one that delivers. Debezium's
 * own queue is looked into every poll interval, and hands nothing over before the
 * interval is over; here an event that comes after a while of silence is taken at once,
 * and those that follow closely are taken together.
 * <p>
 * It is bounded in bytes too. Debezium's own bound, {@code max.queue.size.in.bytes},
 * takes more than a microsecond an event of the thread that limits all throughput, and
 * copies each text to measure it. Debezium asks for the size before it adds, so the
 * thread that adds is told that the queue is full.
 *
 * @since 0.1.0
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

	private volatile int size;

	private volatile long bytes;

	private long maxBytes = Long.MAX_VALUE;

	private int wantedSize = Integer.MAX_VALUE;

	private int batch = DEFAULT_BATCH;

	private long taken;

	/**
	 * Take the queue that Debezium made for a task.
	 * @return the queue, {@code null} if Debezium made one of another kind
	 */
	static @Nullable EventQueue madeFor(Configuration task) {
		String session = task.getString(DebeziumOffsetAdapter.SESSION_PROPERTY);
		return (session != null) ? made.remove(session) : null;
	}

	/**
	 * Let go of a queue that nobody has taken: Debezium takes from it in its own way.
	 */
	static void forget(String session) {
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

	@Override
	public void enqueue(DataChangeEvent event) {
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
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public @Nullable DataChangeEvent poll() {
		this.lock.lock();
		try {
			return this.events.isEmpty() ? null : remove();
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

	private DataChangeEvent remove() {
		Sized first = this.events.remove();
		this.size = this.events.size();
		this.bytes -= first.bytes;
		return first.event;
	}

	/**
	 * Take the next events, waited for.
	 * @return the events in order, none if none came for a while
	 */
	List<SourceRecord> take() throws InterruptedException {
		this.lock.lockInterruptibly();
		try {
			await(1, System.nanoTime() + WAIT);
			if (this.events.isEmpty()) {
				return List.of();
			}
			await(this.batch, this.taken + PACE);
			List<SourceRecord> records = new ArrayList<>(Math.min(this.batch, this.events.size()));
			while (records.size() < this.batch && !this.events.isEmpty()) {
				records.add(remove().getRecord());
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

	private record Sized(DataChangeEvent event, long bytes) {

	}

}
