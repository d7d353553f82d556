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

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;

/**
 * Converts dates and times between numbers, Java types, and PostgreSQL's text in ISO
 * style. The greatest and the least number represent infinity.
 *
 * @see <a href=
 * "https://www.postgresql.org/docs/current/datatype-datetime.html#DATATYPE-DATETIME-OUTPUT">PostgreSQL:
 * date/time output</a>
 */
public final class TemporalText {

	static final long MICROS_PER_SECOND = 1_000_000;

	static final long MICROS_PER_DAY = 86_400 * MICROS_PER_SECOND;

	/**
	 * 2000-01-01, PostgreSQL's own epoch. Microseconds since 1970 would overflow in the
	 * last 29 years of PostgreSQL's range.
	 */
	private static final long EPOCH_SECOND = 946_684_800;

	private static final long EPOCH_DAY = 10_957;

	/** The offset is less than 16 hours, in seconds. */
	private static final int OFFSET_BITS = 17;

	/** More may not fit into an {@code int}. */
	private static final int MAX_DIGITS = 9;

	private static final long OFFSET_ZERO = 1L << (OFFSET_BITS - 1);

	private static final String BEFORE_CHRIST = " BC";

	private TemporalText() {
	}

	/** Days since 1970. */
	static int days(String text) {
		if (text.endsWith("infinity")) {
			return text.startsWith("-") ? Integer.MIN_VALUE : Integer.MAX_VALUE;
		}
		int space = text.indexOf(' ');
		return Math.toIntExact(epochDay(text, (space < 0) ? text.length() : space));
	}

	/**
	 * Parse a timestamp, with or without an offset from UTC.
	 * @param text the text
	 * @return microseconds since 2000, in UTC if the text has an offset
	 */
	public static long micros(String text) {
		if (text.endsWith("infinity")) {
			return text.startsWith("-") ? Long.MIN_VALUE : Long.MAX_VALUE;
		}
		int space = text.indexOf(' ');
		int end = isBeforeChrist(text) ? text.length() - BEFORE_CHRIST.length() : text.length();
		return (epochDay(text, space) - EPOCH_DAY) * MICROS_PER_DAY + microsOfDay(text, space + 1, end);
	}

	/**
	 * Microseconds of the day, up to and including 24:00. An offset from UTC is
	 * subtracted, so the result may be outside the day.
	 */
	static long microsOfDay(String text) {
		return microsOfDay(text, 0, text.length());
	}

	private static long microsOfDay(String text, int from, int to) {
		int sign = sign(text);
		if (sign < from) {
			return timeOfDay(text, from, to);
		}
		long time = timeOfDay(text, from, sign);
		long offset = timeOfDay(text, sign + 1, to);
		return (text.charAt(sign) == '-') ? time + offset : time - offset;
	}

	/**
	 * Parse a time with an offset from UTC, which differs from the same time with another
	 * offset.
	 * @return both in one number, which is never negative
	 */
	static long timeWithOffset(String text) {
		int sign = sign(text);
		long offset = timeOfDay(text, sign + 1, text.length()) / MICROS_PER_SECOND;
		return (timeOfDay(text, 0, sign) << OFFSET_BITS)
				| (OFFSET_ZERO + ((text.charAt(sign) == '-') ? -offset : offset));
	}

	/** The sign of an offset is the last one; a date has others. */
	private static int sign(String text) {
		return Math.max(text.lastIndexOf('+'), text.lastIndexOf('-'));
	}

	static OffsetTime offsetTime(long raw) {
		return time(raw >> OFFSET_BITS).atOffset(offset(raw));
	}

	static String printTimeWithOffset(long raw) {
		return ((raw >> OFFSET_BITS) == MICROS_PER_DAY) ? "24:00" + offset(raw) : offsetTime(raw).toString();
	}

	private static ZoneOffset offset(long raw) {
		return ZoneOffset.ofTotalSeconds((int) ((raw & ((1L << OFFSET_BITS) - 1)) - OFFSET_ZERO));
	}

	/** {@code HH[:mm[:ss[.ffffff]]]} as microseconds. */
	private static long timeOfDay(String text, int from, int to) {
		int length = to - from;
		int hours = number(text, from, from + 2);
		int minutes = (length > 2) ? number(text, from + 3, from + 5) : 0;
		int seconds = (length > 5) ? number(text, from + 6, from + 8) : 0;
		long micros = 0;
		int unit = 100_000;
		for (int i = from + 9; i < to; i++) {
			micros += (long) unit * number(text, i, i + 1);
			unit /= 10;
		}
		return ((hours * 60L + minutes) * 60 + seconds) * MICROS_PER_SECOND + micros;
	}

	/** Most of a timestamp are numbers, and most of these have one digit. */
	private static int number(String text, int from, int to) {
		if (from >= to || to - from > MAX_DIGITS) {
			throw new NumberFormatException();
		}
		int number = 0;
		for (int i = from; i < to; i++) {
			int digit = text.charAt(i) - '0';
			if (digit < 0 || digit > 9) {
				throw new NumberFormatException();
			}
			number = 10 * number + digit;
		}
		return number;
	}

	/** {@code yyyy-MM-dd} as days since 1970. */
	private static long epochDay(String text, int to) {
		int day = text.lastIndexOf('-', to - 1);
		int month = text.lastIndexOf('-', day - 1);
		int year = number(text, 0, month);
		return LocalDate
			.of(isBeforeChrist(text) ? 1 - year : year, number(text, month + 1, day), number(text, day + 1, to))
			.toEpochDay();
	}

	private static boolean isBeforeChrist(String text) {
		return text.endsWith(BEFORE_CHRIST);
	}

	public static long micros(Instant instant) {
		return (instant.getEpochSecond() - EPOCH_SECOND) * MICROS_PER_SECOND + instant.getNano() / 1_000;
	}

	public static long micros(LocalDateTime dateTime) {
		return micros(dateTime.toInstant(ZoneOffset.UTC));
	}

	static LocalDate date(int days) {
		if (days == Integer.MAX_VALUE) {
			return LocalDate.MAX;
		}
		return (days == Integer.MIN_VALUE) ? LocalDate.MIN : LocalDate.ofEpochDay(days);
	}

	static Instant instant(long micros) {
		if (micros == Long.MAX_VALUE) {
			return Instant.MAX;
		}
		return (micros == Long.MIN_VALUE) ? Instant.MIN
				: Instant.ofEpochSecond(Math.floorDiv(micros, MICROS_PER_SECOND) + EPOCH_SECOND, nanos(micros));
	}

	static LocalDateTime dateTime(long micros) {
		if (micros == Long.MAX_VALUE) {
			return LocalDateTime.MAX;
		}
		return (micros == Long.MIN_VALUE) ? LocalDateTime.MIN : LocalDateTime
			.ofEpochSecond(Math.floorDiv(micros, MICROS_PER_SECOND) + EPOCH_SECOND, nanos(micros), ZoneOffset.UTC);
	}

	/** {@code LocalTime.MAX} represents 24:00. */
	static LocalTime time(long micros) {
		return (micros == MICROS_PER_DAY) ? LocalTime.MAX : LocalTime.ofNanoOfDay(micros * 1_000);
	}

	private static int nanos(long micros) {
		return (int) Math.floorMod(micros, MICROS_PER_SECOND) * 1_000;
	}

	static String infinityOr(boolean positive, boolean negative, Object finite) {
		if (positive) {
			return "infinity";
		}
		return negative ? "-infinity" : finite.toString();
	}

}
