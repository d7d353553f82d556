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

package io.github.cdcspring.boot.test;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.cdcspring.Operation;
import io.github.cdcspring.internal.row.Change;
import io.github.cdcspring.internal.row.PostgresType;
import io.github.cdcspring.internal.row.RecordDecoder;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Makes changes of events in the form in which Debezium sends them, and decodes them as
 * those of a stream are decoded.
 */
final class TestRecords {

	private static final Schema SOURCE = SchemaBuilder.struct()
		.field("schema", Schema.STRING_SCHEMA)
		.field("table", Schema.STRING_SCHEMA)
		.field("lsn", Schema.OPTIONAL_INT64_SCHEMA)
		.field("txId", Schema.OPTIONAL_INT64_SCHEMA)
		.field("ts_us", Schema.OPTIONAL_INT64_SCHEMA)
		.field("snapshot", Schema.OPTIONAL_STRING_SCHEMA)
		.build();

	private TestRecords() {
	}

	/**
	 * Make the change of an event. Its number among those of its position is always the
	 * same, so it is made by a decoder of its own.
	 * @param event the event
	 * @param transactionId the transaction that it is part of
	 */
	static Change change(CdcTestEvent event, long transactionId) {
		RecordDecoder decoder = new RecordDecoder("", (table) -> true);
		SourceRecord record = record(event, transactionId);
		// The decoder counts the events of a position
		for (int i = 0; i < event.ordinal(); i++) {
			decoder.decode(record);
		}
		Change change = decoder.decode(record);
		if (change == null) {
			throw new IllegalStateException(event + " is not an event for listeners");
		}
		return change;
	}

	private static SourceRecord record(CdcTestEvent event, long transactionId) {
		TestRow row = event.row();
		Schema rows = (row != null) ? schema(types(event)) : SchemaBuilder.struct().optional().build();
		Schema envelope = SchemaBuilder.struct()
			.field("before", rows)
			.field("after", rows)
			.field("source", SOURCE)
			.field("op", Schema.STRING_SCHEMA)
			.build();
		Struct value = new Struct(envelope).put("before", struct(rows, event.before()))
			.put("after", struct(rows, event.after()))
			.put("source", source(event, transactionId))
			.put("op", code(event.operation()));
		Struct key = (row != null) ? key(row, event.key()) : null;
		return new SourceRecord(Map.of(), Map.of("lsn_commit", event.previousCommit().value()),
				event.table().toString(), (key != null) ? key.schema() : null, key, envelope, value);
	}

	/** A column that is NULL in one of the rows has the type of the other one. */
	private static Map<String, PostgresType> types(CdcTestEvent event) {
		Map<String, PostgresType> types = new LinkedHashMap<>();
		for (TestRow row : new @Nullable TestRow[] { event.before(), event.after() }) {
			if (row != null) {
				row.columns().forEach((name, value) -> {
					if (value.value() != null || !types.containsKey(name)) {
						types.put(name, value.type());
					}
				});
			}
		}
		return types;
	}

	private static Schema schema(Map<String, PostgresType> types) {
		SchemaBuilder schema = SchemaBuilder.struct().optional();
		types.forEach((name, type) -> schema.field(name, type.schema().build()));
		return schema.build();
	}

	private static @Nullable Struct struct(Schema schema, @Nullable TestRow row) {
		if (row == null) {
			return null;
		}
		Struct struct = new Struct(schema);
		row.columns().forEach((name, value) -> struct.put(name, value.raw()));
		return struct;
	}

	private static @Nullable Struct key(TestRow row, List<String> columns) {
		if (columns.isEmpty()) {
			return null;
		}
		Map<String, PostgresType> types = new LinkedHashMap<>();
		columns.forEach((name) -> types.put(name, row.value(name).type()));
		Struct key = new Struct(schema(types));
		columns.forEach((name) -> key.put(name, row.value(name).raw()));
		return key;
	}

	private static Struct source(CdcTestEvent event, long transactionId) {
		boolean snapshot = event.operation() == Operation.READ;
		return new Struct(SOURCE).put("schema", event.table().schema())
			.put("table", event.table().name())
			.put("lsn", event.lsn().value())
			.put("txId", snapshot ? null : transactionId)
			.put("ts_us", ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()))
			.put("snapshot", snapshot ? "true" : "false");
	}

	private static String code(Operation operation) {
		return switch (operation) {
			case CREATE -> "c";
			case UPDATE -> "u";
			case DELETE -> "d";
			case READ -> "r";
			case TRUNCATE -> "t";
			case MESSAGE -> throw new IllegalStateException("A message has no row");
		};
	}

}
