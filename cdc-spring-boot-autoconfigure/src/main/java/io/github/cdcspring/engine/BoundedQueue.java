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

import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.debezium.connector.base.QueueProvider;
import io.debezium.pipeline.DataChangeEvent;
import io.github.cdcspring.decode.RecordSize;
import org.jspecify.annotations.Nullable;

/**
 * Debezium's queue, bounded in bytes too. Debezium's own bound,
 * {@code max.queue.size.in.bytes}, takes more than a microsecond an event of the thread
 * that limits all throughput, and copies each text to measure it.
 * <p>
 * Debezium asks for the size before it adds, and adds when there is room; it takes as
 * many as there are. So who adds is told that the queue is full, and who takes how much
 * is in it. All calls but those of its metrics come under one lock of Debezium's.
 *
 * @param <T> {@link DataChangeEvent}
 * @since 0.1.0
 */
public final class BoundedQueue<T> implements QueueProvider<T> {

	/** The name by which Debezium finds it. */
	static final String NAME = "cdcspring";

	/** How many bytes it may take. */
	static final String MAX_BYTES = "cdcspring.queue.bytes";

	private final Queue<Sized<T>> queue = new ArrayDeque<>();

	private final RecordSize sizes = new RecordSize();

	private final Set<Thread> adding = ConcurrentHashMap.newKeySet();

	private long maxBytes = Long.MAX_VALUE;

	private volatile long bytes;

	private volatile int size;

	@Override
	public String name() {
		return NAME;
	}

	@Override
	public void configure(Map<String, ?> properties) {
		Object maxBytes = properties.get(MAX_BYTES);
		if (maxBytes != null) {
			this.maxBytes = Long.parseLong(maxBytes.toString());
		}
	}

	@Override
	public void enqueue(T event) {
		long bytes = (event instanceof DataChangeEvent change) ? this.sizes.of(change.getRecord()) : 0;
		this.queue.add(new Sized<>(event, bytes));
		this.bytes += bytes;
		this.size++;
		if (this.bytes >= this.maxBytes) {
			this.adding.add(Thread.currentThread());
		}
	}

	@Override
	public @Nullable T poll() {
		Sized<T> first = this.queue.poll();
		if (first == null) {
			return null;
		}
		this.bytes -= first.bytes;
		this.size--;
		return first.event;
	}

	@Override
	public int size() {
		boolean full = this.bytes >= this.maxBytes && this.adding.contains(Thread.currentThread());
		return full ? Integer.MAX_VALUE : this.size;
	}

	private record Sized<T>(T event, long bytes) {

	}

}
