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

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.KafkaOrder;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class GroupWatchTests {

	private static final TopicPartition PARTITION = new TopicPartition("shop.stream", 0);

	private final EngineSettings.Kafka kafka = new EngineSettings.Kafka("shop", "group", KafkaOrder.STREAM);

	private MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");

	private final AtomicInteger opened = new AtomicInteger();

	@Test
	void tellsWhatAStartWouldRefuseOfTheGroup() {
		topic(1, 5, 9);
		try (GroupWatch watch = watch()) {
			assertThat(watch.refused()).isEmpty();
			this.consumer.assign(List.of(PARTITION));
			this.consumer.commitSync(Map.of(PARTITION, new OffsetAndMetadata(4)));
			assertThat(watch.refused()).extracting(Violation::rule).containsExactly("group-offset");
			topic(2, 5, 9);
			assertThat(watch.refused()).extracting(Violation::rule).containsExactly("group-offset", "connector-order");
			assertThat(this.opened).hasValue(1);
		}
		assertThat(this.consumer.closed()).isTrue();
	}

	@Test
	void keepsWhatIsKnownWhileNoBrokerAnswers() {
		topic(2, 0, 0);
		try (GroupWatch watch = watch()) {
			assertThat(watch.refused()).extracting(Violation::rule).containsExactly("connector-order");
			topic(1, 0, 0);
			this.consumer.setOffsetsException(new KafkaException("Expected"));
			assertThat(watch.refused()).extracting(Violation::rule).containsExactly("connector-order");
			assertThat(this.consumer.closed()).isTrue();
			this.consumer = new MockConsumer<>("none");
			topic(1, 0, 0);
			assertThat(watch.refused()).isEmpty();
			assertThat(this.opened).hasValue(2);
		}
	}

	private GroupWatch watch() {
		GroupTopics topics = new GroupTopics(KafkaRunTests.settings(), this.kafka, List.of());
		return new GroupWatch(topics, () -> {
			this.opened.incrementAndGet();
			return this.consumer;
		});
	}

	private void topic(int partitions, long beginning, long end) {
		List<TopicPartition> all = IntStream.range(0, partitions)
			.mapToObj((partition) -> new TopicPartition(PARTITION.topic(), partition))
			.toList();
		this.consumer.updatePartitions(PARTITION.topic(),
				all.stream()
					.map((partition) -> new PartitionInfo(partition.topic(), partition.partition(), null, null, null))
					.toList());
		this.consumer
			.updateBeginningOffsets(all.stream().collect(Collectors.toMap((each) -> each, (each) -> beginning)));
		this.consumer.updateEndOffsets(all.stream().collect(Collectors.toMap((each) -> each, (each) -> end)));
	}

}
