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

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

import org.apache.kafka.common.utils.ByteUtils;

/**
 * The compact form of a value: a byte, the size of the compressed schema, that schema,
 * and the {@linkplain BinaryValues bytes} of the value. A schema is compressed once for
 * all of its values, and a reader recognizes it without expanding it. A dictionary
 * contains the schemas that are part of every event, so that they take hardly any space.
 * It is part of the format.
 */
final class CompactValues {

	/** No JSON begins with it. */
	private static final byte FORMAT = 2;

	private static final byte[] DICTIONARY = dictionary();

	private static final int BUFFER = 4_096;

	private CompactValues() {
	}

	private static byte[] dictionary() {
		try (InputStream resource = CompactValues.class.getResourceAsStream("dictionary-1.txt")) {
			if (resource == null) {
				throw new IllegalStateException(
						"dictionary-1.txt is missing on the class path. Install the starter or the plugin again.");
			}
			return resource.readAllBytes();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static boolean isCompact(byte[] value) {
		return value.length > 0 && value[0] == FORMAT;
	}

	/**
	 * Write what precedes each value of a schema.
	 * @param schema the schema as JSON
	 */
	static byte[] head(String schema) {
		byte[] compressed = compress(schema.getBytes(StandardCharsets.UTF_8));
		ByteBuffer head = ByteBuffer
			.allocate(1 + ByteUtils.sizeOfUnsignedVarint(compressed.length) + compressed.length);
		head.put(FORMAT);
		ByteUtils.writeUnsignedVarint(compressed.length, head);
		return head.put(compressed).array();
	}

	/**
	 * Split a value.
	 * @param value the schema, compressed, and the value; its position becomes that of
	 * the value
	 * @return the compressed schema
	 */
	static ByteBuffer schema(ByteBuffer value) {
		value.get();
		int size = ByteUtils.readUnsignedVarint(value);
		if (size < 0 || size > value.remaining()) {
			throw new UnreadableJsonException("it is incomplete");
		}
		ByteBuffer schema = value.slice(value.position(), size);
		value.position(value.position() + size);
		return schema;
	}

	private static byte[] compress(byte[] json) {
		Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
		try {
			deflater.setDictionary(DICTIONARY);
			deflater.setInput(json);
			deflater.finish();
			ByteArrayOutputStream bytes = new ByteArrayOutputStream(BUFFER);
			byte[] buffer = new byte[BUFFER];
			while (!deflater.finished()) {
				bytes.write(buffer, 0, deflater.deflate(buffer));
			}
			return bytes.toByteArray();
		}
		finally {
			deflater.end();
		}
	}

	/**
	 * Expand a compressed schema.
	 * @throws IllegalArgumentException if it is damaged; the message continues a sentence
	 * after "because"
	 */
	static byte[] expand(ByteBuffer schema) {
		Inflater inflater = new Inflater(true);
		try {
			// Compressed data without a header says nothing of a dictionary
			inflater.setDictionary(DICTIONARY);
			inflater.setInput(schema.duplicate());
			ByteArrayOutputStream bytes = new ByteArrayOutputStream(BUFFER);
			byte[] buffer = new byte[BUFFER];
			while (!inflater.finished()) {
				int length = inflater.inflate(buffer);
				if (length == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
					throw new UnreadableJsonException("it is incomplete");
				}
				bytes.write(buffer, 0, length);
			}
			return bytes.toByteArray();
		}
		catch (DataFormatException ex) {
			throw new UnreadableJsonException("it is damaged");
		}
		finally {
			inflater.end();
		}
	}

}
