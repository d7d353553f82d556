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

package io.github.cdcspring.documentation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.ChangeEvent;
import io.github.cdcspring.ColumnValue;
import io.github.cdcspring.RowKey;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What docs/types.md says of keys, of values that the server does not send, and of
 * partitions.
 */
@PostgresTest
class RowsIT {

	private TestDatabase database;

	@BeforeEach
	void database(TestDatabase database) {
		this.database = database;
	}

	/** The operation and key of each event. */
	private List<String> keys(String... statements) {
		return events(statements).stream().map((event) -> event.operation() + " " + text(event.key())).toList();
	}

	private static String text(@Nullable RowKey key) {
		return (key != null) ? key.columns().toString() : "without key";
	}

	private List<ChangeEvent<Map<String, Object>>> events(String... statements) {
		try (TestApplication application = TestApplication.run(this.database, Rows.class, "cdc.offset.store=memory")) {
			this.database.execute(statements);
			return application.bean(Rows.class).received(this.database);
		}
	}

	@Test
	void keyIsThePrimaryKey() {
		this.database.execute("CREATE TABLE rows (id int PRIMARY KEY, code int NOT NULL, note text)",
				"CREATE UNIQUE INDEX code ON rows (code)", "ALTER TABLE rows REPLICA IDENTITY USING INDEX code");
		assertThat(keys("INSERT INTO rows VALUES (1, 10)", "UPDATE rows SET note = 'a'", "UPDATE rows SET code = 11",
				"DELETE FROM rows"))
			.containsExactly("CREATE {id=1}", "UPDATE {id=1}", "DELETE without key", "CREATE {id=1}",
					"DELETE without key");
	}

	@Test
	void keyIsSentIfTheIndexContainsThePrimaryKey() {
		this.database.execute("CREATE TABLE rows (id int PRIMARY KEY, code int NOT NULL, note text)",
				"CREATE UNIQUE INDEX code ON rows (code, id)", "ALTER TABLE rows REPLICA IDENTITY USING INDEX code");
		assertThat(keys("INSERT INTO rows VALUES (1, 10)", "UPDATE rows SET code = 11", "UPDATE rows SET id = 2",
				"DELETE FROM rows"))
			.containsExactly("CREATE {id=1}", "UPDATE {id=1}", "DELETE {id=1}", "CREATE {id=2}", "DELETE {id=2}");
	}

	@Test
	void keyIsAnIndexOfATableWithoutPrimaryKey() {
		this.database.execute("CREATE TABLE rows (code int NOT NULL, note text)",
				"CREATE UNIQUE INDEX code ON rows (code)", "ALTER TABLE rows REPLICA IDENTITY USING INDEX code");
		assertThat(keys("INSERT INTO rows VALUES (10)", "UPDATE rows SET note = 'a'", "UPDATE rows SET code = 11",
				"DELETE FROM rows"))
			.containsExactly("CREATE {code=10}", "UPDATE {code=10}", "DELETE {code=10}", "CREATE {code=11}",
					"DELETE {code=11}");
	}

	@Test
	void anUpdateOfTheKeyLacksLargeValuesInTheNewRow() {
		this.database.execute("CREATE TABLE rows (id int PRIMARY KEY, large text)",
				"ALTER TABLE rows ALTER large SET STORAGE EXTERNAL", "INSERT INTO rows VALUES (1, repeat('x', 9000))");
		List<ChangeEvent<Map<String, Object>>> events = events("UPDATE rows SET id = 2");
		assertThat(events).extracting((event) -> event.operation() + " " + text(event.key()))
			.containsExactly("DELETE {id=1}", "CREATE {id=2}");
		assertThat(events.get(1).after()).isEqualTo(Map.of("id", 2, "large", ColumnValue.unavailable()));
	}

	@Test
	void anUpdateOfTheKeyWithFullIdentity() {
		this.database.execute("CREATE TABLE rows (id int PRIMARY KEY, large text)",
				"ALTER TABLE rows ALTER large SET STORAGE EXTERNAL", "ALTER TABLE rows REPLICA IDENTITY FULL",
				"INSERT INTO rows VALUES (1, repeat('x', 9000))");
		List<ChangeEvent<Map<String, Object>>> events = events("UPDATE rows SET id = 2");
		assertThat(events).extracting((event) -> event.operation() + " " + text(event.key()))
			.containsExactly("DELETE {id=1}", "CREATE {id=2}");
		assertThat(events.get(0).before()).isEqualTo(Map.of("id", 1, "large", "x".repeat(9000)));
		assertThat(events.get(1).after()).isEqualTo(Map.of("id", 2, "large", "x".repeat(9000)));
	}

	@Test
	void partitionsArriveUnderTheNameOfTheTableWhileTheyAreAttached() {
		this.database.execute("CREATE TABLE rows (id int PRIMARY KEY) PARTITION BY RANGE (id)",
				"CREATE TABLE rows_1 PARTITION OF rows FOR VALUES FROM (0) TO (10)",
				"CREATE TABLE rows_2 (id int PRIMARY KEY)", "INSERT INTO rows_2 VALUES (10)");
		assertThat(keys("INSERT INTO rows VALUES (1)", "INSERT INTO rows_2 VALUES (11)",
				"ALTER TABLE rows ATTACH PARTITION rows_2 FOR VALUES FROM (10) TO (20)",
				"INSERT INTO rows_2 VALUES (12)", "DELETE FROM rows WHERE id = 10",
				"ALTER TABLE rows DETACH PARTITION rows_1", "INSERT INTO rows_1 VALUES (2)", "DELETE FROM rows_1",
				"INSERT INTO rows VALUES (13)"))
			.containsExactly("CREATE {id=1}", "CREATE {id=12}", "DELETE {id=10}", "CREATE {id=13}");
	}

	static class Rows {

		final List<ChangeEvent<Map<String, Object>>> events = new CopyOnWriteArrayList<>();

		@CdcListener("rows")
		void on(ChangeEvent<Map<String, Object>> event) {
			this.events.add(event);
		}

		@CdcListener(messages = "end")
		void end(ChangeEvent<Map<String, Object>> event) {
			this.events.add(event);
		}

		List<ChangeEvent<Map<String, Object>>> received(TestDatabase database) {
			database.execute("SELECT pg_logical_emit_message(true, 'end', '')");
			await().until(() -> !this.events.isEmpty() && this.events.get(this.events.size() - 1).message() != null);
			List<ChangeEvent<Map<String, Object>>> rows = new ArrayList<>(this.events);
			rows.remove(rows.size() - 1);
			return rows;
		}

	}

}
