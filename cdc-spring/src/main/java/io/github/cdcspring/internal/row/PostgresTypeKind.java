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
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetTime;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.PostgresInterval;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Schema.Type;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.HStoreConverter;

/**
 * The kinds of PostgreSQL types that are represented differently in Java. Each kind
 * defines a raw form, in which values pass through Debezium. The raw form is exact: it is
 * a value of a Kafka Connect type, or PostgreSQL's text if no such type is exact.
 *
 * @see <a href="https://www.postgresql.org/docs/current/datatype.html">PostgreSQL: data
 * types</a>
 */
public enum PostgresTypeKind {

	BOOLEAN(Type.BOOLEAN, Boolean.class, (text) -> text.startsWith("t"), Object::toString, (raw) -> raw),

	/** {@code bit(1)}. */
	BIT(Type.BOOLEAN, Boolean.class, (text) -> text.equals("1") || text.startsWith("t"),
			(raw) -> ((Boolean) raw) ? "1" : "0", (raw) -> raw),

	SMALLINT(Type.INT16, Short.class, Short::valueOf, Object::toString, (raw) -> raw),

	INTEGER(Type.INT32, Integer.class, Integer::valueOf, Object::toString, (raw) -> raw),

	BIGINT(Type.INT64, Long.class, Long::valueOf, Object::toString, (raw) -> raw),

	REAL(Type.FLOAT32, Float.class, Float::valueOf, Object::toString, (raw) -> raw),

	DOUBLE(Type.FLOAT64, Double.class, Double::valueOf, Object::toString, (raw) -> raw),

	/** A mark represents NaN and infinity, which {@link BigDecimal} does not have. */
	NUMERIC(Type.BYTES, BigDecimal.class, PostgresTypeKind::parseNumber, PostgresTypeKind::printNumber,
			PostgresTypeKind::number),

	MONEY(Type.BYTES, BigDecimal.class, MoneyText::parse, (raw) -> ((BigDecimal) raw).toPlainString(), (raw) -> raw),

	TEXT(Type.STRING, String.class, (text) -> text, Object::toString, (raw) -> raw),

	BYTES(Type.BYTES, byte[].class, PostgresTypeKind::parseBytes, (raw) -> "\\x" + HexFormat.of().formatHex(bytes(raw)),
			PostgresTypeKind::bytes),

	/** Days since 1970. */
	DATE(Type.INT32, LocalDate.class, TemporalText::days,
			(raw) -> TemporalText.infinityOr((int) raw == Integer.MAX_VALUE, (int) raw == Integer.MIN_VALUE,
					TemporalText.date((int) raw)),
			(raw) -> TemporalText.date((int) raw)),

	/** Microseconds of the day. */
	TIME(Type.INT64, LocalTime.class, TemporalText::microsOfDay,
			(raw) -> ((long) raw == TemporalText.MICROS_PER_DAY) ? "24:00" : TemporalText.time((long) raw).toString(),
			(raw) -> TemporalText.time((long) raw)),

	/** Microseconds of the day and the offset from UTC, in one number. */
	TIMETZ(Type.INT64, OffsetTime.class, TemporalText::timeWithOffset,
			(raw) -> TemporalText.printTimeWithOffset((long) raw), (raw) -> TemporalText.offsetTime((long) raw)),

	/** Microseconds since 2000. */
	TIMESTAMP(Type.INT64, LocalDateTime.class, TemporalText::micros,
			(raw) -> TemporalText.infinityOr((long) raw == Long.MAX_VALUE, (long) raw == Long.MIN_VALUE,
					TemporalText.dateTime((long) raw)),
			(raw) -> TemporalText.dateTime((long) raw)),

	/** Microseconds since 2000 in UTC. */
	TIMESTAMPTZ(Type.INT64, Instant.class, TemporalText::micros,
			(raw) -> TemporalText.infinityOr((long) raw == Long.MAX_VALUE, (long) raw == Long.MIN_VALUE,
					TemporalText.instant((long) raw)),
			(raw) -> TemporalText.instant((long) raw)),

	/** Text of three numbers: months, days and microseconds. */
	INTERVAL(Type.STRING, PostgresInterval.class, IntervalText::raw, (raw) -> IntervalText.print((String) raw),
			(raw) -> IntervalText.parse((String) raw)),

	UUID(Type.STRING, UUID.class, (text) -> text, Object::toString, (raw) -> java.util.UUID.fromString((String) raw)),

	JSON(Type.STRING, String.class, (text) -> text, Object::toString, (raw) -> raw),

	/** {@code bit(n)} and {@code varbit}. The text preserves the length. */
	BITS(Type.STRING, String.class, (text) -> text, Object::toString, (raw) -> raw),

	LSN(Type.STRING, Lsn.class, (text) -> text, Object::toString, (raw) -> Lsn.parse((String) raw)),

	HSTORE(Type.STRING, Map.class, (text) -> text, Object::toString,
			(raw) -> Collections.unmodifiableMap(HStoreConverter.fromString((String) raw))),

	ARRAY(Type.STRING, List.class, (text) -> text, Object::toString, (raw) -> raw),

	/** The value of a column that another converter created. */
	FOREIGN(Type.STRUCT, Object.class, (text) -> text, Object::toString, (raw) -> raw);

	public final Type connectType;

	final Class<?> naturalType;

	private final Function<String, Object> parse;

	private final Function<Object, String> print;

	private final Function<Object, Object> natural;

	PostgresTypeKind(Type connectType, Class<?> naturalType, Function<String, Object> parse,
			Function<Object, String> print, Function<Object, Object> natural) {
		this.connectType = connectType;
		this.naturalType = naturalType;
		this.parse = parse;
		this.print = print;
		this.natural = natural;
	}

	/** The kind of a schema that another converter created. */
	static PostgresTypeKind of(Schema schema) {
		return switch (schema.type()) {
			case BOOLEAN -> BOOLEAN;
			case INT16 -> SMALLINT;
			case INT32 -> (schema.name() == null) ? INTEGER : FOREIGN;
			case INT64 -> (schema.name() == null) ? BIGINT : FOREIGN;
			case FLOAT32 -> REAL;
			case FLOAT64 -> DOUBLE;
			case STRING -> TEXT;
			case BYTES -> (schema.name() == null) ? BYTES : FOREIGN;
			default -> FOREIGN;
		};
	}

	/**
	 * Parse PostgreSQL's text.
	 * @param text the text
	 * @return the raw form
	 */
	public Object parse(String text) {
		return this.parse.apply(text);
	}

	/**
	 * Print the raw form: dates and times in ISO 8601, other values as PostgreSQL does.
	 */
	String print(Object raw) {
		return this.print.apply(raw);
	}

	/** Convert the raw form to the natural Java value. */
	Object natural(Object raw) {
		return this.natural.apply(raw);
	}

	/**
	 * Return the mark for a value that PostgreSQL did not send.
	 * @return the mark, {@code null} if PostgreSQL always sends values of this kind
	 * @see <a href=
	 * "https://www.postgresql.org/docs/current/storage-toast.html">PostgreSQL: TOAST</a>
	 */
	public @Nullable Object unavailable() {
		return switch (this.connectType) {
			case STRING -> ValueFormat.UNAVAILABLE_TEXT;
			case BYTES -> (this == BYTES) ? ValueFormat.UNAVAILABLE_BYTES : ValueFormat.UNAVAILABLE_NUMBER;
			default -> null;
		};
	}

	/**
	 * Return the mark for a value whose text the starter cannot parse. PostgreSQL has no
	 * such value.
	 * @return the mark, {@code null} if each raw form is a value of PostgreSQL
	 */
	public @Nullable Object unreadable() {
		return switch (this) {
			case NUMERIC, MONEY -> ValueFormat.UNREADABLE_NUMBER;
			case BYTES -> ValueFormat.UNREADABLE_BYTES;
			case INTERVAL -> ValueFormat.UNREADABLE_TEXT;
			case DATE -> ValueFormat.UNREADABLE_DATE;
			case TIME, TIMETZ -> ValueFormat.UNREADABLE_TIME;
			case TIMESTAMP, TIMESTAMPTZ -> ValueFormat.UNREADABLE_TIMESTAMP;
			default -> null;
		};
	}

	private static Object parseNumber(String text) {
		return switch (text) {
			case "NaN" -> ValueFormat.NAN;
			case "Infinity" -> ValueFormat.INFINITY;
			case "-Infinity" -> ValueFormat.MINUS_INFINITY;
			default -> new BigDecimal(text);
		};
	}

	private static String printNumber(Object raw) {
		BigDecimal number = (BigDecimal) raw;
		return ValueFormat.isSpecial(number) ? number(number).toString() : number.toPlainString();
	}

	private static Object number(Object raw) {
		if (raw == ValueFormat.NAN) {
			return Double.NaN;
		}
		if (raw == ValueFormat.INFINITY) {
			return Double.POSITIVE_INFINITY;
		}
		return (raw == ValueFormat.MINUS_INFINITY) ? Double.NEGATIVE_INFINITY : raw;
	}

	/** {@code bytea_output} is hex on the engine's connections. */
	private static Object parseBytes(String text) {
		if (!text.startsWith("\\x")) {
			throw new IllegalArgumentException("not in hex format");
		}
		return HexFormat.of().parseHex(text, 2, text.length());
	}

	static byte[] bytes(Object raw) {
		if (raw instanceof byte[] bytes) {
			return bytes;
		}
		ByteBuffer buffer = ((ByteBuffer) raw).duplicate();
		byte[] bytes = new byte[buffer.remaining()];
		buffer.get(bytes);
		return bytes;
	}

	/** A duration can represent 24:00, which {@code LocalTime} cannot. */
	static Duration durationOfDay(Object raw) {
		return Duration.ofNanos((long) raw * 1_000);
	}

}
