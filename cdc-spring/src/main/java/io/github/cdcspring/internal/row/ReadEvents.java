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

package io.github.cdcspring.internal.row;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiFunction;
import java.util.stream.Stream;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.Operation;
import io.github.cdcspring.TableId;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Creates the events of rows that were read from a table. Their values have the form of
 * those in the stream. Belongs to one thread.
 */
public final class ReadEvents {

	private static final Schema SOURCE = SchemaBuilder.struct()
		.name("cdcspring.Source")
		.field("schema", Schema.STRING_SCHEMA)
		.field("table", Schema.STRING_SCHEMA)
		.field("lsn", Schema.OPTIONAL_INT64_SCHEMA)
		.field("txId", Schema.OPTIONAL_INT64_SCHEMA)
		.field("ts_us", Schema.OPTIONAL_INT64_SCHEMA)
		.field("snapshot", Schema.OPTIONAL_STRING_SCHEMA)
		.field(EventSource.LISTENER, Schema.OPTIONAL_STRING_SCHEMA)
		.build();

	private final TableId table;

	private final String topic;

	private final List<TableColumn> columns;

	private final int[] rowPlaces;

	private final int[] keyPlaces;

	private final Schema rowSchema;

	private final @Nullable Schema keySchema;

	private final Schema envelope;

	private final TableSchema schema;

	private final @Nullable String listener;

	private final BiFunction<EventSource, RowChange.Images, SourceRecord> toRecord = this::record;

	/**
	 * Numbers the events. They have no position, and a parked event is recognized by its
	 * number among those of its key.
	 */
	private final Ordinals ordinals = new Ordinals(ThreadLocalRandom.current().nextInt(1 << 30));

	/**
	 * Describe a table.
	 * @param table the table
	 * @param columns its columns
	 * @param key the columns of its key, empty if it has none
	 * @param listener the only listener that receives the rows, {@code null} for all
	 */
	public ReadEvents(TableId table, List<TableColumn> columns, List<TableColumn> key, @Nullable String listener) {
		this.listener = listener;
		this.table = table;
		this.topic = table.toString();
		this.columns = Stream.concat(columns.stream(), key.stream()).distinct().toList();
		this.rowPlaces = places(columns);
		this.keyPlaces = places(key);
		this.rowSchema = struct("Value", columns);
		this.keySchema = key.isEmpty() ? null : struct("Key", key);
		this.envelope = SchemaBuilder.struct()
			.name("cdcspring.Envelope")
			.field("before", this.rowSchema)
			.field("after", this.rowSchema)
			.field("source", SOURCE)
			.field("op", Schema.STRING_SCHEMA)
			.build();
		this.schema = new TableSchema(this.envelope, table, false);
	}

	private static Schema struct(String name, List<TableColumn> columns) {
		SchemaBuilder schema = SchemaBuilder.struct().name("cdcspring." + name).optional();
		columns.forEach((column) -> schema.field(column.name(), column.type().schema().build()));
		return schema.build();
	}

	private int[] places(List<TableColumn> columns) {
		return columns.stream().mapToInt(this.columns::indexOf).toArray();
	}

	/**
	 * Return the columns to read: those of the table, and then those of the key that are
	 * not among them.
	 * @return the columns
	 */
	public List<TableColumn> columns() {
		return this.columns;
	}

	/**
	 * Create the event of a row.
	 * @param texts the values of {@link #columns()} as the server's text
	 * @param readAt the server's LSN when the row was read
	 * @param micros the time at which it was read, in microseconds since 1970
	 * @return the event
	 * @throws CdcException if the starter does not know the form of a value
	 */
	public Change create(@Nullable String[] texts, Lsn readAt, Long micros) {
		@Nullable Object[] values = values(texts);
		Schema keySchema = this.keySchema;
		RowValues key = (keySchema != null) ? new ReadValues(keySchema, values, this.keyPlaces) : null;
		RowValues row = new ReadValues(this.rowSchema, values, this.rowPlaces);
		EventSource source = new EventSource(Lsn.ZERO, null, micros, true, this.ordinals.next(0, null), readAt.value(),
				this.listener);
		return new RowChange(this.schema, Operation.READ, source, this.toRecord,
				new RowChange.Images(key, null, null, row), false, false);
	}

	/** Few events are needed in this form, which validates all values. */
	private SourceRecord record(EventSource source, RowChange.Images images) {
		Struct block = new Struct(SOURCE).put("schema", this.table.schema())
			.put("table", this.table.name())
			.put("ts_us", source.commitMicros())
			.put("snapshot", "incremental")
			.put(EventSource.LISTENER, source.listener());
		Struct event = new Struct(this.envelope).put("after", struct(images.after()))
			.put("source", block)
			.put("op", "r");
		return new SourceRecord(Map.of(), Map.of("lsn_commit", source.previousCommit()), this.topic, this.keySchema,
				struct(images.key()), this.envelope, event);
	}

	private static @Nullable Struct struct(@Nullable RowValues values) {
		return (values != null) ? values.toStruct() : null;
	}

	/**
	 * Return the key of a row as the server's text.
	 * @param texts the values of {@link #columns()}
	 * @return the texts of the key's columns; of NULL, the text {@code null}
	 */
	public List<String> key(@Nullable String[] texts) {
		String[] key = new String[this.keyPlaces.length];
		for (int i = 0; i < key.length; i++) {
			key[i] = String.valueOf(texts[this.keyPlaces[i]]);
		}
		return List.of(key);
	}

	/**
	 * Return the form of the events' exact keys.
	 * @return the form, empty if the table has no key
	 */
	public List<String> keyForm() {
		return (this.keySchema != null) ? ExactKey.form(this.keySchema) : List.of();
	}

	private @Nullable Object[] values(@Nullable String[] texts) {
		@Nullable Object[] values = new Object[this.columns.size()];
		for (int i = 0; i < values.length; i++) {
			String text = texts[i];
			values[i] = (text != null) ? value(this.columns.get(i), text) : null;
		}
		return values;
	}

	private Object value(TableColumn column, String text) {
		try {
			return column.type().parse(text);
		}
		catch (RuntimeException ex) {
			Object mark = column.type().kind().unreadable();
			if (mark != null) {
				return mark;
			}
			// Without a cause, whose message may contain the value
			throw new CdcException(unreadable(column.name(), column.type(), this.table.toString()));
		}
	}

	/**
	 * Why a value cannot be delivered, if no mark can take its place.
	 * @param column the name of the column
	 * @param type its type
	 * @param table the table
	 * @return the message
	 */
	public static String unreadable(String column, PostgresType type, String table) {
		return "PostgreSQL sent a value of column '" + column + "' (" + type.name() + ") of " + table
				+ " in a form that the starter does not know. Leave the column out with "
				+ "'cdc.debezium.column.exclude.list', and report the type and the server's version as a bug.";
	}

}
