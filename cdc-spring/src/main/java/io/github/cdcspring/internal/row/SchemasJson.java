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

import java.util.IdentityHashMap;
import java.util.Locale;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;

/**
 * Connect's schemas as a list in JSON, where they name each other by their place: the
 * rows before and after have one schema.
 */
final class SchemasJson {

	private SchemasJson() {
	}

	/** Writes each schema once, after those that it is made of. */
	static final class Writer {

		private final ArrayNode written;

		private final Map<Schema, Integer> places = new IdentityHashMap<>();

		Writer(JsonNodeFactory nodes) {
			this.written = nodes.arrayNode();
		}

		ArrayNode written() {
			return this.written;
		}

		int add(Schema schema) {
			Integer place = this.places.get(schema);
			if (place == null) {
				ObjectNode node = describe(schema);
				place = this.written.size();
				this.written.add(node);
				this.places.put(schema, place);
			}
			return place;
		}

		private ObjectNode describe(Schema schema) {
			ObjectNode node = this.written.objectNode();
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

	/** Reads them in their order. */
	static final class Reader {

		private final Schema[] schemas;

		Reader(JsonNode written) {
			this.schemas = new Schema[written.size()];
			for (int i = 0; i < this.schemas.length; i++) {
				this.schemas[i] = build(written.get(i));
			}
		}

		Schema get(int place) {
			if (place < 0 || place >= this.schemas.length || this.schemas[place] == null) {
				throw new IllegalArgumentException("it has no schema " + place);
			}
			return this.schemas[place];
		}

		private Schema build(JsonNode node) {
			SchemaBuilder schema = builder(node);
			if (node.path("optional").booleanValue()) {
				schema.optional();
			}
			if (node.has("name")) {
				schema.name(node.get("name").textValue());
			}
			if (node.has("version")) {
				schema.version(node.get("version").intValue());
			}
			node.path("parameters")
				.properties()
				.forEach((parameter) -> schema.parameter(parameter.getKey(), parameter.getValue().textValue()));
			node.path("fields")
				.properties()
				.forEach((field) -> schema.field(field.getKey(), get(field.getValue().intValue())));
			return schema.build();
		}

		private SchemaBuilder builder(JsonNode node) {
			Schema.Type type = Schema.Type.valueOf(node.path("type").asText().toUpperCase(Locale.ROOT));
			return switch (type) {
				case ARRAY -> SchemaBuilder.array(get(node.path("values").intValue()));
				case MAP -> SchemaBuilder.map(get(node.path("keys").intValue()), get(node.path("values").intValue()));
				default -> SchemaBuilder.type(type);
			};
		}

	}

}
