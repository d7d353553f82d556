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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.github.cdcspring.ColumnValue;
import io.github.cdcspring.LogicalMessage;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.Operation;
import io.github.cdcspring.RowKey;
import io.github.cdcspring.TableId;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.core.ResolvableType;
import org.springframework.core.convert.support.DefaultConversionService;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

@PostgresTest
class RecordDecoderTests {

	private static final TableId notes = new TableId("public", "notes");

	private final RowMappers mappers = new RowMappers(new DefaultConversionService(), null);

	private final RowMapper<Map<String, @Nullable Object>> maps = this.mappers
		.mapperFor(ResolvableType.forClassWithGenerics(Map.class, String.class, Object.class).getType());

	private final RecordDecoder decoder = new RecordDecoder("cdc-heartbeat",
			(table) -> table.name().startsWith("full"));

	@Test
	void decodesOperationTablePositionAndTime(TestDatabase database) throws Exception {
		database.execute("CREATE TABLE notes (id int PRIMARY KEY, text text NOT NULL DEFAULT 'none')",
				"INSERT INTO notes VALUES (1, 'read')");
		try (EngineRecords records = new EngineRecords(database, Map.of("skipped.operations", "none"))) {
			Lsn before = Lsn.parse(database.queryForText("SELECT pg_current_wal_lsn()"));
			String transaction = database
				.queryForText("INSERT INTO notes VALUES (2, 'created') RETURNING pg_current_xact_id()");
			database.execute("UPDATE notes SET text = 'updated' WHERE id = 2", "DELETE FROM notes WHERE id = 2",
					"TRUNCATE notes");
			List<Change> changes = records.changes(this.decoder, 5);
			assertThat(changes).extracting(Change::operation)
				.containsExactly(Operation.READ, Operation.CREATE, Operation.UPDATE, Operation.DELETE,
						Operation.TRUNCATE);
			assertThat(changes).allSatisfy((change) -> {
				assertThat(change.table()).isEqualTo(notes);
				assertThat(change.message()).isNull();
				assertThat(change.commitTime()).isCloseTo(Instant.now(), within(Duration.ofMinutes(5)));
			});
			assertThat(changes).extracting(Change::snapshot).containsExactly(true, false, false, false, false);
			assertThat(changes.get(0).transactionId()).isNull();
			assertThat(changes.get(1).transactionId()).isEqualTo(Long.valueOf(transaction));
			assertThat(changes.subList(1, 5)).extracting(Change::lsn)
				.isSorted()
				.allMatch((lsn) -> !before.isAfter(lsn));
			assertThat(changes.subList(0, 4)).extracting((change) -> change.key().single()).containsExactly(1, 2, 2, 2);
			assertThat(changes.get(4).key()).isNull();
			assertThat(changes).extracting((change) -> change.before(this.maps))
				.containsExactly(null, null, null, Map.of("id", 2, "text", ColumnValue.unavailable()), null);
			assertThat(changes).extracting((change) -> change.after(this.maps))
				.containsExactly(Map.of("id", 1, "text", "read"), Map.of("id", 2, "text", "created"),
						Map.of("id", 2, "text", "updated"), null, null);
			assertThat(changes.get(1)).hasToString("CREATE public.notes at " + changes.get(1).lsn());
		}
	}

	@Test
	void distinguishesNullFromColumnDefault(TestDatabase database) throws Exception {
		database.execute("CREATE TABLE notes (id int PRIMARY KEY, text text DEFAULT 'none', count int DEFAULT 7, "
				+ "day date DEFAULT current_date, tags text[] DEFAULT '{a}', at timestamptz DEFAULT '2020-01-01', "
				+ "big numeric DEFAULT 1.5, span interval DEFAULT '1 day', bits bit(3) DEFAULT B'101')",
				"INSERT INTO notes VALUES (1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)");
		try (EngineRecords records = new EngineRecords(database, Map.of())) {
			database.execute("INSERT INTO notes VALUES (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
					"INSERT INTO notes VALUES (3, 'none', 7)");
			List<Change> changes = records.changes(this.decoder, 3);
			for (Change change : changes.subList(0, 2)) {
				Map<String, @Nullable Object> row = new HashMap<>(change.after(this.maps));
				row.remove("id");
				assertThat(row.values()).hasSize(8).containsOnlyNulls();
			}
			assertThat(changes.get(2).after(this.maps)).containsEntry("text", "none").containsEntry("count", 7);
		}
	}

	@Test
	void skipsRecordsThatAreNotEvents(TestDatabase database) throws Exception {
		database.execute("CREATE TABLE notes (id int PRIMARY KEY)");
		try (EngineRecords records = new EngineRecords(database,
				Map.of("heartbeat.interval.ms", "50", "provide.transaction.metadata", "true"))) {
			database.execute("INSERT INTO notes VALUES (1)", "DELETE FROM notes",
					"SELECT pg_logical_emit_message(true, 'cdc-heartbeat', '')",
					"SELECT pg_logical_emit_message(false, 'audit', '\\x01ff'::bytea)",
					"SELECT pg_logical_emit_message(true, 'audit', 'später')");
			List<String> topics = new ArrayList<>();
			List<Change> changes = new ArrayList<>();
			while (changes.size() < 4 || !topics.contains("__debezium-heartbeat.test")) {
				SourceRecord record = records.take(1).get(0);
				topics.add(record.topic());
				Change change = this.decoder.decode(record);
				if (change != null) {
					changes.add(change);
				}
			}
			assertThat(topics).contains("test.transaction");
			assertThat(topics).filteredOn("test.public.notes"::equals).as("includes a tombstone").hasSize(3);
			assertThat(changes).extracting(Change::operation)
				.containsExactly(Operation.CREATE, Operation.DELETE, Operation.MESSAGE, Operation.MESSAGE);
			assertThat(changes.get(2).message()).isEqualTo(new LogicalMessage("audit", new byte[] { 1, -1 }));
			assertThat(changes.get(3).message().text()).isEqualTo("später");
			assertThat(changes.get(3).table()).isNull();
			assertThat(changes.get(3).after(this.maps)).isNull();
			assertThat(changes.get(3).lsn()).isGreaterThan(changes.get(2).lsn());
		}
	}

	@Test
	void decodesCompositeKeysAndTablesWithoutKey(TestDatabase database) throws Exception {
		database.execute("CREATE TABLE notes (b text, a int, c text[], d numeric, PRIMARY KEY (a, b, c, d))",
				"CREATE TABLE full_log (line text)", "ALTER TABLE full_log REPLICA IDENTITY FULL");
		try (EngineRecords records = new EngineRecords(database, Map.of())) {
			database.execute("INSERT INTO notes VALUES ('x', 1, '{p}', 1.5)", "INSERT INTO full_log VALUES ('one')",
					"DELETE FROM full_log");
			List<Change> changes = records.changes(this.decoder, 3);
			RowKey key = changes.get(0).key();
			assertThat(key.columns())
				.isEqualTo(Map.of("a", 1, "b", "x", "c", List.of("p"), "d", new BigDecimal("1.5")));
			assertThat(changes.get(0).key()).isSameAs(key);
			assertThat(changes.get(1).key()).isNull();
			assertThat(changes.get(2).before(this.maps)).isEqualTo(Map.of("line", "one"));
		}
	}

	@Test
	void tablesThatShareATopicAreToldApart(TestDatabase database) throws Exception {
		database.execute("CREATE TABLE \"my notes\" (id int PRIMARY KEY, a int)",
				"CREATE TABLE my_notes (id int PRIMARY KEY, b int)");
		try (EngineRecords records = new EngineRecords(database, Map.of())) {
			database.execute("INSERT INTO \"my notes\" VALUES (1, 1)", "INSERT INTO my_notes VALUES (1, 1)",
					"INSERT INTO \"my notes\" VALUES (2, 1)", "INSERT INTO my_notes VALUES (2, 1)");
			List<Change> changes = records.changes(this.decoder, 4);
			assertThat(changes).extracting((change) -> change.table().name())
				.containsExactly("my notes", "my_notes", "my notes", "my_notes");
			assertThat(changes).noneMatch(Change::isBarrier);
			assertThat(changes.get(2).after(this.maps)).isEqualTo(Map.of("id", 2, "a", 1));
			assertThat(changes.get(0).after(this.maps)).isEqualTo(Map.of("id", 1, "a", 1));
		}
	}

	@Test
	void detectsChangedColumnsOfUpdate(TestDatabase database) throws Exception {
		database.execute("CREATE TABLE full_notes (id int PRIMARY KEY, a text, b bytea, c numeric)",
				"ALTER TABLE full_notes REPLICA IDENTITY FULL",
				"CREATE TABLE notes (id int PRIMARY KEY, a text, big text)",
				"ALTER TABLE full_notes ALTER a SET STORAGE EXTERNAL",
				"ALTER TABLE notes ALTER big SET STORAGE EXTERNAL",
				"INSERT INTO full_notes VALUES (1, repeat('x', 9000), '\\x01', NULL)",
				"INSERT INTO notes VALUES (1, 'a', repeat('x', 9000))");
		try (EngineRecords records = new EngineRecords(database, Map.of())) {
			records.take(2);
			database.execute("UPDATE full_notes SET c = 'NaN'", "UPDATE full_notes SET b = '\\x02', c = 'Infinity'",
					"UPDATE full_notes SET c = NULL", "UPDATE notes SET a = 'b'", "DELETE FROM full_notes");
			List<Change> changes = records.changes(this.decoder, 5);
			assertThat(changed(changes.get(0))).containsExactly("c");
			assertThat(changed(changes.get(1))).containsExactly("b", "c");
			assertThat(changed(changes.get(2))).containsExactly("c");
			assertThat(changes.get(2).changed(Set.of("a", "c"))).isTrue();
			assertThat(changes.get(2).changed(Set.of("a", "b"))).isFalse();
			assertThat(changes.get(3).changed(Set.of("big"))).as("without the previous row").isTrue();
			assertThat(changes.get(4).changed(Set.of("a"))).as("not an update").isTrue();
		}
	}

	@Test
	void columnThatTheTableDidNotHaveYetCountsAsChanged(TestDatabase database) throws Exception {
		database.execute("CREATE TABLE full_notes (id int PRIMARY KEY, a text)",
				"ALTER TABLE full_notes REPLICA IDENTITY FULL", "INSERT INTO full_notes VALUES (1, 'a')");
		try (EngineRecords records = new EngineRecords(database, Map.of())) {
			records.take(1);
			database.execute("UPDATE full_notes SET a = 'b'", "ALTER TABLE full_notes ADD COLUMN b text",
					"UPDATE full_notes SET a = 'c'");
			List<Change> changes = records.changes(this.decoder, 2);
			assertThat(changes.get(0).changed(Set.of("b"))).isTrue();
			assertThat(changes.get(0).changed(Set.of("id", "b"))).isTrue();
			assertThat(changes.get(0).changed(Set.of("id"))).isFalse();
			assertThat(changes.get(1).changed(Set.of("b"))).isFalse();
		}
	}

	private static List<String> changed(Change change) {
		return List.of("id", "a", "b", "c").stream().filter((column) -> change.changed(Set.of(column))).toList();
	}

	@Test
	void distinguishesUnsentValueFromNull(TestDatabase database) throws Exception {
		database.execute("CREATE TABLE notes (id int PRIMARY KEY, code int NOT NULL, a text, n int)",
				"CREATE UNIQUE INDEX code ON notes (code)", "ALTER TABLE notes REPLICA IDENTITY USING INDEX code",
				"CREATE TABLE full_notes (id int PRIMARY KEY, code int NOT NULL, a text, n int)",
				"ALTER TABLE full_notes REPLICA IDENTITY FULL", "INSERT INTO notes VALUES (1, 10, 'a', NULL)",
				"INSERT INTO full_notes VALUES (1, 10, 'a', NULL)");
		try (EngineRecords records = new EngineRecords(database, Map.of())) {
			records.take(2);
			database.execute("UPDATE notes SET code = 11", "DELETE FROM notes", "UPDATE full_notes SET code = 11",
					"DELETE FROM full_notes");
			List<Change> changes = records.changes(this.decoder, 5);
			// Debezium considers a key that was not sent as changed
			assertThat(changes).extracting(Change::operation)
				.containsExactly(Operation.DELETE, Operation.CREATE, Operation.DELETE, Operation.UPDATE,
						Operation.DELETE);
			ColumnValue<Object> unavailable = ColumnValue.unavailable();
			assertThat(changes.get(0).before(this.maps))
				.isEqualTo(Map.of("id", unavailable, "code", 10, "a", unavailable, "n", unavailable));
			assertThat(changes.get(2).before(this.maps))
				.isEqualTo(Map.of("id", unavailable, "code", 11, "a", unavailable, "n", unavailable));
			assertThat(changes.get(2).key()).isNull();
			Map<String, @Nullable Object> whole = new HashMap<>(Map.of("id", 1, "code", 10, "a", "a"));
			whole.put("n", null);
			assertThat(changes.get(3).before(this.maps)).isEqualTo(whole);
			whole.put("code", 11);
			assertThat(changes.get(4).before(this.maps)).isEqualTo(whole);
		}
	}

	@Test
	void marksUnsentToastedValueOfEachType(TestDatabase database) throws Exception {
		Map<String, String> values = new LinkedHashMap<>();
		values.put("text", "repeat('x', 9000)");
		values.put("varchar(9999)", "repeat('x', 9000)");
		values.put("bytea", "convert_to(repeat('x', 9000), 'UTF8')");
		values.put("json", "to_json(repeat('x', 9000))");
		values.put("jsonb", "to_jsonb(repeat('x', 9000))");
		values.put("xml", "('<a>' || repeat('x', 9000) || '</a>')::xml");
		values.put("numeric", "repeat('7', 9000)::numeric");
		values.put("varbit", "repeat('1', 90000)::varbit");
		values.put("tsvector", "(SELECT string_agg('w' || i, ' ') FROM generate_series(1, 3000) i)::tsvector");
		values.put("polygon", "('(' || repeat('(1,1),', 900) || '(1,1))')::polygon");
		values.put("pair", "ROW(repeat('x', 9000))::pair");
		values.put("long_text", "repeat('x', 9000)");
		for (String element : List.of("text", "varchar", "name", "int2", "int4", "int8", "float4", "float8", "numeric",
				"bool", "date", "time", "timestamp", "timestamptz", "interval", "uuid", "json", "jsonb", "bytea",
				"inet", "money", "xml", "point", "mood", "pair")) {
			String value = switch (element) {
				case "bool" -> "true";
				case "date", "timestamp", "timestamptz" -> "'2024-01-01'";
				case "time" -> "'01:02:03'";
				case "interval" -> "'1 day'";
				case "uuid" -> "gen_random_uuid()";
				case "bytea" -> "'\\x01'";
				case "inet" -> "'::1'";
				case "point" -> "'(1,2)'";
				case "mood" -> "'sad'";
				case "pair" -> "'(a)'";
				default -> "'1'";
			};
			values.put(element + "[]", "array_fill(" + value + "::" + element + ", ARRAY[3000])");
		}
		List<String> types = List.copyOf(values.keySet());
		database.execute("CREATE TYPE mood AS ENUM ('sad')", "CREATE TYPE pair AS (value text)",
				"CREATE DOMAIN long_text AS text");
		for (String table : List.of("notes", "full_notes")) {
			StringBuilder columns = new StringBuilder("id int PRIMARY KEY");
			StringBuilder storage = new StringBuilder("ALTER c0 SET STORAGE EXTERNAL");
			for (int i = 0; i < types.size(); i++) {
				columns.append(", c").append(i).append(' ').append(types.get(i));
				storage.append(", ALTER c").append(i).append(" SET STORAGE EXTERNAL");
			}
			database.execute("CREATE TABLE " + table + " (" + columns + ", other int)",
					"ALTER TABLE " + table + " " + storage,
					"INSERT INTO " + table + " VALUES (1, " + String.join(", ", values.values()) + ")");
		}
		database.execute("ALTER TABLE full_notes REPLICA IDENTITY FULL");
		try (EngineRecords records = new EngineRecords(database, Map.of())) {
			List<Change> read = records.changes(this.decoder, 2);
			database.execute("UPDATE notes SET other = 1", "UPDATE full_notes SET other = 1");
			List<Change> changes = records.changes(this.decoder, 2);
			Map<String, @Nullable Object> unsent = changes.get(0).after(this.maps);
			RowMapper<Map<String, String>> texts = this.mappers
				.mapperFor(ResolvableType.forClassWithGenerics(Map.class, String.class, String.class).getType());
			Map<String, String> sent = changes.get(1).after(texts);
			Map<String, String> stored = read.stream()
				.filter((change) -> change.table().equals(changes.get(1).table()))
				.findFirst()
				.orElseThrow()
				.after(texts);
			for (int i = 0; i < types.size(); i++) {
				String column = "c" + i;
				assertThat(unsent.get(column)).as(types.get(i)).isEqualTo(ColumnValue.unavailable());
				assertThat(sent.get(column)).as(types.get(i)).hasSizeGreaterThan(2000).isEqualTo(stored.get(column));
			}
			assertThat(unsent).containsEntry("id", 1).containsEntry("other", 1);
			RowMapper<ToastedRow> rows = this.mappers.mapperFor(ToastedRow.class);
			assertThat(changes.get(0).after(rows).c0()).isEqualTo(ColumnValue.unavailable());
			assertThat(changes.get(1).after(rows).c0()).isEqualTo(ColumnValue.of("x".repeat(9000)));
			RowMapper<PlainRow> plain = this.mappers.mapperFor(PlainRow.class);
			assertThatExceptionOfType(RowMappingException.class).isThrownBy(() -> changes.get(0).after(plain))
				.withMessage("Cannot map column 'c0' (text) of public.notes to PlainRow.c0 (java.lang.String) at "
						+ changes.get(0).lsn() + ": PostgreSQL did not send the value. Declare it as ColumnValue, "
						+ "or run ALTER TABLE public.notes REPLICA IDENTITY FULL.");
		}
	}

	@Test
	void takesUnsentValueFromPreviousRow() {
		Schema text = SchemaBuilder.string().optional().build();
		Schema row = SchemaBuilder.struct().field("id", Schema.INT32_SCHEMA).field("c0", text).optional().build();
		Struct from = from("full_notes");
		Schema envelope = envelope(row, from.schema());
		Struct value = new Struct(envelope).put("before", new Struct(row).put("id", 1).put("c0", "whole"))
			.put("after", new Struct(row).put("id", 1).put("c0", ValueFormat.UNAVAILABLE_TEXT))
			.put("source", from)
			.put("op", "u");
		Change change = this.decoder.decode(new SourceRecord(null, null, "topic", envelope, value));
		assertThat(change.after(this.mappers.<PlainRow>mapperFor(PlainRow.class))).isEqualTo(new PlainRow(1, "whole"));
		assertThat(change.after(this.maps)).isEqualTo(Map.of("id", 1, "c0", "whole"));
		assertThat(change.changed(Set.of("c0"))).isFalse();
	}

	private static Struct from(String table) {
		Schema source = SchemaBuilder.struct()
			.field("schema", Schema.STRING_SCHEMA)
			.field("table", Schema.STRING_SCHEMA)
			.field("lsn", Schema.INT64_SCHEMA)
			.field("txId", Schema.INT64_SCHEMA)
			.field("ts_us", Schema.INT64_SCHEMA)
			.field("snapshot", Schema.STRING_SCHEMA)
			.build();
		return new Struct(source).put("schema", "public")
			.put("table", table)
			.put("lsn", 1L)
			.put("txId", 2L)
			.put("ts_us", 3L)
			.put("snapshot", "false");
	}

	private static Schema envelope(Schema row, Schema source) {
		return SchemaBuilder.struct()
			.field("before", row)
			.field("after", row)
			.field("source", source)
			.field("op", Schema.STRING_SCHEMA)
			.build();
	}

	/** Kafka Connect replaces it by the default. */
	@Test
	void keyWithoutAColumnThatHasADefaultIsIncomplete() {
		Schema part = SchemaBuilder.int32().optional().defaultValue(5).build();
		Schema row = SchemaBuilder.struct().field("id", Schema.INT32_SCHEMA).field("part", part).optional().build();
		Struct from = from("notes");
		Schema envelope = envelope(row, from.schema());
		for (Integer value : new Integer[] { null, 5 }) {
			Struct deleted = new Struct(row).put("id", 1).put("part", value);
			Change change = this.decoder.decode(new SourceRecord(null, null, "topic", row, deleted, envelope,
					new Struct(envelope).put("before", deleted).put("source", from).put("op", "d")));
			assertThat(change.hasIncompleteKey()).isEqualTo(value == null);
			assertThat(change.isBarrier()).isEqualTo(value == null);
			assertThat(change.key() == null).isEqualTo(value == null);
		}
	}

	@Test
	void followsColumnChangesWhileStreaming(TestDatabase database) throws Exception {
		database.execute("CREATE TABLE notes (id int PRIMARY KEY, text text, count int)");
		RowMapper<Note> rows = this.mappers.mapperFor(Note.class);
		try (EngineRecords records = new EngineRecords(database, Map.of())) {
			database.execute("INSERT INTO notes VALUES (1, 'a', 1)", "ALTER TABLE notes ADD COLUMN amount numeric(5,2)",
					"INSERT INTO notes VALUES (2, 'b', 2, 2.5)", "ALTER TABLE notes DROP COLUMN text",
					"INSERT INTO notes VALUES (3, 3, 3.5)", "ALTER TABLE notes ALTER COLUMN count TYPE text",
					"INSERT INTO notes VALUES (4, '4', 4.5)", "ALTER TABLE notes RENAME COLUMN count TO text",
					"INSERT INTO notes VALUES (5, 'e', 5.5)");
			List<Change> changes = records.changes(this.decoder, 5);
			// Mapped in another order: each event keeps the columns of its time
			assertThat(changes.get(4).after(rows)).isEqualTo(new Note(5, "e", null, new BigDecimal("5.50")));
			assertThat(changes.get(0).after(rows)).isEqualTo(new Note(1, "a", 1L, null));
			assertThat(changes.get(1).after(rows)).isEqualTo(new Note(2, "b", 2L, new BigDecimal("2.50")));
			assertThat(changes.get(2).after(rows)).isEqualTo(new Note(3, null, 3L, new BigDecimal("3.50")));
			assertThat(changes.get(3).after(rows)).isEqualTo(new Note(4, null, 4L, new BigDecimal("4.50")));
			assertThat(changes).extracting((change) -> change.after(this.maps).get("count"))
				.containsExactly(1, 2, 3, "4", null);
		}
	}

	record ToastedRow(int id, ColumnValue<String> c0) {

	}

	record PlainRow(int id, String c0) {

	}

	record Note(int id, @Nullable String text, @Nullable Long count, @Nullable BigDecimal amount) {

	}

}
