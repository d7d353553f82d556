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

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetTime;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatRuntimeException;

/**
 * Dates and times in all forms that PostgreSQL writes in ISO style.
 */
class TemporalTextTests {

	@ParameterizedTest
	@CsvSource({ "2024-02-29, 2024-02-29", "0044-03-15 BC, -0043-03-15", "0001-12-31 BC, 0000-12-31",
			"0005-02-29 BC, -0004-02-29", "5874897-12-31, +5874897-12-31", "4714-11-24 BC, -4713-11-24" })
	void parsesDates(String text, LocalDate expected) {
		assertThat(TemporalText.date(TemporalText.days(text))).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource({ "2024-02-29 12:34:56, 2024-02-29T12:34:56Z", "2024-02-29 12:34:56.7, 2024-02-29T12:34:56.7Z",
			"2024-02-29 12:34:56.000001, 2024-02-29T12:34:56.000001Z",
			"2024-02-29 12:34:56.123456+00, 2024-02-29T12:34:56.123456Z",
			"2024-02-29 12:34:56.5+05:45, 2024-02-29T06:49:56.5Z", "2024-02-29 23:30:00-01, 2024-03-01T00:30:00Z",
			"1800-01-01 00:00:00+00:53:28, 1799-12-31T23:06:32Z",
			"1800-01-01 00:00:00.25-00:01:15, 1800-01-01T00:01:15.25Z", "0044-03-15 12:00:00 BC, -0043-03-15T12:00:00Z",
			"0044-03-15 12:00:00.5 BC, -0043-03-15T12:00:00.5Z", "0044-03-15 12:00:00-01:30 BC, -0043-03-15T13:30:00Z",
			"0001-12-31 23:59:59.999999+02 BC, 0000-12-31T21:59:59.999999Z",
			"294276-12-31 23:59:59.999999, +294276-12-31T23:59:59.999999Z",
			"294276-12-31 23:59:59.999999+00, +294276-12-31T23:59:59.999999Z" })
	void parsesTimestamps(String text, Instant expected) {
		assertThat(TemporalText.instant(TemporalText.micros(text))).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource({ "00:00:00, PT0S", "12:34:56, PT12H34M56S", "12:34:56.000001, PT12H34M56.000001S",
			"23:59:59.999999, PT23H59M59.999999S", "24:00:00, PT24H" })
	void parsesTimes(String text, Duration expected) {
		assertThat(TemporalText.microsOfDay(text)).isEqualTo(expected.toNanos() / 1_000);
	}

	@ParameterizedTest
	@CsvSource({ "12:34:56+00, 12:34:56+00:00", "12:34:56.25-08, 12:34:56.25-08:00",
			"12:34:56.000001+05:45, 12:34:56.000001+05:45", "00:00:00+15:59:59, 00:00:00+15:59:59",
			"23:59:59.999999-15:59:59, 23:59:59.999999-15:59:59" })
	void parsesTimesWithOffset(String text, OffsetTime expected) {
		assertThat(TemporalText.offsetTime(TemporalText.timeWithOffset(text))).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource({ "24:00:00+00, 24:00Z", "24:00:00-15:59:59, 24:00-15:59:59" })
	void parsesTheEndOfADayWithOffset(String text, String expected) {
		assertThat(TemporalText.printTimeWithOffset(TemporalText.timeWithOffset(text))).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource({ "infinity, 9223372036854775807, 2147483647", "-infinity, -9223372036854775808, -2147483648" })
	void parsesInfinity(String text, long micros, int days) {
		assertThat(TemporalText.micros(text)).isEqualTo(micros);
		assertThat(TemporalText.days(text)).isEqualTo(days);
	}

	/** Such a value gets a mark, instead of a wrong number. */
	@ParameterizedTest
	@ValueSource(strings = { "", " ", "-", " BC", "2024-02-29", "2024-02 12:34:56", "2024-02-30 12:34:56",
			"29.02.2024 12:34:56", "2024-02-29 1", "2024-02-29 12:3", "2024-02-29 12:34:5", "2024-02-29 12:34:5+01",
			"2024-02-29 12:34:56+1", "2024-02-29 12:34:56+", "2024-02-29 12:34:56+01:3 BC", "2024-02-29 12:34:56.1x",
			"2024-02-29 12:34:56 UTC", "12345678901-02-28 12:34:56" })
	void refusesOtherForms(String text) {
		assertThatRuntimeException().isThrownBy(() -> TemporalText.micros(text));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "-", " BC", "2024-02", "2024-02-30", "29.02.2024", "2024-02-", "2024--01" })
	void refusesOtherFormsOfDates(String text) {
		assertThatRuntimeException().isThrownBy(() -> TemporalText.days(text));
	}

}
