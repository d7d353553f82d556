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
import java.util.HashMap;
import java.util.Map;

import io.github.cdcspring.internal.engine.EngineRunner;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits how far the partitions of a run are processed, on the thread that polls. What
 * cannot be committed is committed later, or processed again.
 */
final class PartitionCommits {

	private static final Logger logger = LoggerFactory.getLogger(PartitionCommits.class);

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private final String engine;

	private final Consumer<byte[], byte[]> consumer;

	private final Map<TopicPartition, PartitionProgress> partitions;

	private final Progress progress;

	private final EngineRunner.Observer observer;

	PartitionCommits(String engine, Consumer<byte[], byte[]> consumer,
			Map<TopicPartition, PartitionProgress> partitions, Progress progress, EngineRunner.Observer observer) {
		this.engine = engine;
		this.consumer = consumer;
		this.partitions = partitions;
		this.progress = progress;
		this.observer = observer;
	}

	/** Commit what is processed, without waiting. */
	void begin() {
		Map<TopicPartition, OffsetAndMetadata> offsets = uncommitted();
		if (!offsets.isEmpty()) {
			this.consumer.commitAsync(offsets, (attempted, failure) -> {
				if (failure == null) {
					committed(attempted);
				}
				else {
					logger.debug("Engine '{}' could not commit, and tries again", this.engine, failure);
				}
			});
		}
	}

	/** Commit what is processed, and wait for it. */
	void complete() {
		complete(uncommitted());
	}

	/** Commit these offsets, and wait for it. */
	void complete(Map<TopicPartition, OffsetAndMetadata> offsets) {
		if (!offsets.isEmpty()) {
			this.consumer.commitSync(offsets, TIMEOUT);
			committed(offsets);
		}
	}

	private Map<TopicPartition, OffsetAndMetadata> uncommitted() {
		Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
		this.partitions.forEach((partition, state) -> {
			Long offset = state.uncommitted();
			if (offset != null) {
				offsets.put(partition, PartitionCount.commit(offset, state.topicPartitions()));
			}
		});
		return offsets;
	}

	private void committed(Map<TopicPartition, OffsetAndMetadata> offsets) {
		offsets.forEach((partition, offset) -> {
			PartitionProgress state = this.partitions.get(partition);
			if (state != null) {
				state.committed(offset.offset());
			}
			this.progress.committed(partition, offset.offset(), this.observer);
		});
	}

}
