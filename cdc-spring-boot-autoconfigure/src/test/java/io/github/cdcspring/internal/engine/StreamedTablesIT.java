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

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.ChangeEvent;
import io.github.cdcspring.ColumnValue;
import io.github.cdcspring.Operation;
import io.github.cdcspring.RowKey;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.core.NestedExceptionUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/**
 * An event shows its table as it was when the event was written: its name, its replica
 * identity and its key.
 */
@PostgresTest
class StreamedTablesIT {

	private static final Object UNAVAILABLE = ColumnValue.unavailable();

	@Test
	void partitionWithoutFullIdentityDoesNotSendNulls(TestDatabase database) {
		database.execute("CREATE TABLE items (id int PRIMARY KEY, a text, b text) PARTITION BY RANGE (id)",
				"CREATE TABLE items_1 PARTITION OF items FOR VALUES FROM (0) TO (10)",
				"CREATE TABLE items_2 PARTITION OF items FOR VALUES FROM (10) TO (20)",
				"ALTER TABLE items REPLICA IDENTITY FULL", "ALTER TABLE items_2 REPLICA IDENTITY FULL");
		try (TestApplication application = TestApplication.run(database, Items.class)) {
			Items items = application.bean(Items.class);
			database.execute(
					"INSERT INTO items VALUES (1, 'x', 'y'), (2, NULL, 'y'), (11, 'x', NULL), (12, NULL, NULL)",
					"DELETE FROM items WHERE id = 11", "DELETE FROM items WHERE id = 1",
					"DELETE FROM items WHERE id = 12", "UPDATE items SET id = 3 WHERE id = 2");
			await().until(() -> items.events.size() == 9);
			assertThat(items.before(11)).isEqualTo(row(11, "x", null));
			assertThat(items.before(1)).isEqualTo(row(1, UNAVAILABLE, UNAVAILABLE));
			assertThat(items.before(2)).isEqualTo(row(2, UNAVAILABLE, UNAVAILABLE));
			// The server does not tell this row from one of the other partition
			assertThat(items.before(12)).isEqualTo(row(12, UNAVAILABLE, UNAVAILABLE));
		}
	}

	@Test
	void partitionsWithFullIdentityUnderARootWithoutSendWholeRows(TestDatabase database) {
		database.execute("CREATE TABLE items (id int PRIMARY KEY, a text, b text) PARTITION BY RANGE (id)",
				"CREATE TABLE items_1 PARTITION OF items FOR VALUES FROM (0) TO (10)",
				"CREATE TABLE items_2 PARTITION OF items FOR VALUES FROM (10) TO (20)",
				"ALTER TABLE items_1 REPLICA IDENTITY FULL", "ALTER TABLE items_2 REPLICA IDENTITY FULL");
		try (TestApplication application = TestApplication.run(database, Items.class)) {
			Items items = application.bean(Items.class);
			database.execute("INSERT INTO items VALUES (1, NULL, NULL), (11, 'x', NULL)", "DELETE FROM items");
			await().until(() -> items.events.size() == 4);
			assertThat(items.before(1)).isEqualTo(row(1, null, null));
			assertThat(items.before(11)).isEqualTo(row(11, "x", null));
		}
	}

	@Test
	void partitionsWithDifferentIndexesSendNoValueAsNull(TestDatabase database) {
		database.execute(
				"CREATE TABLE items (id int PRIMARY KEY, a text NOT NULL, b text, c text) PARTITION BY RANGE (id)",
				"CREATE TABLE items_1 PARTITION OF items FOR VALUES FROM (0) TO (10)",
				"CREATE TABLE items_2 PARTITION OF items FOR VALUES FROM (10) TO (20)",
				"CREATE TABLE items_3 PARTITION OF items FOR VALUES FROM (20) TO (30)",
				"CREATE UNIQUE INDEX items_2_a ON items_2 (a)",
				"ALTER TABLE items_2 REPLICA IDENTITY USING INDEX items_2_a",
				"ALTER TABLE items_3 REPLICA IDENTITY FULL");
		try (TestApplication application = TestApplication.run(database, Items.class)) {
			Items items = application.bean(Items.class);
			database.execute("INSERT INTO items SELECT i, 'a' || i, 'b', NULL FROM unnest(ARRAY[1, 11, 2, 12, 21]) i",
					"DELETE FROM items WHERE id = 1", "DELETE FROM items WHERE id = 11",
					"DELETE FROM items WHERE id = 2", "DELETE FROM items WHERE id = 12",
					"DELETE FROM items WHERE id = 21");
			await().until(() -> items.events.size() == 10);
			List<ChangeEvent<Map<String, @Nullable Object>>> deletes = items.events.subList(5, 10);
			assertThat(deletes).extracting((delete) -> String.valueOf(delete.before()))
				.containsExactly(sent(1, UNAVAILABLE, UNAVAILABLE, UNAVAILABLE),
						sent(UNAVAILABLE, "a11", UNAVAILABLE, UNAVAILABLE),
						sent(2, UNAVAILABLE, UNAVAILABLE, UNAVAILABLE),
						sent(UNAVAILABLE, "a12", UNAVAILABLE, UNAVAILABLE), sent(21, "a21", "b", null));
			assertThat(deletes).extracting(StreamedTablesIT::key)
				.containsExactly("{id=1}", "none", "{id=2}", "none", "{id=21}");
		}
	}

	private static String sent(@Nullable Object... values) {
		return "{id=" + values[0] + ", a=" + values[1] + ", b=" + values[2] + ", c=" + values[3] + "}";
	}

	@Test
	void replicaIdentityIsThatOfTheEvent(TestDatabase database) {
		database.execute("CREATE TABLE items (id int PRIMARY KEY, a text, b text)",
				"ALTER TABLE items REPLICA IDENTITY FULL");
		try (TestApplication application = TestApplication.run(database, Items.class)) {
			database.execute("INSERT INTO items VALUES (0, NULL, 'y')");
			await().until(() -> application.bean(Items.class).events.size() == 1);
		}
		database.execute("INSERT INTO items VALUES (1, NULL, 'y'), (2, NULL, NULL), (3, NULL, 'y')",
				"DELETE FROM items WHERE id = 1", "ALTER TABLE items REPLICA IDENTITY DEFAULT",
				"DELETE FROM items WHERE id = 2", "ALTER TABLE items REPLICA IDENTITY FULL",
				"DELETE FROM items WHERE id = 3");
		try (TestApplication application = TestApplication.run(database, Items.class)) {
			Items items = application.bean(Items.class);
			await().until(() -> items.before(3) != null);
			assertThat(items.before(1)).isEqualTo(row(1, null, "y"));
			assertThat(items.before(2)).isEqualTo(row(2, UNAVAILABLE, UNAVAILABLE));
			assertThat(items.before(3)).isEqualTo(row(3, null, "y"));
		}
	}

	@Test
	void replicaIdentityChangesWhileTheEngineRuns(TestDatabase database) {
		database.execute("CREATE TABLE items (id int PRIMARY KEY, a text, b text)");
		try (TestApplication application = TestApplication.run(database, Items.class)) {
			Items items = application.bean(Items.class);
			database.execute("INSERT INTO items VALUES (1, NULL, 'y'), (2, NULL, NULL)",
					"DELETE FROM items WHERE id = 1", "ALTER TABLE items REPLICA IDENTITY FULL",
					"DELETE FROM items WHERE id = 2");
			await().until(() -> items.events.size() == 4);
			assertThat(items.before(1)).isEqualTo(row(1, UNAVAILABLE, UNAVAILABLE));
			assertThat(items.before(2)).isEqualTo(row(2, null, null));
		}
	}

	@Test
	void replicaIdentityIsKnownAfterABackfill(TestDatabase database) {
		database.execute("CREATE TABLE items (id int PRIMARY KEY, a text, b text)",
				"ALTER TABLE items REPLICA IDENTITY FULL", "INSERT INTO items VALUES (1, NULL, 'y'), (2, NULL, NULL)");
		try (TestApplication application = TestApplication.run(database, Items.class, "cdc.snapshot.mode=no_data")) {
			Items items = application.bean(Items.class);
			database.execute("INSERT INTO items VALUES (3, NULL, NULL), (4, NULL, NULL)",
					"DELETE FROM items WHERE id = 3");
			await().until(() -> items.before(3) != null);
			application.engine().backfill().start("items");
			await().until(() -> items.read == 3);
			database.execute("DELETE FROM items WHERE id = 2", "ALTER TABLE items REPLICA IDENTITY DEFAULT",
					"DELETE FROM items WHERE id = 4");
			await().until(() -> items.before(4) != null);
			assertThat(items.before(2)).isEqualTo(row(2, null, null));
			assertThat(items.before(4)).isEqualTo(row(4, UNAVAILABLE, UNAVAILABLE));
		}
	}

	@Test
	void keyIsThatOfTheEvent(TestDatabase database) {
		database.execute("CREATE TABLE items (id int PRIMARY KEY, a text, b text)");
		try (TestApplication application = TestApplication.run(database, Items.class)) {
			database.execute("INSERT INTO items VALUES (0, 'n', 'y')");
			await().until(() -> application.bean(Items.class).events.size() == 1);
		}
		database.execute("INSERT INTO items VALUES (1, 'x', 'y')", "DELETE FROM items WHERE id = 1",
				"ALTER TABLE items DROP CONSTRAINT items_pkey", "ALTER TABLE items ADD uid int NOT NULL DEFAULT 7",
				"ALTER TABLE items ADD PRIMARY KEY (uid)", "INSERT INTO items VALUES (2, 'x', 'y', 8)",
				"DELETE FROM items WHERE id = 2", "ALTER TABLE items DROP CONSTRAINT items_pkey",
				"ALTER TABLE items ADD PRIMARY KEY (b, a)", "INSERT INTO items VALUES (3, 'p', 'q', 9)",
				"DELETE FROM items WHERE id = 3");
		try (TestApplication application = TestApplication.run(database, Items.class)) {
			Items items = application.bean(Items.class);
			await().until(() -> items.keys().stream().filter((key) -> !key.equals("{id=0}")).count() == 6);
			assertThat(items.keys()).filteredOn((key) -> !key.equals("{id=0}"))
				.containsExactly("{id=1}", "{id=1}", "{uid=8}", "{uid=8}", "{b=q, a=p}", "{b=q, a=p}");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "ALTER TABLE items REPLICA IDENTITY FULL",
			"CREATE UNIQUE INDEX items_a ON items (a); ALTER TABLE items REPLICA IDENTITY USING INDEX items_a" })
	void keyThatTheStreamDoesNotNameIsNotGuessed(String identity, TestDatabase database) {
		database.execute("CREATE TABLE items (id int PRIMARY KEY, a text NOT NULL, b text)");
		database.execute(identity.split("; "));
		try (TestApplication application = TestApplication.run(database, Items.class)) {
			database.execute("INSERT INTO items VALUES (0, 'n', 'y')");
			await().until(() -> application.bean(Items.class).events.size() == 1);
			await().until(() -> "id".equals(
					database.queryForText("SELECT relations::jsonb -> 0 -> 'key' -> 'columns' ->> 0 FROM cdc_offset")));
		}
		database.execute("INSERT INTO items VALUES (1, 'x', 'y')", "ALTER TABLE items DROP CONSTRAINT items_pkey",
				"ALTER TABLE items ADD uid int NOT NULL DEFAULT 7", "ALTER TABLE items ADD PRIMARY KEY (uid, a)",
				"INSERT INTO items VALUES (2, 'p', 'y', 8)");
		assertThatThrownBy(() -> TestApplication.start(database, Items.class)).rootCause()
			.isInstanceOf(StartRefusedException.class)
			.hasMessageContaining("relation-key-changed: ")
			.hasMessageContaining("public.items (was (id), now (uid, a))");
		try (TestApplication application = TestApplication.run(database, Items.class,
				"cdc.safety.accept=relation-key-changed")) {
			Items items = application.bean(Items.class);
			await().until(() -> items.keys().stream().filter((key) -> !key.equals("{id=0}")).count() == 2);
			assertThat(items.keys()).filteredOn((key) -> !key.equals("{id=0}"))
				.containsExactly("{id=1}", "{uid=8, a=p}");
		}
		database.execute("INSERT INTO items VALUES (3, 'q', 'y', 9)");
		try (TestApplication application = TestApplication.run(database, Items.class)) {
			await().until(() -> application.bean(Items.class).keys().contains("{uid=9, a=q}"));
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = {
			"FULL | UPDATE items SET b = 'z'; DROP INDEX items_a; CREATE UNIQUE INDEX items_b ON items (b) | b | {b=z}",
			"DEFAULT | INSERT INTO items VALUES (1, 'x', 'z'); ALTER TABLE items ADD PRIMARY KEY (id) | id | {a=x}",
			"DEFAULT | INSERT INTO items VALUES (1, 'x', 'z'); DROP INDEX items_a | | none" })
	void indexThatWasTheKeyIsNotTakenForTheOneOfToday(String identity, String statements, @Nullable String now,
			String key, TestDatabase database) {
		database.execute("CREATE TABLE items (id int NOT NULL, a text NOT NULL, b text NOT NULL)",
				"CREATE UNIQUE INDEX items_a ON items (a)", "ALTER TABLE items REPLICA IDENTITY " + identity);
		try (TestApplication application = TestApplication.run(database, Items.class,
				"cdc.safety.accept=replica-identity")) {
			database.execute("INSERT INTO items VALUES (0, 'n', 'y')");
			await().until(() -> application.bean(Items.class).events.size() == 1);
			assertThat(application.bean(Items.class).keys()).containsExactly("{a=n}");
			await().until(() -> "a".equals(
					database.queryForText("SELECT relations::jsonb -> 0 -> 'key' -> 'columns' ->> 0 FROM cdc_offset")));
		}
		database.execute(statements.split("; "));
		assertThatThrownBy(() -> TestApplication.start(database, Items.class, "cdc.safety.accept=replica-identity"))
			.rootCause()
			.isInstanceOf(StartRefusedException.class)
			.hasMessageContaining("relation-key-changed: ")
			.hasMessageContaining("public.items (was (a), now " + ((now != null) ? "(" + now + ")" : "none"));
		try (TestApplication application = TestApplication.run(database, Items.class,
				"cdc.safety.accept=replica-identity,relation-key-changed")) {
			await().until(() -> application.bean(Items.class).keys().contains(key));
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "ALTER TABLE items DROP CONSTRAINT items_pkey; ALTER TABLE items REPLICA IDENTITY FULL | none",
					"CREATE UNIQUE INDEX items_a ON items (a); ALTER TABLE items REPLICA IDENTITY USING INDEX items_a; "
							+ "ALTER TABLE items DROP CONSTRAINT items_pkey | {a=p}" })
	void keyThatIsDroppedIsAcceptedAsTheRefusalSays(String statements, String key, TestDatabase database) {
		database.execute("CREATE TABLE items (id int PRIMARY KEY, a text NOT NULL, b text)");
		try (TestApplication application = TestApplication.run(database, Items.class)) {
			database.execute("INSERT INTO items VALUES (0, 'n', 'y')");
			await().until(() -> application.bean(Items.class).events.size() == 1);
			await().until(() -> !String.valueOf(database.queryForText("SELECT relations FROM cdc_offset")).isEmpty());
		}
		database.execute("INSERT INTO items VALUES (1, 'x', 'y')");
		database.execute(statements.split("; "));
		database.execute("INSERT INTO items VALUES (2, 'p', 'y')");
		String action = refusal(database);
		try (TestApplication application = TestApplication.run(database, Items.class,
				found("set (cdc\\.safety\\.accept-relations=\\S+) for one start", action))) {
			Items items = application.bean(Items.class);
			await().until(() -> items.keys().contains(key));
			assertThat(items.keys()).filteredOn((each) -> !each.equals("{id=0}")).containsExactly("{id=1}", key);
			application.engine().backfill().start("public.items");
			// The accepted change has the rows read, too
			await().until(() -> items.read >= 3);
		}
		database.execute("INSERT INTO items VALUES (3, 'p3', 'y')");
		try (TestApplication application = TestApplication.run(database, Items.class)) {
			await().until(() -> application.bean(Items.class).keys().contains(key.replace("p", "p3")));
		}
		database.awaitFree(database.name());
		database.execute(found("Run: (SELECT [^;]*;) Run", action), found("Run: (DELETE FROM [^;]*);", action));
		try (TestApplication application = TestApplication.run(database, Items.class,
				found("Start with (cdc\\.snapshot\\.mode=initial)\\.", action))) {
			await().until(() -> application.bean(Items.class).read == 4);
		}
	}

	@Test
	void keyThatIsNoReplicaIdentityIsTheKey(TestDatabase database) {
		database.execute("CREATE TABLE items (id int PRIMARY KEY DEFERRABLE, a text, b text)");
		try (TestApplication application = TestApplication.run(database, Items.class,
				"cdc.safety.accept=replica-identity")) {
			database.execute("INSERT INTO items VALUES (1, 'x', 'y')");
			await().until(() -> application.bean(Items.class).keys().equals(List.of("{id=1}")));
		}
	}

	private static String refusal(TestDatabase database) {
		StartRefusedException refused = (StartRefusedException) NestedExceptionUtils
			.getMostSpecificCause(catchThrowable(() -> TestApplication.start(database, Items.class)));
		assertThat(refused.violations()).extracting(Violation::rule).containsExactly("relation-key-changed");
		return refused.violations().get(0).action();
	}

	private static String found(String pattern, String text) {
		Matcher matcher = Pattern.compile(pattern).matcher(text);
		assertThat(matcher.find()).as(text).isTrue();
		return matcher.group(1);
	}

	@Test
	void keyThatTheStreamDoesNotNameMayMoveWhileTheEngineRuns(TestDatabase database) {
		database.execute("CREATE TABLE items (id int PRIMARY KEY, a text, b text)",
				"ALTER TABLE items REPLICA IDENTITY FULL");
		try (TestApplication application = TestApplication.run(database, Items.class, "cdc.heartbeat.interval=100ms")) {
			Items items = application.bean(Items.class);
			database.execute("INSERT INTO items VALUES (1, 'x', 'y')");
			await().until(() -> items.events.size() == 1);
			database.execute("ALTER TABLE items DROP CONSTRAINT items_pkey, ADD PRIMARY KEY (a)",
					"INSERT INTO items VALUES (2, 'p', 'y')");
			await().until(() -> items.events.size() == 2);
			assertThat(items.keys()).containsExactly("{id=1}", "{a=p}");
			await().until(() -> "a".equals(
					database.queryForText("SELECT relations::jsonb -> 0 -> 'key' -> 'columns' ->> 0 FROM cdc_offset")));
			assertThat(application.engine().status().state()).isEqualTo(EngineState.RUNNING);
		}
		database.execute("ALTER TABLE items RENAME COLUMN a TO c", "INSERT INTO items VALUES (3, 'q', 'y')");
		try (TestApplication application = TestApplication.run(database, Items.class)) {
			await().until(() -> application.bean(Items.class).keys().contains("{c=q}"));
		}
	}

	@Test
	void renamedTableIsNotTakenForTheOneThatReplacesIt(TestDatabase database) {
		database.grantOwnership();
		database.execute("CREATE TABLE items (id int PRIMARY KEY, a text, b text)");
		try (TestApplication application = TestApplication.run(database, Items.class,
				"cdc.safety.accept=relation-replaced,relation-renamed")) {
			Items items = application.bean(Items.class);
			database.execute("INSERT INTO items VALUES (1, 'x', 'y')");
			await().until(() -> items.events.size() == 1);
			application.awaitSnapshotStored();
			database.inTransaction("INSERT INTO items VALUES (2, 'x', 'y')", "ALTER TABLE items RENAME TO items_2025",
					"CREATE TABLE items (id int PRIMARY KEY, a text, b text)",
					"INSERT INTO items_2025 VALUES (3, 'old', 'y')", "DELETE FROM items_2025 WHERE id = 1");
			database.execute("INSERT INTO items_2025 VALUES (4, 'old', 'y')");
			await().until(() -> application.engine().status().state().name().equals("RUNNING")
					&& database.queryForText("SELECT count(*) FROM pg_publication_tables WHERE tablename = 'items'")
						.equals("1"));
			database.execute("INSERT INTO items VALUES (5, 'new', 'y')");
			await().until(() -> items.events.stream().anyMatch((event) -> "{id=5}".equals(key(event))));
			// A restart may send the transactions before the renaming again
			assertThat(items.events).noneMatch((event) -> event.operation() == Operation.DELETE);
			assertThat(items.keys()).contains("{id=2}").containsOnly("{id=1}", "{id=2}", "{id=5}");
		}
	}

	@Test
	void changesUnderAnotherNameOfTheSchemaArrive(TestDatabase database) {
		database.execute("CREATE SCHEMA sales", "CREATE TABLE sales.items (id int PRIMARY KEY)");
		try (TestApplication application = TestApplication.run(database, Sales.class)) {
			database.execute("INSERT INTO sales.items VALUES (1)");
			await().until(() -> application.bean(Sales.class).events.size() == 1);
			database.inTransaction("ALTER SCHEMA sales RENAME TO away", "INSERT INTO away.items VALUES (2)",
					"ALTER SCHEMA away RENAME TO sales");
			await().until(() -> application.bean(Sales.class).events.size() == 2);
		}
		database.execute("ALTER SCHEMA sales RENAME TO away", "INSERT INTO away.items VALUES (3)",
				"ALTER SCHEMA away RENAME TO sales", "INSERT INTO sales.items VALUES (4)");
		try (TestApplication application = TestApplication.run(database, Sales.class)) {
			Sales sales = application.bean(Sales.class);
			await().until(() -> sales.events.contains("sales.items {id=4}"));
			assertThat(sales.events).containsSubsequence("sales.items {id=3}", "sales.items {id=4}");
		}
	}

	@Test
	void tablesThatSwapTheirNamesKeepTheirRows(TestDatabase database) {
		database.execute("CREATE TABLE items (id int PRIMARY KEY, a text, b text)",
				"CREATE TABLE others (id int PRIMARY KEY, c int)");
		try (TestApplication application = TestApplication.run(database, Both.class,
				"cdc.safety.accept=relation-replaced,relation-renamed")) {
			Both both = application.bean(Both.class);
			database.execute("INSERT INTO items VALUES (1, 'x', 'y')", "INSERT INTO others VALUES (2, 2)");
			await().until(() -> both.events.size() == 2);
			application.awaitSnapshotStored();
			database.inTransaction("ALTER TABLE items RENAME TO former", "ALTER TABLE others RENAME TO items",
					"ALTER TABLE former RENAME TO others", "INSERT INTO items VALUES (3, 3)",
					"INSERT INTO others VALUES (4, 'x', 'y')", "INSERT INTO items VALUES (5, 5)");
			await().until(() -> both.events.contains("public.items {id=5, c=5}"));
			// A restart may send the transactions before the renaming again
			assertThat(both.events.stream().distinct().skip(2)).containsExactly("public.items {id=3, c=3}",
					"public.others {id=4, a=x, b=y}", "public.items {id=5, c=5}");
		}
	}

	private static Map<String, @Nullable Object> row(int id, @Nullable Object a, @Nullable Object b) {
		Map<String, @Nullable Object> row = new LinkedHashMap<>();
		row.put("id", id);
		row.put("a", a);
		row.put("b", b);
		return row;
	}

	private static String key(ChangeEvent<?> event) {
		RowKey key = event.key();
		return (key != null) ? String.valueOf(key.columns()) : "none";
	}

	static class Items {

		final List<ChangeEvent<Map<String, @Nullable Object>>> events = new CopyOnWriteArrayList<>();

		@CdcListener(tables = "items", operations = { Operation.CREATE, Operation.UPDATE, Operation.DELETE })
		void on(ChangeEvent<Map<String, @Nullable Object>> event) {
			this.events.add(event);
		}

		volatile int read;

		@CdcListener(tables = "items", operations = Operation.READ)
		void onRead(ChangeEvent<Map<String, @Nullable Object>> event) {
			this.read++;
		}

		@Nullable Map<String, @Nullable Object> before(int id) {
			return this.events.stream()
				.map(ChangeEvent::before)
				.filter((before) -> before != null && Integer.valueOf(id).equals(before.get("id")))
				.reduce((first, second) -> second)
				.orElse(null);
		}

		List<String> keys() {
			return this.events.stream().map(StreamedTablesIT::key).toList();
		}

	}

	static class Sales {

		final List<String> events = new CopyOnWriteArrayList<>();

		@CdcListener(tables = "sales.items", operations = Operation.CREATE)
		void on(ChangeEvent<Map<String, @Nullable Object>> event) {
			this.events.add(event.table() + " " + event.row());
		}

	}

	static class Both {

		final List<String> events = new CopyOnWriteArrayList<>();

		@CdcListener(tables = { "items", "others" }, operations = Operation.CREATE)
		void on(ChangeEvent<Map<String, @Nullable Object>> event) {
			this.events.add(event.table() + " " + event.row());
		}

	}

}
