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

package io.github.cdcspring.internal.debezium;

import java.nio.ByteBuffer;
import java.sql.Date;
import java.sql.SQLException;
import java.sql.SQLXML;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.time.chrono.IsoEra;
import java.time.temporal.ChronoField;
import java.util.Calendar;
import java.util.GregorianCalendar;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

import io.debezium.connector.postgresql.PostgresValueConverter;
import io.debezium.connector.postgresql.UnchangedToastedReplicationMessageColumn;
import io.debezium.data.SpecialValueDecimal;
import io.debezium.spi.converter.CustomConverter;
import io.debezium.spi.converter.RelationalColumn;
import io.github.cdcspring.internal.row.IdentityMark;
import io.github.cdcspring.internal.row.PostgresType;
import io.github.cdcspring.internal.row.PostgresTypeKind;
import io.github.cdcspring.internal.row.RecordDecoder;
import io.github.cdcspring.internal.row.RowMappers;
import io.github.cdcspring.internal.row.TemporalText;
import io.github.cdcspring.internal.row.ValueFormat;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGStatement;
import org.postgresql.util.HStoreConverter;
import org.postgresql.util.PGInterval;
import org.postgresql.util.PGobject;

/**
 * Converts each value to the raw form of its {@link PostgresTypeKind}. It replaces
 * Debezium's own converters, which round, omit or reject some values and replace NULL by
 * a default. Debezium creates this class by its name, see {@link #debeziumProperties()}.
 *
 * @see <a href=
 * "https://debezium.io/documentation/reference/stable/development/converters.html">Debezium:
 * custom converters</a>
 */
public final class ColumnConverter implements CustomConverter<SchemaBuilder, RelationalColumn> {

	/** The name under which Debezium knows the converter. */
	static final String NAME = "cdcspring";

	/** The property with the id of the run's context. */
	static final String RUN = "run";

	private ColumnTypes types = new ColumnTypes(List.of(), null);

	@Override
	public void configure(Properties properties) {
		RunContext context = RunContext.find(properties.getProperty(RUN));
		if (context != null) {
			this.types = context.types();
		}
	}

	@Override
	public void converterFor(RelationalColumn column, ConverterRegistration<SchemaBuilder> registration) {
		PostgresType type = this.types.of(column);
		PostgresTypeKind kind = type.kind();
		Object defaultValue = column.defaultValue();
		// Optional even if the column is NOT NULL: the previous row may lack it
		SchemaBuilder schema = schema(kind).optional();
		type.describe(schema);
		IdentityMark.describe(schema, column.charsetName());
		registration.register(schema, (value) -> {
			try {
				return raw(kind, value);
			}
			catch (RuntimeException ex) {
				// Debezium also converts the column's default, whose form may differ from
				// that of values, and which the starter does not use
				if (value == defaultValue) {
					return null;
				}
				throw ex;
			}
		});
	}

	private static SchemaBuilder schema(PostgresTypeKind kind) {
		return (kind == PostgresTypeKind.NUMERIC || kind == PostgresTypeKind.MONEY) ? Decimal.builder(0)
				: SchemaBuilder.type(kind.connectType);
	}

	private static @Nullable Object raw(PostgresTypeKind kind, @Nullable Object value) {
		if (value == null) {
			return null;
		}
		if (UnchangedToastedReplicationMessageColumn.isUnchangedToastedValue(value)) {
			Object unavailable = kind.unavailable();
			if (unavailable == null) {
				throw new IllegalStateException("Debezium marked a value of kind " + kind
						+ " as not sent, but PostgreSQL always sends such values. Report this as a bug.");
			}
			return unavailable;
		}
		if (value instanceof String text) {
			return kind.parse(text);
		}
		return switch (kind) {
			case BOOLEAN, BIT -> (Boolean) value;
			case SMALLINT -> ((Number) value).shortValue();
			case INTEGER -> (value instanceof Integer) ? value : Integer.valueOf(((Number) value).intValue());
			case BIGINT -> (value instanceof Long) ? value : Long.valueOf(((Number) value).longValue());
			case REAL -> (value instanceof Float) ? value : Float.valueOf(((Number) value).floatValue());
			case DOUBLE -> (value instanceof Double) ? value : Double.valueOf(((Number) value).doubleValue());
			case NUMERIC, MONEY -> number(kind, value);
			case BYTES -> (value instanceof ByteBuffer || value instanceof byte[]) ? value : kind.parse(text(value));
			case DATE -> date(value);
			case TIME -> time((LocalTime) value);
			case TIMETZ -> time(((OffsetTime) value).withOffsetSameInstant(ZoneOffset.UTC).toLocalTime());
			case TIMESTAMP -> timestamp(value);
			case TIMESTAMPTZ -> timestampWithZone(value);
			case INTERVAL -> PostgresTypeKind.rawInterval((PGInterval) value);
			case HSTORE -> (value instanceof Map<?, ?> map) ? HStoreConverter.toString(map) : text(value);
			default -> text(value);
		};
	}

	private static Object number(PostgresTypeKind kind, Object value) {
		if (value instanceof SpecialValueDecimal decimal) {
			return decimal.getDecimalValue().isPresent() ? decimal.getDecimalValue().get()
					: kind.parse(Double.toString(decimal.toDouble()));
		}
		return kind.parse(value.toString());
	}

	private static Object date(Object value) {
		if (value instanceof Date date) {
			return days(date);
		}
		LocalDate date = (LocalDate) value;
		if (date.equals(PostgresValueConverter.POSITIVE_INFINITY_LOCAL_DATE)) {
			return Integer.MAX_VALUE;
		}
		return date.equals(PostgresValueConverter.NEGATIVE_INFINITY_LOCAL_DATE) ? Integer.MIN_VALUE
				: Math.toIntExact(date.toEpochDay());
	}

	/**
	 * The driver uses the Julian calendar for dates before 1582. Year, month and day are
	 * correct, so they are taken over.
	 */
	private static int days(Date date) {
		if (date.getTime() == PGStatement.DATE_POSITIVE_INFINITY) {
			return Integer.MAX_VALUE;
		}
		if (date.getTime() == PGStatement.DATE_NEGATIVE_INFINITY) {
			return Integer.MIN_VALUE;
		}
		Calendar calendar = new GregorianCalendar();
		calendar.setTime(date);
		return Math.toIntExact(LocalDate
			.of(calendar.get(Calendar.YEAR), calendar.get(Calendar.MONTH) + 1, calendar.get(Calendar.DAY_OF_MONTH))
			.with(ChronoField.ERA,
					((calendar.get(Calendar.ERA) == GregorianCalendar.BC) ? IsoEra.BCE : IsoEra.CE).getValue())
			.toEpochDay());
	}

	private static long time(LocalTime time) {
		return time.toNanoOfDay() / 1_000;
	}

	private static long timestamp(Object value) {
		if (value instanceof LocalDateTime dateTime) {
			return TemporalText.micros(dateTime);
		}
		if (value.equals(PostgresValueConverter.POSITIVE_INFINITY_INSTANT)) {
			return Long.MAX_VALUE;
		}
		return value.equals(PostgresValueConverter.NEGATIVE_INFINITY_INSTANT) ? Long.MIN_VALUE
				: TemporalText.micros((Instant) value);
	}

	private static long timestampWithZone(Object value) {
		if (value.equals(PostgresValueConverter.POSITIVE_INFINITY_OFFSET_DATE_TIME)) {
			return Long.MAX_VALUE;
		}
		return value.equals(PostgresValueConverter.NEGATIVE_INFINITY_OFFSET_DATE_TIME) ? Long.MIN_VALUE : TemporalText
			.micros((value instanceof OffsetDateTime dateTime) ? dateTime.toInstant() : (Instant) value);
	}

	private static String text(Object value) {
		try {
			if (value instanceof PGobject object) {
				return String.valueOf(object.getValue());
			}
			return (value instanceof SQLXML xml) ? xml.getString() : value.toString();
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Return the Debezium properties that {@link RecordDecoder} and {@link RowMappers}
	 * require. The engine reserves them, because other settings lose or change values.
	 * @return the properties
	 * @see <a href=
	 * "https://debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-connector-properties">Debezium:
	 * connector properties</a>
	 */
	public static Map<String, String> debeziumProperties() {
		Map<String, String> properties = new LinkedHashMap<>();
		properties.put("converters", NAME);
		properties.put(NAME + ".type", ColumnConverter.class.getName());
		// By default, the connector omits or rounds values before it calls the converter
		properties.put("include.unknown.datatypes", "true");
		properties.put("decimal.handling.mode", "precise");
		properties.put("binary.handling.mode", "bytes");
		properties.put("unavailable.value.placeholder", ValueFormat.PLACEHOLDER);
		// By default, the connector logs a value that it cannot convert, and sends null
		properties.put("event.converting.failure.handling.mode", "fail");
		// Keep the columns' names
		properties.put("field.name.adjustment.mode", "none");
		properties.put("schema.name.adjustment.mode", "none");
		return properties;
	}

}
