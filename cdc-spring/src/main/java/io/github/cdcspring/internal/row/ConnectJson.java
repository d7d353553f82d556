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
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.cdcspring.internal.row.SourceRecordJson.SchemaReader;
import io.github.cdcspring.internal.row.SourceRecordJson.SchemaWriter;
import io.github.cdcspring.internal.row.SourceRecordJson.Values;
import org.apache.kafka.common.cache.Cache;
import org.apache.kafka.common.cache.LRUCache;
import org.apache.kafka.common.cache.SynchronizedCache;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;

/**
 * Writes a value of Kafka Connect with its schema as JSON, and reads both from it. Values
 * have the form that {@link SourceRecordJson} gives them. There is also a
 * {@linkplain CompactValues compact form}.
 * <p>
 * Most values have a schema that was there before, so its bytes are written, and
 * recognized, as they are. Values with the same schema are read with the same schema
 * object, which {@link RecordDecoder} requires. Threads may share an instance.
 */
public final class ConnectJson {

	private static final int FORMAT = 1;

	private static final int CACHED_SCHEMAS = 1_000;

	private final Cache<Schema, WrittenSchema> written = new SynchronizedCache<>(new LRUCache<>(CACHED_SCHEMAS));

	private final Cache<ByteBuffer, SchemaReader> read = new SynchronizedCache<>(new LRUCache<>(CACHED_SCHEMAS));

	private final Cache<Schema, byte[]> compactWritten = new SynchronizedCache<>(new LRUCache<>(CACHED_SCHEMAS));

	private final Cache<ByteBuffer, Schema> compactRead = new SynchronizedCache<>(new LRUCache<>(CACHED_SCHEMAS));

	/**
	 * Write a value. Equal values with equal schemas have equal JSON.
	 * @param schema the schema
	 * @param value the value
	 * @return the JSON in UTF-8
	 */
	public byte[] write(Schema schema, Object value) {
		WrittenSchema written = this.written.get(schema);
		if (written == null) {
			written = WrittenSchema.of(schema);
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
	 * @return the schema, compressed, and the value
	 */
	public byte[] writeCompact(Schema schema, Object value) {
		byte[] head = this.compactWritten.get(schema);
		if (head == null) {
			WrittenSchema written = WrittenSchema.of(schema);
			head = CompactValues.head("{\"schema\":" + written.index + ",\"schemas\":" + written.schemas + "}");
			this.compactWritten.put(schema, head);
		}
		return BinaryValues.write(head, schema, value);
	}

	/**
	 * Read a value.
	 * @param bytes the JSON in UTF-8, or its compact form
	 * @return the value and its schema
	 * @throws IllegalArgumentException if the bytes are not such JSON; the message
	 * continues a sentence after "because", and contains no part of the value
	 */
	public SchemaAndValue read(byte[] bytes) {
		return UnreadableJsonException.translate(() -> {
			try {
				return CompactValues.isCompact(bytes) ? readCompact(bytes) : readJson(bytes);
			}
			catch (JsonProcessingException ex) {
				// The parser's message contains a part of the text
				throw new UnreadableJsonException("it is not JSON");
			}
			catch (IOException ex) {
				throw new UnreadableJsonException("it cannot be read");
			}
		});
	}

	private SchemaAndValue readJson(byte[] bytes) throws IOException {
		try (JsonParser parser = SourceRecordJson.json.createParser(bytes)) {
			require(parser.nextToken() == JsonToken.START_OBJECT);
			next(parser, "format");
			require(parser.nextIntValue(0) == FORMAT);
			next(parser, "schema");
			parser.nextToken();
			JsonNode index = SourceRecordJson.json.readTree(parser);
			next(parser, "value");
			parser.nextToken();
			JsonNode value = SourceRecordJson.json.readTree(parser);
			next(parser, "schemas");
			Schema schema = schemas(parser, bytes).get(index);
			return new SchemaAndValue(schema, Values.read(schema, value));
		}
	}

	private SchemaReader schemas(JsonParser parser, byte[] bytes) throws IOException {
		int begin = (int) parser.currentTokenLocation().getByteOffset();
		SchemaReader schemas = this.read.get(ByteBuffer.wrap(bytes, begin, bytes.length - begin));
		if (schemas == null) {
			parser.nextToken();
			schemas = new SchemaReader(SourceRecordJson.json.readTree(parser));
			this.read.put(ByteBuffer.wrap(Arrays.copyOfRange(bytes, begin, bytes.length)), schemas);
		}
		return schemas;
	}

	/** The fields always have the order in which they are written. */
	private static void next(JsonParser parser, String field) throws IOException {
		require(field.equals(parser.nextFieldName()));
	}

	private static void require(boolean expected) {
		if (!expected) {
			throw new UnreadableJsonException("it is not a value in format " + FORMAT);
		}
	}

	private SchemaAndValue readCompact(byte[] bytes) throws IOException {
		ByteBuffer value = ByteBuffer.wrap(bytes);
		ByteBuffer written = CompactValues.schema(value);
		Schema schema = this.compactRead.get(written);
		if (schema == null) {
			schema = expand(written);
			byte[] copy = new byte[written.remaining()];
			written.duplicate().get(copy);
			this.compactRead.put(ByteBuffer.wrap(copy), schema);
		}
		return new SchemaAndValue(schema, BinaryValues.read(value, schema));
	}

	/** Another worker may have compressed the same schema in another way. */
	private Schema expand(ByteBuffer written) throws IOException {
		byte[] bytes = CompactValues.expand(written);
		JsonNode json = SourceRecordJson.json.readTree(bytes);
		SchemaReader schemas = this.read.get(ByteBuffer.wrap(bytes));
		if (schemas == null) {
			schemas = new SchemaReader(json.path("schemas"));
			this.read.put(ByteBuffer.wrap(bytes), schemas);
		}
		return schemas.get(json.path("schema"));
	}

	/**
	 * A schema with all that it consists of.
	 *
	 * @param index its place in the JSON
	 * @param schemas the JSON
	 */
	private record WrittenSchema(int index, String schemas) {

		static WrittenSchema of(Schema schema) {
			SchemaWriter writer = new SchemaWriter(true);
			int index = writer.add(schema);
			return new WrittenSchema(index, writer.written());
		}

	}

}
