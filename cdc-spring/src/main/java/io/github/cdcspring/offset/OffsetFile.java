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

package io.github.cdcspring.offset;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;

import io.github.cdcspring.Lsn;
import org.jspecify.annotations.Nullable;

/**
 * The content of one key's file: lines of {@code key=value}, of which the last is a
 * CRC-32C over all bytes before it. One position has exactly one text.
 */
final class OffsetFile {

	private static final String VERSION = "2";

	// Lines of a file without a position
	private static final int HEADER = 4;

	private static final String CHECKSUM = "crc32c=";

	// 'crc32c=', eight digits, the end of the line
	private static final int CHECKSUM_LENGTH = CHECKSUM.length() + 8 + 1;

	private static final String COMMENT = "# Position of a CDC engine. Not for editing: the last line is a checksum.\n";

	private OffsetFile() {
	}

	static byte[] write(OffsetKey key, OffsetRow row) {
		StringBuilder text = new StringBuilder(COMMENT);
		line(text, "version", VERSION);
		line(text, "engine", key.engine());
		line(text, "slot", key.slotName());
		line(text, "epoch", row.epoch());
		StoredOffset offset = row.offset();
		if (offset != null) {
			write(offset, text);
		}
		byte[] body = text.toString().getBytes(StandardCharsets.UTF_8);
		text.append(checksum(body, body.length));
		return text.toString().getBytes(StandardCharsets.UTF_8);
	}

	private static void write(StoredOffset offset, StringBuilder text) {
		line(text, "lsn", offset.lsn());
		line(text, "position", offset.position());
		OffsetOrigin origin = offset.origin();
		if (origin != null) {
			line(text, "systemIdentifier", origin.systemIdentifier());
			line(text, "timeline", origin.timeline());
			line(text, "lastXid", origin.transactionId());
		}
		line(text, "relations", RelationsJson.write(offset.relations()));
		line(text, "clean", offset.clean());
		line(text, "storedAt", offset.storedAt());
		LastSeenSlot slot = offset.slot();
		if (slot != null) {
			line(text, "slot.systemIdentifier", slot.systemIdentifier());
			line(text, "slot.timeline", slot.timeline());
			line(text, "slot.confirmedFlushLsn", slot.confirmedFlushLsn());
			line(text, "slot.createdAtLsn", slot.createdAtLsn());
			line(text, "slot.decodedTransactions", slot.decodedTransactions());
			line(text, "slot.serverStartedAt", slot.serverStartedAt());
		}
	}

	/**
	 * Read what a file holds.
	 * @param key whose position it must be
	 * @param content the bytes of the file
	 * @return epoch and position
	 * @throws DamagedException if these are not exactly the bytes that were written
	 */
	static OffsetRow read(OffsetKey key, byte[] content) throws DamagedException {
		Map<String, String> lines = checkedLines(content);
		requireOwner(lines, "engine", key.engine());
		requireOwner(lines, "slot", key.slotName());
		try {
			long epoch = Long.parseLong(required(lines, "epoch"));
			return new OffsetRow(epoch, (lines.size() > HEADER) ? offset(key, lines) : null);
		}
		catch (IllegalArgumentException | DateTimeException ex) {
			throw new DamagedException(String.valueOf(ex.getMessage()));
		}
	}

	/**
	 * Read the slot whose position a file holds.
	 */
	static String slotOf(byte[] content) throws DamagedException {
		return required(checkedLines(content), "slot");
	}

	private static Map<String, String> checkedLines(byte[] content) throws DamagedException {
		Map<String, String> lines = lines(verified(content));
		String version = required(lines, "version");
		if (!version.equals(VERSION)) {
			throw new DamagedException("it has version " + version + ", this starter reads version " + VERSION);
		}
		return lines;
	}

	private static void requireOwner(Map<String, String> lines, String line, String owner) throws DamagedException {
		if (!required(lines, line).equals(owner)) {
			throw new DamagedException("it is the file of " + line + " '" + lines.get(line) + "'");
		}
	}

	private static StoredOffset offset(OffsetKey key, Map<String, String> lines) throws DamagedException {
		return new StoredOffset(Lsn.parse(required(lines, "lsn")), required(lines, "position"), origin(lines),
				slot(key, lines), RelationsJson.read(lines.get("relations")),
				Boolean.parseBoolean(required(lines, "clean")), Instant.parse(required(lines, "storedAt")));
	}

	private static @Nullable OffsetOrigin origin(Map<String, String> lines) throws DamagedException {
		if (!lines.containsKey("systemIdentifier")) {
			return null;
		}
		String transaction = lines.get("lastXid");
		return new OffsetOrigin(required(lines, "systemIdentifier"), Integer.parseInt(required(lines, "timeline")),
				(transaction != null) ? Long.valueOf(transaction) : null);
	}

	private static @Nullable LastSeenSlot slot(OffsetKey key, Map<String, String> lines) throws DamagedException {
		if (!lines.containsKey("slot.systemIdentifier")) {
			return null;
		}
		String createdAt = lines.get("slot.createdAtLsn");
		String decoded = lines.get("slot.decodedTransactions");
		String startedAt = lines.get("slot.serverStartedAt");
		return new LastSeenSlot(required(lines, "slot.systemIdentifier"),
				Integer.parseInt(required(lines, "slot.timeline")), key.slotName(),
				Lsn.parse(required(lines, "slot.confirmedFlushLsn")), (createdAt != null) ? Lsn.parse(createdAt) : null,
				(decoded != null) ? Long.valueOf(decoded) : null,
				(startedAt != null) ? Instant.parse(startedAt) : null);
	}

	private static String verified(byte[] content) throws DamagedException {
		if (content.length == 0) {
			throw new DamagedException("it is empty");
		}
		int end = content.length - CHECKSUM_LENGTH;
		if (end < 0) {
			throw new DamagedException("it is cut short");
		}
		String last = new String(content, end, CHECKSUM_LENGTH, StandardCharsets.ISO_8859_1);
		if (!last.startsWith(CHECKSUM)) {
			throw new DamagedException("its last line is not the checksum: it is cut short or was edited");
		}
		if (!last.equals(checksum(content, end))) {
			throw new DamagedException("its checksum does not match");
		}
		try {
			return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content, 0, end)).toString();
		}
		catch (CharacterCodingException ex) {
			throw new DamagedException("it is not UTF-8");
		}
	}

	private static Map<String, String> lines(String text) throws DamagedException {
		Map<String, String> lines = new LinkedHashMap<>();
		for (String line : text.split("\n")) {
			int separator = line.indexOf('=');
			if (line.startsWith("#")) {
				continue;
			}
			if (separator < 1 || lines.put(line.substring(0, separator), unescape(line, separator + 1)) != null) {
				throw new DamagedException("a line of it cannot be read");
			}
		}
		return lines;
	}

	private static String required(Map<String, String> lines, String key) throws DamagedException {
		String value = lines.get(key);
		if (value == null) {
			throw new DamagedException("it has no line '" + key + "'");
		}
		return value;
	}

	private static void line(StringBuilder text, String key, @Nullable Object value) {
		if (value != null) {
			text.append(key).append('=');
			escape(text, value.toString());
			text.append('\n');
		}
	}

	// Surrogates too: a lone one has no bytes in UTF-8
	private static void escape(StringBuilder text, String value) {
		for (int i = 0; i < value.length(); i++) {
			char c = value.charAt(i);
			if (c == '\\' || Character.isISOControl(c) || Character.isSurrogate(c)) {
				text.append("\\u%04X".formatted((int) c));
			}
			else {
				text.append(c);
			}
		}
	}

	private static String unescape(String line, int from) throws DamagedException {
		StringBuilder value = new StringBuilder();
		for (int i = from; i < line.length(); i++) {
			if (line.charAt(i) != '\\') {
				value.append(line.charAt(i));
				continue;
			}
			if (!line.startsWith("\\u", i) || i + 6 > line.length()) {
				throw new DamagedException("a line of it cannot be read");
			}
			value.append((char) Integer.parseInt(line, i + 2, i + 6, 16));
			i += 5;
		}
		return value.toString();
	}

	private static String checksum(byte[] content, int length) {
		CRC32C crc = new CRC32C();
		crc.update(content, 0, length);
		return CHECKSUM + "%08X\n".formatted(crc.getValue());
	}

	/** What stands in the file is not what was written. */
	static final class DamagedException extends Exception {

		DamagedException(String message) {
			super(message);
		}

	}

}
