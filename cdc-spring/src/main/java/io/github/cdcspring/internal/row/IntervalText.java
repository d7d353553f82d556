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

import io.github.cdcspring.PostgresInterval;

/**
 * Parses an interval in PostgreSQL's style {@code postgres}, such as
 * {@code 1 year -2 mons +3 days -04:05:06.7}, and in the raw form: months, days and
 * microseconds.
 *
 * @see <a href=
 * "https://www.postgresql.org/docs/current/datatype-datetime.html#DATATYPE-INTERVAL-OUTPUT">PostgreSQL:
 * interval output</a>
 */
final class IntervalText {

	private IntervalText() {
	}

	/** Parse PostgreSQL's text to the raw form. */
	static String raw(String text) {
		if (text.equals("infinity")) {
			return raw(PostgresInterval.INFINITY);
		}
		if (text.equals("-infinity")) {
			return raw(PostgresInterval.MINUS_INFINITY);
		}
		int months = 0;
		int days = 0;
		long micros = 0;
		String[] parts = text.split(" ");
		for (int i = 0; i < parts.length; i++) {
			if (parts[i].indexOf(':') >= 0) {
				micros = micros(parts[i]);
			}
			else {
				int number = Integer.parseInt(parts[i++]);
				switch (parts[i]) {
					case "year", "years" -> months = Math.addExact(months, Math.multiplyExact(number, 12));
					case "mon", "mons" -> months = Math.addExact(months, number);
					case "day", "days" -> days = number;
					default -> throw new IllegalArgumentException("unknown unit");
				}
			}
		}
		return raw(new PostgresInterval(months, days, micros));
	}

	private static String raw(PostgresInterval interval) {
		return interval.months() + " " + interval.days() + " " + interval.microseconds();
	}

	/** {@code [+-]HH:mm:ss[.ffffff]}, with any number of hours. */
	private static long micros(String time) {
		boolean negative = time.startsWith("-");
		int start = (negative || time.startsWith("+")) ? 1 : 0;
		int colon = time.indexOf(':');
		long hours = -Long.parseLong(time, start, colon, 10) * 3600 * TemporalText.MICROS_PER_SECOND;
		// The least number has no positive counterpart
		long micros = Math.subtractExact(hours, TemporalText.microsOfDay("00" + time.substring(colon)));
		return negative ? micros : Math.negateExact(micros);
	}

	/** Parse the raw form. */
	static PostgresInterval parse(String raw) {
		String[] parts = raw.split(" ");
		return new PostgresInterval(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Long.parseLong(parts[2]));
	}

	/** Print ISO 8601, which has no infinity. */
	static String print(String raw) {
		PostgresInterval interval = parse(raw);
		return TemporalText.infinityOr(interval.equals(PostgresInterval.INFINITY),
				interval.equals(PostgresInterval.MINUS_INFINITY), interval);
	}

}
