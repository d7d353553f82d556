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

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import io.github.cdcspring.LogicalMessage;
import io.github.cdcspring.RowKey;
import io.github.cdcspring.TableId;
import org.jspecify.annotations.Nullable;

/**
 * What names the key of an event in logs, health and tables, where the key itself may be
 * confidential. It is the same in every JVM and after every restart. Events without a key
 * share that of their table, or of their message's prefix.
 * <p>
 * It keeps values out of sight; somebody who knows which values there can be finds out
 * which one it is.
 *
 */
public final class KeyHash {

	private static final int BYTES = 8;

	private KeyHash() {
	}

	/**
	 * The hash of an event's key.
	 * @param change the event
	 * @return 16 hexadecimal digits
	 */
	public static String of(Change change) {
		MessageDigest digest = sha256();
		LogicalMessage message = change.message();
		TableId table = change.table();
		if (message != null) {
			add(digest, message.prefix());
		}
		if (table != null) {
			add(digest, table.schema());
			add(digest, table.name());
		}
		RowKey key = change.key();
		if (key != null) {
			for (Map.Entry<String, @Nullable Object> column : key.columns().entrySet()) {
				add(digest, column.getKey());
				addValue(digest, column.getValue());
			}
		}
		return HexFormat.of().formatHex(digest.digest(), 0, BYTES);
	}

	private static void addValue(MessageDigest digest, @Nullable Object value) {
		if (value instanceof List<?> list) {
			add(digest, "[" + list.size());
			list.forEach((element) -> addValue(digest, element));
		}
		else if (value instanceof byte[] bytes) {
			add(digest, bytes);
		}
		else if (value instanceof BigDecimal number) {
			// 1.0 and 1.00 are one key to the server
			add(digest, number.stripTrailingZeros().toPlainString());
		}
		else if (value instanceof Double || value instanceof Float) {
			// So are 0 and -0
			add(digest, String.valueOf(((Number) value).doubleValue() + 0.0));
		}
		else {
			add(digest, String.valueOf(value));
		}
	}

	private static void add(MessageDigest digest, String text) {
		add(digest, text.getBytes(StandardCharsets.UTF_8));
	}

	/** With the length first, so that no two lists of texts look alike. */
	private static void add(MessageDigest digest, byte[] bytes) {
		digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
		digest.update(bytes);
	}

	private static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
