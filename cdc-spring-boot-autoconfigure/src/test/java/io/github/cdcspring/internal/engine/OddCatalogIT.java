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

package io.github.cdcspring.internal.engine;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.ChangeEvent;
import io.github.cdcspring.Operation;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What else a catalog holds stops neither a start nor the stream, although the engine
 * reads all types of the database.
 */
@PostgresTest
class OddCatalogIT {

	private static final String ODD = "\"od\"\"d.s\u00fc; --\"";

	private static final String[] TYPES = { "CREATE SCHEMA hidden", "CREATE SCHEMA " + ODD,
			"CREATE TYPE hidden.nothing AS ENUM ()", "CREATE DOMAIN hidden.no_thing AS hidden.nothing",
			"CREATE DOMAIN hidden.still_nothing AS hidden.no_thing",
			"CREATE DOMAIN hidden.nothings AS hidden.nothing[]", "CREATE TYPE hidden.shell",
			"CREATE TYPE hidden.empty AS ()", "CREATE TYPE hidden.dropped AS (a int, b text)",
			"ALTER TYPE hidden.dropped DROP ATTRIBUTE a", "CREATE TYPE hidden.all_dropped AS (a int)",
			"ALTER TYPE hidden.all_dropped DROP ATTRIBUTE a", "CREATE DOMAIN hidden.whole AS hidden.dropped",
			"CREATE TYPE hidden.mood AS ENUM ('sad', 'it''s \"ok\", \\ {}', '')",
			"CREATE TYPE hidden.moods AS RANGE (subtype = hidden.mood)",
			"CREATE DOMAIN hidden.some_moods AS hidden.moods", "CREATE DOMAIN hidden.small AS int CHECK (VALUE < 100)",
			"CREATE DOMAIN hidden.smaller AS hidden.small", "CREATE DOMAIN hidden.smalls AS hidden.small[]",
			"CREATE TYPE hidden._mine AS ENUM ('a')", "CREATE TYPE hidden.mine AS (a int)",
			"CREATE TYPE hidden.int4 AS ENUM ('one', 'two')", "CREATE TYPE hidden._int4 AS ENUM ('three')",
			"CREATE TYPE hidden.text AS (text pg_catalog.text)", "CREATE DOMAIN hidden.hstore AS int",
			"CREATE TYPE hidden.items AS ENUM ('item')", "CREATE TABLE hidden.mood_list (mood hidden.mood)",
			"CREATE TYPE " + ODD + ".\"my \"\"typ\u00e9\"\".1\" AS ENUM ('x', '\u00fc')",
			"CREATE DOMAIN " + ODD + ".\"Int4\" AS pg_catalog.int4", "CREATE TYPE " + ODD + ".\"_\" AS (a int)",
			"CREATE TYPE " + ODD + ".\"a[]\" AS ENUM ('b')" };

	private static final Map<String, String> COLUMNS = Map.ofEntries(Map.entry("mood", "hidden.mood"),
			Map.entry("moods", "hidden.mood[]"), Map.entry("range", "hidden.moods"),
			Map.entry("domain_of_range", "hidden.some_moods"), Map.entry("dropped", "hidden.dropped"),
			Map.entry("whole", "hidden.whole"), Map.entry("small", "hidden.small"),
			Map.entry("smaller", "hidden.smaller"), Map.entry("smalls", "hidden.smalls"),
			Map.entry("array_of_domain", "hidden.smaller[]"), Map.entry("mine", "hidden._mine"),
			Map.entry("mines", "hidden._mine[]"), Map.entry("other_int4", "hidden.int4"),
			Map.entry("other_int4s", "hidden.int4[]"), Map.entry("other_text", "hidden.text"),
			Map.entry("other_hstore", "hidden.hstore"), Map.entry("items", "hidden.items"),
			Map.entry("odd", ODD + ".\"my \"\"typ\u00e9\"\".1\""),
			Map.entry("odds", ODD + ".\"my \"\"typ\u00e9\"\".1\"[]"), Map.entry("odd_int4", ODD + ".\"Int4\""),
			Map.entry("bracket", ODD + ".\"a[]\""), Map.entry("nothing", "hidden.nothing"),
			Map.entry("nothings", "hidden.nothings"), Map.entry("empty", "hidden.empty"));

	private static final Map<String, String> VALUES = Map.ofEntries(Map.entry("mood", "it's \"ok\", \\ {}"),
			Map.entry("moods", "{sad,\"\",\"it's \\\"ok\\\", \\\\ {}\",NULL}"), Map.entry("range", "[sad,\"\")"),
			Map.entry("domain_of_range", "[sad,sad]"), Map.entry("dropped", "(b)"), Map.entry("whole", "(\"b,c\")"),
			Map.entry("small", "7"), Map.entry("smaller", "8"), Map.entry("smalls", "{7,NULL}"),
			Map.entry("array_of_domain", "{8,9}"), Map.entry("mine", "a"), Map.entry("mines", "{a,a}"),
			Map.entry("other_int4", "two"), Map.entry("other_int4s", "{two,one}"), Map.entry("other_text", "(t)"),
			Map.entry("other_hstore", "5"), Map.entry("items", "item"), Map.entry("odd", "\u00fc"),
			Map.entry("odds", "{\u00fc,x}"), Map.entry("odd_int4", "6"), Map.entry("bracket", "b"),
			Map.entry("nothings", "{}"), Map.entry("empty", "()"));

	private @Nullable TestDatabase database;

	@AfterEach
	void dropRole() {
		TestDatabase database = this.database;
		if (database != null) {
			database.execute("DROP OWNED BY " + role(database), "DROP ROLE " + role(database));
		}
	}

	private static String role(TestDatabase database) {
		return database.name() + "_reader";
	}

	/** The role has USAGE neither on the schemas of the types nor on the types. */
	@Test
	void startsAndStreamsWithEveryTypeOfAnotherSchema(TestDatabase database) {
		this.database = database;
		database.execute(TYPES);
		StringBuilder table = new StringBuilder("CREATE TABLE items (id int PRIMARY KEY");
		COLUMNS.forEach((name, type) -> table.append(", ").append(name).append(' ').append(type));
		String role = role(database);
		database.execute(table.append(')').toString(), insert(1),
				"CREATE ROLE " + role + " LOGIN REPLICATION PASSWORD 'reader'",
				"GRANT CREATE ON DATABASE " + database.name() + " TO " + role,
				"GRANT CREATE ON SCHEMA public TO " + role, "ALTER TABLE items OWNER TO " + role,
				"REVOKE ALL ON SCHEMA hidden, " + ODD + " FROM PUBLIC",
				"REVOKE ALL ON TYPE hidden.mood, hidden.small, hidden.dropped FROM PUBLIC");
		try (TestApplication application = TestApplication.run(database, Items.class,
				"spring.datasource.username=" + role, "spring.datasource.password=reader")) {
			Items items = application.bean(Items.class);
			database.execute(insert(2), "CREATE TYPE hidden.late AS ENUM ()", "ALTER TYPE hidden.int4 ADD VALUE 'four'",
					"ALTER TABLE items ADD late hidden.late[]",
					insert(3).replace("(id", "(late, id").replace("VALUES (", "VALUES ('{}', "));
			await().until(() -> items.events.size() == 3);
			assertThat(items.events).extracting(ChangeEvent::operation)
				.containsExactly(Operation.READ, Operation.CREATE, Operation.CREATE);
			Map<String, @Nullable Object> read = row(items.events.get(0));
			assertThat(read).isEqualTo(expected());
			assertThat(row(items.events.get(1))).isEqualTo(read);
			read.put("late", List.of());
			assertThat(row(items.events.get(2))).isEqualTo(read);
			assertThat(application.engine().status().state()).isEqualTo(EngineState.RUNNING);
		}
	}

	private static Map<String, @Nullable Object> expected() {
		Map<String, @Nullable Object> expected = new TreeMap<>(VALUES);
		expected.put("moods", Arrays.asList("sad", "", VALUES.get("mood"), null));
		expected.put("small", 7);
		expected.put("smaller", 8);
		expected.put("smalls", Arrays.asList("7", null));
		expected.put("array_of_domain", List.of("8", "9"));
		expected.put("mines", List.of("a", "a"));
		expected.put("other_int4s", List.of("two", "one"));
		expected.put("other_hstore", 5);
		expected.put("odds", List.of("\u00fc", "x"));
		expected.put("odd_int4", 6);
		expected.put("nothing", null);
		expected.put("nothings", List.of());
		return expected;
	}

	private static Map<String, @Nullable Object> row(ChangeEvent<Map<String, @Nullable Object>> event) {
		Map<String, @Nullable Object> row = new TreeMap<>(event.after());
		row.remove("id");
		return row;
	}

	private static String insert(int id) {
		StringBuilder names = new StringBuilder("INSERT INTO items (id");
		StringBuilder values = new StringBuilder(") VALUES (" + id);
		VALUES.forEach((name, value) -> {
			names.append(", ").append(name);
			values.append(", '").append(value.replace("'", "''")).append('\'');
		});
		return names.append(values).append(')').toString();
	}

	static class Items {

		final List<ChangeEvent<Map<String, @Nullable Object>>> events = new CopyOnWriteArrayList<>();

		@CdcListener("items")
		void on(ChangeEvent<Map<String, @Nullable Object>> event) {
			this.events.add(event);
		}

	}

}
