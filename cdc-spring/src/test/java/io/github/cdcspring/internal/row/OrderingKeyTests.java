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

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.cdcspring.Operation;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Ordering key and key hash are equal for exactly those keys that PostgreSQL considers
 * equal, and for all keys of a type that may consider different texts equal.
 */
@PostgresTest
class OrderingKeyTests {

	private static final Map<String, List<String>> KEYS = new LinkedHashMap<>();

	private static final Set<String> SHARED = new HashSet<>();

	static {
		keys("numeric", "1", "1.0", "1.00", "100", "1e2", "0", "-0", "0.00", "-1", "NaN", "Infinity", "-Infinity",
				"12345678901234567890.10", "12345678901234567890.1", "0.000000000000000000001");
		keys("numeric(10,2)", "1", "1.5", "1.50", "0");
		keys("double precision", "0", "-0", "1", "1.0", "NaN", "Infinity", "-Infinity", "0.1", "1e300");
		keys("real", "0", "-0", "0.1", "0.10", "NaN", "16777216");
		keys("smallint", "1", "01", "-1", "0");
		keys("integer", "1", "01", "2147483647");
		keys("bigint", "1", "01", "9223372036854775807");
		keys("oid", "1", "4294967295");
		keys("money", "1", "1.00", "-1");
		keys("boolean", "true", "t", "false");
		keys("text", "", " ", "a", "A", "a ", "1", "true", "null", "\u00e4", "a\u0308", "a,b");
		keys("varchar(4)", "a", "a ", "A");
		keys("char(4)", "a", "a ", "a   ", "b");
		keys("bytea", "\\x", "\\x00", "\\x0000", "\\xff", "\\x61");
		keys("uuid", "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
				"b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
		keys("date", "2020-01-01", "2020-1-1", "infinity", "-infinity", "0001-01-01 BC");
		keys("time", "12:00", "12:00:00.000", "24:00", "00:00", "12:00:00.000001");
		keys("timetz", "12:00+00", "13:00+00", "12:00:00+00:00", "13:00+01", "11:00-01", "24:00+00", "00:00+00");
		keys("timestamp", "2020-01-01", "2020-01-01 00:00:00.0", "infinity", "-infinity", "2020-01-01 00:00:00.000001");
		keys("timestamptz", "2020-01-01 00:00+00", "2020-01-01 01:00+01", "infinity", "2020-01-01 00:00+01");
		keys("inet", "10.0.0.1", "10.0.0.1/32", "10.0.0.0/24", "::1", "0:0::1");
		keys("macaddr", "08:00:2b:01:02:03", "08002b010203", "08:00:2b:01:02:04");
		keys("pg_lsn", "0/1", "00/0001", "1/0");
		keys("bit(3)", "101", "100");
		keys("varbit", "1", "10", "100");
		keys("numeric[]", "{1.0,2}", "{1.00,2.0}", "{2,1}", "{}", "{NULL}", "{0}", "{{1,2}}", "{1,NULL}", "{NaN}");
		keys("double precision[]", "{0}", "{-0}", "{NaN}", "{1}");
		keys("timestamptz[]", "{2020-01-01 00:00+00}", "{2020-01-01 01:00+01}", "{infinity}");
		keys("char(4)[]", "{a}", "{\"a \"}", "{b}");
		keys("text[]", "{a,b}", "{\"a,b\"}", "{ab}", "{a,NULL}", "{a,\"NULL\"}", "{}");
		keys("bytea[]", "{\"\\\\x00\"}", "{\"\\\\x0000\"}");
		keys("amount", "1", "1.0", "2");
		keys("bpchar", "a", "a ", "a  ", " a");
		keys("int4range", "[1,3)", "[1,2]", "(0,3)", "empty", "[1,)");
		sharedKeys("mood", "glad", "sad");
		sharedKeys("interval", "1 mon", "30 days", "1 day", "24:00");
		sharedKeys("jsonb", "1", "1.0", "{\"a\":1}", "{\"a\":1.0}");
		sharedKeys("jsonb[]", "{1}", "{1.0}");
		sharedKeys("numrange", "[1,2)", "[1.0,2.0)", "[1,3)");
		sharedKeys("price", "(1)", "(1.0)", "(2)");
		sharedKeys("citext", "a", "A", "\u00e9", "\u00c9");
		sharedKeys("email", "a", "A", "b");
		sharedKeys("citext[]", "{a}", "{A}");
	}

	/**
	 * Keys of a type that may consider different texts equal: not told apart.
	 */
	private static void sharedKeys(String type, String... literals) {
		keys(type, literals);
		SHARED.add(type);
	}

	private static void keys(String type, String... literals) {
		KEYS.put(type, List.of(literals));
	}

	private final RecordDecoder decoder = new RecordDecoder("cdc-spring", (table) -> false);

	private TestDatabase database;

	@BeforeEach
	void createTables(TestDatabase database) {
		this.database = database;
		database.execute("CREATE TYPE mood AS ENUM ('sad', 'glad')", "CREATE DOMAIN amount AS numeric",
				"CREATE TYPE price AS (amount numeric)", "CREATE EXTENSION citext", "CREATE DOMAIN email AS citext");
		int table = 0;
		for (String type : KEYS.keySet()) {
			database.execute("CREATE TABLE keys_" + (table++) + " (k " + type + " PRIMARY KEY)");
		}
		database.execute("CREATE TABLE pairs (a text, b text, PRIMARY KEY (a, b))");
	}

	@Test
	void agreesWithPostgresAndWithTheHash() throws Exception {
		try (EngineRecords records = new EngineRecords(this.database, Map.of())) {
			int table = 0;
			for (Map.Entry<String, List<String>> type : KEYS.entrySet()) {
				List<Change> changes = inserts(records, "keys_" + (table++), type.getValue());
				assertAgree(type.getKey(), type.getValue(), changes);
			}
		}
	}

	private List<Change> inserts(EngineRecords records, String table, List<String> literals) {
		this.database.execute(literals.stream()
			.flatMap((literal) -> Stream.of("INSERT INTO " + table + " VALUES ('" + literal + "')",
					"DELETE FROM " + table))
			.toArray(String[]::new));
		return records.changes(this.decoder, 2 * literals.size())
			.stream()
			.filter((change) -> change.operation() == Operation.CREATE)
			.toList();
	}

	private void assertAgree(String type, List<String> literals, List<Change> changes) {
		String rows = IntStream.range(0, literals.size())
			.mapToObj((i) -> "(" + i + ", '" + literals.get(i) + "'::" + type + ")")
			.collect(Collectors.joining(", "));
		Iterator<String> equal = this.database
			.queryForTexts("SELECT a.k = b.k FROM (VALUES " + rows + ") a (i, k), (VALUES " + rows
					+ ") b (i, k) ORDER BY a.i, b.i")
			.iterator();
		for (int i = 0; i < literals.size(); i++) {
			for (int j = 0; j < literals.size(); j++) {
				String pair = type + " '" + literals.get(i) + "' and '" + literals.get(j) + "'";
				assertAgree(pair, changes.get(i), changes.get(j), "t".equals(equal.next()), SHARED.contains(type));
			}
		}
	}

	private static void assertAgree(String pair, Change change, Change other, boolean equal, boolean shared) {
		assertThat(change.orderingKey()).isInstanceOf(OrderingKey.class);
		assertThat(change.orderingKey().equals(other.orderingKey())).as("ordering keys of %s", pair)
			.isEqualTo(equal || shared);
		assertThat(KeyHash.of(change).equals(KeyHash.of(other))).as("hashes of %s", pair).isEqualTo(equal || shared);
		if (equal) {
			assertThat(change.orderingKey()).hasSameHashCodeAs(other.orderingKey());
		}
	}

	@Test
	void staysEqualWhenAnEventIsReplayed() throws Exception {
		try (EngineRecords records = new EngineRecords(this.database, Map.of())) {
			int table = 0;
			for (List<String> literals : KEYS.values()) {
				for (Change change : inserts(records, "keys_" + (table++), literals)) {
					Change replayed = RecordDecoder.fromJson(change.toJson());
					assertThat(replayed.orderingKey()).isEqualTo(change.orderingKey());
					assertThat(KeyHash.of(replayed)).isEqualTo(KeyHash.of(change));
				}
			}
		}
	}

	@Test
	void tellsCompositeKeysApart() throws Exception {
		try (EngineRecords records = new EngineRecords(this.database, Map.of())) {
			this.database.execute("INSERT INTO pairs VALUES ('a', 'bc'), ('ab', 'c'), ('', 'abc'), ('abc', '')");
			List<Object> keys = new ArrayList<>();
			List<String> hashes = new ArrayList<>();
			for (Change change : records.changes(this.decoder, 4)) {
				keys.add(change.orderingKey());
				hashes.add(KeyHash.of(change));
			}
			assertThat(keys).doesNotHaveDuplicates();
			assertThat(hashes).doesNotHaveDuplicates();
		}
	}

	@Test
	void staysEqualWhenAnIntegerColumnIsWidened() throws Exception {
		this.database.execute("CREATE TABLE widened (k smallint PRIMARY KEY)");
		try (EngineRecords records = new EngineRecords(this.database, Map.of())) {
			this.database.execute("INSERT INTO widened VALUES (7)", "DELETE FROM widened",
					"ALTER TABLE widened ALTER k TYPE bigint", "INSERT INTO widened VALUES (7)");
			List<Change> changes = records.changes(this.decoder, 3);
			assertThat(changes.get(2).orderingKey()).isEqualTo(changes.get(0).orderingKey());
			assertThat(KeyHash.of(changes.get(2))).isEqualTo(KeyHash.of(changes.get(0)));
		}
	}

	@Test
	void differsBetweenTablesAndFromTheTableItself() throws Exception {
		this.database.execute("CREATE TABLE other (k integer PRIMARY KEY)", "CREATE TABLE keyless (k integer)");
		try (EngineRecords records = new EngineRecords(this.database, Map.of())) {
			this.database.execute("INSERT INTO keys_5 VALUES (7)", "INSERT INTO other VALUES (7)",
					"INSERT INTO keyless VALUES (7)", "INSERT INTO keyless VALUES (8)");
			List<Change> changes = records.changes(this.decoder, 4);
			assertThat(changes.subList(0, 3).stream().map(Change::orderingKey)).doesNotHaveDuplicates();
			assertThat(changes.subList(0, 3).stream().map(KeyHash::of)).doesNotHaveDuplicates();
			assertThat(changes.get(3).orderingKey()).isEqualTo(changes.get(2).orderingKey())
				.isEqualTo(changes.get(2).table());
			assertThat(KeyHash.of(changes.get(3))).isEqualTo(KeyHash.of(changes.get(2)));
		}
	}

}
