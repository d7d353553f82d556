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

import io.github.cdcspring.internal.row.Change;
import io.github.cdcspring.internal.row.RecordDecoder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class KeyOrderTests {

	private final KeyOrder order = new KeyOrder();

	private final TestRecords records = new TestRecords();

	@Test
	void refusesEventsWithoutKeyInSeveralPartitions() {
		check("c");
		this.order.seen(new TopicPartition(TestRecords.TOPIC, 1));
		assertThatExceptionOfType(UnreadableRecordException.class).isThrownBy(() -> check("c"))
			.withMessageContaining("without a key");
	}

	@Test
	void acceptsWhatHasNoKeyOrNoOrder() {
		this.order.seen(new TopicPartition(TestRecords.TOPIC, 1));
		check("t");
		check("r");
	}

	@Test
	void decodesMessagesWithAnEmptyPrefix() {
		Change change = RecordDecoder.ofRecorded().decode(new TopicRecords().read(this.records.message(0, "")));
		assertThat(change).isNotNull();
		assertThat(RecordDecoder.fromJson(change.toJson()).message()).isNotNull();
	}

	private void check(String operation) {
		ConsumerRecord<byte[], byte[]> record = this.records.event(0, operation);
		Change change = RecordDecoder.ofRecorded().decode(new TopicRecords().read(record));
		this.order.check(record, change);
	}

}
