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

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;

import io.github.cdcspring.Lsn;
import org.jspecify.annotations.Nullable;

/**
 * How far a partition is processed.
 *
 * @param topic the topic
 * @param partition the number of the partition
 * @param committed the committed offset
 * @param processed the offset of the first record that is not processed
 * @param end the end of the partition, as far as this instance knows; {@code null} until
 * it knows it
 * @param lastEvent the last event that was handed over to the listeners, {@code null} if
 * this instance has received none
 */
public record PartitionStatus(String topic, int partition, long committed, long processed, @Nullable Long end,
		@Nullable LastEvent lastEvent) implements Comparable<PartitionStatus> {

	private static final Comparator<PartitionStatus> ORDER = Comparator.comparing(PartitionStatus::topic)
		.thenComparingInt(PartitionStatus::partition);

	/**
	 * Return how many records are not processed.
	 * @return the number of records, {@code null} while the end is not known
	 */
	public @Nullable Long lag() {
		return (this.end != null) ? Math.max(0, this.end - this.processed) : null;
	}

	/**
	 * Return how many records of partitions are not processed, as far as that is known.
	 * @param partitions the partitions
	 * @return the number of records
	 */
	public static long lag(Collection<PartitionStatus> partitions) {
		long sum = 0;
		for (PartitionStatus partition : partitions) {
			Long lag = partition.lag();
			sum += (lag != null) ? lag : 0;
		}
		return sum;
	}

	/**
	 * An event.
	 *
	 * @param lsn its LSN
	 * @param commitTime when its transaction committed, {@code null} if that is not known
	 */
	public record LastEvent(Lsn lsn, @Nullable Instant commitTime) {

	}

	@Override
	public int compareTo(PartitionStatus other) {
		return ORDER.compare(this, other);
	}

}
