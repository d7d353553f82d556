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

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.Operation;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Several types have the same name, in different schemas.
 */
@PostgresTest
class TypeNamesIT {

	private TestDatabase database;

	@BeforeEach
	void createSchemas(TestDatabase database) {
		this.database = database;
		database.execute("CREATE SCHEMA app", "CREATE SCHEMA other", "CREATE SCHEMA extensions");
	}

	@ParameterizedTest
	@ValueSource(strings = { "public, app, other", "other, app", "app, other, extensions", "\"$user\"" })
	void typesAreToldByTheirSchema(String searchPath) {
		this.database.execute("CREATE TYPE app.hstore AS ENUM ('\"a\"=>\"b\"')", "CREATE DOMAIN app.amount AS text",
				"CREATE DOMAIN other.amount AS numeric(10,2)", "CREATE TYPE app.mood AS ENUM ('sad')",
				"CREATE DOMAIN other.mood AS int", "CREATE TYPE app.date AS ENUM ('today')",
				"CREATE DOMAIN app.text AS int", "CREATE TYPE app.money AS (amount numeric, currency pg_catalog.text)",
				"CREATE TYPE other._date AS (number int)", "CREATE TYPE other._mood AS (number int)",
				"CREATE TABLE app.rows (id int PRIMARY KEY, no_list other._date, no_moods other._mood, day pg_catalog.date, days pg_catalog.date[], "
						+ "label pg_catalog.text, enum_day app.date, enum_days app.date[], number app.text, "
						+ "pair app.money, no_map app.hstore, price other.amount, words app.amount, mood app.mood, moods app.mood[], "
						+ "rank other.mood)",
				"ALTER DATABASE " + this.database.name() + " SET search_path = " + searchPath);
		String row = "'(1)', '(2)', '2026-01-02', '{2026-01-02}', 'x', 'today', '{today}', 7, '(1,EUR)', '\"a\"=>\"b\"', 1.5, 'y', 'sad', '{sad}', 3";
		this.database.execute("INSERT INTO app.rows VALUES (1, " + row + ")");
		try (TestApplication application = TestApplication.run(this.database, Rows.class, "cdc.offset.store=memory",
				"cdc.snapshot.mode=initial", "cdc.safety.accept=memory-with-snapshot")) {
			this.database.execute("INSERT INTO app.rows VALUES (1 + 1, " + row + ")");
			Rows rows = application.bean(Rows.class);
			await().until(() -> rows.rows.size() == 2);
			assertThat(rows.operations).containsExactly(Operation.READ, Operation.CREATE);
			assertThat(rows.rows).allSatisfy((values) -> {
				values.remove("id");
				assertThat(values).isEqualTo(Map.ofEntries(Map.entry("no_list", "(1)"), Map.entry("no_moods", "(2)"),
						Map.entry("day", LocalDate.of(2026, 1, 2)),
						Map.entry("days", List.of(LocalDate.of(2026, 1, 2))), Map.entry("label", "x"),
						Map.entry("enum_day", "today"), Map.entry("enum_days", List.of("today")),
						Map.entry("number", 7), Map.entry("pair", "(1,EUR)"), Map.entry("no_map", "\"a\"=>\"b\""),
						Map.entry("price", new BigDecimal("1.50")), Map.entry("words", "y"), Map.entry("mood", "sad"),
						Map.entry("moods", List.of("sad")), Map.entry("rank", 3)));
			});
		}
	}

	@Test
	void hstoreOfTheExtensionIsAMapInAnySchema() {
		Assumptions.assumeTrue(
				this.database.queryForText("SELECT 1 FROM pg_available_extensions WHERE name = 'hstore'") != null);
		this.database.execute("CREATE EXTENSION hstore SCHEMA extensions",
				"CREATE TYPE app.hstore AS ENUM ('\"a\"=>\"b\"')", "CREATE DOMAIN app.tags AS extensions.hstore",
				"CREATE TABLE app.rows (id int PRIMARY KEY, map extensions.hstore, maps extensions.hstore[], "
						+ "no_map app.hstore, tags app.tags)",
				"INSERT INTO app.rows VALUES (1, 'a=>b', ARRAY['a=>b'::extensions.hstore], '\"a\"=>\"b\"', 'd=>e')");
		try (TestApplication application = TestApplication.run(this.database, Rows.class, "cdc.offset.store=memory",
				"cdc.snapshot.mode=initial", "cdc.safety.accept=memory-with-snapshot")) {
			this.database.execute(
					"INSERT INTO app.rows VALUES (2, 'a=>b', ARRAY['a=>b'::extensions.hstore], '\"a\"=>\"b\"', 'd=>e')",
					"ALTER TABLE app.rows ADD later extensions.hstore DEFAULT 'c=>d'",
					"INSERT INTO app.rows VALUES (3)");
			Rows rows = application.bean(Rows.class);
			await().until(() -> rows.rows.size() == 3);
			assertThat(rows.rows.subList(0, 2))
				.allSatisfy((values) -> assertThat(values).containsEntry("map", Map.of("a", "b"))
					.containsEntry("maps", List.of(Map.of("a", "b")))
					.containsEntry("no_map", "\"a\"=>\"b\"")
					.containsEntry("tags", Map.of("d", "e")));
			assertThat(rows.rows.get(2)).containsEntry("later", Map.of("c", "d"));
		}
	}

	@Test
	void domainOverHstoreThatComesAfterTheStartIsAMap() {
		Assumptions.assumeTrue(
				this.database.queryForText("SELECT 1 FROM pg_available_extensions WHERE name = 'hstore'") != null);
		this.database.execute("CREATE TABLE app.rows (id int PRIMARY KEY)");
		try (TestApplication application = TestApplication.run(this.database, Rows.class)) {
			this.database.execute("CREATE EXTENSION hstore SCHEMA extensions",
					"CREATE DOMAIN app.tags AS extensions.hstore", "ALTER TABLE app.rows ADD tags app.tags",
					"INSERT INTO app.rows VALUES (1, 'd=>e')");
			Rows rows = application.bean(Rows.class);
			await().until(() -> !rows.rows.isEmpty());
			assertThat(rows.rows.get(0)).containsEntry("tags", Map.of("d", "e"));
		}
	}

	static class Rows {

		final List<Operation> operations = new CopyOnWriteArrayList<>();

		final List<Map<String, Object>> rows = new CopyOnWriteArrayList<>();

		@CdcListener("app.rows")
		void on(Map<String, Object> row, Operation operation) {
			this.operations.add(operation);
			this.rows.add(row);
		}

	}

}
