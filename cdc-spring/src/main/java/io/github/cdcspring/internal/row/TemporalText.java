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

	private TemporalText() {
	}

	/** Days since 1970. */
	static int days(String text) {
		if (text.endsWith("infinity")) {
			return text.startsWith("-") ? Integer.MIN_VALUE : Integer.MAX_VALUE;
		}
		return Math.toIntExact(date(text.substring(0, dateEnd(text)), text).toEpochDay());
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
		LocalDate date = date(text.substring(0, space), text);
		int end = text.endsWith(" BC") ? text.length() - 3 : text.length();
		return (date.toEpochDay() - EPOCH_DAY) * MICROS_PER_DAY + microsOfDay(text.substring(space + 1, end));
	}

	/**
	 * Microseconds of the day, up to and including 24:00. An offset from UTC is
	 * subtracted, so the result may be outside the day.
	 */
	static long microsOfDay(String text) {
		int sign = Math.max(text.indexOf('+'), text.indexOf('-'));
		long time = seconds(text.substring(0, (sign < 0) ? text.length() : sign));
		if (sign < 0) {
			return time;
		}
		long offset = seconds(text.substring(sign + 1));
		return (text.charAt(sign) == '-') ? time + offset : time - offset;
	}

	/**
	 * Parse a time with an offset from UTC, which differs from the same time with another
	 * offset.
	 * @return both in one number, which is never negative
	 */
	static long timeWithOffset(String text) {
		int sign = Math.max(text.indexOf('+'), text.indexOf('-'));
		long offset = seconds(text.substring(sign + 1)) / MICROS_PER_SECOND;
		return (seconds(text.substring(0, sign)) << OFFSET_BITS)
				| (OFFSET_ZERO + ((text.charAt(sign) == '-') ? -offset : offset));
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
	private static long seconds(String text) {
		int hours = number(text, 0, 2);
		int minutes = (text.length() > 2) ? number(text, 3, 5) : 0;
		int seconds = (text.length() > 5) ? number(text, 6, 8) : 0;
		long micros = 0;
		int unit = 100_000;
		for (int i = 9; i < text.length(); i++) {
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

	private static int dateEnd(String text) {
		int space = text.indexOf(' ');
		return (space < 0) ? text.length() : space;
	}

	private static LocalDate date(String date, String text) {
		int day = date.lastIndexOf('-');
		int month = date.lastIndexOf('-', day - 1);
		int year = number(date, 0, month);
		return LocalDate.of(text.endsWith(" BC") ? 1 - year : year, number(date, month + 1, day),
				number(date, day + 1, date.length()));
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
