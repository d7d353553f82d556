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

package io.github.cdcspring;

import java.util.Locale;

/**
 * A log sequence number: a position in PostgreSQL's write-ahead log. The text form is
 * that of PostgreSQL, {@code 0/16B3748}.
 *
 * @param value the position in bytes from the start of the log, an unsigned 64-bit number
 * @since 0.1.0
 * @see <a href="https://www.postgresql.org/docs/current/datatype-pg-lsn.html">PostgreSQL:
 * pg_lsn</a>
 */
public record Lsn(long value) implements Comparable<Lsn> {

	/** The LSN {@code 0/0}, which PostgreSQL uses for "no position". */
	public static final Lsn ZERO = new Lsn(0);

	/**
	 * Parse the text form of an LSN.
	 * @param text two hexadecimal numbers of at most eight digits, separated by a slash
	 * @return the LSN
	 * @throws IllegalArgumentException if the text is not an LSN
	 */
	public static Lsn parse(String text) {
		int slash = text.indexOf('/');
		if (slash < 1 || slash > 8 || text.length() - slash < 2 || text.length() - slash > 9) {
			throw notAnLsn(text);
		}
		long value = 0;
		for (int i = 0; i < text.length(); i++) {
			if (i == slash) {
				value = 0x1_0000_0000L * value;
				continue;
			}
			int digit = Character.digit(text.charAt(i), 16);
			if (digit < 0 || text.charAt(i) > 'f') {
				throw notAnLsn(text);
			}
			value = (i < slash) ? (value << 4) | digit : value + ((long) digit << (4 * (text.length() - 1 - i)));
		}
		return new Lsn(value);
	}

	private static IllegalArgumentException notAnLsn(String text) {
		return new IllegalArgumentException("'" + text + "' is not an LSN, which looks like 0/16B3748");
	}

	/**
	 * Return the distance from another LSN to this one.
	 * @param other the other LSN
	 * @return the distance in bytes, negative if this LSN is lower than the other one
	 */
	public long bytesSince(Lsn other) {
		return this.value - other.value;
	}

	/**
	 * Whether this LSN is higher than another one.
	 * @param other the other LSN
	 * @return {@code true} if this LSN is higher
	 */
	public boolean isAfter(Lsn other) {
		return compareTo(other) > 0;
	}

	@Override
	public int compareTo(Lsn other) {
		return Long.compareUnsigned(this.value, other.value);
	}

	@Override
	public String toString() {
		// String.format takes five times as long
		return (Long.toHexString(this.value >>> 32) + '/' + Long.toHexString(this.value & 0xFFFF_FFFFL))
			.toUpperCase(Locale.ROOT);
	}

}
