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
import java.nio.charset.StandardCharsets;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.cdcspring.internal.row.SourceRecordJson.SchemaReader;
import io.github.cdcspring.internal.row.SourceRecordJson.SchemaWriter;
import io.github.cdcspring.internal.row.SourceRecordJson.Values;
import org.apache.kafka.common.cache.Cache;
import org.apache.kafka.common.cache.LRUCache;
import org.apache.kafka.common.cache.SynchronizedCache;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.jspecify.annotations.Nullable;

/**
 * Writes a value of Kafka Connect with its schema as JSON, and reads both from it. Values
 * have the form that {@link SourceRecordJson} gives them.
 * <p>
 * Values with the same schema are read with the same schema object, which
 * {@link RecordDecoder} requires. Threads may share an instance.
 */
public final class ConnectJson {

	private static final int FORMAT = 1;

	private static final int CACHED_SCHEMAS = 1_000;

	private final Cache<Schema, WrittenSchema> written = new SynchronizedCache<>(new LRUCache<>(CACHED_SCHEMAS));

	private final Cache<JsonNode, SchemaReader> read = new SynchronizedCache<>(new LRUCache<>(CACHED_SCHEMAS));

	/**
	 * Write a value. Equal values with equal schemas have equal JSON.
	 * @param schema the schema
	 * @param value the value
	 * @return the JSON in UTF-8
	 */
	public byte[] write(Schema schema, Object value) {
		WrittenSchema written = this.written.get(schema);
		if (written == null) {
			SchemaWriter writer = new SchemaWriter(true);
			int index = writer.add(schema);
			written = new WrittenSchema(index, writer.written().toString());
			this.written.put(schema, written);
		}
		return ("{\"format\":" + FORMAT + ",\"schema\":" + written.index + ",\"value\":" + Values.write(schema, value)
				+ ",\"schemas\":" + written.schemas + "}")
			.getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * Write a value in the compact form.
	 * @param schema the schema
	 * @param value the value
	 * @return the JSON, compressed
	 */
	public byte[] writeCompact(Schema schema, Object value) {
		return CompactValues.compress(write(schema, value));
	}

	/**
	 * Read a value.
	 * @param bytes the JSON in UTF-8, or its compact form
	 * @return the value and its schema
	 * @throws IllegalArgumentException if the bytes are not such JSON; the message
	 * continues a sentence after "because", and contains no part of the value
	 */
	public SchemaAndValue read(byte[] bytes) {
		return UnreadableJsonException.translate(() -> readValue(bytes));
	}

	private SchemaAndValue readValue(byte[] bytes) {
		JsonNode event = parse(CompactValues.isCompact(bytes) ? CompactValues.expand(bytes) : bytes);
		if (event == null || event.path("format").asInt() != FORMAT) {
			throw new UnreadableJsonException("it is not a value in format " + FORMAT);
		}
		JsonNode schemas = event.path("schemas");
		SchemaReader reader = this.read.get(schemas);
		if (reader == null) {
			reader = new SchemaReader(schemas);
			this.read.put(schemas, reader);
		}
		Schema schema = reader.get(event.path("schema"));
		return new SchemaAndValue(schema, Values.read(schema, event.path("value")));
	}

	private static @Nullable JsonNode parse(byte[] bytes) {
		try {
			return SourceRecordJson.json.readTree(bytes);
		}
		catch (JsonProcessingException ex) {
			// The parser's message contains a part of the text
			throw new UnreadableJsonException("it is not JSON");
		}
		catch (IOException ex) {
			throw new UnreadableJsonException("it cannot be read");
		}
	}

	/**
	 * A schema with all that it consists of.
	 *
	 * @param index its place in the JSON
	 * @param schemas the JSON
	 */
	private record WrittenSchema(int index, String schemas) {

	}

}
