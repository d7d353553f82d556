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

package io.github.cdcspring.boot.test;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;

import io.github.cdcspring.internal.row.PostgresType;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * A value that a test makes, and the type of its column.
 *
 * @param type the type
 * @param value the value, {@code null} for NULL
 */
record TestValue(PostgresType type, @Nullable Object value) {

	private static final DateTimeFormatter DATE_TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS");

	private static final PostgresType TEXT = type(25, "text");

	private static final Map<Class<?>, PostgresType> TYPES = Map.ofEntries(Map.entry(Boolean.class, type(16, "bool")),
			Map.entry(byte[].class, type(17, "bytea")), Map.entry(Long.class, type(20, "int8")),
			Map.entry(Short.class, type(21, "int2")), Map.entry(Integer.class, type(23, "int4")),
			Map.entry(String.class, TEXT), Map.entry(Character.class, TEXT),
			Map.entry(Float.class, type(700, "float4")), Map.entry(Double.class, type(701, "float8")),
			Map.entry(LocalDate.class, type(1082, "date")), Map.entry(LocalTime.class, type(1083, "time")),
			Map.entry(OffsetTime.class, type(1266, "timetz")), Map.entry(LocalDateTime.class, type(1114, "timestamp")),
			Map.entry(Instant.class, type(1184, "timestamptz")),
			Map.entry(OffsetDateTime.class, type(1184, "timestamptz")),
			Map.entry(ZonedDateTime.class, type(1184, "timestamptz")),
			Map.entry(BigDecimal.class, type(1700, "numeric")), Map.entry(BigInteger.class, type(1700, "numeric")),
			Map.entry(UUID.class, type(2950, "uuid")));

	private static PostgresType type(int oid, String name) {
		return PostgresType.of(oid, name, false, -1, false);
	}

	/** A value whose column has the type of the value; the type of NULL is text. */
	static TestValue of(String column, @Nullable Object value) {
		return (value != null) ? of(column, value.getClass(), value) : new TestValue(TEXT, null);
	}

	/**
	 * A value of a column that Java maps to a type.
	 * @throws IllegalArgumentException if no column has the type
	 */
	static TestValue of(String column, Class<?> javaType, @Nullable Object value) {
		Class<?> boxed = ClassUtils.resolvePrimitiveIfNecessary(javaType);
		PostgresType type = (boxed.isEnum() || value instanceof Enum) ? TEXT : TYPES.get(boxed);
		if (type == null) {
			throw new IllegalArgumentException("The value of column '" + column + "' has the type " + javaType.getName()
					+ ", whose column type is unknown. Use one of the common types, or test with a CdcScenario.");
		}
		return new TestValue(type, value);
	}

	/** The value in the form in which events contain it. */
	@Nullable Object raw() {
		return (this.value != null) ? this.type.parse(text(this.value)) : null;
	}

	private static String text(Object value) {
		if (value instanceof byte[] bytes) {
			return "\\x" + HexFormat.of().formatHex(bytes);
		}
		if (value instanceof Enum<?> constant) {
			return constant.name();
		}
		if (value instanceof LocalDateTime dateTime) {
			return DATE_TIME.format(dateTime);
		}
		if (value instanceof OffsetDateTime dateTime) {
			return utc(dateTime.toInstant());
		}
		if (value instanceof ZonedDateTime dateTime) {
			return utc(dateTime.toInstant());
		}
		if (value instanceof Instant instant) {
			return utc(instant);
		}
		if (value instanceof OffsetTime time) {
			return DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSSxxx").format(time);
		}
		return (value instanceof LocalTime time) ? DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSS").format(time)
				: value.toString();
	}

	private static String utc(Instant instant) {
		return DATE_TIME.format(instant.atOffset(ZoneOffset.UTC)) + "+00";
	}

}
