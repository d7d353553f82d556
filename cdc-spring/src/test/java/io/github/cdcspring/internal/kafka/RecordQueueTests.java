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

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class RecordQueueTests {

	private static final TopicPartition FIRST = new TopicPartition("topic", 0);

	private static final TopicPartition SECOND = new TopicPartition("topic", 1);

	private final RecordQueue queue = new RecordQueue(Long.MAX_VALUE, (record) -> {
	});

	@Test
	void isFullUntilHalfOfTheRecordsAreHandedOver() throws InterruptedException {
		assertThat(this.queue.isFull()).isFalse();
		this.queue.add(records(FIRST, 1_000));
		assertThat(this.queue.isFull()).isTrue();
		for (int i = 0; i < 500; i++) {
			assertThat(this.queue.hasRoom()).isFalse();
			this.queue.take(() -> {
			});
		}
		assertThat(this.queue.hasRoom()).isTrue();
	}

	@Test
	void countsBytes() {
		RecordQueue small = new RecordQueue(300, (record) -> {
		});
		small.add(records(FIRST, 2));
		assertThat(small.isFull()).isFalse();
		small.add(records(FIRST, 1));
		assertThat(small.isFull()).isTrue();
		small.drop(List.of(FIRST));
		assertThat(small.hasRoom()).isTrue();
	}

	@Test
	void dropsTheRecordsOfAPartition() throws InterruptedException {
		this.queue.add(records(FIRST, 2));
		this.queue.add(records(SECOND, 1));
		this.queue.drop(List.of(FIRST));
		ConsumerRecord<byte[], byte[]> next = this.queue.take(() -> {
		});
		assertThat(next.partition()).isEqualTo(1);
		assertThat(this.queue.isHandingOver()).isTrue();
	}

	@Test
	void noPartitionIsDroppedWhileARecordOfItIsTaken() throws InterruptedException {
		AtomicReference<RecordQueue> dropped = new AtomicReference<>();
		RecordQueue taken = new RecordQueue(Long.MAX_VALUE, (record) -> {
			Thread drop = new Thread(() -> dropped.get().drop(List.of(FIRST)));
			drop.start();
			await().until(() -> drop.getState() == Thread.State.BLOCKED);
		});
		dropped.set(taken);
		taken.add(records(FIRST, 1));
		assertThat(taken.take(() -> {
		})).isNotNull();
	}

	@Test
	void givesNothingWhenClosed() throws InterruptedException {
		this.queue.add(records(FIRST, 2));
		this.queue.close();
		assertThat(this.queue.take(() -> {
		})).isNull();
		assertThat(this.queue.isHandingOver()).isFalse();
	}

	private static ConsumerRecords<byte[], byte[]> records(TopicPartition partition, int count) {
		List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			records.add(new ConsumerRecord<>(partition.topic(), partition.partition(), i, null, null));
		}
		return new ConsumerRecords<>(Map.of(partition, records), Map.of());
	}

}
