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

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.github.cdcspring.CdcBackfill;
import io.github.cdcspring.CdcException;
import io.github.cdcspring.CdcListener;
import io.github.cdcspring.ChangeEvent;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.Operation;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.util.StringUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * A backfill delivers each existing row of any table, without a restart of the engine.
 */
@PostgresTest
class BackfillIT {

	private static final String[] SETTINGS = { "cdc.snapshot.mode=no_data", "cdc.backfill.chunk-size=10" };

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "CREATE TABLE items (id int, note text)",
			"CREATE TABLE items (id int, note text); ALTER TABLE items REPLICA IDENTITY FULL",
			"CREATE TABLE items (id int NOT NULL UNIQUE, note text)",
			"CREATE TABLE items (id int PRIMARY KEY, note text, code int GENERATED ALWAYS AS IDENTITY UNIQUE NOT NULL); "
					+ "ALTER TABLE items REPLICA IDENTITY USING INDEX items_code_key",
			"CREATE TABLE items (id int PRIMARY KEY, note text) PARTITION BY RANGE (id); "
					+ "CREATE TABLE items_1 PARTITION OF items FOR VALUES FROM (0) TO (20); "
					+ "CREATE TABLE items_2 PARTITION OF items FOR VALUES FROM (20) TO (1000)",
			"CREATE TABLE items (id int, note text, \"Odd \"\"name\" int NOT NULL DEFAULT 1, "
					+ "PRIMARY KEY (id, \"Odd \"\"name\"))",
			"CREATE TABLE items (id int PRIMARY KEY, note text); CREATE TABLE heirs () INHERITS (items); "
					+ "INSERT INTO heirs VALUES (1000, 'not in the stream')" })
	void deliversEachRowOfATable(String table, TestDatabase database) {
		database.execute(table.split("; "));
		database.execute("INSERT INTO items SELECT n, 'note ' || n FROM generate_series(1, 55) n");
		try (TestApplication application = TestApplication.run(database, Items.class, StringUtils
			.concatenateStringArrays(SETTINGS, new String[] { "cdc.safety.accept=replica-identity,inheritance" }))) {
			Items items = application.bean(Items.class);
			application.engine().backfill().start("items");
			await().untilAsserted(() -> assertThat(items.ids()).hasSize(55));
			assertThat(items.read).hasSize(55);
			assertThat(items.ids()).containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, 55).boxed().toList());
			assertThat(items.read.get(0)).containsEntry("note", "note 1");
			assertThat(application.engine().status().restarts()).isZero();
		}
	}

	@Test
	void rowHasTheKeyAndTheColumnsOfTheStream(TestDatabase database) {
		database.execute("CREATE DOMAIN code AS char(5)",
				"CREATE TABLE items (part code, id int, note text, secret text, PRIMARY KEY (id, part))",
				"INSERT INTO items VALUES ('ab', 1, 'first', 'hidden')");
		try (TestApplication application = TestApplication.run(database, Items.class,
				StringUtils.concatenateStringArrays(SETTINGS,
						new String[] { "cdc.debezium.column.exclude.list=public[.]items[.]secret" }))) {
			Items items = application.bean(Items.class);
			application.engine().backfill().start("items");
			await().until(() -> items.keys.size() == 1);
			database.execute("UPDATE items SET note = 'second'");
			await().until(() -> items.keys.size() == 2);
			assertThat(items.keys.get(1)).isEqualTo(items.keys.get(0));
			assertThat(items.read.get(0)).containsOnlyKeys("part", "id", "note");
		}
	}

	@Test
	void onlyTheNamedListenerReceivesTheRows(TestDatabase database) {
		database.execute("CREATE TABLE items (id int PRIMARY KEY, note text)",
				"INSERT INTO items SELECT generate_series(1, 25)");
		try (TestApplication application = TestApplication.run(database, TwoCopies.class,
				StringUtils.addStringToArray(SETTINGS, "cdc.listener.concurrency=4"))) {
			TwoCopies copies = application.bean(TwoCopies.class);
			application.engine().backfill().start(CdcBackfill.Request.of("items").to("second"));
			await().untilAsserted(() -> assertThat(copies.second).hasSize(25));
			database.execute("UPDATE items SET note = 'changed' WHERE id = 7");
			await().untilAsserted(() -> assertThat(copies.first).containsExactly("UPDATE 7"));
			application.engine().backfill().start("items");
			await().untilAsserted(() -> assertThat(copies.first).hasSize(26));
		}
	}

	@Test
	void onlyTheRowsThatMeetTheConditionsAreRead(TestDatabase database) {
		database.execute("CREATE TABLE items (id int PRIMARY KEY, note text, day timestamptz)",
				"INSERT INTO items SELECT n, CASE WHEN n % 4 = 0 THEN 'open' ELSE 'paid' END, "
						+ "'2026-01-01 00:30+00'::timestamptz + n * interval '1 hour' FROM generate_series(1, 99) n");
		try (TestApplication application = TestApplication.run(database, Items.class, SETTINGS)) {
			Items items = application.bean(Items.class);
			CdcBackfill backfill = application.engine().backfill();
			CdcBackfill.Request open = CdcBackfill.Request.of("items").where("note", "=", "open");
			backfill.start(open.where("id", "<", "45"));
			await().until(() -> backfill.list().isEmpty());
			assertThat(items.ids()).containsExactlyInAnyOrder(4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44);
			assertThat(items.read).hasSize(11);
			// Without a time zone, as the server writes it in the stream: UTC
			backfill.start(CdcBackfill.Request.of("items").where("day", ">=", "2026-01-05 02:30:00"));
			await().until(() -> backfill.list().isEmpty());
			assertThat(items.read).hasSize(13);
			assertThatExceptionOfType(CdcException.class)
				.isThrownBy(() -> backfill.start(open.where("id", "<", "s3cr3t")))
				.withMessageContainingAll("column 'id'", "integer")
				.withMessageNotContaining("s3cr3t");
			assertThat(backfill.list()).isEmpty();
		}
	}

	@Test
	void conditionsSurviveARestartAndAreShownWithoutTheirValues(TestDatabase database) throws InterruptedException {
		database.execute("CREATE TABLE items (id int PRIMARY KEY, note text)",
				"INSERT INTO items SELECT n, CASE WHEN n % 2 = 0 THEN 'it''s' ELSE 'paid' END "
						+ "FROM generate_series(1, 600) n");
		try (TestApplication application = TestApplication.run(database, Items.class, SETTINGS)) {
			Items items = application.bean(Items.class);
			items.gateAt = 20;
			application.engine().backfill().start(CdcBackfill.Request.of("items").where("note", "=", "it's"));
			assertThat(items.reached.await(2, TimeUnit.MINUTES)).isTrue();
			assertThat(application.engine().backfill().list()).extracting(CdcBackfill.Status::where)
				.containsExactly(List.of("note = ?"));
			items.gateAt = -1;
			items.gate.countDown();
			application.engine().restart();
			await().until(() -> application.engine().backfill().list().isEmpty());
			assertThat(items.ids()).hasSize(300).allMatch((id) -> id % 2 == 0);
		}
	}

	@Test
	void tablesAndChunksAreReadAtTheSameTime(TestDatabase database) throws InterruptedException {
		database.execute("CREATE TABLE items (id int PRIMARY KEY, note text)",
				"CREATE TABLE others (id int PRIMARY KEY, note text)",
				"INSERT INTO items SELECT generate_series(1, 205)",
				"INSERT INTO others SELECT generate_series(1001, 1015)", "ANALYZE");
		try (TestApplication application = TestApplication.run(database, GatedTables.class,
				StringUtils.addStringToArray(SETTINGS, "cdc.backfill.concurrency=4"))) {
			GatedTables tables = application.bean(GatedTables.class);
			application.engine().backfill().start("items", "others");
			await().untilAsserted(
					() -> assertThat(application.engine().backfill().list()).extracting(CdcBackfill.Status::state)
						.containsExactly(CdcBackfill.State.READING, CdcBackfill.State.READING));
			// None ends before the gate opens
			await().until(() -> BackfillReaders.waiting() == 4);
			tables.gate.countDown();
			await().until(() -> application.engine().backfill().list().isEmpty());
			assertThat(tables.ids).hasSize(220).doesNotHaveDuplicates();
		}
	}

	@Test
	void columnThatIsAddedWhileTheEngineRunsIsRead(TestDatabase database) {
		database.execute("CREATE TABLE items (id int PRIMARY KEY, note text)",
				"INSERT INTO items SELECT generate_series(1, 25)");
		try (TestApplication application = TestApplication.run(database, Items.class, SETTINGS)) {
			Items items = application.bean(Items.class);
			database.execute("ALTER TABLE items ADD COLUMN added int DEFAULT 7");
			application.engine().backfill().start("items");
			await().until(() -> items.read.size() == 25);
			assertThat(items.read).allSatisfy((row) -> assertThat(row).containsEntry("added", 7));
		}
	}

	@Test
	void backfillContinuesAfterARestartOfTheEngine(TestDatabase database) throws InterruptedException {
		database.execute("CREATE TABLE items (id int PRIMARY KEY, note text)",
				"INSERT INTO items SELECT generate_series(1, 95)");
		try (TestApplication application = TestApplication.run(database, Items.class, SETTINGS)) {
			Items items = application.bean(Items.class);
			items.readUntil(45, application);
			items.gate.countDown();
			application.engine().restart();
			await().untilAsserted(() -> assertThat(items.ids()).hasSize(95));
			// The rest may have been delivered before the restart
			await().until(() -> application.engine().status().state() == EngineState.RUNNING);
			// At least the first chunks are not read again
			assertThat(items.read.stream().filter((row) -> row.get("id").equals(1))).hasSize(1);
		}
	}

	@Test
	void backfillContinuesInAnotherProcess(TestDatabase database) throws InterruptedException {
		database.execute("CREATE TABLE items (id int PRIMARY KEY, note text)",
				"INSERT INTO items SELECT generate_series(1, 95)");
		String[] settings = StringUtils.concatenateStringArrays(SETTINGS, new String[] { "cdc.heartbeat.interval=100ms",
				"cdc.offset.flush-interval=10ms", "cdc.listener.shutdown-timeout=1s" });
		try (TestApplication application = TestApplication.run(database, Items.class, settings)) {
			Items items = application.bean(Items.class);
			items.readUntil(75, application);
			// The request is stored before the first chunk
			await().until(() -> String.valueOf(database.queryForText("SELECT position FROM cdc_offset"))
				.matches("(?s).*cdc_backfill.*rows\\W+[1-9].*"));
		}
		try (TestApplication application = TestApplication.run(database, Items.class, settings)) {
			Items items = application.bean(Items.class);
			await().untilAsserted(() -> assertThat(items.ids()).contains(76, 95));
			assertThat(items.ids()).doesNotContain(1);
			await().until(() -> !String.valueOf(database.queryForText("SELECT position FROM cdc_offset"))
				.contains("cdc_backfill"));
		}
	}

	@Test
	void requestIsStoredWhenItIsAcceptedAlthoughTheStreamWaits(TestDatabase database) throws InterruptedException {
		database.execute("CREATE TABLE items (id int PRIMARY KEY, note text)",
				"INSERT INTO items SELECT generate_series(1, 25)");
		String[] settings = StringUtils.concatenateStringArrays(SETTINGS,
				new String[] { "cdc.offset.flush-interval=10ms", "cdc.listener.shutdown-timeout=1s" });
		try (TestApplication application = TestApplication.run(database, Items.class, settings)) {
			Items items = application.bean(Items.class);
			database.execute("INSERT INTO items VALUES (100)", "UPDATE items SET note = 'stored' WHERE id = 100");
			await().until(() -> !application.engine().storedLsn().equals(Lsn.ZERO));
			items.gateAt = 100;
			database.execute("UPDATE items SET note = 'waits' WHERE id = 100");
			assertThat(items.reached.await(2, TimeUnit.MINUTES)).isTrue();
			application.engine().backfill().start("items");
			assertThat(database.queryForText("SELECT position FROM cdc_offset")).contains("cdc_backfill");
			assertThat(items.read).isEmpty();
		}
		try (TestApplication application = TestApplication.run(database, Items.class, settings)) {
			Items items = application.bean(Items.class);
			await().untilAsserted(() -> assertThat(items.ids()).hasSize(26));
		}
	}

	@Test
	void requestWithoutAnOffsetIsStoredWithTheFirstOne(TestDatabase database) throws InterruptedException {
		database.execute("CREATE TABLE items (id int PRIMARY KEY, note text)",
				"INSERT INTO items SELECT generate_series(1, 25)");
		try (TestApplication application = TestApplication.run(database, Items.class,
				StringUtils.concatenateStringArrays(SETTINGS,
						new String[] { "cdc.heartbeat.interval=1h", "cdc.listener.shutdown-timeout=1s" }))) {
			Items items = application.bean(Items.class);
			items.gateAt = 5;
			application.engine().backfill().start("items");
			assertThat(database.queryForText("SELECT position FROM cdc_offset")).contains("cdc_backfill");
		}
	}

	@Test
	void failingRowIsDeliveredAgainAndHoldsUpNoOffset(TestDatabase database) {
		database.execute("CREATE TABLE items (id int PRIMARY KEY, note text)",
				"INSERT INTO items SELECT generate_series(1, 25)");
		try (TestApplication application = TestApplication.run(database, Items.class,
				StringUtils.concatenateStringArrays(SETTINGS, new String[] { "cdc.listener.retry.max-attempts=1",
						"cdc.listener.on-failure=stop", "cdc.listener.restart.initial-interval=100ms" }))) {
			Items items = application.bean(Items.class);
			items.poison = 15;
			application.engine().backfill().start("items");
			await().until(() -> application.engine().status().state() == EngineState.BACKING_OFF);
			items.poison = -1;
			await().untilAsserted(() -> assertThat(items.ids()).hasSize(25));
		}
	}

	@Test
	void failingRowStopsTheEngineAfterSoManyRestartsAndCanBeLeftOut(TestDatabase database) {
		database.execute("CREATE TABLE items (id int PRIMARY KEY, note text)",
				"INSERT INTO items SELECT generate_series(1, 25)");
		try (TestApplication application = TestApplication.run(database, Items.class,
				StringUtils.concatenateStringArrays(SETTINGS,
						new String[] { "cdc.listener.retry.max-attempts=1", "cdc.listener.on-failure=stop",
								"cdc.listener.restart.initial-interval=10ms",
								"cdc.listener.restart.max-attempts=2" }))) {
			Items items = application.bean(Items.class);
			items.poison = 15;
			application.engine().backfill().start("items");
			await().until(() -> application.engine().status().state() == EngineState.FAILED);
			assertThat(items.poisoned).hasValue(3);
			assertThat(items.read.stream().filter((row) -> row.get("id").equals(1))).hasSize(1);
			application.engine().backfill().cancel("items");
			application.engine().restart();
			await().until(() -> application.engine().status().state() == EngineState.RUNNING);
			database.execute("UPDATE items SET note = 'changed' WHERE id = 1");
			await().until(() -> items.keys.size() > items.read.size());
			assertThat(items.ids()).doesNotContain(25);
		}
	}

	@Test
	void parkedRowsAndChangesOfAKeyStayInTheirOrder(TestDatabase database) {
		database.execute("CREATE TABLE items (id int PRIMARY KEY, note text)",
				"INSERT INTO items SELECT n, 'first' FROM generate_series(1, 25) n");
		try (TestApplication application = TestApplication.run(database, Notes.class,
				StringUtils.concatenateStringArrays(SETTINGS,
						new String[] { "cdc.listener.retry.max-attempts=1", "cdc.listener.on-failure=park" }))) {
			Notes notes = application.bean(Notes.class);
			ParkedEvents parked = application.engine().parkedEvents();
			notes.poison.addAll(Set.of(7, 15));
			database.execute("UPDATE items SET note = 'second' WHERE id = 7");
			await().until(() -> parked.count() == 1);
			application.engine().backfill().start("items");
			await().until(() -> application.engine().backfill().list().isEmpty());
			database.execute("UPDATE items SET note = 'third' WHERE id IN (7, 15, 16)");
			await().until(() -> notes.of(16).equals(List.of("first", "third")));
			await().until(() -> parked.count() == 5);
			notes.poison.clear();
			parked.list(null, 0, 10)
				.stream()
				.map((event) -> event.key().keyHash())
				.distinct()
				.forEach(parked::replayKey);
			assertThat(notes.of(7)).containsExactly("second", "second", "third");
			assertThat(notes.of(15)).containsExactly("first", "third");
			assertThat(parked.count()).isZero();
		}
	}

	/** VACUUM removes no row that an open transaction or its snapshot might see. */
	@Test
	void holdsNoTransactionOpenWhileListenersHandleAChunk(TestDatabase database) throws InterruptedException {
		database.execute("CREATE TABLE items (id int PRIMARY KEY, note text) WITH (autovacuum_enabled = false)",
				"INSERT INTO items SELECT generate_series(1, 95)");
		try (TestApplication application = TestApplication.run(database, Items.class, SETTINGS)) {
			Items items = application.bean(Items.class);
			items.readUntil(45, application);
			database.execute("DELETE FROM items WHERE id <= 30");
			await().until(() -> {
				database.execute("VACUUM items");
				return "0".equals(database.queryForText("SELECT pg_stat_get_dead_tuples('items'::regclass)"));
			});
			assertThat(application.engine().backfill().list()).extracting(CdcBackfill.Status::state)
				.containsExactly(CdcBackfill.State.READING);
			items.gate.countDown();
			await().until(() -> application.engine().backfill().list().isEmpty());
		}
	}

	@Test
	void rewrittenTableWithoutKeyIsReadFromTheStart(TestDatabase database) throws InterruptedException {
		database.execute("CREATE TABLE items (id int, note text) WITH (autovacuum_enabled = false)",
				"INSERT INTO items SELECT n, repeat('x', 200) FROM generate_series(1, 1000) n",
				"DELETE FROM items WHERE id <= 400");
		try (TestApplication application = TestApplication.run(database, Items.class,
				StringUtils.concatenateStringArrays(SETTINGS, new String[] { "cdc.safety.accept=replica-identity" }))) {
			Items items = application.bean(Items.class);
			items.readUntil(600, application);
			database.execute("VACUUM FULL items");
			items.gate.countDown();
			await().untilAsserted(() -> assertThat(items.ids()).hasSize(600));
		}
	}

	@Test
	void keyOfAnotherTypeIsReadFromTheStart(TestDatabase database) throws InterruptedException {
		database.execute("CREATE TABLE items (id text PRIMARY KEY, note text)",
				"INSERT INTO items SELECT generate_series(1, 95)");
		try (TestApplication application = TestApplication.run(database, TextItems.class, SETTINGS)) {
			TextItems items = application.bean(TextItems.class);
			application.engine().backfill().start("items");
			assertThat(items.reached.await(2, TimeUnit.MINUTES)).isTrue();
			database.execute("ALTER TABLE items ALTER id TYPE int USING id::int");
			items.gate.countDown();
			await().untilAsserted(() -> assertThat(items.ids).hasSize(95));
		}
	}

	@Test
	void refusesATableOfWhichThePublicationLeavesOutRows(TestDatabase database) {
		Assumptions.assumeTrue(
				Integer.parseInt(String.valueOf(database.queryForText("SHOW server_version_num"))) >= 150_000,
				"Before, there are no row filters");
		database.execute("CREATE TABLE items (id int PRIMARY KEY, note text)",
				"CREATE PUBLICATION pub FOR TABLE items WHERE (id > 10) WITH (publish_via_partition_root)");
		try (TestApplication application = TestApplication.run(database, Items.class,
				StringUtils.concatenateStringArrays(SETTINGS,
						new String[] { "cdc.publication.name=pub", "cdc.safety.accept=publication-filter" }))) {
			assertThatExceptionOfType(CdcException.class)
				.isThrownBy(() -> application.engine().backfill().start("items"))
				.withMessageContaining("public.items")
				.withMessageEndingWith("Remove the row filter from the publication.");
		}
	}

	static class TwoCopies {

		final List<String> first = new CopyOnWriteArrayList<>();

		final List<String> second = new CopyOnWriteArrayList<>();

		@CdcListener(tables = "items", id = "first")
		void first(ChangeEvent<Map<String, @Nullable Object>> event) {
			this.first.add(event.operation() + " " + event.after().get("id"));
		}

		@CdcListener(tables = "items", id = "second")
		void second(ChangeEvent<Map<String, @Nullable Object>> event) {
			this.second.add(event.operation() + " " + event.after().get("id"));
		}

	}

	static class Notes {

		final Set<Integer> poison = ConcurrentHashMap.newKeySet();

		private final Map<Integer, List<String>> notes = new ConcurrentHashMap<>();

		@CdcListener("items")
		void on(ChangeEvent<Map<String, @Nullable Object>> event) {
			int id = (int) event.after().get("id");
			if (this.poison.contains(id)) {
				throw new IllegalStateException("poison");
			}
			this.notes.computeIfAbsent(id, (key) -> new CopyOnWriteArrayList<>())
				.add(String.valueOf(event.after().get("note")));
		}

		List<String> of(int id) {
			return this.notes.getOrDefault(id, List.of());
		}

	}

	static class TextItems {

		final Set<String> ids = new ConcurrentSkipListSet<>();

		final CountDownLatch gate = new CountDownLatch(1);

		final CountDownLatch reached = new CountDownLatch(1);

		@CdcListener(tables = "items", operations = Operation.READ)
		void on(ChangeEvent<Map<String, @Nullable Object>> event) throws InterruptedException {
			String id = String.valueOf(event.after().get("id"));
			this.ids.add(id);
			// In the order of text, 2 to 9 follow. In that of numbers, they come before
			// it.
			if (id.equals("18")) {
				this.reached.countDown();
				this.gate.await();
			}
		}

	}

	static class GatedTables {

		final List<Object> ids = new CopyOnWriteArrayList<>();

		final CountDownLatch gate = new CountDownLatch(1);

		@CdcListener(tables = { "items", "others" }, operations = Operation.READ)
		void on(ChangeEvent<Map<String, @Nullable Object>> event) throws InterruptedException {
			this.gate.await();
			this.ids.add(event.after().get("id"));
		}

	}

	static class Items {

		final List<Map<String, @Nullable Object>> read = new CopyOnWriteArrayList<>();

		final List<Object> keys = new CopyOnWriteArrayList<>();

		final CountDownLatch gate = new CountDownLatch(1);

		final CountDownLatch reached = new CountDownLatch(1);

		volatile int gateAt = -1;

		volatile int poison = -1;

		final AtomicInteger poisoned = new AtomicInteger();

		@CdcListener(tables = "items", operations = { Operation.READ, Operation.UPDATE })
		void on(ChangeEvent<Map<String, @Nullable Object>> event) throws InterruptedException {
			Map<String, @Nullable Object> row = event.after();
			int id = (int) row.get("id");
			if (id == this.poison) {
				this.poisoned.incrementAndGet();
				throw new IllegalStateException("poison");
			}
			if (event.operation() == Operation.READ) {
				this.read.add(row);
			}
			if (event.key() != null) {
				this.keys.add(event.key());
			}
			if (id == this.gateAt) {
				this.reached.countDown();
				this.gate.await();
			}
		}

		/** Start a backfill, and wait until the row with this id is being handled. */
		void readUntil(int id, TestApplication application) throws InterruptedException {
			this.gateAt = id;
			application.engine().backfill().start("items");
			assertThat(this.reached.await(2, TimeUnit.MINUTES)).isTrue();
		}

		Set<Integer> ids() {
			Set<Integer> ids = new ConcurrentSkipListSet<>();
			this.read.forEach((row) -> ids.add((int) row.get("id")));
			return ids;
		}

	}

}
