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
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Compresses values one by one. A dictionary contains the schemas that are part of every
 * event, so that they take hardly any space. It is part of the format.
 */
final class CompactValues {

	/** No JSON begins with it. */
	private static final byte FORMAT = 1;

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

	static byte[] compress(byte[] json) {
		Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
		try {
			deflater.setDictionary(DICTIONARY);
			deflater.setInput(json);
			deflater.finish();
			ByteArrayOutputStream bytes = new ByteArrayOutputStream(BUFFER);
			bytes.write(FORMAT);
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
	 * Expand a value.
	 * @throws IllegalArgumentException if it is damaged; the message continues a sentence
	 * after "because"
	 */
	static byte[] expand(byte[] value) {
		Inflater inflater = new Inflater(true);
		try {
			// Compressed data without a header says nothing of a dictionary
			inflater.setDictionary(DICTIONARY);
			inflater.setInput(value, 1, value.length - 1);
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
