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
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * Connect's values in JSON. What JSON cannot say exactly is text: decimals, and numbers
 * with a floating point. A mark is an object, which no other value of its type is.
 */
final class ValuesJson {

	private static final String MARK = "mark";

	private static final Map<String, Object> MARKS = marks();

	private ValuesJson() {
	}

	private static Map<String, Object> marks() {
		Map<String, Object> marks = new LinkedHashMap<>();
		marks.put("unavailable text", ValueFormat.UNAVAILABLE_TEXT);
		marks.put("unavailable bytes", ValueFormat.UNAVAILABLE_BYTES);
		marks.put("unavailable number", ValueFormat.UNAVAILABLE_NUMBER);
		marks.put("NaN", ValueFormat.NAN);
		marks.put("Infinity", ValueFormat.INFINITY);
		marks.put("-Infinity", ValueFormat.MINUS_INFINITY);
		return marks;
	}

	static JsonNode write(Schema schema, @Nullable Object value, JsonNodeFactory nodes) {
		if (value == null) {
			return nodes.nullNode();
		}
		for (Map.Entry<String, Object> mark : MARKS.entrySet()) {
			if (mark.getValue() == value) {
				return nodes.objectNode().put(MARK, mark.getKey());
			}
		}
		return switch (schema.type()) {
			case BOOLEAN -> nodes.booleanNode((Boolean) value);
			case INT8, INT16, INT32, INT64 ->
				nodes.numberNode((value instanceof Date date) ? date.getTime() : ((Number) value).longValue());
			case FLOAT32, FLOAT64, STRING -> nodes.textNode(value.toString());
			case BYTES -> (value instanceof BigDecimal number) ? nodes.textNode(number.toString())
					: nodes.binaryNode(bytes(value));
			case STRUCT -> struct((Struct) value, nodes);
			case ARRAY -> array(schema, (List<?>) value, nodes);
			case MAP -> map(schema, (Map<?, ?>) value, nodes);
		};
	}

	private static byte[] bytes(Object value) {
		if (value instanceof byte[] bytes) {
			return bytes;
		}
		ByteBuffer buffer = ((ByteBuffer) value).duplicate();
		byte[] bytes = new byte[buffer.remaining()];
		buffer.get(bytes);
		return bytes;
	}

	private static ObjectNode struct(Struct struct, JsonNodeFactory nodes) {
		ObjectNode node = nodes.objectNode();
		for (Field field : struct.schema().fields()) {
			Object value = struct.getWithoutDefault(field.name());
			if (value != null) {
				node.set(field.name(), write(field.schema(), value, nodes));
			}
		}
		return node;
	}

	private static ArrayNode array(Schema schema, List<?> values, JsonNodeFactory nodes) {
		ArrayNode node = nodes.arrayNode(values.size());
		values.forEach((value) -> node.add(write(schema.valueSchema(), value, nodes)));
		return node;
	}

	/** Keys need not be text, so a map is a list of pairs. */
	private static ArrayNode map(Schema schema, Map<?, ?> values, JsonNodeFactory nodes) {
		ArrayNode node = nodes.arrayNode(values.size());
		values.forEach((key, value) -> node.addArray()
			.add(write(schema.keySchema(), key, nodes))
			.add(write(schema.valueSchema(), value, nodes)));
		return node;
	}

	static @Nullable Object read(Schema schema, JsonNode node) {
		if (node.isNull() || node.isMissingNode()) {
			return null;
		}
		if (node.isObject() && schema.type() != Schema.Type.STRUCT) {
			return mark(node);
		}
		return switch (schema.type()) {
			case BOOLEAN -> node.booleanValue();
			case INT8 -> (byte) node.intValue();
			case INT16 -> node.shortValue();
			case INT32 -> isTemporal(schema) ? new Date(node.longValue()) : node.intValue();
			case INT64 -> isTemporal(schema) ? new Date(node.longValue()) : node.longValue();
			case FLOAT32 -> Float.valueOf(node.textValue());
			case FLOAT64 -> Double.valueOf(node.textValue());
			case STRING -> node.textValue();
			case BYTES -> Decimal.LOGICAL_NAME.equals(schema.name()) ? new BigDecimal(node.textValue()) : bytes(node);
			case STRUCT -> struct(schema, node);
			case ARRAY -> array(schema, node);
			case MAP -> map(schema, node);
		};
	}

	private static Object mark(JsonNode node) {
		Object mark = MARKS.get(node.path(MARK).asText());
		if (mark == null) {
			throw new IllegalArgumentException("it has a mark that is unknown");
		}
		return mark;
	}

	/** Connect's own types of dates and times, which some converters of others use. */
	private static boolean isTemporal(Schema schema) {
		return org.apache.kafka.connect.data.Date.LOGICAL_NAME.equals(schema.name())
				|| org.apache.kafka.connect.data.Time.LOGICAL_NAME.equals(schema.name())
				|| org.apache.kafka.connect.data.Timestamp.LOGICAL_NAME.equals(schema.name());
	}

	private static byte[] bytes(JsonNode node) {
		try {
			return node.binaryValue();
		}
		catch (IOException ex) {
			throw new IllegalArgumentException("it has bytes that are not Base64");
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
		node.forEach(
				(pair) -> values.put(read(schema.keySchema(), pair.path(0)), read(schema.valueSchema(), pair.path(1))));
		return values;
	}

}
