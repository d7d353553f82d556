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

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.github.cdcspring.Lsn;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TopicReaderTests {

	private final TestRecords records = new TestRecords();

	@Test
	void findsTheLastEventOfTheConnectorInAllOfItsTopics() {
		assertThat(highestLsn(List.of(this.records.event("shop.public.item", 5, "c", "shop"),
				this.records.event("shop.public.other", 9, "c", "shop"),
				this.records.event("shop.eu.public.item", 99, "c", "shop.eu"),
				this.records.event("crm.public.item", 100, "c", "crm"))))
			.isEqualTo(new Lsn(9));
		assertThat(highestLsn(List.of(this.records.event("shop.eu.public.item", 99, "c", "shop.eu")))).isNull();
	}

	private static @Nullable Lsn highestLsn(List<ConsumerRecord<byte[], byte[]>> records) {
		MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
		Map<TopicPartition, Long> beginnings = new HashMap<>();
		Map<TopicPartition, Long> ends = new HashMap<>();
		for (ConsumerRecord<byte[], byte[]> record : records) {
			TopicPartition partition = new TopicPartition(record.topic(), 0);
			consumer.updatePartitions(record.topic(), List.of(new PartitionInfo(record.topic(), 0, null, null, null)));
			beginnings.put(partition, record.offset());
			ends.put(partition, record.offset() + 1);
		}
		consumer.updateBeginningOffsets(beginnings);
		consumer.updateEndOffsets(ends);
		consumer.schedulePollTask(() -> records.stream()
			.filter((record) -> consumer.assignment().contains(new TopicPartition(record.topic(), 0)))
			.forEach(consumer::addRecord));
		return TopicReader.highestLsn(consumer, "shop");
	}

}
