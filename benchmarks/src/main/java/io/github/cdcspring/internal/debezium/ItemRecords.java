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

package io.github.cdcspring.internal.debezium;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import io.debezium.engine.RecordChangeEvent;
import io.debezium.spi.converter.CustomConverter.Converter;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Creates records of inserted rows with ten columns, as Debezium would with the starter's
 * settings.
 */
final class ItemRecords {

	static final int PER_TRANSACTION = 10;

	/** The columns with name, OID and name of the type. */
	private static final List<ItemColumn> COLUMNS = List.of(new ItemColumn("id", 20, "int8"),
			new ItemColumn("code", 2950, "uuid"), new ItemColumn("name", 25, "text"),
			new ItemColumn("description", 25, "text"), new ItemColumn("price", 1700, "numeric"),
			new ItemColumn("amount", 23, "int4"), new ItemColumn("weight", 701, "float8"),
			new ItemColumn("active", 16, "bool"), new ItemColumn("since", 1082, "date"),
			new ItemColumn("changed", 1184, "timestamptz"));

	private static final DateTimeFormatter TIMESTAMP = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ssx");

	private final List<Schema> types = new ArrayList<>();

	private final List<Converter> converters = new ArrayList<>();

	private final Schema row;

	private final Schema source = SchemaBuilder.struct()
		.field("snapshot", Schema.OPTIONAL_STRING_SCHEMA)
		.field("schema", Schema.STRING_SCHEMA)
		.field("table", Schema.STRING_SCHEMA)
		.field("txId", Schema.OPTIONAL_INT64_SCHEMA)
		.field("lsn", Schema.OPTIONAL_INT64_SCHEMA)
		.field("ts_us", Schema.OPTIONAL_INT64_SCHEMA)
		.build();

	private final Schema envelope;

	private final Schema key = SchemaBuilder.struct().field("id", Schema.INT64_SCHEMA).build();

	ItemRecords() {
		SchemaBuilder row = SchemaBuilder.struct().optional();
		for (ItemColumn column : COLUMNS) {
			new ColumnConverter().converterFor(column, (schema, converter) -> {
				this.types.add(schema.build());
				this.converters.add(converter);
			});
			row.field(column.name(), this.types.get(this.types.size() - 1));
		}
		this.row = row.build();
		this.envelope = SchemaBuilder.struct()
			.field("before", this.row)
			.field("after", this.row)
			.field("source", this.source)
			.field("op", Schema.STRING_SCHEMA)
			.build();
	}

	/** The values of a row as the server's text, which is what converters receive. */
	static Object[] values(long id) {
		return new Object[] { String.valueOf(id), new UUID(id, id).toString(), "item " + id, "d".repeat(96),
				BigDecimal.valueOf(id * 125, 2).toPlainString(), String.valueOf(id % 1_000), String.valueOf(id / 7.0),
				(id % 2 == 0) ? "t" : "f", LocalDate.of(2026, 1, 1).plusDays(id % 365).toString(),
				TIMESTAMP.format(OffsetDateTime.ofInstant(Instant.ofEpochSecond(1_790_000_000 + id), ZoneOffset.UTC)) };
	}

	/** Convert the values to their raw form. */
	Object[] convert(Object[] values) {
		Object[] converted = new Object[values.length];
		for (int i = 0; i < values.length; i++) {
			converted[i] = this.converters.get(i).convert(values[i]);
		}
		return converted;
	}

	List<RecordChangeEvent<SourceRecord>> events(int count) {
		List<RecordChangeEvent<SourceRecord>> events = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			SourceRecord record = record(i);
			events.add(() -> record);
		}
		return events;
	}

	private SourceRecord record(long id) {
		long commit = 1_000_000 + id / PER_TRANSACTION * 10_000;
		Struct after = new Struct(this.row);
		Object[] values = convert(values(id));
		for (int i = 0; i < values.length; i++) {
			after.put(this.row.fields().get(i), values[i]);
		}
		Struct source = new Struct(this.source).put("snapshot", "false")
			.put("schema", "public")
			.put("table", "item")
			.put("txId", id / PER_TRANSACTION)
			.put("lsn", commit + id)
			.put("ts_us", 1_790_000_000_000_000L);
		Struct value = new Struct(this.envelope).put("after", after).put("source", source).put("op", "c");
		Map<String, Object> offset = Map.of("lsn", commit + id, "lsn_proc", commit + id, "lsn_commit", commit,
				"messageType", "INSERT", "txId", id / PER_TRANSACTION, "ts_usec", 1_790_000_000_000_000L);
		return new SourceRecord(Map.of("server", "bench"), offset, "bench.public.item", this.key,
				new Struct(this.key).put("id", id), this.envelope, value);
	}

}
