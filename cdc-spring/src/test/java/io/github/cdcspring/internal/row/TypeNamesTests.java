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

import java.time.LocalDate;
import java.util.List;
import java.util.Map;

import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.RowSource.Row;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Types are told by their OIDs, not by their names, where the tables are not known before
 * Debezium starts, as on Kafka Connect.
 */
@PostgresTest
class TypeNamesTests {

	@Test
	void typesWithTheNamesOfOthersAreWhatTheyAre(TestDatabase database) throws Exception {
		database.execute("CREATE SCHEMA app", "CREATE SCHEMA other", "CREATE TYPE app.hstore AS ENUM ('a')",
				"CREATE TYPE app.old_hstore AS ENUM ('a')", "CREATE TYPE app.date AS ENUM ('today')",
				"CREATE TYPE other._date AS (number int)",
				"CREATE TABLE app.rows (id int PRIMARY KEY, no_map app.hstore, old app.old_hstore, "
						+ "no_day app.date, day pg_catalog.date, no_list other._date)");
		assertThat(rows(database, "'a', 'a', 'today', '2026-01-02', '(1)'")).containsOnly(Map.of("no_map", "a", "old",
				"a", "no_day", "today", "day", LocalDate.of(2026, 1, 2), "no_list", "(1)"));
	}

	@Test
	void queriesOfTheCatalogLeaveNoTransactionOpen(TestDatabase database) throws Exception {
		database.execute("CREATE SCHEMA app", "CREATE TYPE app.mood AS ENUM ('sad')",
				"CREATE TABLE app.rows (id int PRIMARY KEY)");
		try (EngineRecords records = new EngineRecords(database, Map.of("table.include.list", "app.rows"))) {
			database.execute("INSERT INTO app.rows VALUES (1)");
			records.take(1);
			database.execute("ALTER TABLE app.rows ADD price money, ADD moods app.mood[]",
					"INSERT INTO app.rows VALUES (2, 1, '{sad}')");
			records.take(1);
			assertThat(database.queryForText("SELECT string_agg(query, '; ') FROM pg_stat_activity "
					+ "WHERE datname = current_database() AND state LIKE 'idle in transaction%'"))
				.isNull();
		}
	}

	/**
	 * The values of a row of {@code app.rows} without its {@code id}, by snapshot and by
	 * stream.
	 */
	static List<Map<String, Object>> rows(TestDatabase database, String values) throws Exception {
		database.execute("INSERT INTO app.rows VALUES (1, " + values + ")");
		try (EngineRecords records = new EngineRecords(database, Map.of("table.include.list", "app.rows"))) {
			database.execute("INSERT INTO app.rows VALUES (2, " + values + ")");
			List<Row> rows = records.rows(2);
			assertThat(rows).extracting(Row::snapshot).containsExactly(true, false);
			rows.forEach((row) -> row.values().remove("id"));
			return rows.stream().map(Row::values).toList();
		}
	}

}
