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
import java.util.Map;

import io.github.cdcspring.internal.row.ConnectJson;
import io.github.cdcspring.internal.row.RecordedSequence;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Reads the records of topics as the plugin's task created them. Of the offset, only what
 * determines the position of the event is known.
 */
final class TopicRecords {

	private static final String FORMER_KEY = "__debezium.oldkey";

	private static final String CONVERTERS = "Use 'io.github.cdcspring.connect.CdcConverter' as 'key.converter', "
			+ "'value.converter' and 'header.converter' of the connector, and let the group begin behind the record.";

	private final ConnectJson json = new ConnectJson();

	/**
	 * Read a record.
	 * @throws UnreadableRecordException if the plugin did not write it
	 */
	SourceRecord read(ConsumerRecord<byte[], byte[]> record) {
		try {
			SchemaAndValue key = value(record.key());
			SchemaAndValue value = value(record.value());
			return new SourceRecord(Map.of(), offset(record, value), record.topic(), record.partition(), key.schema(),
					key.value(), value.schema(), value.value(), record.timestamp(), headers(record));
		}
		catch (IllegalArgumentException ex) {
			throw new UnreadableRecordException(record, String.valueOf(ex.getMessage()), CONVERTERS);
		}
	}

	private SchemaAndValue value(byte[] bytes) {
		return (bytes != null) ? this.json.read(bytes) : SchemaAndValue.NULL;
	}

	private ConnectHeaders headers(ConsumerRecord<?, ?> record) {
		ConnectHeaders headers = new ConnectHeaders();
		Header formerKey = record.headers().lastHeader(FORMER_KEY);
		if (formerKey != null) {
			SchemaAndValue key = value(formerKey.value());
			headers.add(FORMER_KEY, key);
		}
		return headers;
	}

	private static Map<String, ?> offset(ConsumerRecord<?, ?> record, SchemaAndValue value) {
		if (!RecordedSequence.isEvent(value.value())) {
			return Map.of();
		}
		RecordedSequence sequence = RecordedSequence.of((Struct) value.value());
		if (sequence == null) {
			throw new UnreadableRecordException(record,
					"it has no number in 'source.sequence', without which an event "
							+ "that is sent again cannot be recognized. Debezium's own connector wrote it",
					"Use 'io.github.cdcspring.connect.CdcPostgresConnector', and let the group begin behind the "
							+ "record.");
		}
		Map<String, Object> offset = new HashMap<>();
		if (sequence.previousCommit() != null) {
			offset.put("lsn_commit", sequence.previousCommit());
		}
		return offset;
	}

}
