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
 * PostgreSQL's {@code interval}, which keeps months, days and time apart: a month has no
 * fixed number of days, and a day no fixed number of hours. Prints as ISO 8601
 * ({@code P1Y2M3DT4H5M6.7S}).
 *
 * @param months the months, years included
 * @param days the days
 * @param microseconds the time in microseconds
 * @since 0.1.0
 * @see <a href=
 * "https://www.postgresql.org/docs/current/datatype-datetime.html#DATATYPE-INTERVAL-INPUT">PostgreSQL:
 * interval</a>
 */
public record PostgresInterval(int months, int days, long microseconds) {

	private static final long MICROS_PER_SECOND = 1_000_000;

	/**
	 * The interval as a duration.
	 * @return the duration
	 * @throws ArithmeticException if the interval has months or days, which are no fixed
	 * time
	 */
	public Duration toDuration() {
		if (this.months != 0 || this.days != 0) {
			throw new ArithmeticException("An interval with months or days is no fixed time");
		}
		return time();
	}

	/**
	 * The interval as a period.
	 * @return the period, years split off from the months
	 * @throws ArithmeticException if the interval has a time, which a period cannot keep
	 */
	public Period toPeriod() {
		if (this.microseconds != 0) {
			throw new ArithmeticException("An interval with a time is no period");
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
