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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.jspecify.annotations.Nullable;

/**
 * Assigns the partition with the first poll, and revokes it when it is closed.
 */
final class TestConsumer extends MockConsumer<byte[], byte[]> {

	static final TopicPartition PARTITION = new TopicPartition(TestRecords.TOPIC, 0);

	final AtomicInteger failedPolls = new AtomicInteger();

	final AtomicInteger asked = new AtomicInteger();

	volatile boolean failing;

	volatile boolean owned = true;

	volatile long committedElsewhere;

	/** What the group has committed before, if that is not what this one commits. */
	volatile @Nullable OffsetAndMetadata committedBefore;

	/** How many partitions the brokers have. */
	volatile int partitions = 1;

	/** Whether it has heard of the topic. */
	volatile boolean informed = true;

	private ConsumerRebalanceListener listener;

	TestConsumer(long beginning) {
		super("none");
		updateBeginningOffsets(Map.of(PARTITION, beginning));
		updateEndOffsets(Map.of(PARTITION, beginning));
		schedulePollTask(() -> {
			// Topics that exist before are assigned without a word to the listener
			updatePartitions(PARTITION.topic(),
					IntStream.range(0, this.partitions)
						.mapToObj((partition) -> new PartitionInfo(PARTITION.topic(), partition, null, null, null))
						.toList());
			if (this.owned) {
				rebalance(List.of(PARTITION));
			}
			else {
				this.listener.onPartitionsAssigned(List.of());
			}
		});
	}

	@Override
	public synchronized void subscribe(Pattern pattern, ConsumerRebalanceListener listener) {
		this.listener = listener;
		super.subscribe(pattern, listener);
	}

	@Override
	public synchronized List<PartitionInfo> partitionsFor(String topic, Duration timeout) {
		return this.informed ? super.partitionsFor(topic, timeout) : List.of();
	}

	void add(ConsumerRecord<byte[], byte[]> record) {
		addRecord(record);
	}

	@Override
	public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
		if (this.failing) {
			this.failedPolls.incrementAndGet();
			throw new TopicAuthorizationException(Set.of(PARTITION.topic()));
		}
		return super.poll(timeout);
	}

	@Override
	public synchronized Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions,
			Duration timeout) {
		this.asked.incrementAndGet();
		OffsetAndMetadata before = this.committedBefore;
		if (before != null) {
			return Map.of(PARTITION, before);
		}
		return this.owned ? super.committed(partitions, timeout)
				: Map.of(PARTITION, new OffsetAndMetadata(this.committedElsewhere));
	}

	@Override
	public void close(CloseOptions options) {
		if (this.owned) {
			rebalance(List.of());
		}
		super.close(options);
	}

}
