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

import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.BitSet;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

import io.github.cdcspring.ColumnValue;
import io.github.cdcspring.PostgresInterval;
import org.jspecify.annotations.Nullable;

import org.springframework.core.CollectionFactory;
import org.springframework.core.ResolvableType;
import org.springframework.core.convert.ConversionService;
import org.springframework.core.convert.TypeDescriptor;
import org.springframework.core.convert.support.GenericConversionService;
import org.springframework.util.ClassUtils;
import org.springframework.util.ObjectUtils;

/**
 * Chooses the converter from a column to a Java type. It converts to the natural type and
 * to closely related types itself, and to all other types by a converter of the
 * application. Spring's own converters round numbers, take the first element of an array,
 * drop parts of a time, take numbers for durations and empty texts for NULL. So they only
 * create classes of the application from the natural value.
 */
final class ValueConverters {

	private final ConversionService conversionService;

	private final GenericConversionService applicationConverters;

	private final @Nullable JsonConversion json;

	/**
	 * Create the converters.
	 * @param conversionService Spring's converters and those of the application
	 * @param applicationConverters those of the application only
	 */
	ValueConverters(ConversionService conversionService, GenericConversionService applicationConverters,
			@Nullable JsonConversion json) {
		this.conversionService = conversionService;
		this.applicationConverters = applicationConverters;
		this.json = json;
	}

	/** The target for a column and a type, {@code null} if no converter exists. */
	@Nullable ColumnTarget target(PostgresType type, ResolvableType target) {
		Class<?> wanted = target.resolve(Object.class);
		if (wanted == ColumnValue.class) {
			ColumnTarget value = target(type, target.getGeneric(0));
			return (value != null) ? value.asColumnValue() : null;
		}
		if (wanted == Optional.class) {
			ColumnTarget value = target(type, target.getGeneric(0));
			return (value != null) ? value.asOptional() : null;
		}
		ValueConverter converter = converter(type, target);
		return (converter != null) ? ColumnTarget.plain(converter, !wanted.isPrimitive()) : null;
	}

	/** The converter to the natural Java type. */
	ValueConverter natural(PostgresType type) {
		PostgresTypeKind kind = type.kind();
		if (kind == PostgresTypeKind.ARRAY) {
			return ArrayConverters.list(type, natural(type.elementType()), 0);
		}
		if (kind == PostgresTypeKind.JSON && this.json != null) {
			return json(this.json, this.json.naturalType());
		}
		return kind::natural;
	}

	/** The natural Java type. */
	Class<?> naturalType(PostgresType type) {
		return (type.kind() == PostgresTypeKind.JSON && this.json != null) ? this.json.naturalType()
				: type.kind().naturalType;
	}

	private @Nullable ValueConverter converter(PostgresType type, ResolvableType target) {
		PostgresTypeKind kind = type.kind();
		Class<?> wanted = ClassUtils.resolvePrimitiveIfNecessary(target.resolve(Object.class));
		if (wanted == Object.class) {
			return natural(type);
		}
		if (wanted == String.class) {
			return kind::print;
		}
		ValueConverter converter = switch (kind) {
			case ARRAY -> array(type, target, wanted);
			case JSON -> (this.json != null) ? json(this.json, target.getType()) : null;
			case HSTORE -> hstore(target, wanted);
			case NUMERIC, MONEY -> number(kind, wanted);
			case SMALLINT, INTEGER, BIGINT -> integer(kind, wanted);
			case REAL, DOUBLE -> floatingPoint(kind, wanted);
			default -> scalar(kind, wanted);
		};
		return (converter != null) ? converter : byConversionService(type, target);
	}

	private static ValueConverter json(JsonConversion json, Type target) {
		JsonConversion.Converter converter = json.converterFor(target);
		return (raw) -> converter.convert((String) raw);
	}

	private @Nullable ValueConverter hstore(ResolvableType target, Class<?> wanted) {
		Class<?> values = target.as(Map.class).getGeneric(1).resolve(Object.class);
		return (wanted == Map.class && values.isAssignableFrom(String.class)) ? PostgresTypeKind.HSTORE::natural : null;
	}

	private @Nullable ValueConverter array(PostgresType type, ResolvableType target, Class<?> wanted) {
		if (wanted.isAssignableFrom(List.class)) {
			return listOf(type, target);
		}
		if (Collection.class.isAssignableFrom(wanted)) {
			return collectionOf(type, target, wanted);
		}
		if (!wanted.isArray()) {
			return null;
		}
		int dimensions = 0;
		ResolvableType leaf = target;
		while (leaf.isArray() && !(dimensions > 0 && isBytes(type, leaf))) {
			leaf = leaf.getComponentType();
			dimensions++;
		}
		ColumnTarget element = target(type.elementType(), leaf);
		if (element == null) {
			return null;
		}
		ValueConverter list = ArrayConverters.list(type, element.converter(), dimensions);
		return (raw) -> ArrayConverters.toArray(list.convert(raw), wanted);
	}

	private @Nullable ValueConverter listOf(PostgresType type, ResolvableType target) {
		int dimensions = 1;
		ResolvableType leaf = target.as(Iterable.class).getGeneric(0);
		while (isList(type, leaf)) {
			leaf = leaf.as(Iterable.class).getGeneric(0);
			dimensions++;
		}
		// An element of type Object may be a list
		int expected = (leaf.resolve(Object.class) == Object.class) ? 0 : dimensions;
		ColumnTarget element = target(type.elementType(), leaf);
		return (element != null) ? ArrayConverters.list(type, element.converter(), expected) : null;
	}

	private @Nullable ValueConverter collectionOf(PostgresType type, ResolvableType target, Class<?> wanted) {
		ValueConverter list = listOf(type, target);
		Class<?> element = target.asCollection().getGeneric(0).resolve();
		if (list == null || !creates(wanted, element)) {
			return null;
		}
		return (raw) -> {
			List<?> elements = (List<?>) Objects.requireNonNull(list.convert(raw));
			Collection<Object> collection = CollectionFactory.createCollection(wanted, element, elements.size());
			collection.addAll(elements);
			return collection;
		};
	}

	private static boolean creates(Class<?> collection, @Nullable Class<?> element) {
		try {
			CollectionFactory.createCollection(collection, element, 0);
			return true;
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

	private static boolean isBytes(PostgresType type, ResolvableType leaf) {
		return type.element() == PostgresTypeKind.BYTES && leaf.resolve() == byte[].class;
	}

	private static boolean isList(PostgresType type, ResolvableType leaf) {
		Class<?> wanted = leaf.resolve(Object.class);
		return wanted != Object.class && type.element() != PostgresTypeKind.JSON && wanted.isAssignableFrom(List.class)
				&& Iterable.class.isAssignableFrom(wanted);
	}

	private @Nullable ValueConverter integer(PostgresTypeKind kind, Class<?> wanted) {
		if (wanted.isAssignableFrom(kind.naturalType)) {
			return kind::natural;
		}
		if (wanted == Long.class) {
			return (raw) -> ((Number) raw).longValue();
		}
		if (wanted == Integer.class) {
			return exact((raw) -> Math.toIntExact(((Number) raw).longValue()));
		}
		if (wanted == Double.class) {
			return exact((raw) -> exactDouble(((Number) raw).longValue()));
		}
		if (wanted == Float.class) {
			return exact((raw) -> exactFloat(((Number) raw).longValue()));
		}
		Function<BigDecimal, Object> conversion = exactConversion(wanted);
		return (conversion != null) ? exact((raw) -> conversion.apply(BigDecimal.valueOf(((Number) raw).longValue())))
				: null;
	}

	private @Nullable ValueConverter number(PostgresTypeKind kind, Class<?> wanted) {
		if (wanted == Number.class) {
			return kind::natural;
		}
		if (wanted == Double.class) {
			return exact((raw) -> nearest(raw, kind, Number::doubleValue));
		}
		if (wanted == Float.class) {
			return exact((raw) -> nearest(raw, kind, Number::floatValue));
		}
		Function<BigDecimal, Object> conversion = wanted.isAssignableFrom(BigDecimal.class) ? (number) -> number
				: exactConversion(wanted);
		return (conversion != null) ? exact((raw) -> conversion.apply(finite((BigDecimal) raw))) : null;
	}

	private @Nullable ValueConverter floatingPoint(PostgresTypeKind kind, Class<?> wanted) {
		if (wanted.isAssignableFrom(kind.naturalType)) {
			return kind::natural;
		}
		if (wanted == Double.class) {
			return (raw) -> ((Number) raw).doubleValue();
		}
		Function<BigDecimal, Object> conversion = exactConversion(wanted);
		return (conversion != null) ? exact((raw) -> conversion.apply(decimal((Number) raw))) : null;
	}

	/** The shortest decimal that denotes the number, which is also PostgreSQL's text. */
	private static BigDecimal decimal(Number number) {
		if (!Double.isFinite(number.doubleValue())) {
			throw new ValueConversionException("the value is NaN or infinite", "Declare it as Double or String");
		}
		return new BigDecimal(number.toString());
	}

	/** Rounds, but never to infinity. */
	private static Number nearest(Object raw, PostgresTypeKind kind, Function<Number, Number> conversion) {
		Number number = (Number) kind.natural(raw);
		Number nearest = conversion.apply(number);
		if (number instanceof BigDecimal && Double.isInfinite(nearest.doubleValue())) {
			throw new ArithmeticException();
		}
		return nearest;
	}

	private static double exactDouble(long number) {
		double nearest = number;
		requireEqual(new BigDecimal(nearest), BigDecimal.valueOf(number));
		return nearest;
	}

	private static float exactFloat(long number) {
		float nearest = number;
		requireEqual(new BigDecimal(nearest), BigDecimal.valueOf(number));
		return nearest;
	}

	private static void requireEqual(BigDecimal nearest, BigDecimal number) {
		if (nearest.compareTo(number) != 0) {
			throw new ArithmeticException();
		}
	}

	private static @Nullable Function<BigDecimal, Object> exactConversion(Class<?> wanted) {
		if (wanted == BigDecimal.class) {
			return (number) -> number;
		}
		if (wanted == BigInteger.class) {
			return BigDecimal::toBigIntegerExact;
		}
		if (wanted == Long.class) {
			return BigDecimal::longValueExact;
		}
		if (wanted == Integer.class) {
			return BigDecimal::intValueExact;
		}
		if (wanted == Short.class) {
			return BigDecimal::shortValueExact;
		}
		return (wanted == Byte.class) ? BigDecimal::byteValueExact : null;
	}

	private static BigDecimal finite(BigDecimal number) {
		if (ValueFormat.isSpecial(number)) {
			throw new ValueConversionException("the value is NaN or infinite", "Declare it as Double or String");
		}
		return number;
	}

	private static ValueConverter exact(ValueConverter converter) {
		return (raw) -> {
			try {
				return converter.convert(raw);
			}
			catch (ArithmeticException | DateTimeException | IllegalArgumentException ex) {
				throw new ValueConversionException("the type cannot represent the value exactly",
						"Declare a wider type, or String");
			}
		};
	}

	private @Nullable ValueConverter scalar(PostgresTypeKind kind, Class<?> wanted) {
		if (wanted.isAssignableFrom(kind.naturalType)) {
			return kind::natural;
		}
		return switch (kind) {
			case TEXT -> text(wanted);
			case BYTES -> bytes(wanted);
			case BITS -> (wanted == BitSet.class) ? (raw) -> bits((String) raw) : null;
			case DATE -> (wanted == java.sql.Date.class) ? exact((raw) -> sqlDate((int) raw)) : null;
			case TIME -> time(wanted);
			case TIMESTAMP -> (wanted == Timestamp.class) ? exact((raw) -> timestamp((long) raw)) : null;
			case TIMESTAMPTZ -> timestampWithZone(wanted);
			case INTERVAL -> interval(wanted);
			default -> null;
		};
	}

	private @Nullable ValueConverter text(Class<?> wanted) {
		if (wanted.isEnum()) {
			return new EnumConverter(wanted, this.applicationConverters);
		}
		if (wanted == Character.class) {
			return ValueConverters::character;
		}
		return (wanted == InetAddress.class) ? ValueConverters::address : null;
	}

	private static Object character(Object raw) {
		String text = (String) raw;
		if (text.length() != 1) {
			throw new ValueConversionException("the text is not one character", "Declare it as String");
		}
		return text.charAt(0);
	}

	/** Omits the network mask. */
	private static Object address(Object raw) {
		String text = (String) raw;
		int slash = text.indexOf('/');
		String address = (slash < 0) ? text : text.substring(0, slash);
		if (!address.chars().allMatch((c) -> Character.digit(c, 16) >= 0 || c == '.' || c == ':')
				|| !(address.contains(":") || address.contains("."))) {
			// getByName would look up a host name in the DNS
			throw new ValueConversionException("the text is not an IP address", "Declare it as String");
		}
		try {
			return InetAddress.getByName(address);
		}
		catch (UnknownHostException ex) {
			throw new ValueConversionException("the text is not an IP address", "Declare it as String");
		}
	}

	/** PostgreSQL numbers bits from the left, starting at 0. */
	private static BitSet bits(String text) {
		BitSet bits = new BitSet(text.length());
		for (int i = 0; i < text.length(); i++) {
			bits.set(i, text.charAt(i) == '1');
		}
		return bits;
	}

	private static @Nullable ValueConverter bytes(Class<?> wanted) {
		if (wanted == ByteBuffer.class) {
			return (raw) -> ByteBuffer.wrap(PostgresTypeKind.bytes(raw));
		}
		return (wanted == Byte[].class) ? (raw) -> ObjectUtils.toObjectArray(PostgresTypeKind.bytes(raw)) : null;
	}

	private static @Nullable ValueConverter timestampWithZone(Class<?> wanted) {
		if (wanted == OffsetDateTime.class) {
			return (raw) -> offsetDateTime((long) raw);
		}
		if (wanted == ZonedDateTime.class) {
			return (raw) -> offsetDateTime((long) raw).toZonedDateTime();
		}
		if (wanted == Timestamp.class) {
			return exact((raw) -> timestampWithZone((long) raw));
		}
		return (wanted == Date.class) ? exact((raw) -> new Date(millis((long) raw))) : null;
	}

	private static @Nullable ValueConverter time(Class<?> wanted) {
		if (wanted == Time.class) {
			return exact((raw) -> sqlTime((long) raw));
		}
		return (wanted == Duration.class) ? PostgresTypeKind::durationOfDay : null;
	}

	/**
	 * JDBC's types calculate with fields or milliseconds, without a word when these
	 * overflow. The default time zone may skip the local time.
	 */
	private static java.sql.Date sqlDate(int days) {
		LocalDate date = TemporalText.date(days);
		java.sql.Date converted = java.sql.Date.valueOf(date);
		return preserved(converted, date, converted.toLocalDate());
	}

	private static Time sqlTime(long micros) {
		LocalTime time = TemporalText.time(micros);
		Time converted = Time.valueOf(time);
		return preserved(converted, time, converted.toLocalTime());
	}

	private static Timestamp timestamp(long micros) {
		LocalDateTime dateTime = TemporalText.dateTime(micros);
		Timestamp converted = Timestamp.valueOf(dateTime);
		return preserved(converted, dateTime, converted.toLocalDateTime());
	}

	private static Timestamp timestampWithZone(long micros) {
		Instant instant = TemporalText.instant(micros);
		Timestamp converted = Timestamp.from(instant);
		return preserved(converted, instant, converted.toInstant());
	}

	private static <T> T preserved(T converted, Object value, Object result) {
		if (!value.equals(result)) {
			throw new ArithmeticException();
		}
		return converted;
	}

	private static OffsetDateTime offsetDateTime(long micros) {
		if (micros == Long.MAX_VALUE) {
			return OffsetDateTime.MAX;
		}
		return (micros == Long.MIN_VALUE) ? OffsetDateTime.MIN : TemporalText.instant(micros).atOffset(ZoneOffset.UTC);
	}

	private static long millis(long micros) {
		Instant instant = TemporalText.instant(micros);
		return instant.toEpochMilli();
	}

	private static @Nullable ValueConverter interval(Class<?> wanted) {
		if (wanted == Duration.class) {
			return interval(PostgresInterval::toDuration);
		}
		return (wanted == Period.class) ? interval(PostgresInterval::toPeriod) : null;
	}

	private static ValueConverter interval(Function<PostgresInterval, Object> conversion) {
		return (raw) -> {
			try {
				return conversion.apply((PostgresInterval) PostgresTypeKind.INTERVAL.natural(raw));
			}
			catch (ArithmeticException ex) {
				throw new ValueConversionException(
						"a Duration cannot represent months and days, and a Period cannot represent a time of day",
						"Declare it as PostgresInterval");
			}
		};
	}

	private @Nullable ValueConverter byConversionService(PostgresType type, ResolvableType target) {
		TypeDescriptor from = TypeDescriptor.valueOf(naturalType(type));
		TypeDescriptor to = new TypeDescriptor(target, null, null);
		Class<?> wanted = to.getObjectType();
		// A list of other elements would pass as it is
		if (this.applicationConverters.canConvert(from, to) && !this.applicationConverters.canBypassConvert(from, to)) {
			return by(this.applicationConverters, type, from, to);
		}
		if (type.kind() == PostgresTypeKind.TEXT) {
			Function<String, Object> parser = TextParsers.find(wanted);
			if (parser != null) {
				return exact((raw) -> parser.apply((String) raw));
			}
		}
		return (passesNaturalValue(type.kind(), wanted) && this.conversionService.canConvert(from, to))
				? by(this.conversionService, type, from, to) : null;
	}

	private ValueConverter by(ConversionService service, PostgresType type, TypeDescriptor from, TypeDescriptor to) {
		if (type.kind() == PostgresTypeKind.NUMERIC) {
			return (raw) -> service.convert(finite((BigDecimal) raw), from, to);
		}
		ValueConverter natural = natural(type);
		return (raw) -> service.convert(natural.convert(raw), from, to);
	}

	/**
	 * Whether Spring's own converters can create a class only by a constructor or factory
	 * method, to which they pass the natural value. They read the classes of Java and of
	 * Spring in ways of their own.
	 */
	private static boolean passesNaturalValue(PostgresTypeKind kind, Class<?> wanted) {
		return switch (kind) {
			// The first element, the first byte
			case ARRAY, BYTES, BITS, JSON -> false;
			default -> !wanted.isPrimitive() && !wanted.isEnum() && !wanted.isArray() && !isOfLibrary(wanted)
					&& Stream.of(Number.class, Collection.class, Map.class)
						.noneMatch((type) -> type.isAssignableFrom(wanted));
		};
	}

	private static boolean isOfLibrary(Class<?> wanted) {
		return Stream.of("java.", "javax.", "org.springframework.").anyMatch(wanted.getName()::startsWith);
	}

}
