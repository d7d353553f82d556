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

import io.github.cdcspring.internal.listener.InFlightTracker;
import io.github.cdcspring.internal.row.Change;
import org.jspecify.annotations.Nullable;

/**
 * How far a partition is processed. Its committed offset moves only over records that are
 * processed without a hole.
 */
final class PartitionProgress {

	private final InFlightTracker<Long> inFlight = new InFlightTracker<>();

	/** The offset after the last record that was handed over. */
	private volatile long handedOver = -1;

	private volatile long processed;

	private volatile long committed;

	private final int topicPartitions;

	private volatile @Nullable Long end;

	private volatile PartitionStatus.@Nullable LastEvent lastEvent;

	/**
	 * Create the progress of a partition.
	 * @param position the offset of the next record
	 * @param committed whether the group has committed it
	 * @param topicPartitions how many partitions the topic has
	 */
	PartitionProgress(long position, boolean committed, int topicPartitions) {
		this.topicPartitions = topicPartitions;
		this.processed = position;
		this.committed = committed ? position : -1;
	}

	/** Add a record. To be called by the thread that hands records over. */
	InFlightTracker.Entry<Long> add(long offset) {
		this.handedOver = offset + 1;
		return this.inFlight.add(offset + 1);
	}

	/**
	 * The offset after the last record that is processed, with all before it.
	 */
	synchronized long processed() {
		Long last = this.inFlight.advance();
		if (last != null) {
			this.processed = last;
		}
		return this.processed;
	}

	/** Whether every record that was handed over is processed. */
	boolean isIdle() {
		return this.handedOver < 0 || processed() >= this.handedOver;
	}

	/** How many partitions the topic had when this instance was given the partition. */
	int topicPartitions() {
		return this.topicPartitions;
	}

	/** The offset to commit, {@code null} if nothing new was processed. */
	@Nullable Long uncommitted() {
		long processed = processed();
		return (processed > this.committed) ? processed : null;
	}

	void committed(long offset) {
		this.committed = offset;
	}

	/** An event was handed over to the listeners. */
	void handedOver(Change event) {
		this.lastEvent = new PartitionStatus.LastEvent(event.lsn(), event.commitTime());
	}

	/** The last event that was handed over, {@code null} for none. */
	PartitionStatus.@Nullable LastEvent lastEvent() {
		return this.lastEvent;
	}

	long committed() {
		return this.committed;
	}

	/** The partition is known to end there. */
	void end(long end) {
		this.end = end;
	}

	/** The end of the partition, {@code null} until it is known. */
	@Nullable Long end() {
		return this.end;
	}

	/** The offset after the last record that was handed over, -1 for none. */
	long handedOver() {
		return this.handedOver;
	}

}
