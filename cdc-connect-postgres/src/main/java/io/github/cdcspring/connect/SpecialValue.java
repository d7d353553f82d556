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

package io.github.cdcspring.connect;

import io.github.cdcspring.internal.row.PostgresType;
import io.github.cdcspring.internal.row.PostgresTypeKind;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * A value of PostgreSQL, or the absence of one, that Kafka Connect's types cannot
 * represent. {@link CdcPostgresConnector} represents it by an object that a consumer
 * cannot tell from a value by its type. {@link CdcConverter} keeps it. Consumers ask
 * {@link #of(Struct, String)} before they use a value.
 *
 * @since 0.1.0
 */
public enum SpecialValue {

	/**
	 * PostgreSQL did not send the value, because the update did not change it. The row
	 * has a value, which the consumer keeps.
	 *
	 * @see <a href=
	 * "https://www.postgresql.org/docs/current/storage-toast.html">PostgreSQL: TOAST</a>
	 */
	UNAVAILABLE,

	/**
	 * PostgreSQL sent text that is not a value of the column's type to the connector. The
	 * value is not known.
	 */
	UNREADABLE,

	/** NaN of {@code numeric}, {@code real} or {@code double precision}. */
	NAN,

	/** Infinity of a number, a date or a timestamp. */
	INFINITY,

	/** Negative infinity of a number, a date or a timestamp. */
	MINUS_INFINITY;

	/**
	 * Return what the value of a column represents.
	 * @param row a row of an event of {@link CdcPostgresConnector}: {@code before} or
	 * {@code after}
	 * @param column the name of the column
	 * @return {@code null} if the value represents itself
	 */
	public static @Nullable SpecialValue of(Struct row, String column) {
		Field field = row.schema().field(column);
		return (field != null) ? of(field.schema(), row.getWithoutDefault(column)) : null;
	}

	/**
	 * Return what a value represents.
	 * @param schema the schema of the column's field
	 * @param value the value
	 * @return {@code null} if the value represents itself
	 */
	public static @Nullable SpecialValue of(Schema schema, @Nullable Object value) {
		if (value == null || !PostgresType.isDescribedBy(schema)) {
			return null;
		}
		PostgresTypeKind kind = PostgresType.of(schema).kind();
		if (value == kind.unavailable()) {
			return UNAVAILABLE;
		}
		Object unreadable = kind.unreadable();
		// A text may equal the mark
		if (value == unreadable || (value instanceof Number && value.equals(unreadable))) {
			return UNREADABLE;
		}
		return switch (kind) {
			case NUMERIC -> number(value);
			case REAL, DOUBLE -> floatingPoint(((Number) value).doubleValue());
			case DATE -> temporal(((Number) value).longValue(), Integer.MIN_VALUE, Integer.MAX_VALUE);
			case TIMESTAMP, TIMESTAMPTZ -> temporal(((Number) value).longValue(), Long.MIN_VALUE, Long.MAX_VALUE);
			default -> null;
		};
	}

	private static @Nullable SpecialValue number(Object value) {
		if (value == PostgresTypeKind.NUMERIC.parse("NaN")) {
			return NAN;
		}
		if (value == PostgresTypeKind.NUMERIC.parse("Infinity")) {
			return INFINITY;
		}
		return (value == PostgresTypeKind.NUMERIC.parse("-Infinity")) ? MINUS_INFINITY : null;
	}

	private static @Nullable SpecialValue floatingPoint(double value) {
		if (Double.isNaN(value)) {
			return NAN;
		}
		if (Double.isInfinite(value)) {
			return (value > 0) ? INFINITY : MINUS_INFINITY;
		}
		return null;
	}

	private static @Nullable SpecialValue temporal(long value, long least, long greatest) {
		if (value == greatest) {
			return INFINITY;
		}
		return (value == least) ? MINUS_INFINITY : null;
	}

}
