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

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

import io.github.cdcspring.TableId;
import org.jspecify.annotations.Nullable;

/**
 * The hash of an event's ordering key. It names the key in logs, health and tables, where
 * the key itself may be confidential, and is the same in every JVM. Two events have the
 * same hash if, and except for collisions only if, their ordering keys are equal.
 * <p>
 * The hash is no secret: anyone who can enumerate the possible keys can find the right
 * one.
 */
public final class KeyHash {

	private static final int BYTES = 8;

	private KeyHash() {
	}

	/**
	 * Return the hash of an event's ordering key.
	 * @param change the event
	 * @return 16 hexadecimal digits
	 */
	public static String of(Change change) {
		MessageDigest digest = sha256();
		Object key = change.orderingKey();
		if (key instanceof OrderingKey orderingKey) {
			addTable(digest, orderingKey.table());
			add(digest, orderingKey.values());
		}
		else if (key instanceof TableId table) {
			addTable(digest, table);
		}
		else {
			add(digest, key);
		}
		return HexFormat.of().formatHex(digest.digest(), 0, BYTES);
	}

	private static void addTable(MessageDigest digest, TableId table) {
		add(digest, table.schema());
		add(digest, table.name());
	}

	/** The type is part of the hash, because values of two types are never equal. */
	private static void add(MessageDigest digest, @Nullable Object value) {
		if (value instanceof Object[] elements) {
			add(digest, "Array", ByteBuffer.allocate(Integer.BYTES).putInt(elements.length).array());
			for (Object element : elements) {
				add(digest, element);
			}
		}
		else if (value instanceof byte[] bytes) {
			add(digest, "Bytes", bytes);
		}
		else {
			add(digest, (value != null) ? value.getClass().getSimpleName() : "Null",
					String.valueOf(value).getBytes(StandardCharsets.UTF_8));
		}
	}

	/** The length comes first, so that no two sequences of values have the same bytes. */
	private static void add(MessageDigest digest, String type, byte[] bytes) {
		digest.update(type.getBytes(StandardCharsets.UTF_8));
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
