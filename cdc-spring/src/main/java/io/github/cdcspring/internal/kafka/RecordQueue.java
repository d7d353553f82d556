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

package io.github.cdcspring.internal.kafka;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.function.Consumer;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The records that were received and not handed over yet. It is limited by pausing the
 * partitions, not by waiting: the thread that polls must not wait for a listener.
 */
final class RecordQueue {

	private static final int MAX_RECORDS = 1_000;

	private final Deque<ConsumerRecord<byte[], byte[]>> records = new ArrayDeque<>();

	private final long maxBytes;

	private final Consumer<ConsumerRecord<byte[], byte[]>> onTaken;

	private long bytes;

	private boolean closed;

	private boolean handingOver;

	/**
	 * Create a queue.
	 * @param maxBytes the size in bytes at which the queue is full
	 * @param onTaken called when a record leaves the queue, by the thread that takes it
	 * and before {@link #drop} can miss it
	 */
	RecordQueue(long maxBytes, Consumer<ConsumerRecord<byte[], byte[]>> onTaken) {
		this.maxBytes = maxBytes;
		this.onTaken = onTaken;
	}

	synchronized void add(ConsumerRecords<byte[], byte[]> more) {
		if (this.closed || more.isEmpty()) {
			return;
		}
		for (ConsumerRecord<byte[], byte[]> record : more) {
			this.records.add(record);
			this.bytes += size(record);
		}
		notifyAll();
	}

	/** Whether nothing more may be received for now. */
	synchronized boolean isFull() {
		return this.records.size() >= MAX_RECORDS || this.bytes >= this.maxBytes;
	}

	/** Whether receiving may continue. */
	synchronized boolean hasRoom() {
		return this.records.size() <= MAX_RECORDS / 2 && this.bytes <= this.maxBytes / 2;
	}

	/**
	 * Take the next record, and wait for it.
	 * @param whenEmpty called before waiting
	 * @return the record, {@code null} if the queue was closed
	 */
	@Nullable ConsumerRecord<byte[], byte[]> take(WhenEmpty whenEmpty) throws InterruptedException {
		ConsumerRecord<byte[], byte[]> next = poll();
		if (next == null) {
			whenEmpty.run();
			next = await();
		}
		return next;
	}

	private synchronized @Nullable ConsumerRecord<byte[], byte[]> await() throws InterruptedException {
		ConsumerRecord<byte[], byte[]> next = poll();
		this.handingOver = next != null;
		notifyAll();
		while (next == null && !this.closed) {
			wait();
			next = poll();
		}
		return next;
	}

	private synchronized @Nullable ConsumerRecord<byte[], byte[]> poll() {
		ConsumerRecord<byte[], byte[]> next = this.closed ? null : this.records.poll();
		if (next != null) {
			this.bytes -= size(next);
			this.handingOver = true;
			this.onTaken.accept(next);
		}
		return next;
	}

	/**
	 * Whether a record is being handed over.
	 */
	synchronized boolean isHandingOver() {
		return this.handingOver || !this.records.isEmpty();
	}

	/** Drop the records of partitions. */
	synchronized void drop(Collection<TopicPartition> partitions) {
		this.records.removeIf((record) -> partitions.contains(new TopicPartition(record.topic(), record.partition())));
		this.bytes = this.records.stream().mapToLong(RecordQueue::size).sum();
	}

	/** Drop all records, and accept no more. */
	synchronized void close() {
		this.closed = true;
		this.records.clear();
		this.bytes = 0;
		notifyAll();
	}

	private static long size(ConsumerRecord<?, ?> record) {
		return Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize()) + 100L;
	}

	/** Called when no record is there. */
	@FunctionalInterface
	interface WhenEmpty {

		void run() throws InterruptedException;

	}

}
