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

import java.io.File;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Date;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.Period;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TimeZone;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.core.ResolvableType;
import org.springframework.format.support.FormattingConversionService;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A value arrives as it is or not at all. Spring's converters, which round, truncate and
 * take first elements, are among the service's, and so are those of Spring Boot.
 */
class ValueConvertersTests {

	private static final int BYTEA = 17;

	private static final int INT8 = 20;

	private static final int INT4 = 23;

	private static final int TEXT = 25;

	private static final int FLOAT4 = 700;

	private static final int FLOAT8 = 701;

	private static final int INT4_ARRAY = 1007;

	private static final int TEXT_ARRAY = 1009;

	private static final int FLOAT8_ARRAY = 1022;

	private static final int DATE = 1082;

	private static final int TIME = 1083;

	private static final int TIMESTAMP = 1114;

	private static final int TIMESTAMPTZ = 1184;

	private static final int TIMETZ = 1266;

	private static final int VARBIT = 1562;

	private static final int NUMERIC = 1700;

	private static final int JSONB = 3802;

	/** An extension has no fixed OID. */
	private static final int HSTORE = 100_000;

	private final FormattingConversionService ofApplication = new FormattingConversionService();

	private final ValueConverters converters = new ValueConverters(new ApplicationConversionService(),
			this.ofApplication, null);

	@Test
	void convertsNumbersThatFit() {
		assertThat(convert(INT8, "9007199254740992", Double.class)).isEqualTo(9007199254740992.0);
		assertThat(convert(INT4, "16777216", Float.class)).isEqualTo(16777216f);
		assertThat(convert(FLOAT8, "-3", int.class)).isEqualTo(-3);
		assertThat(convert(FLOAT8, "1e18", long.class)).isEqualTo(1_000_000_000_000_000_000L);
		assertThat(convert(FLOAT4, "127", Byte.class)).isEqualTo((byte) 127);
		assertThat(convert(FLOAT8, "0.1", BigDecimal.class)).isEqualTo(new BigDecimal("0.1"));
		assertThat(convert(FLOAT4, "0.1", BigDecimal.class)).isEqualTo(new BigDecimal("0.1"));
		assertThat(convert(FLOAT8, "1e30", BigInteger.class)).isEqualTo(BigInteger.TEN.pow(30));
		assertThat(convert(NUMERIC, "1e308", double.class)).isEqualTo(1e308);
		assertThat(convert(NUMERIC, "Infinity", float.class)).isEqualTo(Float.POSITIVE_INFINITY);
	}

	@ParameterizedTest
	@CsvSource({ INT8 + ",9007199254740993,java.lang.Double", INT8 + ",9223372036854775807,java.lang.Double",
			INT4 + ",16777217,java.lang.Float", FLOAT8 + ",1.9,java.lang.Integer",
			FLOAT8 + ",9223372036854775808,java.lang.Long", FLOAT8 + ",1e300,java.lang.Integer",
			FLOAT4 + ",1.5,java.lang.Long", NUMERIC + ",1e309,java.lang.Double", NUMERIC + ",-1e39,java.lang.Float",
			NUMERIC + ",1.5,java.lang.Long" })
	void refusesNumbersThatDoNotFit(int oid, String text, Class<?> wanted) {
		assertRefused(oid, text, wanted);
	}

	@ParameterizedTest
	@CsvSource({ "NaN,java.lang.Integer", "Infinity,java.lang.Long", "-Infinity,java.math.BigDecimal",
			"NaN,java.math.BigInteger" })
	void refusesNumbersThatAreNotFinite(String text, Class<?> wanted) {
		for (int oid : new int[] { FLOAT4, FLOAT8 }) {
			assertThatExceptionOfType(ValueConversionException.class).isThrownBy(() -> convert(oid, text, wanted))
				.withMessage("the value is NaN or infinite");
		}
	}

	@Test
	void hasNoConverterThatLosesMostValues() {
		assertThat(target(FLOAT8, Float.class)).isNull();
		assertThat(target(FLOAT8, AtomicLong.class)).isNull();
		for (int oid : new int[] { INT4, INT8, NUMERIC, FLOAT8 }) {
			assertThat(target(oid, Character.class)).isNull();
			assertThat(target(oid, char.class)).isNull();
		}
		for (Class<?> wanted : List.of(Integer.class, int.class, Boolean.class, OrderId.class)) {
			assertThat(target(INT4_ARRAY, wanted)).as(wanted.getName()).isNull();
		}
		for (Class<?> wanted : List.of(Integer.class, Long.class, BigInteger.class, Boolean.class, Set.class)) {
			assertThat(target(BYTEA, wanted)).as(wanted.getName()).isNull();
			assertThat(target(VARBIT, wanted)).as(wanted.getName()).isNull();
			assertThat(target(JSONB, wanted)).as(wanted.getName()).isNull();
		}
		assertThat(target(TIMESTAMP, LocalDate.class)).isNull();
		assertThat(target(TIMESTAMP, LocalTime.class)).isNull();
		assertThat(target(TIMETZ, LocalTime.class)).isNull();
		assertThat(target(TIMESTAMPTZ, Long.class)).isNull();
		assertThat(target(TIMESTAMPTZ, long.class)).isNull();
	}

	@Test
	void convertsElementsOfCollectionsExactly() {
		ResolvableType integers = ResolvableType.forClassWithGenerics(Set.class, Integer.class);
		assertThat(convert(FLOAT8_ARRAY, "{1,NULL,3}", integers)).isInstanceOf(Set.class)
			.isEqualTo(new HashSet<@Nullable Integer>(Arrays.asList(1, null, 3)));
		assertThatExceptionOfType(ValueConversionException.class)
			.isThrownBy(() -> convert(FLOAT8_ARRAY, "{1.9}", integers));
		for (Class<?> collection : List.of(Set.class, List.class)) {
			ResolvableType flat = ResolvableType.forClassWithGenerics(collection, Integer.class);
			assertThatExceptionOfType(ValueConversionException.class)
				.isThrownBy(() -> convert(INT4_ARRAY, "{{1,2},{3,4}}", flat))
				.withMessage("the array has more dimensions");
		}
	}

	@Test
	void convertsToTypesOfJdbc() {
		assertThat(convert(DATE, "2024-02-29", Date.class)).isEqualTo(Date.valueOf("2024-02-29"));
		assertThat(convert(TIME, "10:11:12", Time.class)).isEqualTo(Time.valueOf("10:11:12"));
		assertThat(convert(TIMESTAMP, "2024-02-29 10:11:12.123456", Timestamp.class))
			.isEqualTo(Timestamp.valueOf("2024-02-29 10:11:12.123456"));
		assertThat(convert(TIMESTAMPTZ, "2024-02-29 10:11:12.123456+00", Timestamp.class))
			.isEqualTo(Timestamp.from(Instant.parse("2024-02-29T10:11:12.123456Z")));
	}

	@Test
	void refusesInfinityAndTimesThatTypesOfJdbcLack() {
		for (String text : List.of("infinity", "-infinity")) {
			assertRefused(DATE, text, Date.class);
			assertRefused(TIMESTAMP, text, Timestamp.class);
			assertRefused(TIMESTAMPTZ, text, Timestamp.class);
			assertRefused(TIMESTAMPTZ, text, java.util.Date.class);
		}
		assertRefused(TIME, "24:00", Time.class);
		assertRefused(TIME, "10:11:12.5", Time.class);
		TimeZone zone = TimeZone.getDefault();
		TimeZone.setDefault(TimeZone.getTimeZone("Europe/Berlin"));
		try {
			assertRefused(TIMESTAMP, "2024-03-31 02:30:00", Timestamp.class);
		}
		finally {
			TimeZone.setDefault(zone);
		}
	}

	@Test
	void usesConvertersOfTheApplication() {
		this.ofApplication.addConverter(Double.class, Float.class, Double::floatValue);
		this.ofApplication.addConverter(byte[].class, Long.class, (bytes) -> (long) bytes.length);
		this.ofApplication.addConverter(Collection.class, Integer.class, (elements) -> elements.size());
		assertThat(convert(FLOAT8, "0.1", Float.class)).isEqualTo(0.1f);
		assertThat(convert(BYTEA, "\\x0102", Long.class)).isEqualTo(2L);
		assertThat(convert(INT4_ARRAY, "{1,2,3}", Integer.class)).isEqualTo(3);
	}

	@Test
	void passesNaturalValuesToClassesOfTheApplication() {
		assertThat(convert(INT8, "5", OrderId.class)).isEqualTo(new OrderId(5L));
		assertThat(convert(DATE, "2024-02-29", Day.class)).isEqualTo(new Day(LocalDate.of(2024, 2, 29)));
		assertThat(convert(TEXT, "5", Integer.class)).isEqualTo(5);
	}

	@ParameterizedTest
	@ValueSource(strings = { "A+", "A-", "c++", "true", "", " a" })
	void convertsLabelsToEnumsOnlyByTheirNames(String label) {
		assertThat(convert(TEXT, "a", Grade.class)).isEqualTo(Grade.A);
		assertThat(convert(TEXT, "a-plus", Grade.class)).isEqualTo(Grade.A_PLUS);
		assertThatExceptionOfType(ValueConversionException.class).isThrownBy(() -> convert(TEXT, label, Grade.class))
			.withMessage("no constant of the enum has this name");
		this.ofApplication.addConverter(String.class, Grade.class,
				(text) -> text.equals("A+") ? Grade.A_PLUS : Grade.C);
		assertThat(convert(TEXT, "A+", Grade.class)).isEqualTo(Grade.A_PLUS);
	}

	@Test
	void takesNumbersNeitherForEnumsNorForDurationsOrSizes() {
		for (int oid : new int[] { INT4, INT8, NUMERIC, FLOAT8 }) {
			for (Class<?> wanted : List.of(Grade.class, Duration.class, Period.class, DataSize.class, Instant.class,
					Boolean.class, List.class)) {
				assertThat(target(oid, wanted)).as(oid + " " + wanted.getName()).isNull();
			}
		}
	}

	@Test
	void readsTextAsTheClassDoes() {
		assertThat(convert(TEXT, "5", long.class)).isEqualTo(5L);
		assertThat(convert(TEXT, "1.50", BigDecimal.class)).isEqualTo(new BigDecimal("1.50"));
		assertThat(convert(TEXT, "-Infinity", double.class)).isEqualTo(Double.NEGATIVE_INFINITY);
		assertThat(convert(TEXT, "PT5M", Duration.class)).isEqualTo(Duration.ofMinutes(5));
		assertThat(convert(TEXT, "2024-02-29", LocalDate.class)).isEqualTo(LocalDate.of(2024, 2, 29));
		assertThat(convert(TEXT, "true", boolean.class)).isEqualTo(true);
		assertThat(convert(TEXT, "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", UUID.class))
			.isEqualTo(UUID.fromString("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"));
	}

	@ParameterizedTest
	@CsvSource({ "'',java.lang.Integer", "'',java.lang.Long", "'',java.lang.Boolean", "'',java.util.UUID",
			"'12 34',java.lang.Long", "0x10,java.lang.Integer", "1.9,java.lang.Integer", "1e400,java.lang.Double",
			"1e40,java.lang.Float", "yes,java.lang.Boolean", "1-2-3-4-5,java.util.UUID", "5,java.time.Duration",
			"1/2/24,java.time.LocalDate", "'a b',java.net.URI" })
	void refusesTextThatTheClassDoesNotRead(String text, Class<?> wanted) {
		assertRefused(TEXT, text, wanted);
	}

	@Test
	void hasNoConverterThatReadsTextInAnotherWay() {
		for (Class<?> wanted : List.of(List.class, Set.class, String[].class, byte[].class, DataSize.class, File.class,
				Class.class, Properties.class, Locale.class)) {
			assertThat(target(TEXT, wanted)).as(wanted.getName()).isNull();
		}
	}

	@Test
	void doesNotPassElementsOfAnotherType() {
		assertThat(target(TEXT_ARRAY, ResolvableType.forClassWithGenerics(List.class, Thread.class))).isNull();
		assertThat(target(HSTORE, ResolvableType.forClassWithGenerics(Map.class, String.class, Integer.class)))
			.isNull();
	}

	private void assertRefused(int oid, String text, Class<?> wanted) {
		assertThatExceptionOfType(ValueConversionException.class).isThrownBy(() -> convert(oid, text, wanted))
			.withMessage("the type cannot represent the value exactly");
	}

	private @Nullable ColumnTarget target(int oid, Class<?> wanted) {
		return target(oid, ResolvableType.forClass(wanted));
	}

	private @Nullable ColumnTarget target(int oid, ResolvableType wanted) {
		return this.converters.target(type(oid), wanted);
	}

	private static PostgresType type(int oid) {
		return PostgresType.of(oid, "type", false, 0, oid == HSTORE);
	}

	private @Nullable Object convert(int oid, String text, Class<?> wanted) {
		return convert(oid, text, ResolvableType.forClass(wanted));
	}

	private @Nullable Object convert(int oid, String text, ResolvableType wanted) {
		PostgresType type = type(oid);
		return Objects.requireNonNull(this.converters.target(type, wanted))
			.converter()
			.convert(type.kind().parse(text));
	}

	enum Grade {

		A, A_PLUS, A_MINUS, C, ON

	}

	public record OrderId(Long value) {

	}

	public record Day(LocalDate value) {

	}

}
