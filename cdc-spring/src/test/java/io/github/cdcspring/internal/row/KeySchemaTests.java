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

import java.util.List;
import java.util.Map;

import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.backfill.BackfilledRows;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Debezium recognizes in the stream a row that it has just read from the table by its
 * key, with the key's schema.
 */
@PostgresTest
class KeySchemaTests {

	private static final String[] TYPES = { "CREATE EXTENSION citext", "CREATE EXTENSION ltree",
			"CREATE EXTENSION hstore", "CREATE TYPE mood AS ENUM ('sad', 'a,b', 'NULL', '')",
			"CREATE DOMAIN feeling AS mood", "CREATE DOMAIN amount AS numeric(10,2)",
			"CREATE DOMAIN inner_code AS char(5)", "CREATE DOMAIN code AS inner_code CHECK (value <> 'x')",
			"CREATE DOMAIN flag AS bit(1)", "CREATE DOMAIN tags AS text[]",
			"CREATE TYPE address AS (street text, number int)" };

	/** Types, each with values. */
	private static final String[][] KEYS = { { "bool", "t", "f" }, { "int2", "-32768" }, { "int8", "9007199254740993" },
			{ "oid", "4294967295" }, { "float4", "-0", "0.1", "NaN", "-Infinity" }, { "float8", "-0", "1e16", "NaN" },
			{ "numeric", "-0.000", "1.500", "1e100", "NaN", "Infinity", "-Infinity" }, { "numeric(9,2)", "1.5" },
			{ "amount", "1.5" }, { "money", "1234567.89", "-0.01" }, { "text", "", " ", "null", "a\"b\\c{d},'" },
			{ "char(3)", "", "a", "ab " }, { "code", "", "ab " }, { "\"char\"", "", "a" },
			{ "mood", "", "a,b", "NULL" }, { "feeling", "sad" }, { "citext", "Aa" }, { "ltree", "a.b" },
			{ "hstore", "a=>NULL, b=>1" }, { "bytea", "\\x", "\\x00ff5c" },
			{ "date", "infinity", "4714-11-24 BC", "5874897-12-31" }, { "time", "24:00:00", "00:00:00.000001" },
			{ "timetz", "24:00:00-15:59:59", "12:30:00-03:30" },
			{ "timestamp", "-infinity", "0001-12-31 12:00:00 BC", "294276-12-31 23:59:59.999999" },
			{ "timestamptz", "infinity", "0001-12-31 12:00:00+02 BC", "1883-11-18 12:03:57.5-04:56:02" },
			{ "interval", "1 year -3 days 04:05:06.7", "1 mon" }, { "uuid", "00000000-0000-0000-0000-0000000000ff" },
			{ "jsonb", "{\"a\": 1.0}", "null" }, { "bit(1)", "1" }, { "flag", "0", "1" }, { "bit(3)", "101" },
			{ "varbit", "", "1" }, { "inet", "::1/64", "10.0.0.1" }, { "pg_lsn", "0/10" },
			{ "int4range", "empty", "[1,5)" }, { "int4[]", "{}", "{NULL}", "{{1},{2}}" },
			{ "text[]", "{\"\",NULL,\"NULL\",\"a b\"}" }, { "numeric[]", "{1.0,1.00,NaN}" },
			{ "bytea[]", "{\"\\\\x00\"}" }, { "timestamptz[]", "{infinity,\"2024-02-29 12:00+02\"}" },
			{ "tags", "{a,NULL}" }, { "address", "(a,1)", "(\"b,c\",)" }, { "regtype", "int4", "public.mood" },
			{ "tsvector", "a:1 b" } };

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "id smallserial PRIMARY KEY | DEFAULT", "id serial PRIMARY KEY | DEFAULT",
			"id bigserial PRIMARY KEY | FULL", "id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY | DEFAULT",
			"id uuid DEFAULT gen_random_uuid() PRIMARY KEY | FULL", "id varchar(5) DEFAULT 'a' PRIMARY KEY | DEFAULT",
			"id char(3) DEFAULT 'a' PRIMARY KEY | DEFAULT", "id numeric(8, 2) DEFAULT 1.5 PRIMARY KEY | DEFAULT",
			"id int DEFAULT 1, part date DEFAULT current_date, PRIMARY KEY (part, id) | DEFAULT" })
	void keyOfASnapshotEqualsThatOfTheStream(String key, String identity, TestDatabase database) throws Exception {
		database.execute("CREATE TABLE notes (note text, " + key + ")",
				"ALTER TABLE notes REPLICA IDENTITY " + identity, "INSERT INTO notes (note) VALUES ('before')");
		try (EngineRecords records = new EngineRecords(database, Map.of("snapshot.mode", "initial"))) {
			SourceRecord read = records.take(1).get(0);
			database.execute("UPDATE notes SET note = 'after'");
			SourceRecord update = records.take(1).get(0);
			assertThat(update.key()).isEqualTo(read.key());
		}
	}

	/**
	 * The ordering of events, parking and the comparison with the stream depend on it.
	 */
	@Test
	void keyOfARowThatIsReadEqualsThatOfTheStream(TestDatabase database) throws Exception {
		database.execute(TYPES);
		for (int i = 0; i < KEYS.length; i++) {
			database.execute("CREATE TABLE notes_" + i + " (note text, id int DEFAULT 7, value " + KEYS[i][0]
					+ ", PRIMARY KEY (value, id))");
		}
		RecordDecoder decoder = new RecordDecoder("cdc", (table) -> false);
		try (EngineRecords records = new EngineRecords(database, Map.of("snapshot.mode", "no_data"))) {
			for (int i = 0; i < KEYS.length; i++) {
				String table = "notes_" + i;
				for (int value = 1; value < KEYS[i].length; value++) {
					database.execute(
							"INSERT INTO " + table + " (value) VALUES ('" + KEYS[i][value].replace("'", "''") + "')");
				}
				List<String> read = keys(BackfilledRows.of(database, new TableId("public", table)));
				database.execute("UPDATE " + table + " SET note = 'after'", "DELETE FROM " + table);
				for (int operation = 0; operation < 3; operation++) {
					List<Change> changes = records.changes(decoder, KEYS[i].length - 1);
					assertThat(keys(changes)).as(KEYS[i][0]).containsExactlyInAnyOrderElementsOf(read);
				}
			}
		}
	}

	private static List<String> keys(List<Change> changes) {
		return changes.stream()
			.map((change) -> KeyHash.of(change) + " " + change.exactKeys().get(0).form() + " "
					+ change.exactKeys().get(0).values())
			.toList();
	}

}
