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
 * A position in PostgreSQL's write-ahead log, in bytes from its beginning. Prints and
 * parses as PostgreSQL does: {@code 0/16B3748}.
 *
 * @param value the position in bytes, an unsigned 64-bit number
 * @since 0.1.0
 * @see <a href="https://www.postgresql.org/docs/current/datatype-pg-lsn.html">PostgreSQL:
 * pg_lsn</a>
 */
public record Lsn(long value) implements Comparable<Lsn> {

	/** The position that PostgreSQL uses for "none": {@code 0/0}. */
	public static final Lsn ZERO = new Lsn(0);

	/**
	 * Read a position from its text form.
	 * @param text two hexadecimal numbers of at most eight digits, with a slash between
	 * @return the position
	 * @throws IllegalArgumentException if the text is not a position
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
	 * The distance from another position to this one.
	 * @param other the position to measure from
	 * @return bytes, negative if this position lies before the other
	 */
	public long bytesSince(Lsn other) {
		return this.value - other.value;
	}

	/**
	 * Whether this position lies after another.
	 * @param other the position to compare with
	 * @return {@code true} if it does
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
		// A format string takes five times as long
		return (Long.toHexString(this.value >>> 32) + '/' + Long.toHexString(this.value & 0xFFFF_FFFFL))
			.toUpperCase(Locale.ROOT);
	}

}
