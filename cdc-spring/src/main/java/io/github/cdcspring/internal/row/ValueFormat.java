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
 * The marks that stand for values which the Kafka Connect types cannot hold.
 *
 */
public final class ValueFormat {

	/** No application writes this: it is another one in each JVM. */
	public static final String PLACEHOLDER = "unavailable-" + UUID.randomUUID();

	// The marks are told by identity: an equal value that a row has is that value
	static final String UNAVAILABLE_TEXT = new String(PLACEHOLDER);

	static final byte[] UNAVAILABLE_BYTES = PLACEHOLDER.getBytes(StandardCharsets.UTF_8);

	static final BigDecimal UNAVAILABLE_NUMBER = mark(1);

	static final BigDecimal NAN = mark(2);

	static final BigDecimal INFINITY = mark(3);

	static final BigDecimal MINUS_INFINITY = mark(4);

	private ValueFormat() {
	}

	/** A number with a scale that PostgreSQL does not have. */
	private static BigDecimal mark(int number) {
		return new BigDecimal(BigInteger.valueOf(number), 100_000);
	}

	static boolean isSpecial(BigDecimal number) {
		return number == NAN || number == INFINITY || number == MINUS_INFINITY;
	}

}
