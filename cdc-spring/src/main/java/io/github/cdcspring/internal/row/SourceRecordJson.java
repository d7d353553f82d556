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

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Date;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import org.apache.kafka.connect.data.ConnectSchema;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Writes a record as JSON, and reads a record from it whose rows map to equal objects.
 * The JSON contains the schemas with the starter's parameters, exact numbers, and the
 * marks for values that PostgreSQL did not send. It omits the defaults of columns.
 * <p>
 * Kafka Connect's own {@code JsonConverter} is not sufficient: it reads a floating-point
 * NaN as 0, it cannot represent the marks, and it rejects decimals whose scale differs
 * from that of their schema.
 * <p>
 * Debezium brings the Jackson version that is used here, so that an application needs no
 * other.
 *
 * @param record the record
 * @param fullIdentity whether the table had {@code REPLICA IDENTITY FULL}
 * @param ordinal the position among the events with the same LSN
 */
record SourceRecordJson(SourceRecord record, boolean fullIdentity, int ordinal) {

	private static final String PREVIOUS_COMMIT = "lsn_commit";

	private static final int FORMAT = 1;

	private static final int INITIAL_SIZE = 1_024;

	/** PostgreSQL limits the size of a row, so Jackson need not. */
	static final ObjectMapper json = new ObjectMapper(JsonFactory.builder()
		.streamReadConstraints(StreamReadConstraints.builder()
			.maxStringLength(Integer.MAX_VALUE)
			.maxNumberLength(Integer.MAX_VALUE)
			.build())
		.build());

	private static final JsonNodeFactory nodes = json.getNodeFactory();

	String toJson() {
		return write((event) -> {
			event.writeStartObject();
			event.writeNumberField("format", FORMAT);
			event.writeStringField("topic", this.record.topic());
			event.writeBooleanField("fullIdentity", this.fullIdentity);
			event.writeNumberField("ordinal", this.ordinal);
			Map<String, ?> offset = this.record.sourceOffset();
			if (offset != null && offset.get(PREVIOUS_COMMIT) instanceof Long previousCommit) {
				event.writeNumberField("previousCommit", previousCommit);
			}
			SchemaWriter schemas = new SchemaWriter(false);
			write(event, "key", this.record.keySchema(), this.record.key(), schemas);
			write(event, "value", this.record.valueSchema(), this.record.value(), schemas);
			event.writeFieldName("schemas");
			event.writeRawValue(schemas.written());
			event.writeEndObject();
		});
	}

	private static void write(JsonGenerator event, String name, @Nullable Schema schema, @Nullable Object value,
			SchemaWriter schemas) throws IOException {
		if (schema != null && value != null) {
			event.writeObjectFieldStart(name);
			event.writeNumberField("schema", schemas.add(schema));
			event.writeFieldName("value");
			Values.write(event, schema, value);
			event.writeEndObject();
		}
	}

	private static String write(Content content) {
		StringWriter text = new StringWriter(INITIAL_SIZE);
		try (JsonGenerator generator = json.createGenerator(text)) {
			content.writeTo(generator);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return text.toString();
	}

	/**
	 * Read a record from its JSON.
	 * @param text the JSON
	 * @return the record
	 * @throws IllegalArgumentException if the text is not such JSON; the message
	 * continues a sentence after "because", and contains no part of the text
	 */
	static SourceRecordJson parse(String text) {
		return UnreadableJsonException.translate(() -> read(text));
	}

	private static SourceRecordJson read(String text) {
		try {
			JsonNode event = json.readTree(text);
			if (event.path("format").asInt() != FORMAT) {
				throw new UnreadableJsonException("it is not an event in format " + FORMAT);
			}
			SchemaReader schemas = new SchemaReader(event.path("schemas"));
			TypedValue key = TypedValue.of(event.path("key"), schemas);
			TypedValue value = TypedValue.of(event.path("value"), schemas);
			JsonNode previousCommit = event.path("previousCommit");
			Map<String, Long> offset = previousCommit.isNumber() ? Map.of(PREVIOUS_COMMIT, previousCommit.longValue())
					: Map.of();
			return new SourceRecordJson(new SourceRecord(null, offset, event.path("topic").asText(), key.schema,
					key.value, value.schema, value.value), event.path("fullIdentity").booleanValue(),
					event.path("ordinal").intValue());
		}
		catch (JsonProcessingException ex) {
			// The parser's message contains a part of the text
			throw new UnreadableJsonException("it is not JSON");
		}
	}

	/** Contains the topic only, because the row's data may be confidential. */
	@Override
	public String toString() {
		return "SourceRecordJson[" + this.record.topic() + "]";
	}

	private record TypedValue(@Nullable Schema schema, @Nullable Object value) {

		static TypedValue of(JsonNode node, SchemaReader schemas) {
			if (!node.isObject()) {
				return new TypedValue(null, null);
			}
			Schema schema = schemas.get(node.path("schema"));
			return new TypedValue(schema, Values.read(schema, node.path("value")));
		}

	}

	/**
	 * Writes each schema once, after the schemas that it consists of. Schemas refer to
	 * each other by their index.
	 */
	static final class SchemaWriter {

		private final ArrayNode written = nodes.arrayNode();

		private final Map<Schema, Integer> indexes = new IdentityHashMap<>();

		private final boolean complete;

		/**
		 * Create a writer.
		 * @param complete whether to write default values and documentation
		 */
		SchemaWriter(boolean complete) {
			this.complete = complete;
		}

		/** The schemas as JSON. */
		String written() {
			return this.written.toString();
		}

		int add(Schema schema) {
			Integer index = this.indexes.get(schema);
			if (index == null) {
				ObjectNode node = describe(schema);
				index = this.written.size();
				this.written.add(node);
				this.indexes.put(schema, index);
			}
			return index;
		}

		private ObjectNode describe(Schema schema) {
			ObjectNode node = nodes.objectNode();
			node.put("type", schema.type().name().toLowerCase(Locale.ROOT));
			if (schema.isOptional()) {
				node.put("optional", true);
			}
			if (schema.name() != null) {
				node.put("name", schema.name());
			}
			if (schema.version() != null) {
				node.put("version", schema.version());
			}
			if (schema.parameters() != null) {
				ObjectNode parameters = node.putObject("parameters");
				schema.parameters().forEach(parameters::put);
			}
			if (this.complete && schema.doc() != null) {
				node.put("doc", schema.doc());
			}
			if (this.complete && schema.defaultValue() != null) {
				node.putRawValue("default", new RawValue(Values.write(schema, schema.defaultValue())));
			}
			switch (schema.type()) {
				case STRUCT -> {
					ObjectNode fields = node.putObject("fields");
					for (Field field : schema.fields()) {
						fields.put(field.name(), add(field.schema()));
					}
				}
				case ARRAY -> node.put("values", add(schema.valueSchema()));
				case MAP -> node.put("keys", add(schema.keySchema())).put("values", add(schema.valueSchema()));
				default -> {
				}
			}
			return node;
		}

	}

	/** Reads the schemas in the order in which they were written. */
	static final class SchemaReader {

		private final List<Schema> schemas = new ArrayList<>();

		SchemaReader(JsonNode written) {
			written.forEach((node) -> this.schemas.add(build(node)));
		}

		Schema get(JsonNode node) {
			int index = (int) Values.integer(node, Integer.MIN_VALUE, Integer.MAX_VALUE);
			if (index < 0 || index >= this.schemas.size()) {
				throw new UnreadableJsonException("it has no schema " + index);
			}
			return this.schemas.get(index);
		}

		private Schema build(JsonNode node) {
			SchemaBuilder schema = builder(node);
			if (node.path("optional").booleanValue()) {
				schema.optional();
			}
			if (node.has("name")) {
				schema.name(Values.text(node.get("name")));
			}
			if (node.has("version")) {
				schema.version((int) Values.integer(node.get("version"), Integer.MIN_VALUE, Integer.MAX_VALUE));
			}
			node.path("parameters")
				.properties()
				.forEach((parameter) -> schema.parameter(parameter.getKey(), Values.text(parameter.getValue())));
			node.path("fields").properties().forEach((field) -> schema.field(field.getKey(), get(field.getValue())));
			if (node.has("doc")) {
				schema.doc(Values.text(node.get("doc")));
			}
			if (node.has("default")) {
				schema.defaultValue(Values.read(schema, node.get("default")));
			}
			return schema.build();
		}

		private SchemaBuilder builder(JsonNode node) {
			Schema.Type type = Schema.Type.valueOf(node.path("type").asText().toUpperCase(Locale.ROOT));
			return switch (type) {
				case ARRAY -> SchemaBuilder.array(get(node.path("values")));
				case MAP -> SchemaBuilder.map(get(node.path("keys")), get(node.path("values")));
				default -> SchemaBuilder.type(type);
			};
		}

	}

	/**
	 * Writes and reads values. JSON cannot represent decimals and floating-point numbers
	 * exactly, so they are text. A mark is an object, which no other value of its type
	 * is.
	 */
	static final class Values {

		private static final String MARK = "mark";

		private static final Map<String, Object> MARKS = Map.of("unavailable text", ValueFormat.UNAVAILABLE_TEXT,
				"unavailable bytes", ValueFormat.UNAVAILABLE_BYTES, "unavailable number",
				ValueFormat.UNAVAILABLE_NUMBER, "NaN", ValueFormat.NAN, "Infinity", ValueFormat.INFINITY, "-Infinity",
				ValueFormat.MINUS_INFINITY, "unreadable number", ValueFormat.UNREADABLE_NUMBER, "unreadable bytes",
				ValueFormat.UNREADABLE_BYTES, "unreadable text", ValueFormat.UNREADABLE_TEXT);

		/** Marks are told by their identity. */
		private static final Map<Object, String> MARK_NAMES = new IdentityHashMap<>();

		static {
			MARKS.forEach((name, mark) -> MARK_NAMES.put(mark, name));
		}

		private Values() {
		}

		/** Write a value as JSON. */
		static String write(Schema schema, @Nullable Object value) {
			return SourceRecordJson.write((generator) -> write(generator, schema, value));
		}

		private static void write(JsonGenerator generator, Schema schema, @Nullable Object value) throws IOException {
			if (value == null) {
				generator.writeNull();
				return;
			}
			String mark = MARK_NAMES.get(value);
			if (mark != null) {
				generator.writeStartObject();
				generator.writeStringField(MARK, mark);
				generator.writeEndObject();
				return;
			}
			switch (schema.type()) {
				case BOOLEAN -> generator.writeBoolean((Boolean) value);
				case INT8, INT16, INT32, INT64 ->
					generator.writeNumber((value instanceof Date date) ? date.getTime() : ((Number) value).longValue());
				case FLOAT32, FLOAT64, STRING -> generator.writeString(value.toString());
				case BYTES -> bytes(generator, value);
				case STRUCT -> struct(generator, (Struct) value);
				case ARRAY -> array(generator, schema, (List<?>) value);
				case MAP -> map(generator, schema, (Map<?, ?>) value);
			}
		}

		private static void bytes(JsonGenerator generator, Object value) throws IOException {
			if (value instanceof BigDecimal number) {
				generator.writeString(number.toString());
			}
			else {
				generator.writeBinary(PostgresTypeKind.bytes(value));
			}
		}

		private static void struct(JsonGenerator generator, Struct struct) throws IOException {
			generator.writeStartObject();
			for (Field field : struct.schema().fields()) {
				Object value = get(struct, field);
				if (value != null) {
					generator.writeFieldName(field.name());
					write(generator, field.schema(), value);
				}
			}
			generator.writeEndObject();
		}

		/** The value itself, and not the default of the field. */
		static @Nullable Object get(Struct struct, Field field) {
			// The name takes a look-up
			return (field.schema().defaultValue() == null) ? struct.get(field) : struct.getWithoutDefault(field.name());
		}

		private static void array(JsonGenerator generator, Schema schema, List<?> values) throws IOException {
			generator.writeStartArray();
			for (Object value : values) {
				write(generator, schema.valueSchema(), value);
			}
			generator.writeEndArray();
		}

		/** Keys need not be text, so a map is a list of pairs. */
		private static void map(JsonGenerator generator, Schema schema, Map<?, ?> values) throws IOException {
			generator.writeStartArray();
			for (Map.Entry<?, ?> entry : values.entrySet()) {
				generator.writeStartArray();
				write(generator, schema.keySchema(), entry.getKey());
				write(generator, schema.valueSchema(), entry.getValue());
				generator.writeEndArray();
			}
			generator.writeEndArray();
		}

		static @Nullable Object read(Schema schema, JsonNode node) {
			if (node.isNull() || node.isMissingNode()) {
				return null;
			}
			if (node.isObject() && schema.type() != Schema.Type.STRUCT) {
				return mark(schema, node);
			}
			return switch (schema.type()) {
				case BOOLEAN -> expect(node, JsonNode::isBoolean).booleanValue();
				case INT8 -> (byte) integer(node, Byte.MIN_VALUE, Byte.MAX_VALUE);
				case INT16 -> (short) integer(node, Short.MIN_VALUE, Short.MAX_VALUE);
				case INT32 -> isTemporal(schema) ? new Date(integer(node, Long.MIN_VALUE, Long.MAX_VALUE))
						: (int) integer(node, Integer.MIN_VALUE, Integer.MAX_VALUE);
				case INT64 -> isTemporal(schema) ? new Date(integer(node, Long.MIN_VALUE, Long.MAX_VALUE))
						: integer(node, Long.MIN_VALUE, Long.MAX_VALUE);
				case FLOAT32 -> Float.valueOf(text(node));
				case FLOAT64 -> Double.valueOf(text(node));
				case STRING -> text(node);
				case BYTES -> Decimal.LOGICAL_NAME.equals(schema.name()) ? new BigDecimal(text(node)) : bytes(node);
				case STRUCT -> struct(schema, expect(node, JsonNode::isObject));
				case ARRAY -> array(schema, expect(node, JsonNode::isArray));
				case MAP -> map(schema, expect(node, JsonNode::isArray));
			};
		}

		private static String text(JsonNode node) {
			return expect(node, JsonNode::isTextual).textValue();
		}

		private static long integer(JsonNode node, long min, long max) {
			long value = expect(node, (each) -> each.isIntegralNumber() && each.canConvertToLong()).longValue();
			if (value < min || value > max) {
				throw new UnreadableJsonException("it has a number that does not fit its schema");
			}
			return value;
		}

		private static JsonNode expect(JsonNode node, Predicate<JsonNode> type) {
			if (!type.test(node)) {
				throw new UnreadableJsonException("it has a value that does not fit its schema");
			}
			return node;
		}

		private static Object mark(Schema schema, JsonNode node) {
			Object mark = MARKS.get(node.path(MARK).asText());
			if (mark == null) {
				throw new UnreadableJsonException("it has an unknown mark");
			}
			ConnectSchema.validateValue(schema, mark);
			return mark;
		}

		/** Other converters may use Connect's own types for dates and times. */
		static boolean isTemporal(Schema schema) {
			return org.apache.kafka.connect.data.Date.LOGICAL_NAME.equals(schema.name())
					|| org.apache.kafka.connect.data.Time.LOGICAL_NAME.equals(schema.name())
					|| org.apache.kafka.connect.data.Timestamp.LOGICAL_NAME.equals(schema.name());
		}

		private static byte[] bytes(JsonNode node) {
			try {
				return expect(node, JsonNode::isTextual).binaryValue();
			}
			catch (IOException ex) {
				throw new UnreadableJsonException("it has bytes that are not Base64");
			}
		}

		private static Struct struct(Schema schema, JsonNode node) {
			Struct struct = new Struct(schema);
			for (Field field : schema.fields()) {
				Object value = read(field.schema(), node.path(field.name()));
				if (value != null) {
					struct.put(field, value);
				}
			}
			return struct;
		}

		private static List<@Nullable Object> array(Schema schema, JsonNode node) {
			List<@Nullable Object> values = new ArrayList<>(node.size());
			node.forEach((value) -> values.add(read(schema.valueSchema(), value)));
			return values;
		}

		private static Map<@Nullable Object, @Nullable Object> map(Schema schema, JsonNode node) {
			Map<@Nullable Object, @Nullable Object> values = new LinkedHashMap<>();
			node.forEach((pair) -> values.put(read(schema.keySchema(), pair.path(0)),
					read(schema.valueSchema(), pair.path(1))));
			return values;
		}

	}

	/** Writes JSON. */
	@FunctionalInterface
	private interface Content {

		void writeTo(JsonGenerator generator) throws IOException;

	}

}
