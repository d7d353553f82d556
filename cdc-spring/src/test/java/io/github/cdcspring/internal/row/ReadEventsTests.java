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

import java.util.Arrays;
import java.util.List;
import java.util.Map;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.RowKey;
import io.github.cdcspring.TableId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.core.ResolvableType;
import org.springframework.core.convert.support.DefaultConversionService;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The event of a row that was read is the same as one that its JSON describes, whose
 * values Kafka Connect has validated.
 */
class ReadEventsTests {

	private static final TableId ITEMS = new TableId("public", "items");

	private static final TableColumn ID = column("id", 23, "int4");

	private static final TableColumn CODE = column("code", 1042, "bpchar");

	private static final TableColumn NOTE = column("note", 25, "text");

	private final RowMappers mappers = new RowMappers(new DefaultConversionService(), null);

	private final RowMapper<Map<String, @Nullable Object>> maps = this.mappers
		.mapperFor(ResolvableType.forClassWithGenerics(Map.class, String.class, Object.class).getType());

	private final RowMapper<Map<String, @Nullable String>> texts = this.mappers
		.mapperFor(ResolvableType.forClassWithGenerics(Map.class, String.class, String.class).getType());

	@ParameterizedTest
	@CsvSource(delimiter = '|', nullValues = "NULL",
			value = { "16 | bool | t", "21 | int2 | -32768", "23 | int4 | 7", "20 | int8 | 9223372036854775807",
					"700 | float4 | 0.1", "701 | float8 | NaN", "1700 | numeric | 1.50", "1700 | numeric | NaN",
					"1700 | numeric | -Infinity", "790 | money | $1.50", "25 | text | it's", "17 | bytea | \\x00ff",
					"17 | bytea | not in hex format", "1082 | date | 2024-02-29", "1082 | date | 0044-03-15 BC",
					"1082 | date | infinity", "1083 | time | 24:00:00", "1266 | timetz | 12:34:56.5+05:45",
					"1114 | timestamp | 2024-02-29 12:34:56.123456",
					"1184 | timestamptz | 1800-01-01 00:00:00+00:53:28", "1186 | interval | 1 mon -2 days 03:04:05.5",
					"2950 | uuid | a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "3802 | jsonb | {\"a\": 1}",
					"1562 | varbit | 101", "3220 | pg_lsn | 16/B374D848", "869 | inet | ::1",
					"1231 | _numeric | {1.0,NULL,NaN}", "1700 | numeric | NULL", "25 | text | NULL" })
	void eventOfEachKindOfValueHasTheSameJson(int oid, String type, @Nullable String text) {
		TableColumn value = column("value", oid, type);
		for (List<TableColumn> key : List.of(List.of(ID), List.of(ID, value))) {
			assertSameAsItsJson(new ReadEvents(ITEMS, List.of(ID, value), key, null), "7", text);
		}
	}

	@Test
	void eventHasThisJsonAndSize() {
		Change change = new ReadEvents(ITEMS, List.of(ID, CODE, NOTE), List.of(ID), null)
			.create(new @Nullable String[] { "7", "a ", null }, new Lsn(258), 1_700_000_000_000_001L);
		assertThat(change.toJson())
			.startsWith("{\"format\":1,\"topic\":\"public.items\",\"fullIdentity\":false,\"ordinal\":")
			.contains(",\"previousCommit\":258,\"key\":{\"schema\":1,\"value\":{\"id\":7}}",
					"\"value\":{\"after\":{\"id\":7,\"code\":\"a \"},\"source\":{\"schema\":\"public\","
							+ "\"table\":\"items\",\"ts_us\":1700000000000001,\"snapshot\":\"incremental\"},"
							+ "\"op\":\"r\"}")
			.contains("\"cdcspring.Key\",\"fields\":{\"id\":0}",
					"\"cdcspring.Value\",\"fields\":{\"id\":2,\"code\":3,\"note\":4}");
		assertThat(change.size()).isEqualTo(1_670);
	}

	/** A parked row is replayed to this listener only. */
	@Test
	void eventOfOneListenerKeepsItInItsJson() {
		for (String listener : Arrays.asList("mirror", null)) {
			ReadEvents events = new ReadEvents(ITEMS, List.of(ID), List.of(ID), listener);
			assertThat(assertSameAsItsJson(events, "7").listener()).isEqualTo(listener);
		}
	}

	/** Parked events are stored under this hash. */
	@Test
	void hashOfAKeyStaysTheSame() {
		assertThat(KeyHash.of(event(List.of(ID, CODE, NOTE), List.of(CODE, ID), "7", "a ", "b")))
			.isEqualTo("9afb943247846959");
		assertThat(KeyHash.of(event(List.of(NOTE), List.of(ID), "b", "7"))).isEqualTo("c137a9f7ba240f12");
		assertThat(KeyHash.of(event(List.of(NOTE), List.of(), "b"))).isEqualTo("8540bf8e0e8d37fd");
	}

	@Test
	void keyMayHaveAnotherOrderThanTheColumns() {
		ReadEvents events = new ReadEvents(ITEMS, List.of(ID, CODE, NOTE), List.of(CODE, ID), null);
		assertThat(events.columns()).containsExactly(ID, CODE, NOTE);
		assertThat(events.key(new String[] { "7", "a ", "b" })).containsExactly("a ", "7");
		Change change = assertSameAsItsJson(events, "7", "a ", "b");
		assertThat(change.key()).extracting(RowKey::columns).isEqualTo(Map.of("code", "a ", "id", 7));
		assertThat(change.exactKeys())
			.containsExactly(new ExactKey(List.of("code STRING", "id INT32"), List.of("a ", 7)));
		assertThat(change.after(this.maps)).isEqualTo(Map.of("id", 7, "code", "a ", "note", "b"));
	}

	@Test
	void keyMayContainColumnsThatTheEventsLeaveOut() {
		ReadEvents events = new ReadEvents(ITEMS, List.of(CODE, NOTE), List.of(ID, CODE), null);
		assertThat(events.columns()).containsExactly(CODE, NOTE, ID);
		assertThat(events.key(new String[] { "a ", "b", "7", "(0,1)" })).containsExactly("7", "a ");
		Change change = assertSameAsItsJson(events, "a ", "b", "7", "(0,1)");
		assertThat(change.key()).extracting(RowKey::columns).isEqualTo(Map.of("id", 7, "code", "a "));
		assertThat(change.after(this.maps)).isEqualTo(Map.of("code", "a ", "note", "b"));
	}

	@Test
	void rowsWithoutKeyHaveTheOrderOfTheTable() {
		ReadEvents events = new ReadEvents(ITEMS, List.of(NOTE), List.of(), null);
		assertThat(events.key(new String[] { "b" })).isEmpty();
		Change change = assertSameAsItsJson(events, "b");
		assertThat(change.key()).isNull();
		assertThat(change.orderingKey()).isEqualTo(ITEMS);
	}

	@Test
	void keyWithNullIdentifiesNoRow() {
		ReadEvents events = new ReadEvents(ITEMS, List.of(ID, NOTE), List.of(NOTE), null);
		Change change = assertSameAsItsJson(events, "7", null);
		assertThat(change.key()).isNull();
		assertThat(change.exactKeys()).isEmpty();
		assertThat(change.orderingKey()).isEqualTo(ITEMS);
	}

	@Test
	void keyThatCannotBeParsedIsABarrier() {
		TableColumn data = column("data", 17, "bytea");
		Change change = assertSameAsItsJson(new ReadEvents(ITEMS, List.of(data), List.of(data), null), "secret");
		assertThat(change.isBarrier()).isTrue();
		assertThatExceptionOfType(RowMappingException.class).isThrownBy(() -> change.after(this.maps))
			.withMessageContaining("'data' (bytea) of public.items")
			.withMessageNotContaining("secret");
	}

	@Test
	void barrierHasTheSameContent() {
		Change change = event(List.of(ID, NOTE), List.of(ID), "7", "b");
		Change barrier = change.asBarrier();
		assertThat(change.isBarrier()).isFalse();
		assertThat(barrier.isBarrier()).isTrue();
		assertThat(barrier.toJson()).isEqualTo(change.toJson());
		assertThat(barrier.orderingKey()).isEqualTo(change.orderingKey());
	}

	private Change assertSameAsItsJson(ReadEvents events, @Nullable String... texts) {
		Change change = events.create(texts, new Lsn(258), 1_700_000_000_000_001L);
		Change validated = RecordDecoder.fromJson(change.toJson());
		assertThat(validated.toJson()).isEqualTo(change.toJson());
		assertThat(validated.listener()).isEqualTo(change.listener());
		assertThat(validated.commitTime()).isEqualTo(change.commitTime());
		assertThat(validated.orderingKey()).isEqualTo(change.orderingKey()).hasSameHashCodeAs(change.orderingKey());
		assertThat(validated.exactKeys()).isEqualTo(change.exactKeys());
		assertThat(validated.size()).isEqualTo(change.size());
		assertThat(validated.isBarrier()).isEqualTo(change.isBarrier());
		assertThat(KeyHash.of(validated)).isEqualTo(KeyHash.of(change));
		if (!change.toJson().contains("unreadable")) {
			assertThat(validated.key() == null).isEqualTo(change.key() == null);
			assertThat(validated.after(this.texts)).isEqualTo(change.after(this.texts));
		}
		return change;
	}

	private static Change event(List<TableColumn> columns, List<TableColumn> key, @Nullable String... texts) {
		return new ReadEvents(ITEMS, columns, key, null).create(texts, new Lsn(258), 1L);
	}

	private static TableColumn column(String name, int oid, String type) {
		return new TableColumn(name, type, oid, PostgresType.of(oid, type, type.startsWith("_"), -1, false));
	}

}
