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

import io.github.cdcspring.internal.row.ConnectJson;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * Records as the plugin's converter writes them, of one partition.
 */
final class TestRecords {

	static final String TOPIC = "shop.public.item";

	private static final Schema SOURCE = SchemaBuilder.struct()
		.field("name", Schema.STRING_SCHEMA)
		.field("schema", Schema.STRING_SCHEMA)
		.field("table", Schema.STRING_SCHEMA)
		.field("lsn", Schema.OPTIONAL_INT64_SCHEMA)
		.field("txId", Schema.OPTIONAL_INT64_SCHEMA)
		.field("ts_us", Schema.OPTIONAL_INT64_SCHEMA)
		.field("snapshot", Schema.OPTIONAL_STRING_SCHEMA)
		.field("sequence", Schema.OPTIONAL_STRING_SCHEMA)
		.build();

	private static final Schema ENVELOPE = SchemaBuilder.struct()
		.field("op", Schema.STRING_SCHEMA)
		.field("source", SOURCE)
		.build();

	private static final Schema MESSAGE = SchemaBuilder.struct()
		.field("prefix", Schema.STRING_SCHEMA)
		.field("content", Schema.BYTES_SCHEMA)
		.build();

	private static final Schema MESSAGE_ENVELOPE = SchemaBuilder.struct()
		.field("op", Schema.STRING_SCHEMA)
		.field("source", SOURCE)
		.field("message", MESSAGE)
		.build();

	private static final Schema TRANSACTION = SchemaBuilder.struct()
		.name("io.debezium.connector.common.TransactionMetadataValue")
		.field("status", Schema.STRING_SCHEMA)
		.build();

	private final ConnectJson json = new ConnectJson();

	/** An event of the table, by the engine's connector. */
	ConsumerRecord<byte[], byte[]> event(long offset, String operation) {
		return event(TOPIC, offset, operation, "shop");
	}

	ConsumerRecord<byte[], byte[]> event(String topic, long offset, String operation, String connector) {
		return record(topic, offset, ENVELOPE,
				new Struct(ENVELOPE).put("op", operation).put("source", source(offset, connector)));
	}

	ConsumerRecord<byte[], byte[]> message(long offset, String prefix) {
		return record(TOPIC, offset, MESSAGE_ENVELOPE,
				new Struct(MESSAGE_ENVELOPE).put("op", "m")
					.put("source", source(offset, "shop"))
					.put("message", new Struct(MESSAGE).put("prefix", prefix).put("content", new byte[0])));
	}

	/** The metadata of a transaction. */
	ConsumerRecord<byte[], byte[]> transaction(long offset, String status) {
		return record(TOPIC, offset, TRANSACTION, new Struct(TRANSACTION).put("status", status));
	}

	private ConsumerRecord<byte[], byte[]> record(String topic, long offset, Schema schema, @Nullable Struct value) {
		return new ConsumerRecord<>(topic, 0, offset, null, this.json.write(schema, value));
	}

	private static Struct source(long lsn, String connector) {
		return new Struct(SOURCE).put("name", connector)
			.put("schema", "public")
			.put("table", "item")
			.put("lsn", lsn)
			.put("txId", 7L)
			.put("snapshot", "false")
			.put("sequence", "[\"5\",\"" + lsn + "\",\"0\"]");
	}

}
