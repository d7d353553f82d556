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
import java.nio.charset.StandardCharsets;
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
 * Decodes Debezium's records in the order of the stream. It expects the records that
 * Debezium creates with {@code ColumnConverter}. A decoder belongs to one thread; other
 * threads may use the changes that it returns.
 *
 * @see <a href=
 * "https://debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-events">Debezium:
 * data change events</a>
 */
public final class RecordDecoder {

	private static final String TRANSACTION = "io.debezium.connector.common.TransactionMetadataValue";

	private final @Nullable String ownPrefix;

	private final Predicate<TableId> fullIdentity;

	private final Predicate<TableId> incompleteKey;

	/**
	 * The latest by topic. Tables share a topic if only odd characters tell them apart.
	 */
	private final Map<String, TopicSchema> schemas = new HashMap<>();

	/** By table. A new schema replaces the former one. */
	private final Map<TableId, TableTopic> tables = new HashMap<>();

	private final EventNumbers numbers;

	/**
	 * Create a decoder.
	 * @param ownPrefix the prefix of the starter's own logical messages, which the
	 * decoder skips
	 * @param fullIdentity tells whether a table has {@code REPLICA IDENTITY FULL}; asked
	 * about schemas without {@link IdentityMark}
	 */
	public RecordDecoder(String ownPrefix, Predicate<TableId> fullIdentity) {
		this(ownPrefix, fullIdentity, (table) -> false);
	}

	/**
	 * Create a decoder.
	 * @param ownPrefix the prefix of the starter's own logical messages, which the
	 * decoder skips
	 * @param fullIdentity tells whether a table has {@code REPLICA IDENTITY FULL}; asked
	 * about schemas without {@link IdentityMark}
	 * @param incompleteKey tells whether the server does not send the complete former key
	 * of the table's rows; asked about schemas without {@link IdentityMark}
	 */
	public RecordDecoder(String ownPrefix, Predicate<TableId> fullIdentity, Predicate<TableId> incompleteKey) {
		this(ownPrefix, fullIdentity, incompleteKey, new Ordinals(0));
	}

	private RecordDecoder(@Nullable String ownPrefix, Predicate<TableId> fullIdentity, Predicate<TableId> incompleteKey,
			EventNumbers numbers) {
		this.ownPrefix = ownPrefix;
		this.fullIdentity = fullIdentity;
		this.incompleteKey = incompleteKey;
		this.numbers = numbers;
	}

	/**
	 * Create a decoder of records that contain their {@link RecordedSequence}, and whose
	 * schemas tell the replica identity.
	 * @return a decoder
	 */
	public static RecordDecoder ofRecorded() {
		return new RecordDecoder(null, (table) -> false, (table) -> false, RecordedSequence.numbers());
	}

	/**
	 * Decode a record.
	 * @param record the record
	 * @return the change, {@code null} if the record is not an event for listeners:
	 * heartbeat, transaction metadata, schema change, tombstone, or one of the starter's
	 * own logical messages
	 */
	public @Nullable Change decode(SourceRecord record) {
		if (!(record.value() instanceof Struct envelope)) {
			return null;
		}
		TopicSchema schema = this.schemas.get(record.topic());
		boolean schemaChanged = false;
		if (schema == null || schema.envelope() != envelope.schema()) {
			schema = schemaOf(envelope, record.keySchema());
			this.schemas.put(record.topic(), schema);
			if (schema instanceof TableTopic table) {
				TableTopic former = this.tables.put(table.schema.table(), table);
				schemaChanged = former != null && former != table;
			}
		}
		if (schema instanceof TableTopic table) {
			Operation operation = operation((String) envelope.get(table.operation));
			EventSource source = table.source.decode((Struct) envelope.get(table.sourceField), record.sourceOffset(),
					this.numbers);
			Struct keyBefore = (operation == Operation.CREATE) ? keyBefore(record) : null;
			RowChange.Images images = new RowChange.Images(RowValues.of((Struct) record.key()), RowValues.of(keyBefore),
					table.schema.before(envelope), table.schema.after(envelope));
			return new RowChange(table.schema, operation, source, (origin, rows) -> record, images, schemaChanged,
					table.incompleteKey && mayHideKey(operation, keyBefore));
		}
		return (schema instanceof MessageTopic messages) ? message(record, envelope, messages) : null;
	}

	/**
	 * Whether the event may belong to another key than the one that it carries.
	 */
	private static boolean mayHideKey(Operation operation, @Nullable Struct keyBefore) {
		return operation == Operation.UPDATE || operation == Operation.DELETE || keyBefore != null;
	}

	/**
	 * The former key. Debezium sends an update of a key as a delete of the former key and
	 * a create of the new one.
	 */
	private static @Nullable Struct keyBefore(SourceRecord record) {
		if (record.headers().isEmpty()) {
			return null;
		}
		Header header = record.headers().lastWithName("__debezium.oldkey");
		return (header != null && header.value() instanceof Struct key) ? key : null;
	}

	/**
	 * Return whether a record marks the end of a transaction.
	 * @param record a record that is not an event for listeners
	 * @return {@code true} if it is the metadata of a transaction's end
	 */
	public boolean endsTransaction(SourceRecord record) {
		return isTransaction(record, "END");
	}

	/**
	 * Return whether a record marks the beginning of a transaction.
	 * @param record a record that is not an event for listeners
	 * @return {@code true} if it is the metadata of a transaction's beginning
	 */
	public boolean beginsTransaction(SourceRecord record) {
		return isTransaction(record, "BEGIN");
	}

	private static boolean isTransaction(SourceRecord record, String status) {
		return record.value() instanceof Struct value && TRANSACTION.equals(value.schema().name())
				&& status.equals(value.getString("status"));
	}

	/**
	 * Return the content of one of the starter's own logical messages.
	 * @param record a record that is not an event for listeners
	 * @return the content, {@code null} if the record is something else
	 */
	public @Nullable String ownMessage(SourceRecord record) {
		Field field = (record.value() instanceof Struct value) ? value.schema().field("message") : null;
		if (field == null || !(record.value() instanceof Struct value) || !(value.get(field) instanceof Struct message)
				|| !message.get("prefix").equals(this.ownPrefix)) {
			return null;
		}
		return new String(content(message), StandardCharsets.UTF_8);
	}

	/**
	 * Decode an event from its JSON.
	 * @param json the result of {@link Change#toJson()}
	 * @return the change
	 * @throws IllegalArgumentException if the JSON is damaged; the message continues a
	 * sentence after "because", and contains no part of the event
	 */
	public static Change fromJson(String json) {
		SourceRecordJson event = SourceRecordJson.parse(json);
		try {
			Change change = new RecordDecoder(null, (table) -> event.fullIdentity(), (table) -> false,
					new Ordinals(event.ordinal()))
				.decode(event.record());
			if (change != null) {
				return change;
			}
		}
		catch (NullPointerException | ClassCastException | DataException ex) {
			// The exception's message may contain a part of the event
		}
		throw new IllegalArgumentException("it is not an event for listeners");
	}

	private @Nullable Change message(SourceRecord record, Struct envelope, MessageTopic messages) {
		Struct message = (Struct) envelope.get(messages.message);
		String prefix = message.getString("prefix");
		if (prefix.equals(this.ownPrefix)) {
			return null;
		}
		return new MessageChange(messages.source.decode((Struct) envelope.get(messages.sourceField),
				record.sourceOffset(), this.numbers), new LogicalMessage(prefix, content(message)), record);
	}

	private static byte[] content(Struct message) {
		if (message.get("content") instanceof ByteBuffer buffer) {
			byte[] content = new byte[buffer.remaining()];
			buffer.duplicate().get(content);
			return content;
		}
		return message.getBytes("content");
	}

	private TopicSchema schemaOf(Struct envelope, @Nullable Schema key) {
		Schema schema = envelope.schema();
		Field operation = schema.field("op");
		Field sourceField = schema.field("source");
		if (operation == null || sourceField == null) {
			return new OtherTopic(schema);
		}
		EventSource.Fields source = EventSource.Fields.of(sourceField.schema());
		Field message = schema.field("message");
		if (message != null) {
			return new MessageTopic(schema, sourceField, source, message);
		}
		Struct from = (Struct) envelope.get(sourceField);
		TableId table = new TableId((String) from.get(source.schemaName()), (String) from.get(source.table()));
		TableTopic known = this.tables.get(table);
		if (known != null && known.envelope() == schema) {
			return known;
		}
		return new TableTopic(schema, operation, sourceField, source,
				new TableSchema(schema, table, this.fullIdentity.test(table)),
				TableSchema.mayOmit(key, schema, this.incompleteKey.test(table)));
	}

	private static Operation operation(String code) {
		return switch (code) {
			case "c" -> Operation.CREATE;
			case "u" -> Operation.UPDATE;
			case "d" -> Operation.DELETE;
			case "r" -> Operation.READ;
			case "t" -> Operation.TRUNCATE;
			default -> throw new IllegalStateException("Debezium sent the unknown operation '" + code
					+ "'. Use a version of Debezium that the starter supports.");
		};
	}

	/**
	 * The schema of a topic's records.
	 */
	private sealed interface TopicSchema {

		Schema envelope();

	}

	private record TableTopic(Schema envelope, Field operation, Field sourceField, EventSource.Fields source,
			TableSchema schema, boolean incompleteKey) implements TopicSchema {

	}

	private record MessageTopic(Schema envelope, Field sourceField, EventSource.Fields source,
			Field message) implements TopicSchema {

	}

	private record OtherTopic(Schema envelope) implements TopicSchema {

	}

}
