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
import java.util.Set;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.debezium.EngineFailure;
import io.github.cdcspring.internal.engine.EngineRunner;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Tells when the event at which a listener failed is processed. It is one of those that
 * were in flight then, so that is when their partitions are committed past it.
 */
final class Progress {

	private static final Duration CALL_TIMEOUT = Duration.ofSeconds(2);

	private final Map<TopicPartition, Long> awaited = new HashMap<>();

	private @Nullable Lsn failedAt;

	/**
	 * A run has failed, or was stopped.
	 * @param failure the failure, {@code null} if there was none
	 * @param partitions what was in flight
	 */
	synchronized void failed(@Nullable EngineFailure failure, Map<TopicPartition, PartitionProgress> partitions) {
		if (failure == null || failure.processedPast() == null) {
			return;
		}
		this.failedAt = failure.processedPast();
		this.awaited.clear();
		partitions.forEach((partition, progress) -> {
			if (!progress.isIdle()) {
				this.awaited.put(partition, progress.handedOver());
			}
		});
	}

	synchronized void committed(TopicPartition partition, long offset, EngineRunner.Observer observer) {
		Long awaited = this.awaited.get(partition);
		if (awaited != null && offset >= awaited) {
			this.awaited.remove(partition);
			tell(observer);
		}
	}

	/**
	 * Ask the group how far the partitions are processed, some of which may belong to
	 * another instance now. A topic that was deleted is not awaited.
	 */
	synchronized void refresh(Consumer<?, ?> consumer, EngineRunner.Observer observer) {
		if (this.failedAt == null) {
			return;
		}
		if (!this.awaited.isEmpty()) {
			Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(Set.copyOf(this.awaited.keySet()),
					CALL_TIMEOUT);
			this.awaited.entrySet().removeIf((partition) -> {
				OffsetAndMetadata offset = committed.get(partition.getKey());
				return offset == null || offset.offset() >= partition.getValue();
			});
		}
		tell(observer);
	}

	private void tell(EngineRunner.Observer observer) {
		Lsn failedAt = this.failedAt;
		if (this.awaited.isEmpty() && failedAt != null) {
			this.failedAt = null;
			observer.stored(new Lsn(failedAt.value() + 1));
		}
	}

}
