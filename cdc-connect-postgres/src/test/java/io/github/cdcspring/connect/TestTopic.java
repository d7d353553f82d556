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

package io.github.cdcspring.connect;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.github.cdcspring.testsupport.TestKafka;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Reads a topic with the plugin's converter.
 */
final class TestTopic implements AutoCloseable {

	private final KafkaConsumer<byte[], byte[]> consumer;

	private final CdcConverter keys = new CdcConverter();

	private final CdcConverter values = new CdcConverter();

	private final CdcConverter headers = new CdcConverter();

	TestTopic(TestKafka kafka, String topic) {
		this.consumer = kafka.consumer(topic);
		this.keys.configure(Map.of(), true);
		this.values.configure(Map.of(), false);
		this.headers.configure(Map.of());
	}

	/**
	 * Return the next records, none if none arrives at once.
	 */
	List<SourceRecord> poll() {
		List<SourceRecord> records = new ArrayList<>();
		this.consumer.poll(Duration.ofMillis(100)).forEach((record) -> records.add(read(record)));
		return records;
	}

	private SourceRecord read(ConsumerRecord<byte[], byte[]> record) {
		SchemaAndValue key = this.keys.toConnectData(record.topic(), record.key());
		SchemaAndValue value = this.values.toConnectData(record.topic(), record.value());
		SourceRecord read = new SourceRecord(null, Map.of(), record.topic(), key.schema(), key.value(), value.schema(),
				value.value());
		record.headers().forEach((header) -> {
			SchemaAndValue content = this.headers.toConnectHeader(record.topic(), header.key(), header.value());
			read.headers().add(header.key(), content.value(), content.schema());
		});
		return read;
	}

	/** The values of a column of type integer in the next records. */
	List<Integer> poll(String column) {
		return poll().stream().map((record) -> ((Struct) record.value()).getStruct("after").getInt32(column)).toList();
	}

	@Override
	public void close() {
		this.consumer.close();
	}

}
