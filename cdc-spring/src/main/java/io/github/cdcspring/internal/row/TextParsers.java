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
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Currency;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Reads classes of Java from text: each as the class itself reads it, and refuses any
 * other text. Times are in ISO 8601, whatever the default locale is.
 */
final class TextParsers {

	private static final Map<Class<?>, Function<String, Object>> PARSERS = Map.ofEntries(
			Map.entry(Byte.class, Byte::valueOf), Map.entry(Short.class, Short::valueOf),
			Map.entry(Integer.class, Integer::valueOf), Map.entry(Long.class, Long::valueOf),
			Map.entry(BigInteger.class, BigInteger::new), Map.entry(BigDecimal.class, BigDecimal::new),
			Map.entry(Float.class, TextParsers::toFloat), Map.entry(Double.class, TextParsers::toDouble),
			Map.entry(Boolean.class, TextParsers::toBoolean), Map.entry(UUID.class, TextParsers::toUuid),
			Map.entry(URI.class, URI::create), Map.entry(Currency.class, Currency::getInstance),
			Map.entry(ZoneId.class, ZoneId::of), Map.entry(Duration.class, Duration::parse),
			Map.entry(Period.class, Period::parse), Map.entry(Instant.class, Instant::parse),
			Map.entry(LocalDate.class, LocalDate::parse), Map.entry(LocalTime.class, LocalTime::parse),
			Map.entry(LocalDateTime.class, LocalDateTime::parse), Map.entry(OffsetTime.class, OffsetTime::parse),
			Map.entry(OffsetDateTime.class, OffsetDateTime::parse),
			Map.entry(ZonedDateTime.class, ZonedDateTime::parse), Map.entry(Year.class, Year::parse),
			Map.entry(YearMonth.class, YearMonth::parse), Map.entry(MonthDay.class, MonthDay::parse));

	private TextParsers() {
	}

	/**
	 * Find the parser for a class. It throws an {@link IllegalArgumentException}, an
	 * {@link ArithmeticException} or a {@link java.time.DateTimeException} for other
	 * texts.
	 */
	static @Nullable Function<String, Object> find(Class<?> wanted) {
		return PARSERS.get(wanted);
	}

	/** Rounds, but never to infinity. */
	private static Object toFloat(String text) {
		float number = Float.parseFloat(text);
		return finite(text, number, Float.isInfinite(number));
	}

	private static Object toDouble(String text) {
		double number = Double.parseDouble(text);
		return finite(text, number, Double.isInfinite(number));
	}

	private static Object finite(String text, Number number, boolean infinite) {
		if (infinite && !text.contains("Infinity")) {
			throw new ArithmeticException();
		}
		return number;
	}

	private static Object toBoolean(String text) {
		if (text.equals("true") || text.equals("false")) {
			return text.equals("true");
		}
		throw new IllegalArgumentException("Neither 'true' nor 'false'");
	}

	/** Java also reads a text whose groups are shorter. */
	private static Object toUuid(String text) {
		UUID id = UUID.fromString(text);
		if (!id.toString().equalsIgnoreCase(text)) {
			throw new IllegalArgumentException("No UUID");
		}
		return id;
	}

}
