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

import java.util.Map;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * A record as JSON text, and back to one that binds to the same rows. Everything that
 * binding rests on is kept: the schemas with what the starter wrote into them, numbers
 * digit by digit, and the marks for values that PostgreSQL did not send. A column's
 * default is not kept, for it is not what the row has.
 * <p>
 * Kafka Connect's own JSON has no form for numbers that are not finite, for decimals of
 * another scale than their schema's, and for the marks.
 *
 * @param record the record
 * @param fullIdentity whether its table had {@code REPLICA IDENTITY FULL}
 * @param ordinal its place among the events of its LSN
 */
record SourceRecordJson(SourceRecord record, boolean fullIdentity, int ordinal) {

	private static final String PREVIOUS_COMMIT = "lsn_commit";

	private static final int FORMAT = 1;

	/** A row may be as large as the server lets it be. */
	private static final ObjectMapper json = new ObjectMapper(JsonFactory.builder()
		.streamReadConstraints(StreamReadConstraints.builder()
			.maxStringLength(Integer.MAX_VALUE)
			.maxNumberLength(Integer.MAX_VALUE)
			.build())
		.build());

	String write() {
		ObjectNode event = json.createObjectNode();
		event.put("format", FORMAT);
		event.put("topic", this.record.topic());
		event.put("fullIdentity", this.fullIdentity);
		event.put("ordinal", this.ordinal);
		Map<String, ?> offset = this.record.sourceOffset();
		if (offset != null && offset.get(PREVIOUS_COMMIT) instanceof Long previousCommit) {
			event.put("previousCommit", previousCommit);
		}
		SchemasJson.Writer schemas = new SchemasJson.Writer(json.getNodeFactory());
		write(event, "key", this.record.keySchema(), this.record.key(), schemas);
		write(event, "value", this.record.valueSchema(), this.record.value(), schemas);
		event.set("schemas", schemas.written());
		return event.toString();
	}

	private static void write(ObjectNode event, String name, @Nullable Schema schema, @Nullable Object value,
			SchemasJson.Writer schemas) {
		if (schema != null && value != null) {
			ObjectNode typed = event.putObject(name);
			typed.put("schema", schemas.add(schema));
			typed.set("value", ValuesJson.write(schema, value, json.getNodeFactory()));
		}
	}

	/**
	 * Read what was written.
	 * @throws IllegalArgumentException if the text is damaged
	 */
	static SourceRecordJson read(String text) {
		try {
			JsonNode event = json.readTree(text);
			if (event.path("format").asInt() != FORMAT) {
				throw new IllegalArgumentException("it is not an event in the format " + FORMAT);
			}
			SchemasJson.Reader schemas = new SchemasJson.Reader(event.path("schemas"));
			Typed key = typed(event.path("key"), schemas);
			Typed value = typed(event.path("value"), schemas);
			JsonNode previousCommit = event.path("previousCommit");
			Map<String, Long> offset = previousCommit.isNumber() ? Map.of(PREVIOUS_COMMIT, previousCommit.longValue())
					: Map.of();
			return new SourceRecordJson(new SourceRecord(null, offset, event.path("topic").asText(), key.schema,
					key.value, value.schema, value.value), event.path("fullIdentity").booleanValue(),
					event.path("ordinal").intValue());
		}
		catch (JsonProcessingException ex) {
			// The parser's message has a part of the text
			throw new IllegalArgumentException("it is not JSON");
		}
	}

	private static Typed typed(JsonNode typed, SchemasJson.Reader schemas) {
		if (!typed.isObject()) {
			return new Typed(null, null);
		}
		Schema schema = schemas.get(typed.path("schema").intValue());
		return new Typed(schema, ValuesJson.read(schema, typed.path("value")));
	}

	/** Its topic: the row's data may be confidential. */
	@Override
	public String toString() {
		return "EventText[" + this.record.topic() + "]";
	}

	private record Typed(@Nullable Schema schema, @Nullable Object value) {

	}

}
