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

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

import io.github.cdcspring.LogicalMessage;
import io.github.cdcspring.Operation;
import io.github.cdcspring.TableId;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads Debezium's records, made under the settings of the column converter, in the order
 * of the stream. Serves one thread; what it returns may go to others.
 *
 * @see <a href=
 * "https://debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-events">Debezium:
 * data change events</a>
 */
public final class RecordDecoder {

	private static final String TRANSACTION = "io.debezium.connector.common.TransactionMetadataValue";

	private final String ownPrefix;

	private final Predicate<TableId> fullIdentity;

	/** By topic, of which each table has one; so a shape goes when the next one comes. */
	private final Map<String, Shape> shapes = new HashMap<>();

	private final Ordinals ordinals;

	/**
	 * Create a decoder.
	 * @param ownPrefix the prefix of the starter's own logical messages, which are no
	 * events
	 * @param fullIdentity whether a table has {@code REPLICA IDENTITY FULL}; asked once
	 * for each shape of a table
	 */
	public RecordDecoder(String ownPrefix, Predicate<TableId> fullIdentity) {
		this(ownPrefix, fullIdentity, new Ordinals(0));
	}

	private RecordDecoder(String ownPrefix, Predicate<TableId> fullIdentity, Ordinals ordinals) {
		this.ownPrefix = ownPrefix;
		this.fullIdentity = fullIdentity;
		this.ordinals = ordinals;
	}

	/**
	 * Read a record.
	 * @param record the record
	 * @return the change, {@code null} if the record is no event for listeners: a
	 * heartbeat, transaction metadata, a schema change, a tombstone, or one of the
	 * starter's own messages
	 */
	public @Nullable Change decode(SourceRecord record) {
		if (!(record.value() instanceof Struct envelope)) {
			return null;
		}
		Shape shape = this.shapes.get(record.topic());
		boolean newShape = false;
		if (shape == null || shape.schema() != envelope.schema()) {
			newShape = shape != null;
			shape = shape(envelope);
			this.shapes.put(record.topic(), shape);
		}
		if (shape instanceof TableEvents events) {
			Operation operation = operation((String) envelope.get(events.operation));
			return new RowChange(events.table, operation,
					events.source.read((Struct) envelope.get(events.sourceField), record.sourceOffset(), this.ordinals),
					record, envelope, (operation == Operation.CREATE) ? keyBefore(record) : null, newShape);
		}
		return (shape instanceof Messages messages) ? message(record, envelope, messages) : null;
	}

	/**
	 * An update of a key comes as a delete of the old one and a create of the new one.
	 */
	private static @Nullable Struct keyBefore(SourceRecord record) {
		if (record.headers().isEmpty()) {
			return null;
		}
		Header header = record.headers().lastWithName("__debezium.oldkey");
		return (header != null && header.value() instanceof Struct key) ? key : null;
	}

	/**
	 * Whether a record that is no event for listeners says that a transaction is whole.
	 * @param record the record
	 * @return {@code true} if it does
	 */
	public boolean endsTransaction(SourceRecord record) {
		return record.value() instanceof Struct value && TRANSACTION.equals(value.schema().name())
				&& "END".equals(value.getString("status"));
	}

	/**
	 * Read an event from its text.
	 * @param text what {@link Change#text()} wrote
	 * @return the change
	 * @throws IllegalArgumentException if the text is damaged; the message goes on after
	 * "because", and has nothing of the event
	 */
	public static Change read(String text) {
		SourceRecordJson event = SourceRecordJson.read(text);
		try {
			Change change = new RecordDecoder("", (table) -> event.fullIdentity(), new Ordinals(event.ordinal()))
				.decode(event.record());
			if (change != null) {
				return change;
			}
		}
		catch (NullPointerException | ClassCastException | DataException ex) {
			// What they say may have a part of the text
		}
		throw new IllegalArgumentException("it is no event for listeners");
	}

	private @Nullable Change message(SourceRecord record, Struct envelope, Messages messages) {
		Struct message = (Struct) envelope.get(messages.message);
		String prefix = message.getString("prefix");
		if (prefix.equals(this.ownPrefix)) {
			return null;
		}
		return new MessageChange(
				messages.source.read((Struct) envelope.get(messages.sourceField), record.sourceOffset(), this.ordinals),
				new LogicalMessage(prefix, content(message)), record);
	}

	private static byte[] content(Struct message) {
		if (message.get("content") instanceof ByteBuffer buffer) {
			byte[] content = new byte[buffer.remaining()];
			buffer.duplicate().get(content);
			return content;
		}
		return message.getBytes("content");
	}

	private Shape shape(Struct envelope) {
		Schema schema = envelope.schema();
		Field operation = schema.field("op");
		Field sourceField = schema.field("source");
		if (operation == null || sourceField == null) {
			return new NoEvents(schema);
		}
		EventSource.Fields source = EventSource.Fields.of(sourceField.schema());
		Field message = schema.field("message");
		if (message != null) {
			return new Messages(schema, sourceField, source, message);
		}
		Struct from = (Struct) envelope.get(sourceField);
		TableId table = new TableId((String) from.get(source.schemaName()), (String) from.get(source.table()));
		return new TableEvents(schema, operation, sourceField, source,
				new TableSchema(schema, table, this.fullIdentity.test(table)));
	}

	private static Operation operation(String code) {
		return switch (code) {
			case "c" -> Operation.CREATE;
			case "u" -> Operation.UPDATE;
			case "d" -> Operation.DELETE;
			case "r" -> Operation.READ;
			case "t" -> Operation.TRUNCATE;
			default -> throw new IllegalStateException("Debezium sent an operation that is unknown here: " + code);
		};
	}

	/**
	 * What the records of a topic are.
	 */
	private sealed interface Shape {

		Schema schema();

	}

	private record TableEvents(Schema schema, Field operation, Field sourceField, EventSource.Fields source,
			TableSchema table) implements Shape {

	}

	private record Messages(Schema schema, Field sourceField, EventSource.Fields source,
			Field message) implements Shape {

	}

	private record NoEvents(Schema schema) implements Shape {

	}

}
