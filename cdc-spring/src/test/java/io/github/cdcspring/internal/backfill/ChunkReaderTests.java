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

package io.github.cdcspring.internal.backfill;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.function.BiPredicate;

import io.github.cdcspring.CdcBackfill;
import io.github.cdcspring.CdcException;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.debezium.SessionSettings;
import io.github.cdcspring.internal.row.Change;
import io.github.cdcspring.internal.support.ConditionParser;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

@PostgresTest
class ChunkReaderTests {

	private static final TableId ITEMS = new TableId("public", "items");

	private static final ReadingTurns TURNS = new ReadingTurns(1, () -> false, Duration.ZERO);

	private final ChunkReader reader = new ChunkReader("pub", (table, column) -> true, null, Conditions.NONE, TURNS);

	@Test
	void emptyTableHasNoPosition(TestDatabase database) throws Exception {
		database.execute("CREATE TABLE items (id int PRIMARY KEY)");
		Chunk chunk = read(database, null);
		assertThat(chunk.end()).isNull();
		assertThat(chunk.last()).isTrue();
	}

	@Test
	void positionWithoutValuesIsTheStart(TestDatabase database) throws Exception {
		database.execute("CREATE TABLE items (id int PRIMARY KEY)", "INSERT INTO items VALUES (1)");
		BackfillPosition end = read(database, null).end();
		assertThat(end).isNotNull();
		assertThat(read(database, end).rows()).isEmpty();
		assertThat(read(database, new BackfillPosition(end.columns(), List.of())).rows()).hasSize(1);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "ALTER TABLE items ALTER id TYPE text",
			"ALTER TABLE items ALTER id TYPE text COLLATE \"C\"", "ALTER TABLE items ALTER id TYPE bigint" })
	void otherOrderOfTheKeyIsReadFromTheStart(String change, TestDatabase database) throws Exception {
		database.execute("CREATE TABLE items (id varchar(9) PRIMARY KEY)",
				change.contains("bigint") ? "ALTER TABLE items ALTER id TYPE int USING id::int" : "SELECT",
				"INSERT INTO items SELECT n::text" + (change.contains("bigint") ? "::int" : "")
						+ " FROM generate_series(1, 3) n");
		BackfillPosition end = read(database, null).end();
		assertThat(read(database, end).rows()).isEmpty();
		database.execute(change);
		assertThat(read(database, end).rows()).hasSize(3);
	}

	@Test
	void rewrittenTableWithoutKeyIsReadFromTheStart(TestDatabase database) throws Exception {
		database.execute("CREATE TABLE items (id int)", "INSERT INTO items SELECT generate_series(1, 3)");
		BackfillPosition end = read(database, null).end();
		assertThat(read(database, end).rows()).isEmpty();
		database.execute("VACUUM FULL items");
		assertThat(read(database, end).rows()).hasSize(3);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "CREATE UNIQUE INDEX ON items (code) | true",
					"CREATE UNIQUE INDEX ON items (code) WHERE id > 0 | false", "SELECT | false",
					"ALTER TABLE items ADD PRIMARY KEY (id) | true" })
	void onlyAWholeUniqueIndexIdentifiesRows(String index, boolean identifies, TestDatabase database) throws Exception {
		database.execute("CREATE TABLE items (id int, code text)", index);
		assertThat(read(database, null).form().isEmpty()).isEqualTo(!identifies);
	}

	@Test
	void invalidIndexIdentifiesNoRows(TestDatabase database) throws Exception {
		database.execute("CREATE TABLE items (id int, code text)", "CREATE UNIQUE INDEX codes ON items (code)",
				"UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'codes'::regclass");
		assertThat(read(database, null).form()).isEmpty();
	}

	@Test
	void keyWithNullIdentifiesNoRow(TestDatabase database) throws Exception {
		database.execute("CREATE TABLE items (id int, email text UNIQUE)",
				"INSERT INTO items VALUES (1, NULL), (2, 'a')");
		Chunk chunk = read(database, null);
		assertThat(chunk.rows()).extracting(Change::exactKeys)
			.satisfiesExactly((none) -> assertThat(none).isEmpty(), (keys) -> assertThat(keys).singleElement()
				.satisfies((key) -> assertThat(key.form()).isEqualTo(chunk.form())));
	}

	/** Asynchronous commits are visible before their WAL is written. */
	@Test
	void positionFollowsEachVisibleChange(TestDatabase database) throws Exception {
		database.execute("CREATE TABLE items (id int PRIMARY KEY)");
		try (Connection connection = connect(database); Statement statement = connection.createStatement()) {
			statement.execute("SET synchronous_commit = off");
			for (int i = 0; i < 20; i++) {
				statement.execute("INSERT INTO items VALUES (" + i + ")");
				statement.execute("DELETE FROM items WHERE id < " + i);
				Lsn committed = Lsn.parse(database.queryForText("SELECT pg_current_wal_insert_lsn()"));
				Chunk chunk = this.reader.read(connection, ITEMS, KeyRange.after(null), null, 10);
				assertThat(chunk.rows().get(0).position().previousCommitLsn()).isGreaterThanOrEqualTo(committed);
			}
		}
	}

	@Test
	void readerThatWaitsForALockKeepsNoneFromReading(TestDatabase database) throws Exception {
		database.execute("CREATE TABLE items (id int PRIMARY KEY)", "CREATE TABLE others (id int PRIMARY KEY)",
				"INSERT INTO others VALUES (1)");
		ReadingTurns turns = new ReadingTurns(2, () -> true, Duration.ofHours(1));
		try (Connection owner = database.connect();
				Statement statement = owner.createStatement();
				Connection connection = connect(database);
				Connection other = connect(database)) {
			owner.setAutoCommit(false);
			statement.execute("LOCK TABLE items");
			FutureTask<Chunk> waiting = new FutureTask<>(
					() -> new ChunkReader("pub", (table, column) -> true, null, Conditions.NONE, turns).read(connection,
							ITEMS, KeyRange.after(null), null, 10));
			new Thread(waiting).start();
			await().until(() -> "1".equals(database.queryForText("SELECT count(*) FROM pg_locks WHERE NOT granted")));
			assertThat(new ChunkReader("pub", (table, column) -> true, null, Conditions.NONE, turns)
				.read(other, new TableId("public", "others"), KeyRange.after(null), null, 10)
				.rows()).hasSize(1);
			assertThat(waiting.isDone()).isFalse();
			owner.rollback();
			assertThat(waiting.get().rows()).isEmpty();
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "id int PRIMARY KEY | false", "id int | false", "id int UNIQUE | true" })
	void onlyRowsWhoseKeysAreNotThoseOfAllEventsStayBarriers(String columns, boolean barriers, TestDatabase database)
			throws Exception {
		database.execute("CREATE TABLE items (" + columns + ")", "INSERT INTO items SELECT generate_series(1, 3)");
		Chunk first = read(database, null);
		assertThat(first.barriers()).isTrue();
		this.reader.delivered();
		assertThat(read(database, first.end()).barriers()).isEqualTo(barriers);
		database.execute("ALTER TABLE items ADD part text");
		assertThat(read(database, first.end()).barriers()).isTrue();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "id int, part text, PRIMARY KEY (id, part)", "id int, part text UNIQUE",
			"id int[] PRIMARY KEY, part text" })
	void readsRowsAgainByTheirKeys(String columns, TestDatabase database) throws Exception {
		String id = columns.contains("[]") ? "ARRAY[n, NULL]" : "n";
		database.execute("CREATE TABLE items (" + columns + ")",
				"INSERT INTO items SELECT " + id + ", 'part ' || n FROM generate_series(1, 5) n");
		Chunk chunk = read(database, null);
		try (Connection connection = connect(database)) {
			Chunk again = this.reader.read(connection, ITEMS, chunk.keys().subList(1, 4));
			assertThat(again.keys()).containsExactlyInAnyOrderElementsOf(chunk.keys().subList(1, 4));
			assertThat(again.rows()).extracting(Change::exactKeys)
				.containsExactlyInAnyOrderElementsOf(
						chunk.rows().subList(1, 4).stream().map(Change::exactKeys).toList());
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "id int, code text, note text, PRIMARY KEY (code, id)",
					"note text, id int, code text, PRIMARY KEY (code, id)",
					"id int NOT NULL, code text NOT NULL, note text, UNIQUE (code, id)" })
	void readsKeyColumnsThatTheEventsLeaveOut(String columns, TestDatabase database) throws Exception {
		database.execute("CREATE TABLE items (" + columns + ")",
				"INSERT INTO items (id, code, note) SELECT n, 'code ' || n, 'note ' || n FROM generate_series(1, 5) n");
		for (String excluded : List.of("none", "id", "code")) {
			ChunkReader reader = new ChunkReader("pub", (table, column) -> !column.equals(excluded), null,
					Conditions.NONE, TURNS);
			try (Connection connection = connect(database)) {
				Chunk chunk = reader.read(connection, ITEMS, KeyRange.after(null), null, 10);
				assertThat(chunk.keys()).contains(List.of("code 1", "1"), List.of("code 5", "5")).hasSize(5);
				assertThat(chunk.rows()).extracting((row) -> row.key().columns())
					.contains(Map.of("code", "code 1", "id", 1), Map.of("code", "code 5", "id", 5));
				assertThat(chunk.rows()).allSatisfy((row) -> assertThat(row.toJson()).contains("\"note\":\"note "));
				Chunk again = reader.read(connection, ITEMS, chunk.keys().subList(1, 4));
				assertThat(again.keys()).containsExactlyInAnyOrderElementsOf(chunk.keys().subList(1, 4));
				assertThat(again.rows()).extracting(Change::exactKeys)
					.containsExactlyInAnyOrderElementsOf(
							chunk.rows().subList(1, 4).stream().map(Change::exactKeys).toList());
			}
		}
	}

	/** The session's search path does not contain the operators of an extension. */
	@ParameterizedTest
	@ValueSource(strings = { "id citext COLLATE \"C\" PRIMARY KEY, part int",
			"id citext COLLATE \"C\", part int, PRIMARY KEY (part, id)", "id ltree, part int, PRIMARY KEY (id, part)" })
	void comparesKeysByTheOperatorsOfTheirType(String columns, TestDatabase database) throws Exception {
		database.execute("CREATE SCHEMA extensions", "CREATE EXTENSION citext SCHEMA extensions",
				"CREATE EXTENSION ltree SCHEMA extensions",
				"CREATE TABLE items (" + columns.replaceAll("(citext|ltree)", "extensions.$1") + ")",
				"INSERT INTO items VALUES ('a', 1), ('B', 1), ('c', 1), ('d', 2), ('e', 2)");
		List<List<String>> keys = new ArrayList<>();
		try (Connection connection = connect(database)) {
			SessionSettings.apply(connection);
			Chunk chunk = this.reader.read(connection, ITEMS, KeyRange.after(null), null, 1);
			keys.addAll(chunk.keys());
			while (!chunk.last()) {
				chunk = this.reader.read(connection, ITEMS, KeyRange.after(chunk.end()), chunk.end(), 1);
				keys.addAll(chunk.keys());
			}
			assertThat(keys).hasSize(5).doesNotHaveDuplicates();
			assertThat(this.reader.read(connection, ITEMS, keys.subList(1, 4)).keys())
				.containsExactlyInAnyOrderElementsOf(keys.subList(1, 4));
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "id int PRIMARY KEY, part text", "id int, part text, PRIMARY KEY (part, id)",
			"id int[], part text COLLATE \"und-x-icu\" PRIMARY KEY" })
	void rangesContainEachRowOnce(String columns, TestDatabase database) throws Exception {
		String id = columns.contains("[]") ? "ARRAY[n, NULL]" : "n";
		database.execute("CREATE TABLE items (" + columns + ")",
				"INSERT INTO items SELECT " + id + ", chr(64 + n % 50) || n FROM generate_series(1, 50) n");
		List<List<String>> keys = new ArrayList<>();
		try (Connection connection = connect(database)) {
			KeyRange range = this.reader.range(connection, ITEMS, null, 8);
			while (range != null) {
				Chunk chunk = this.reader.read(connection, ITEMS, range, range.handled(), 5);
				keys.addAll(chunk.keys());
				assertThat(chunk.last()).isEqualTo(chunk.rows().size() < 5);
				range.handled(chunk, 0);
				if (range.isDone()) {
					range = range.isLast() ? null : this.reader.range(connection, ITEMS, range.end(), 8);
				}
			}
		}
		assertThat(keys).hasSize(50).doesNotHaveDuplicates();
	}

	@ParameterizedTest
	@CsvSource({ "8, 8", "8, 9", "1, 1" })
	void fullRangeIsOneChunk(int size, int limit, TestDatabase database) throws Exception {
		database.execute("CREATE TABLE items (id int PRIMARY KEY)", "INSERT INTO items SELECT generate_series(1, 16)");
		try (Connection connection = connect(database)) {
			KeyRange range = this.reader.range(connection, ITEMS, null, size);
			Chunk chunk = this.reader.read(connection, ITEMS, range, range.handled(), limit);
			assertThat(chunk.rows()).hasSize(size);
			assertThat(chunk.last()).isTrue();
			assertThat(range.isLast()).isFalse();
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "id int PRIMARY KEY, status text, day date", "id int, status text, day date",
					"status text, id int, day date, PRIMARY KEY (status, id)",
					"id int UNIQUE NOT NULL, status varchar(9), day date" })
	void readsOnlyTheRowsThatMeetTheConditions(String columns, TestDatabase database) throws Exception {
		database.execute("CREATE TABLE items (" + columns + ")",
				"INSERT INTO items (id, status, day) SELECT n, CASE WHEN n % 50 = 0 THEN 'it''s; --' ELSE 'paid' END, "
						+ "date '2026-01-01' + n FROM generate_series(1, 400) n");
		try (Connection connection = connect(database)) {
			Conditions where = new Conditions(CdcBackfill.Request.of("items")
				.where("status", "=", "it's; --")
				.where("day", ">=", "2026-01-01")
				.where("id", "in", "50", "100", "150", "151")
				.where("id", "is not null")
				.where()).check(connection, described(connection));
			ChunkReader reader = new ChunkReader("pub", (table, column) -> true, null, where, TURNS);
			List<String> read = new ArrayList<>();
			BackfillPosition after = null;
			boolean last = false;
			while (!last) {
				KeyRange range = reader.range(connection, ITEMS, after, 3);
				Chunk chunk = reader.read(connection, ITEMS, range, range.handled(), 10);
				chunk.rows().forEach((row) -> read.add(row.toJson()));
				range.handled(chunk, 0);
				after = range.handled();
				last = range.isLast() && chunk.last();
			}
			assertThat(read).hasSize(3).allSatisfy((row) -> assertThat(row).contains("it's; --"));
			assertThat(ChunkReader.estimate(connection, ITEMS, where)).isEqualTo(3);
		}
	}

	/** The session's search path does not contain the operators of an extension. */
	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "code | = | B | b", "code | <> | B | a,c", "code | < | B | a", "code | <= | B | a,b",
					"code | > | B | c", "code | in | B,C | b,c", "code | is not null | | a,b,c", "domain | = | B | b",
					"domain | in | B,C | b,c", "tree | >= | a.b | b,c", "id | in | 1,3 | a,c" })
	void conditionsCompareAsTheTypeOfTheColumnDoes(String column, String operator, @Nullable String values,
			String expected, TestDatabase database) throws Exception {
		database.execute("CREATE SCHEMA \"Odd name\"", "CREATE EXTENSION citext SCHEMA \"Odd name\"",
				"CREATE EXTENSION ltree SCHEMA \"Odd name\"", "CREATE DOMAIN code AS \"Odd name\".citext",
				"CREATE TABLE items (id int, code \"Odd name\".citext PRIMARY KEY, domain code, tree \"Odd name\".ltree)",
				"INSERT INTO items VALUES (1, 'a', 'a', 'a'), (2, 'b', 'b', 'a.b'), (3, 'c', 'c', 'b')");
		try (Connection connection = connect(database)) {
			SessionSettings.apply(connection);
			Conditions where = new Conditions(CdcBackfill.Request.of("items")
				.where(column, operator, (values != null) ? values.split(",") : new String[0])
				.where()).check(connection, described(connection));
			ChunkReader reader = new ChunkReader("pub", (table, name) -> true, null, where, TURNS);
			Chunk chunk = reader.read(connection, ITEMS, reader.range(connection, ITEMS, null, 1_000), null, 10);
			assertThat(chunk.keys()).map((key) -> key.get(0)).containsExactlyInAnyOrder(expected.split(","));
			assertThat(reader.read(connection, ITEMS, chunk.keys()).rows()).hasSameSizeAs(chunk.rows());
			assertThat(ChunkReader.estimate(connection, ITEMS, where)).isEqualTo(chunk.rows().size());
		}
	}

	/** The server plans with ten pages for a table that was never analyzed. */
	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "| 0", "INSERT INTO items SELECT generate_series(1, 7) | 7",
			"INSERT INTO items SELECT generate_series(1, 7); ANALYZE items; DELETE FROM items WHERE id < 3 | 5" })
	void rowsOfASmallTableAreCounted(@Nullable String rows, long expected, TestDatabase database) throws Exception {
		for (String table : List.of("CREATE TABLE items (id int PRIMARY KEY)",
				"CREATE TABLE items (id int PRIMARY KEY) PARTITION BY RANGE (id); "
						+ "CREATE TABLE items_1 PARTITION OF items FOR VALUES FROM (0) TO (5); "
						+ "CREATE TABLE items_2 PARTITION OF items FOR VALUES FROM (5) TO (1000)")) {
			database.execute("DROP TABLE IF EXISTS items");
			database.execute(table.split("; "));
			database.execute((rows != null) ? rows.split("; ") : new String[0]);
			try (Connection connection = connect(database)) {
				assertThat(ChunkReader.estimate(connection, ITEMS, Conditions.NONE)).isEqualTo(expected);
			}
		}
	}

	@Test
	void rowsOfALargeTableAreEstimated(TestDatabase database) throws Exception {
		database.execute("CREATE TABLE items (id int PRIMARY KEY, note text)",
				"INSERT INTO items SELECT n, repeat('x', 500) FROM generate_series(1, 5000) n", "ANALYZE items",
				"DELETE FROM items WHERE id = 1");
		try (Connection connection = connect(database)) {
			assertThat(ChunkReader.estimate(connection, ITEMS, Conditions.NONE)).isEqualTo(5000);
		}
	}

	/**
	 * Otherwise one transaction walks the index until so many rows meet the condition.
	 */
	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "part = 3 | false", "id <> 1 | false", "id is not null | false",
			"id > 190 | true", "id = 7 and part = 3 | true" })
	void onlyConditionsOnTheFirstColumnOfTheKeyBoundARange(String where, boolean last, TestDatabase database)
			throws Exception {
		database.execute("CREATE TABLE items (id int, part int, PRIMARY KEY (id, part))",
				"INSERT INTO items SELECT n, 1 FROM generate_series(1, 200) n");
		try (Connection connection = connect(database)) {
			ChunkReader reader = new ChunkReader("pub", (table, column) -> true, null,
					new Conditions(ConditionParser.parse(where)), TURNS);
			KeyRange range = reader.range(connection, ITEMS, null, where.contains("part") ? 3 : 12);
			assertThat(range.isLast()).isEqualTo(last);
			assertThat(range.end()).satisfies((end) -> assertThat(end == null).isEqualTo(last));
		}
	}

	@Test
	void rowThatNoLongerMeetsTheConditionsIsNotReadAgain(TestDatabase database) throws Exception {
		database.execute("CREATE TABLE items (id int PRIMARY KEY, status text)",
				"INSERT INTO items SELECT n, 'open' FROM generate_series(1, 3) n");
		try (Connection connection = connect(database)) {
			ChunkReader reader = new ChunkReader("pub", (table, column) -> true, null,
					new Conditions(CdcBackfill.Request.of("items").where("status", "=", "open").where()), TURNS);
			Chunk chunk = reader.read(connection, ITEMS, KeyRange.after(null), null, 10);
			assertThat(chunk.rows()).hasSize(3);
			database.execute("UPDATE items SET status = 'paid' WHERE id = 2");
			assertThat(reader.read(connection, ITEMS, chunk.keys()).rows()).hasSize(2);
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = {
			"Id | = | 1 | The stream of table public.items has no column 'Id', so no rows can be chosen by it. Use the exact name of one of id, status, data, day, mood.",
			"id | = | s3cr3t | A value of the condition on column 'id' cannot be read as its type integer, so no rows can be chosen by it. Give a value of this type.",
			"day | >= | 2026-02-30 | A value of the condition on column 'day' cannot be read as its type date, so no rows can be chosen by it. Give a value of this type.",
			"mood | = | s3cr3t | A value of the condition on column 'mood' cannot be read as its type mood, so no rows can be chosen by it. Give a value of this type.",
			"data | = | {} | The server cannot compare column 'data' of type json by the operator '=' (SQL state 42883). Use another column or operator." })
	void refusesConditionsThatCannotBeMet(String column, String operator, String value, String message,
			TestDatabase database) throws Exception {
		database.execute("CREATE TYPE mood AS ENUM ('good')",
				"CREATE TABLE items (id int PRIMARY KEY, status text, data json, day date, mood mood)");
		try (Connection connection = connect(database)) {
			Conditions where = new Conditions(CdcBackfill.Request.of("items").where(column, operator, value).where());
			BackfillTable table = described(connection);
			assertThatExceptionOfType(CdcException.class).isThrownBy(() -> where.check(connection, table))
				.withMessage(message)
				.withNoCause();
		}
	}

	/** Which rows meet a condition would tell the values. */
	@Test
	void refusesConditionsOnColumnsThatTheStreamLeavesOut(TestDatabase database) throws Exception {
		database.execute("CREATE TABLE items (id int PRIMARY KEY, salary int, secret text)",
				"CREATE PUBLICATION pub FOR TABLE items (id, salary)");
		try (Connection connection = connect(database)) {
			BiPredicate<TableId, String> included = (table, column) -> !column.equals("salary");
			BackfillTable described = BackfillTable.read(connection, ITEMS, "pub", included);
			for (String column : List.of("salary", "secret")) {
				Conditions where = new Conditions(CdcBackfill.Request.of("items").where(column, "is not null").where());
				String message = "The stream of table public.items has no column '" + column
						+ "', so no rows can be chosen by it. Use the exact name of one of id.";
				assertThatExceptionOfType(CdcException.class).isThrownBy(() -> where.check(connection, described))
					.withMessage(message);
				ChunkReader reader = new ChunkReader("pub", included, null, where, TURNS);
				assertThatExceptionOfType(CdcException.class)
					.isThrownBy(() -> reader.range(connection, ITEMS, null, 10))
					.withMessage(message);
				assertThatExceptionOfType(CdcException.class)
					.isThrownBy(() -> reader.read(connection, ITEMS, KeyRange.after(null), null, 10))
					.withMessage(message);
			}
		}
	}

	@Test
	void valueThatDependsOnTheMomentIsReadOnce(TestDatabase database) throws Exception {
		database.execute("CREATE TABLE items (id int PRIMARY KEY, day timestamptz)");
		try (Connection connection = connect(database)) {
			Conditions where = new Conditions(CdcBackfill.Request.of("items").where("day", "<", "now").where());
			assertThat(where.check(connection, described(connection)).values()).singleElement()
				.asString()
				.startsWith("20");
		}
	}

	@Test
	void tableWithoutPrimaryKeyIsOneRange(TestDatabase database) throws Exception {
		database.execute("CREATE TABLE items (id int NOT NULL UNIQUE)",
				"INSERT INTO items SELECT generate_series(1, 30)");
		try (Connection connection = connect(database)) {
			assertThat(this.reader.range(connection, ITEMS, null, 10).isLast()).isTrue();
		}
	}

	@Test
	void rangeOfAnotherOrderIsRefused(TestDatabase database) throws Exception {
		database.execute("CREATE TABLE items (id varchar(9) PRIMARY KEY)",
				"INSERT INTO items SELECT generate_series(1, 30)");
		try (Connection connection = connect(database)) {
			KeyRange range = this.reader.range(connection, ITEMS, null, 10);
			database.execute("ALTER TABLE items ALTER id TYPE text COLLATE \"C\"");
			assertThatExceptionOfType(CdcException.class)
				.isThrownBy(() -> this.reader.read(connection, ITEMS, range, range.handled(), 10))
				.withMessageContaining("was altered");
		}
	}

	@Test
	void failsIfRowLevelSecurityHidesRows(TestDatabase database) throws Exception {
		database.execute("CREATE TABLE items (id int PRIMARY KEY)", "INSERT INTO items VALUES (1)",
				"ALTER TABLE items ENABLE ROW LEVEL SECURITY", "GRANT SELECT ON items TO pg_monitor");
		try (Connection connection = connect(database); Statement statement = connection.createStatement()) {
			statement.execute("SET ROLE pg_monitor");
			assertThatExceptionOfType(SQLException.class)
				.isThrownBy(() -> this.reader.read(connection, ITEMS, KeyRange.after(null), null, 10))
				.satisfies((ex) -> assertThat(ex.getSQLState()).isEqualTo("42501"));
		}
	}

	@Test
	void namesTheOwnersOfOpenTransactions(TestDatabase database) throws Exception {
		try (Connection connection = connect(database);
				Connection writer = connect(database);
				Statement statement = writer.createStatement()) {
			writer.setAutoCommit(false);
			long transaction;
			try (ResultSet row = statement.executeQuery("SELECT txid_current()")) {
				row.next();
				transaction = row.getLong(1);
			}
			String pid = database.queryForText("SELECT pid FROM pg_stat_activity WHERE backend_xid IS NOT NULL "
					+ "AND datname = current_database() AND state = 'idle in transaction'");
			assertThat(OpenWriters.owners(connection, Set.of(transaction))).containsExactly("process " + pid);
		}
	}

	private Chunk read(TestDatabase database, @Nullable BackfillPosition after) throws Exception {
		try (Connection connection = connect(database)) {
			return this.reader.read(connection, ITEMS, KeyRange.after(after), after, 10);
		}
	}

	private static BackfillTable described(Connection connection) throws Exception {
		return BackfillTable.read(connection, ITEMS, "pub", (table, column) -> true);
	}

	/** The server infers the types of parameters, as on the engine's connections. */
	private static Connection connect(TestDatabase database) throws Exception {
		return DriverManager.getConnection(database.jdbcUrl() + "?stringtype=unspecified", database.user(),
				database.password());
	}

}
