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
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

import io.github.cdcspring.ColumnValue;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.PostgresInterval;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.core.ParameterizedTypeReference;
import org.springframework.core.ResolvableType;
import org.springframework.core.convert.support.DefaultConversionService;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Maps a value and NULL of each PostgreSQL type, from a snapshot and from the stream, to
 * the natural Java type and to the other supported types.
 */
@PostgresTest
class PostgresTypesTests {

	private static final JsonMapper json = JsonMapper.builder().build();

	private static final RowMappers mappers = new RowMappers(new DefaultConversionService(),
			new JacksonJson(() -> json));

	/** By table: the value read, NULL read, the value streamed, NULL streamed. */
	private static final Map<String, List<Change>> changes = new HashMap<>();

	private static final Set<String> extensions = new TreeSet<>();

	private static int version;

	@BeforeAll
	static void stream(TestDatabase database) throws Exception {
		List<Case> cases = new ArrayList<>();
		try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
			version = connection.getMetaData().getDatabaseMajorVersion();
			ResultSet available = statement.executeQuery("SELECT name FROM pg_available_extensions");
			while (available.next()) {
				extensions.add(available.getString(1));
			}
			// Hosted platforms have extensions in a schema that is not on the search path
			statement.execute("CREATE SCHEMA extensions");
			statement.execute("SET search_path = public, extensions");
			for (String extension : List.of("hstore", "citext", "ltree")) {
				if (extensions.contains(extension)) {
					statement.execute("CREATE EXTENSION " + extension + " SCHEMA extensions");
				}
			}
			// Debezium reads the labels of all enums, also of those that no table uses
			statement.execute("CREATE SCHEMA other");
			statement.execute("CREATE TYPE other.nothing AS ENUM ()");
			statement.execute("CREATE DOMAIN other.no_thing AS other.nothing");
			statement.execute("CREATE TYPE mood AS ENUM ('sad', 'VERY-happy', 'a,b')");
			statement.execute("CREATE TYPE address AS (street text, number int)");
			statement.execute("CREATE DOMAIN amount AS numeric(10,2) CHECK (VALUE > 0)");
			statement.execute("CREATE DOMAIN tags AS text[]");
			for (Case each : cases()) {
				if (!each.missing()) {
					cases.add(each);
					statement
						.execute("CREATE TABLE " + each.table() + " (id int PRIMARY KEY, value " + each.type + ")");
					statement.execute("INSERT INTO " + each.table() + " VALUES (1, " + each.sql + "), (2, NULL)");
				}
			}
			RecordDecoder decoder = new RecordDecoder("cdc-heartbeat", (table) -> false);
			try (EngineRecords records = new EngineRecords(database, Map.of())) {
				for (Case each : cases) {
					statement.execute("INSERT INTO " + each.table() + " VALUES (3, " + each.sql + "), (4, NULL)");
				}
				records.take(4 * cases.size()).forEach((record) -> {
					Change change = decoder.decode(record);
					changes.computeIfAbsent(change.table().name(), (table) -> new ArrayList<>()).add(change);
				});
			}
		}
	}

	@ParameterizedTest
	@MethodSource("cases")
	void mapsSnapshotAndStreamToEqualValues(Case each) {
		Assumptions.assumeFalse(each.missing(), () -> "The server lacks the value or the extension for " + each.type);
		assertMapped(each, PostgresTypesTests.changes.get(each.table()));
	}

	@ParameterizedTest
	@MethodSource("cases")
	void mapsJsonToEqualValues(Case each) {
		Assumptions.assumeFalse(each.missing(), () -> "The server lacks the value or the extension for " + each.type);
		List<Change> changes = PostgresTypesTests.changes.get(each.table());
		assertMapped(each, changes.stream().map((change) -> RecordDecoder.fromJson(change.toJson())).toList());
	}

	private static void assertMapped(Case each, List<Change> changes) {
		assertThat(changes).hasSize(4);
		assertThat(changes).extracting(Change::snapshot).containsExactly(true, true, false, false);
		each.forms.forEach((type, expected) -> {
			assertThat(comparable(value(changes.get(0), type))).as("%s from snapshot", type)
				.isEqualTo(comparable(expected));
			assertThat(comparable(value(changes.get(2), type))).as("%s from stream", type)
				.isEqualTo(comparable(expected));
			assertThat(value(changes.get(1), type)).as("NULL from snapshot").isNull();
			assertThat(value(changes.get(3), type)).as("NULL from stream").isNull();
		});
		Object natural = each.forms.get(ResolvableType.forClass(Object.class));
		for (int i : new int[] { 0, 2 }) {
			Optional<?> optional = (Optional<?>) value(changes.get(i), wrapped(Optional.class));
			ColumnValue<?> columnValue = (ColumnValue<?>) value(changes.get(i), wrapped(ColumnValue.class));
			assertThat(List.of(map(changes.get(i)).get("value"), optional.get(), columnValue.get()))
				.allSatisfy((value) -> assertThat(comparable(value)).isEqualTo(comparable(natural)));
		}
		for (int i : new int[] { 1, 3 }) {
			assertThat(map(changes.get(i))).containsEntry("value", null);
			assertThat(value(changes.get(i), wrapped(Optional.class))).isEqualTo(Optional.empty());
			assertThat(value(changes.get(i), wrapped(ColumnValue.class))).isEqualTo(ColumnValue.of(null));
		}
	}

	/** Arrays are equal to themselves only, lists of them too. */
	private static @Nullable Object comparable(@Nullable Object value) {
		if (value instanceof byte[] bytes) {
			return HexFormat.of().formatHex(bytes);
		}
		return (value instanceof List<?> list)
				? Arrays.asList(list.stream().map(PostgresTypesTests::comparable).toArray()) : value;
	}

	private static ResolvableType wrapped(Class<?> wrapper) {
		return ResolvableType.forClassWithGenerics(wrapper, Object.class);
	}

	private static @Nullable Object value(Change change, ResolvableType type) {
		ResolvableType cell = ResolvableType.forClassWithGenerics(Cell.class, type);
		RowMapper<Cell<?>> mapper = mappers.mapperFor(cell.getType());
		return change.after(mapper).value();
	}

	private static Map<String, Object> map(Change change) {
		return change.after(mappers.mapperFor(new ParameterizedTypeReference<Map<String, Object>>() {
		}.getType()));
	}

	static List<Case> cases() {
		List<Case> cases = new ArrayList<>();
		numbers(cases);
		texts(cases);
		times(cases);
		others(cases);
		arrays(cases);
		return cases;
	}

	private static void numbers(List<Case> cases) {
		cases.add(new Case("bool", "true", true).as(String.class, "true"));
		cases.add(new Case("int2", "-32768", (short) -32768).as(Integer.class, -32768)
			.as(Long.class, -32768L)
			.as(Float.class, -32768f)
			.as(Double.class, -32768d)
			.as(BigInteger.class, BigInteger.valueOf(-32768))
			.as(BigDecimal.class, new BigDecimal(-32768)));
		cases.add(new Case("int4", "2147483647", Integer.MAX_VALUE).as(Long.class, 2147483647L)
			.as(BigDecimal.class, new BigDecimal("2147483647"))
			.as(Double.class, 2147483647d)
			.as(BigInteger.class, BigInteger.valueOf(Integer.MAX_VALUE))
			.as(String.class, "2147483647"));
		cases.add(new Case("int4", "16777216", 16777216).as(Float.class, 16777216f));
		cases.add(new Case("int8", "9223372036854775807", Long.MAX_VALUE)
			.as(BigInteger.class, BigInteger.valueOf(Long.MAX_VALUE))
			.as(BigDecimal.class, BigDecimal.valueOf(Long.MAX_VALUE)));
		cases.add(new Case("int8", "7", 7L).as(Float.class, 7f)
			.as(Double.class, 7d)
			.as(Integer.class, 7)
			.as(Short.class, (short) 7)
			.as(Byte.class, (byte) 7));
		cases.add(new Case("float4", "1.1", 1.1f).as(String.class, "1.1").as(BigDecimal.class, new BigDecimal("1.1")));
		cases
			.add(new Case("float4", "'-Infinity'", Float.NEGATIVE_INFINITY).as(Double.class, Double.NEGATIVE_INFINITY));
		cases.add(new Case("float8", "0.1", 0.1).as(BigDecimal.class, new BigDecimal("0.1")));
		cases.add(new Case("float8", "'NaN'", Double.NaN));
		cases.add(new Case("float8", "'Infinity'", Double.POSITIVE_INFINITY));
		cases.add(new Case("numeric", "12345678901234567890.1234567890",
				new BigDecimal("12345678901234567890.1234567890"))
			.as(BigDecimal.class, new BigDecimal("12345678901234567890.1234567890"))
			.as(String.class, "12345678901234567890.1234567890"));
		cases.add(new Case("numeric(10,2)", "12.5", new BigDecimal("12.50")).as(Number.class, new BigDecimal("12.50"))
			.as(Double.class, 12.5));
		cases.add(new Case("numeric(20)", "42", new BigDecimal("42")).as(Long.class, 42L)
			.as(Float.class, 42f)
			.as(Short.class, (short) 42)
			.as(Byte.class, (byte) 42)
			.as(Integer.class, 42)
			.as(BigInteger.class, BigInteger.valueOf(42)));
		cases.add(new Case("numeric(3,-2)", "12345", new BigDecimal("12300")).as(Integer.class, 12300));
		cases.add(new Case("numeric", "'NaN'", Double.NaN).as(Double.class, Double.NaN).as(String.class, "NaN"));
		cases.add(new Case("numeric(10,2)", "'NaN'", Double.NaN).as(Float.class, Float.NaN));
		cases.add(new Case("numeric", "'Infinity'", Double.POSITIVE_INFINITY).as(String.class, "Infinity"));
		cases.add(new Case("numeric", "'-Infinity'", Double.NEGATIVE_INFINITY).as(Number.class,
				Double.NEGATIVE_INFINITY));
		cases.add(new Case("money", "1234567.89", new BigDecimal("1234567.89")).as(Double.class, 1234567.89));
		cases.add(new Case("money", "-12.34", new BigDecimal("-12.34")).as(BigDecimal.class, new BigDecimal("-12.34")));
		cases.add(new Case("oid", "4294967295", 4294967295L));
	}

	private static void texts(List<Case> cases) {
		cases.add(new Case("text", "'Grüße, 世界'", "Grüße, 世界").as(CharSequence.class, "Grüße, 世界"));
		cases.add(new Case("text", "''", ""));
		cases.add(new Case("varchar(10)", "'42'", "42").as(Integer.class, 42).as(BigDecimal.class, new BigDecimal(42)));
		cases.add(new Case("char(5)", "'ab'", "ab   "));
		cases.add(new Case("char(1)", "'x'", "x").as(Character.class, 'x'));
		cases.add(new Case("\"char\"", "'y'", "y").as(Character.class, 'y'));
		cases.add(new Case("name", "'a_name'", "a_name"));
		cases.add(new Case("citext", "'CaSe'", "CaSe"));
		cases.add(new Case("ltree", "'top.science'", "top.science"));
		cases.add(new Case("bytea", "'\\x00ff10'", new byte[] { 0, -1, 16 }).as(byte[].class, new byte[] { 0, -1, 16 })
			.as(ByteBuffer.class, ByteBuffer.wrap(new byte[] { 0, -1, 16 }))
			.as(Byte[].class, new Byte[] { 0, -1, 16 })
			.as(String.class, "\\x00ff10"));
		cases.add(new Case("bytea", "''", new byte[0]));
		cases.add(new Case("xml", "'<a>1</a>'", "<a>1</a>"));
		cases.add(new Case("mood", "'VERY-happy'", "VERY-happy").as(Mood.class, Mood.VERY_HAPPY));
		cases.add(new Case("mood", "'sad'", "sad").as(Mood.class, Mood.SAD));
		cases.add(new Case("text", "'Sad'", "Sad").as(Mood.class, Mood.SAD));
		cases.add(new Case("uuid", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'",
				UUID.fromString("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"))
			.as(UUID.class, UUID.fromString("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"))
			.as(String.class, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"));
	}

	private static void times(List<Case> cases) {
		cases.add(new Case("date", "'2024-02-29'", LocalDate.of(2024, 2, 29))
			.as(LocalDate.class, LocalDate.of(2024, 2, 29))
			.as(String.class, "2024-02-29")
			.as(java.sql.Date.class, java.sql.Date.valueOf("2024-02-29")));
		cases.add(new Case("date", "'infinity'", LocalDate.MAX).as(String.class, "infinity"));
		cases.add(new Case("date", "'-infinity'", LocalDate.MIN).as(String.class, "-infinity"));
		cases.add(new Case("date", "'0044-03-15 BC'", LocalDate.of(-43, 3, 15)));
		cases.add(new Case("date", "'1500-02-28'", LocalDate.of(1500, 2, 28)));
		cases.add(new Case("date", "'0005-02-29 BC'", LocalDate.of(-4, 2, 29)));
		cases.add(new Case("date", "'1582-10-10'", LocalDate.of(1582, 10, 10)));
		cases.add(new Case("date", "'5874897-12-31'", LocalDate.of(5874897, 12, 31)));
		cases.add(new Case("date", "'4713-11-24 BC'", LocalDate.of(-4712, 11, 24)));
		cases.add(new Case("time", "'04:05:06.789012'", LocalTime.parse("04:05:06.789012")));
		cases.add(new Case("time(0)", "'04:05:06'", LocalTime.parse("04:05:06"))
			.as(Duration.class, Duration.parse("PT4H5M6S"))
			.as(java.sql.Time.class, java.sql.Time.valueOf("04:05:06")));
		cases.add(new Case("time", "'24:00'", LocalTime.MAX).as(Duration.class, Duration.ofHours(24))
			.as(String.class, "24:00"));
		cases.add(
				new Case("timetz", "'01:05:06.789+02'", LocalTime.parse("01:05:06.789").atOffset(ZoneOffset.ofHours(2)))
					.as(String.class, "01:05:06.789+02:00"));
		cases.add(new Case("timetz", "'24:00-15:59:59'",
				LocalTime.MAX.atOffset(ZoneOffset.ofHoursMinutesSeconds(-15, -59, -59)))
			.as(String.class, "24:00-15:59:59"));
		LocalDateTime dateTime = LocalDateTime.parse("2024-03-31T02:30:00.123456");
		cases.add(new Case("timestamp", "'2024-03-31 02:30:00.123456'", dateTime).as(LocalDateTime.class, dateTime)
			.as(String.class, "2024-03-31T02:30:00.123456")
			.as(java.sql.Timestamp.class, java.sql.Timestamp.valueOf(dateTime)));
		cases.add(new Case("timestamp(0)", "'1969-12-31 23:59:59'", LocalDateTime.parse("1969-12-31T23:59:59")));
		cases.add(new Case("timestamp", "'infinity'", LocalDateTime.MAX).as(String.class, "infinity"));
		cases.add(new Case("timestamp", "'-infinity'", LocalDateTime.MIN));
		cases.add(new Case("timestamp", "'0044-03-15 12:00:00 BC'", LocalDateTime.of(-43, 3, 15, 12, 0)));
		cases.add(new Case("timestamp", "'294276-12-31 23:59:59.999999'",
				LocalDateTime.of(294276, 12, 31, 23, 59, 59, 999_999_000)));
		Instant instant = Instant.parse("2024-07-01T10:00:00.123456Z");
		cases.add(new Case("timestamptz", "'2024-07-01 12:00:00.123456+02'", instant).as(Instant.class, instant)
			.as(OffsetDateTime.class, instant.atOffset(ZoneOffset.UTC))
			.as(ZonedDateTime.class, instant.atZone(ZoneOffset.UTC))
			.as(java.sql.Timestamp.class, java.sql.Timestamp.from(instant))
			.as(java.util.Date.class, java.util.Date.from(Instant.parse("2024-07-01T10:00:00.123Z")))
			.as(String.class, "2024-07-01T10:00:00.123456Z"));
		cases.add(new Case("timestamptz", "'infinity'", Instant.MAX).as(OffsetDateTime.class, OffsetDateTime.MAX));
		cases.add(new Case("timestamptz", "'-infinity'", Instant.MIN).as(OffsetDateTime.class, OffsetDateTime.MIN)
			.as(String.class, "-infinity"));
		cases.add(new Case("timestamptz", "'0044-03-15 12:00:00+00 BC'",
				LocalDateTime.of(-43, 3, 15, 12, 0).toInstant(ZoneOffset.UTC)));
		cases.add(new Case("interval", "'1 year 2 mons -3 days 04:05:06.789012'",
				new PostgresInterval(14, -3, 14_706_789_012L))
			.as(PostgresInterval.class, new PostgresInterval(14, -3, 14_706_789_012L))
			.as(String.class, "P1Y2M-3DT4H5M6.789012S"));
		cases.add(new Case("interval", "'-00:00:00.5'", new PostgresInterval(0, 0, -500_000)).as(Duration.class,
				Duration.ofMillis(-500)));
		cases.add(new Case("interval", "'2562047788:00:54.775807'", new PostgresInterval(0, 0, Long.MAX_VALUE)));
		cases.add(new Case("interval", "'-2562047788:00:54.775807'", new PostgresInterval(0, 0, -Long.MAX_VALUE)));
		cases.add(new Case("interval", "'-178956970 years -8 mons'", new PostgresInterval(Integer.MIN_VALUE, 0, 0)));
		cases.add(new Case("interval", "'infinity'", PostgresInterval.INFINITY).as(String.class, "infinity"));
		cases.add(new Case("interval", "'-infinity'", PostgresInterval.MINUS_INFINITY).as(String.class, "-infinity"));
		cases.add(new Case("interval", "'2 years 3 days'", new PostgresInterval(24, 3, 0)).as(Period.class,
				Period.of(2, 0, 3)));
	}

	private static void others(List<Case> cases) {
		String text = "{\"a\": [1, 2.50, null]}";
		JsonNode node = json.reader()
			.with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
			.without(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
			.readTree(text);
		assertThat(node.toString()).contains("2.50");
		Map<String, Object> map = Map.of("a", Arrays.asList(1, 2.5, null));
		cases.add(new Case("json", "'" + text + "'", node).as(JsonNode.class, node)
			.as(String.class, text)
			.as(new ParameterizedTypeReference<Map<String, Object>>() {
			}, map)
			.as(Payload.class, new Payload(Arrays.asList(new BigDecimal("1"), new BigDecimal("2.50"), null))));
		cases.add(new Case("jsonb", "'" + text + "'", node).as(Map.class, map));
		cases
			.add(new Case("jsonb", "'[1, 2]'", json.readTree("[1,2]")).as(new ParameterizedTypeReference<List<Long>>() {
			}, List.of(1L, 2L)).as(int[].class, new int[] { 1, 2 }));
		cases.add(new Case("jsonb", "'null'", json.nullNode()).as(JsonNode.class, json.nullNode()));
		for (String number : List.of("12345678901234567.89", "1.10", "1e-400", "0.1")) {
			JsonNode exact = JsonNodeFactory.instance.numberNode(new BigDecimal(number));
			cases.add(new Case("json", "'" + number + "'", exact).as(JsonNode.class, exact));
			cases.add(new Case("jsonb", "'" + number + "'", exact).as(JsonNode.class, exact));
		}
		JsonNode large = JsonNodeFactory.instance.numberNode(new BigDecimal("1e400"));
		cases.add(new Case("json", "'1e400'", large).as(JsonNode.class, large));
		// The server sends all digits
		JsonNode digits = JsonNodeFactory.instance.numberNode(BigInteger.TEN.pow(1500));
		cases.add(new Case("jsonb", "'1e1500'", digits).as(JsonNode.class, digits)
			.as(BigInteger.class, BigInteger.TEN.pow(1500)));
		JsonNode nested = JsonNodeFactory.instance.numberNode(1);
		for (int depth = 0; depth < 1000; depth++) {
			nested = JsonNodeFactory.instance.arrayNode().add(nested);
		}
		cases.add(new Case("jsonb", "(repeat('[', 1000) || 1 || repeat(']', 1000))::jsonb", nested).as(ArrayNode.class,
				nested));
		ObjectNode object = JsonNodeFactory.instance.objectNode().put("a", new BigDecimal("12345678901234567.89"));
		cases.add(new Case("json", "'{\"a\": 12345678901234567.89}'", object).as(ObjectNode.class, object)
			.as(new ParameterizedTypeReference<Map<String, JsonNode>>() {
			}, Map.of("a", object.get("a"))));
		cases.add(new Case("bit", "B'1'", true).as(Boolean.class, true).as(String.class, "1"));
		cases.add(new Case("bit(10)", "B'1010000001'", "1010000001").as(BitSet.class, bits(0, 2, 9)));
		cases.add(new Case("varbit", "B'00101'", "00101").as(BitSet.class, bits(2, 4)));
		cases.add(new Case("varbit(1)", "B'0'", "0"));
		cases.add(new Case("inet", "'192.168.0.1/24'", "192.168.0.1/24").as(InetAddress.class, address("192.168.0.1")));
		cases.add(new Case("inet", "'::1'", "::1").as(InetAddress.class, address("::1")));
		cases.add(new Case("cidr", "'10.0.0.0/8'", "10.0.0.0/8"));
		cases.add(new Case("macaddr", "'08:00:2b:01:02:03'", "08:00:2b:01:02:03"));
		cases.add(new Case("macaddr8", "'08:00:2b:01:02:03:04:05'", "08:00:2b:01:02:03:04:05"));
		cases.add(new Case("int4range", "'[1,5)'", "[1,5)"));
		cases.add(new Case("int8range", "'[1,)'", "[1,)"));
		cases.add(new Case("numrange", "'(1.5,2.5]'", "(1.5,2.5]"));
		cases.add(new Case("daterange", "'[2024-01-01,2024-02-01)'", "[2024-01-01,2024-02-01)"));
		cases.add(new Case("tsrange", "'[2024-01-01 00:00,infinity)'", "[\"2024-01-01 00:00:00\",infinity)"));
		cases.add(new Case("tstzrange", "'empty'", "empty"));
		cases.add(new Case("int4multirange", "'{[1,3),[5,9)}'", "{[1,3),[5,9)}"));
		cases.add(new Case("point", "'(1.5,2)'", "(1.5,2)"));
		cases.add(new Case("line", "'{1,2,3}'", "{1,2,3}"));
		cases.add(new Case("lseg", "'[(0,0),(1,1)]'", "[(0,0),(1,1)]"));
		cases.add(new Case("box", "'(1,1),(0,0)'", "(1,1),(0,0)"));
		cases.add(new Case("path", "'((0,0),(1,1))'", "((0,0),(1,1))"));
		cases.add(new Case("polygon", "'((0,0),(1,1),(1,0))'", "((0,0),(1,1),(1,0))"));
		cases.add(new Case("circle", "'<(0,0),2>'", "<(0,0),2>"));
		cases.add(new Case("tsvector", "'a:1 fat:2'", "'a':1 'fat':2"));
		cases.add(new Case("tsquery", "'fat & cat'", "'fat' & 'cat'"));
		cases
			.add(new Case("pg_lsn", "'16/B374D848'", Lsn.parse("16/B374D848")).as(Lsn.class, Lsn.parse("16/B374D848")));
		cases.add(new Case("xid", "'7'", "7"));
		cases.add(new Case("address", "ROW('Main St', 5)", "(\"Main St\",5)"));
		cases.add(new Case("amount", "12.5", new BigDecimal("12.50")).as(BigDecimal.class, new BigDecimal("12.50")));
		cases.add(new Case("tags", "'{a,b}'", List.of("a", "b")));
		cases.add(new Case("jsonpath", "'$.a'", "$.\"a\""));
		Map<String, String> pairs = new LinkedHashMap<>();
		pairs.put("a", "1 \"x\"");
		pairs.put("b", null);
		cases.add(new Case("hstore", "'a=>\"1 \\\"x\\\"\", b=>NULL'", pairs)
			.as(new ParameterizedTypeReference<Map<String, String>>() {
			}, pairs));
	}

	private static void arrays(List<Case> cases) {
		cases.add(new Case("int4[]", "'{1,NULL,3}'", Arrays.asList(1, null, 3))
			.as(Integer[].class, new Integer[] { 1, null, 3 })
			.as(new ParameterizedTypeReference<List<Long>>() {
			}, Arrays.asList(1L, null, 3L))
			.as(new ParameterizedTypeReference<Collection<String>>() {
			}, Arrays.asList("1", null, "3"))
			.as(new ParameterizedTypeReference<Set<Integer>>() {
			}, new LinkedHashSet<>(Arrays.asList(1, null, 3)))
			.as(String.class, "{1,NULL,3}"));
		cases.add(new Case("int4[]", "'{}'", List.of()).as(int[].class, new int[0]));
		cases.add(new Case("int4[]", "'[0:1]={1,2}'", List.of(1, 2)).as(long[].class, new long[] { 1, 2 }));
		cases.add(new Case("int4[]", "'{{1,2},{3,4}}'", List.of(List.of(1, 2), List.of(3, 4)))
			.as(int[][].class, new int[][] { { 1, 2 }, { 3, 4 } })
			.as(new ParameterizedTypeReference<List<List<Short>>>() {
			}, List.of(List.of((short) 1, (short) 2), List.of((short) 3, (short) 4))));
		cases.add(new Case("int2[]", "'{1}'", List.of((short) 1)));
		cases.add(new Case("int8[]", "'{1}'", List.of(1L)));
		cases.add(new Case("oid[]", "'{1}'", List.of(1L)));
		cases.add(new Case("float4[]", "'{1.5,NaN}'", List.of(1.5f, Float.NaN)));
		cases.add(new Case("float8[]", "'{1.5,-Infinity}'", List.of(1.5, Double.NEGATIVE_INFINITY)).as(double[].class,
				new double[] { 1.5, Double.NEGATIVE_INFINITY }));
		cases.add(new Case("numeric[]", "'{1.50,NaN}'", List.of(new BigDecimal("1.50"), Double.NaN)));
		cases.add(new Case("numeric(5,2)[]", "'{1.5}'", List.of(new BigDecimal("1.50"))).as(BigDecimal[].class,
				new BigDecimal[] { new BigDecimal("1.50") }));
		cases.add(
				new Case("bool[]", "'{t,f}'", List.of(true, false)).as(boolean[].class, new boolean[] { true, false }));
		cases.add(new Case("text[]", "'{a,\"b,c\",\"q\\\"u\\\\\",NULL,\"NULL\",\"\",\"{x}\"}'",
				Arrays.asList("a", "b,c", "q\"u\\", null, "NULL", "", "{x}"))
			.as(String[].class, new String[] { "a", "b,c", "q\"u\\", null, "NULL", "", "{x}" }));
		cases.add(new Case("varchar(5)[]", "'{a}'", List.of("a")));
		cases.add(new Case("name[]", "'{a}'", List.of("a")));
		cases.add(new Case("bytea[]", "ARRAY['\\x01ff'::bytea]", List.of(new byte[] { 1, -1 })).as(byte[][].class,
				new byte[][] { { 1, -1 } }));
		cases.add(new Case("date[]", "'{2024-01-01,infinity}'", List.of(LocalDate.of(2024, 1, 1), LocalDate.MAX)));
		cases.add(new Case("time[]", "'{04:05:06}'", List.of(LocalTime.of(4, 5, 6))));
		cases.add(new Case("timetz[]", "'{04:05:06+02}'",
				List.of(LocalTime.of(4, 5, 6).atOffset(ZoneOffset.ofHours(2)))));
		cases.add(new Case("timestamp[]", "'{2024-01-01 01:02:03}'", List.of(LocalDateTime.of(2024, 1, 1, 1, 2, 3))));
		cases
			.add(new Case("timestamptz[]", "'{2024-01-01 01:02:03+00}'", List.of(Instant.parse("2024-01-01T01:02:03Z")))
				.as(new ParameterizedTypeReference<List<OffsetDateTime>>() {
				}, List.of(OffsetDateTime.parse("2024-01-01T01:02:03Z"))));
		cases.add(new Case("interval[]", "'{1 mon 2 days}'", List.of(new PostgresInterval(1, 2, 0))));
		cases.add(new Case("uuid[]", "'{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}'",
				List.of(UUID.fromString("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"))));
		cases.add(new Case("jsonb[]", "ARRAY['{\"a\": 1}'::jsonb]", List.of(json.readTree("{\"a\":1}")))
			.as(new ParameterizedTypeReference<List<Map<String, Integer>>>() {
			}, List.of(Map.of("a", 1))));
		cases.add(new Case("mood[]", "'{sad,\"a,b\"}'", List.of("sad", "a,b")));
		cases.add(new Case("mood[]", "'{sad,VERY-happy}'", List.of("sad", "VERY-happy"))
			.as(new ParameterizedTypeReference<List<Mood>>() {
			}, List.of(Mood.SAD, Mood.VERY_HAPPY))
			.as(Mood[].class, new Mood[] { Mood.SAD, Mood.VERY_HAPPY }));
		cases.add(new Case("inet[]", "'{::1}'", List.of("::1")));
		cases.add(new Case("money[]", "'{1000.50}'", List.of(new BigDecimal("1000.50"))));
		cases.add(new Case("xml[]", "'{<a/>}'", List.of("<a/>")));
		cases.add(new Case("varbit[]", "'{101}'", List.of("101")));
		cases.add(new Case("bit(1)[]", "'{1,0}'", List.of("1", "0")));
		cases.add(new Case("text[]", "'{{a},{b}}'", List.of(List.of("a"), List.of("b"))).as(String[][].class,
				new String[][] { { "a" }, { "b" } }));
		cases.add(new Case("point[]", "'{\"(1,2)\"}'", List.of("(1,2)")));
		cases.add(new Case("box[]", "'{(1,1),(0,0);(2,2),(1,1)}'", List.of("(1,1),(0,0)", "(2,2),(1,1)")));
		cases.add(new Case("int4range[]", "'{\"[1,3)\"}'", List.of("[1,3)")));
		cases.add(new Case("pg_lsn[]", "'{0/1}'", List.of(new Lsn(1))));
		cases.add(new Case("address[]", "ARRAY[ROW('Main St', 5)::address]", List.of("(\"Main St\",5)")));
		cases.add(new Case("hstore[]", "ARRAY['a=>1'::hstore]", List.of(Map.of("a", "1"))));
		cases.add(new Case("amount[]", "ARRAY[1.5]::amount[]", List.of("1.50"))
			.as(new ParameterizedTypeReference<List<BigDecimal>>() {
			}, List.of(new BigDecimal("1.50"))));
	}

	private static BitSet bits(int... indexes) {
		BitSet bits = new BitSet();
		for (int index : indexes) {
			bits.set(index);
		}
		return bits;
	}

	private static InetAddress address(String literal) {
		try {
			return InetAddress.getByName(literal);
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException(ex);
		}
	}

	record Cell<V>(@Nullable V value) {

	}

	record Payload(List<BigDecimal> a) {

	}

	enum Mood {

		SAD, VERY_HAPPY

	}

	static final class Case {

		private final String type;

		private final String sql;

		private final Map<ResolvableType, Object> forms = new LinkedHashMap<>();

		Case(String type, String sql, Object natural) {
			this.type = type;
			this.sql = sql;
			as(Object.class, natural);
		}

		Case as(Class<?> type, Object expected) {
			this.forms.put(ResolvableType.forClass(type), expected);
			return this;
		}

		Case as(ParameterizedTypeReference<?> type, Object expected) {
			this.forms.put(ResolvableType.forType(type), expected);
			return this;
		}

		boolean isOfType(String name) {
			return this.type.equals(name)
					|| this.type.startsWith(name + "(") && !name.equals("bit") && !this.type.endsWith("]");
		}

		/** Whether the natural type has a name, or a supertype of that name. */
		boolean isNaturally(String name) {
			return isNamed(this.forms.get(ResolvableType.forClass(Object.class)).getClass(), name);
		}

		private static boolean isNamed(@Nullable Class<?> type, String name) {
			return type != null && (type.getSimpleName().equals(name) || isNamed(type.getSuperclass(), name)
					|| Arrays.stream(type.getInterfaces()).anyMatch((contract) -> isNamed(contract, name)));
		}

		boolean isAlso(String name) {
			return this.forms.keySet()
				.stream()
				.anyMatch(
						(type) -> name.equals(type.toClass().getSimpleName()) || name.equals(type.toClass().getName()));
		}

		String table() {
			return "t" + UUID.nameUUIDFromBytes((this.type + this.sql).getBytes(StandardCharsets.UTF_8))
				.toString()
				.replace("-", "");
		}

		boolean missing() {
			String base = this.type.replace("[]", "");
			return (Set.of("hstore", "citext", "ltree").contains(base) && !extensions.contains(base))
					|| (this.sql.contains("infinity") && base.equals("interval") && version < 17);
		}

		@Override
		public String toString() {
			return this.type + " " + this.sql;
		}

	}

}
