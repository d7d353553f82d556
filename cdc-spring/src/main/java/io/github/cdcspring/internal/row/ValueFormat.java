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
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * Marks for values that Kafka Connect's types cannot represent.
 */
public final class ValueFormat {

	/**
	 * The text that Debezium uses for a value that PostgreSQL did not send. Each JVM has
	 * another one, so no application can write it.
	 */
	public static final String PLACEHOLDER = "unavailable-" + UUID.randomUUID();

	// Code compares marks by identity, because a row may contain an equal value
	static final String UNAVAILABLE_TEXT = new String(PLACEHOLDER);

	static final byte[] UNAVAILABLE_BYTES = PLACEHOLDER.getBytes(StandardCharsets.UTF_8);

	static final BigDecimal UNAVAILABLE_NUMBER = mark(1);

	static final BigDecimal NAN = mark(2);

	static final BigDecimal INFINITY = mark(3);

	static final BigDecimal MINUS_INFINITY = mark(4);

	static final BigDecimal UNREADABLE_NUMBER = mark(5);

	static final byte[] UNREADABLE_BYTES = "unreadable".getBytes(StandardCharsets.UTF_8);

	static final String UNREADABLE_TEXT = new String("unreadable");

	// PostgreSQL has no such dates and times
	static final Integer UNREADABLE_DATE = Integer.MIN_VALUE + 1;

	static final Long UNREADABLE_TIME = -1L;

	static final Long UNREADABLE_TIMESTAMP = Long.MIN_VALUE + 1;

	private ValueFormat() {
	}

	/** PostgreSQL does not support numbers with this scale. */
	private static BigDecimal mark(int number) {
		return new BigDecimal(BigInteger.valueOf(number), 100_000);
	}

	static boolean isSpecial(BigDecimal number) {
		return number == NAN || number == INFINITY || number == MINUS_INFINITY;
	}

}
