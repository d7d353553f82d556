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

package io.github.cdcspring.benchmarks.contestant;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Counts the messages of pgoutput. It reads only the parts that it needs.
 *
 * @see <a href=
 * "https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html">PostgreSQL:
 * logical replication message formats</a>
 */
final class PgOutput {

	private final Sink sink;

	private final Map<Integer, String> special = new HashMap<>();

	PgOutput(Sink sink) {
		this.sink = sink;
	}

	/**
	 * Count a message.
	 * @param message the message, from the buffer's position to its limit
	 */
	void message(ByteBuffer message) {
		switch (message.get()) {
			case 'I' -> insert(message);
			case 'U', 'D' -> this.sink.event();
			case 'R' -> relation(message);
			default -> {
				// Transactions begin and end
			}
		}
	}

	private void insert(ByteBuffer message) {
		String table = this.special.isEmpty() ? null : this.special.get(message.getInt());
		if (table == null) {
			this.sink.event();
		}
		else if (table.equals(Rows.MARKER)) {
			this.sink.marker();
		}
		else {
			message.get();
			List<String> values = tuple(message);
			this.sink.ping(Integer.parseInt(values.get(1)), Long.parseLong(values.get(2)));
		}
	}

	private void relation(ByteBuffer message) {
		int id = message.getInt();
		text(message);
		String table = text(message);
		if (table.equals(Rows.MARKER) || table.equals(Rows.PING)) {
			this.special.put(id, table);
		}
	}

	private static List<String> tuple(ByteBuffer message) {
		List<String> values = new ArrayList<>();
		int columns = message.getShort();
		for (int i = 0; i < columns; i++) {
			byte[] value = (message.get() == 't') ? new byte[message.getInt()] : new byte[0];
			message.get(value);
			values.add(new String(value, StandardCharsets.UTF_8));
		}
		return values;
	}

	private static String text(ByteBuffer message) {
		StringBuilder text = new StringBuilder();
		for (byte next = message.get(); next != 0; next = message.get()) {
			text.append((char) next);
		}
		return text.toString();
	}

	/**
	 * Return the length of the message at a buffer's position.
	 * @return the length, {@code null} if the buffer does not contain the whole message
	 */
	static @Nullable Integer length(ByteBuffer buffer) {
		ByteBuffer message = buffer.duplicate();
		try {
			switch (message.get()) {
				case 'B' -> skip(message, 20);
				case 'C' -> skip(message, 25);
				case 'O' -> {
					skip(message, 8);
					text(message);
				}
				case 'R' -> skipRelation(message);
				case 'Y' -> {
					skip(message, 4);
					text(message);
					text(message);
				}
				case 'I' -> {
					skip(message, 5);
					skipTuple(message);
				}
				case 'U', 'D' -> skipOldAndNew(message);
				default ->
					throw new IllegalStateException("Unknown pgoutput message type " + buffer.get(buffer.position()));
			}
			return message.position() - buffer.position();
		}
		catch (java.nio.BufferUnderflowException ex) {
			return null;
		}
	}

	private static void skipRelation(ByteBuffer message) {
		skip(message, 4);
		text(message);
		text(message);
		skip(message, 1);
		int columns = message.getShort();
		for (int i = 0; i < columns; i++) {
			skip(message, 1);
			text(message);
			skip(message, 8);
		}
	}

	private static void skipOldAndNew(ByteBuffer message) {
		boolean update = message.get(message.position() - 1) == 'U';
		skip(message, 4);
		byte kind = message.get();
		skipTuple(message);
		if (update && kind != 'N') {
			skip(message, 1);
			skipTuple(message);
		}
	}

	private static void skipTuple(ByteBuffer message) {
		int columns = message.getShort();
		for (int i = 0; i < columns; i++) {
			byte kind = message.get();
			if (kind == 't' || kind == 'b') {
				skip(message, message.getInt());
			}
		}
	}

	private static void skip(ByteBuffer message, int bytes) {
		if (message.remaining() < bytes) {
			throw new java.nio.BufferUnderflowException();
		}
		message.position(message.position() + bytes);
	}

}
