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

import java.time.Duration;
import java.time.Period;

/**
 * A value of PostgreSQL's type {@code interval}. Months, days and time are separate,
 * because a month has no fixed number of days, and a day no fixed number of hours. The
 * text form is that of ISO 8601 ({@code P1Y2M3DT4H5M6.7S}).
 *
 * @param months the months, including those of the years
 * @param days the days
 * @param microseconds the time in microseconds
 * @since 0.1.0
 * @see <a href=
 * "https://www.postgresql.org/docs/current/datatype-datetime.html#DATATYPE-INTERVAL-INPUT">PostgreSQL:
 * interval</a>
 */
public record PostgresInterval(int months, int days, long microseconds) {

	/**
	 * The interval {@code infinity} of PostgreSQL 17 and newer. No finite interval of
	 * these versions has the same numbers.
	 */
	public static final PostgresInterval INFINITY = new PostgresInterval(Integer.MAX_VALUE, Integer.MAX_VALUE,
			Long.MAX_VALUE);

	/**
	 * The interval {@code -infinity} of PostgreSQL 17 and newer. No finite interval of
	 * these versions has the same numbers.
	 */
	public static final PostgresInterval MINUS_INFINITY = new PostgresInterval(Integer.MIN_VALUE, Integer.MIN_VALUE,
			Long.MIN_VALUE);

	private static final long MICROS_PER_SECOND = 1_000_000;

	/**
	 * Return the interval as a duration.
	 * @return the duration
	 * @throws ArithmeticException if the interval has months or days, whose duration is
	 * not fixed
	 */
	public Duration toDuration() {
		if (this.months != 0 || this.days != 0) {
			throw new ArithmeticException(
					"An interval with months or days has no fixed duration. Use months(), days() and microseconds().");
		}
		return time();
	}

	/**
	 * Return the interval as a period.
	 * @return the period, with twelve months as a year
	 * @throws ArithmeticException if the interval has a time, which a period cannot
	 * represent
	 */
	public Period toPeriod() {
		if (this.microseconds != 0) {
			throw new ArithmeticException(
					"An interval with a time cannot be a period. Use months(), days() and microseconds().");
		}
		return date();
	}

	private Period date() {
		return Period.of(this.months / 12, this.months % 12, this.days);
	}

	private Duration time() {
		return Duration.ofSeconds(Math.floorDiv(this.microseconds, MICROS_PER_SECOND),
				Math.floorMod(this.microseconds, MICROS_PER_SECOND) * 1_000);
	}

	@Override
	public String toString() {
		if (this.microseconds == 0) {
			return date().toString();
		}
		String time = time().toString();
		return (this.months == 0 && this.days == 0) ? time : date() + time.substring(1);
	}

}
