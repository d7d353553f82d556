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

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import io.github.cdcspring.internal.listener.InFlightTracker;
import io.github.cdcspring.internal.listener.ListenerDispatcher;
import io.github.cdcspring.internal.row.Change;
import io.github.cdcspring.internal.row.RecordDecoder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Hands records over to the dispatcher, on a thread of its own that may wait for
 * listeners. Each record is in flight in its partition until all its listeners have
 * returned.
 */
final class RecordHandover {

	private final RecordQueue queue;

	private final ListenerDispatcher dispatcher;

	private final Consumer<Throwable> onFailure;

	private final Map<TopicPartition, PartitionProgress> partitions = new ConcurrentHashMap<>();

	private final TopicRecords records = new TopicRecords();

	private final RecordDecoder decoder = RecordDecoder.ofRecorded();

	private final @Nullable KeyOrder keyOrder;

	private final OtherConnectors otherConnectors;

	/** Whether a listener takes whole transactions. */
	private final boolean collects;

	/**
	 * The record that the thread took last; {@code null} if its partition was revoked.
	 */
	private InFlightTracker.@Nullable Entry<Long> taken;

	/** The partition that the record came from. */
	private @Nullable PartitionProgress takenFrom;

	/** The beginning of a transaction whose end was not received. */
	private @Nullable Runnable begun;

	private final Thread thread;

	private volatile boolean failed;

	private volatile boolean abandoned;

	private volatile boolean finished;

	/**
	 * Create a handover, which has not begun.
	 * @param keyOrder checks that the order of each key is kept, {@code null} if the
	 * order of the stream is
	 * @param otherConnectors recognizes the records of other connectors
	 * @param collects whether a listener takes whole transactions
	 */
	RecordHandover(String engine, long maxBytes, ListenerDispatcher dispatcher, @Nullable KeyOrder keyOrder,
			OtherConnectors otherConnectors, boolean collects, Consumer<Throwable> onFailure) {
		this.queue = new RecordQueue(maxBytes, this::taken);
		this.otherConnectors = otherConnectors;
		this.collects = collects;
		this.dispatcher = dispatcher;
		this.keyOrder = keyOrder;
		this.onFailure = onFailure;
		this.thread = new Thread(this::handOver, "cdc-" + engine + "-handover");
		this.thread.setDaemon(true);
	}

	void start() {
		this.thread.start();
	}

	RecordQueue queue() {
		return this.queue;
	}

	/** The progress of the partitions that this instance has. */
	Map<TopicPartition, PartitionProgress> partitions() {
		return this.partitions;
	}

	void add(ConsumerRecords<byte[], byte[]> records) {
		this.queue.add(records);
	}

	private void handOver() {
		try {
			ConsumerRecord<byte[], byte[]> next = this.queue.take(this.dispatcher::flush);
			while (next != null) {
				handOver(next);
				next = this.queue.take(this.dispatcher::flush);
			}
			finish();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (Throwable ex) {
			this.onFailure.accept(ex);
		}
		finally {
			this.dispatcher.close(this.abandoned ? Duration.ZERO : null);
		}
	}

	/** Wait for the events in flight, which {@code close} would drop. */
	private void finish() throws InterruptedException {
		while (!this.finished && !this.failed && !this.abandoned) {
			this.finished = this.dispatcher.awaitHandled(Duration.ofMillis(20));
		}
	}

	/**
	 * A record that is no longer in the queue is in flight, so that its partition is not
	 * given back before it is processed.
	 */
	private void taken(ConsumerRecord<byte[], byte[]> record) {
		PartitionProgress partition = this.partitions.get(new TopicPartition(record.topic(), record.partition()));
		this.takenFrom = partition;
		this.taken = (partition != null) ? partition.add(record.offset()) : null;
	}

	private void handOver(ConsumerRecord<byte[], byte[]> record) throws InterruptedException {
		InFlightTracker.Entry<Long> entry = this.taken;
		if (entry == null) {
			return;
		}
		SourceRecord event = this.records.read(record);
		if (this.otherConnectors.hasWritten(record.topic(), event.value())) {
			entry.run();
			return;
		}
		Change change = this.decoder.decode(event);
		if (change != null) {
			PartitionProgress partition = this.takenFrom;
			if (partition != null) {
				partition.handedOver(change);
			}
			if (this.keyOrder != null) {
				this.keyOrder.check(record, change);
			}
			this.dispatcher.dispatch(change, entry);
			return;
		}
		if (this.decoder.beginsTransaction(event)) {
			this.dispatcher.restartTransaction();
			completeBegun();
			if (this.collects) {
				this.begun = entry;
				return;
			}
		}
		else if (this.decoder.endsTransaction(event)) {
			this.dispatcher.endTransaction();
			completeBegun();
		}
		entry.run();
	}

	/**
	 * Until then, the group does not commit behind the beginning. So the next owner of
	 * the partition, which may be this one, receives it again, and drops what it
	 * collected of the transaction before.
	 */
	private void completeBegun() {
		Runnable begun = this.begun;
		this.begun = null;
		if (begun != null) {
			begun.run();
		}
	}

	/**
	 * Whether the events of partitions that were handed over are processed, or those that
	 * are not wait for more events. To be called after their records were dropped from
	 * the queue.
	 */
	boolean isQuiet(Collection<PartitionProgress> revoked) {
		return revoked.stream().allMatch(PartitionProgress::isIdle) || (!this.queue.isHandingOver() && isHandled());
	}

	private boolean isHandled() {
		try {
			return this.dispatcher.awaitHandled(Duration.ofMillis(10));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	/**
	 * Accept no more records, and drop those that were not handed over. The thread ends
	 * when the events in flight are processed.
	 */
	void stop() {
		this.queue.close();
		this.dispatcher.stopAccepting();
	}

	/**
	 * Accept no more records, and drop the events in flight that no listener has
	 * received. The thread ends when the running calls have returned.
	 */
	void fail() {
		this.failed = true;
		stop();
	}

	/**
	 * Whether the events in flight were processed after {@link #stop}.
	 */
	boolean isFinished() {
		return this.finished;
	}

	/** Whether the thread has ended. */
	boolean isEnded() {
		return !this.thread.isAlive();
	}

	/** End without waiting for listener calls. */
	void abandon() {
		stop();
		this.abandoned = true;
		this.dispatcher.close(Duration.ZERO);
	}

	/** Whether a thread calls a listener. To be called after {@link #abandon}. */
	boolean isDelivering() {
		return this.thread.isAlive() || !this.dispatcher.isIdle();
	}

}
