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

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.ChangeEvent;
import io.github.cdcspring.Operation;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TcpProxy;
import io.github.cdcspring.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Existing rows and changes in several lanes: none waits for all the others, and each key
 * keeps its order.
 */
@PostgresTest
@ExtendWith(OutputCaptureExtension.class)
class BackfillInLanesIT {

	/** The size of Debezium's queue. */
	private static final int QUEUE = 8192;

	private static final int CHUNK = 400;

	private static final int MAX_IN_FLIGHT = 320;

	/** After so many events, there is room for all changes. */
	private static final int ROOM = 90;

	/** The turns that are compared. There are enough changes of other keys for them. */
	private static final int TURNS = 16;

	/** The changes of one key. */
	private static final int UPDATES = 40;

	private static final int IN_A_ROW = 16;

	/** The updates of slow keys that wait at any time. */
	private static final int SLOW = 50;

	private static final int NOTES = 150;

	/** One row of each chunk, each time that the chunk is read. */
	private static final String UPDATE_HOT_ROWS = """
			DO $$ BEGIN
				WHILE NOT EXISTS (SELECT FROM done) LOOP
					UPDATE items SET version = version + 1 WHERE id % 60 = 0;
					COMMIT;
					PERFORM pg_sleep(0.002);
				END LOOP;
			END $$""";

	/** Two lanes, one of which a row holds until the end: the other one takes turns. */
	@Test
	void changesTakeTurnsWithRowsOfOtherKeysAndFollowTheirOwn(TestDatabase database) throws InterruptedException {
		database.execute("CREATE TABLE items (id int PRIMARY KEY, version int NOT NULL)",
				"CREATE TABLE changes (id int PRIMARY KEY, version int NOT NULL)",
				"INSERT INTO items SELECT n, 1 FROM generate_series(1, 1200) n", "INSERT INTO changes VALUES (0, 1)");
		try (TestApplication application = TestApplication.run(database, Turns.class, "cdc.snapshot.mode=no_data",
				"cdc.backfill.chunk-size=" + CHUNK, "cdc.listener.concurrency=2",
				"cdc.listener.max-in-flight=" + MAX_IN_FLIGHT, "cdc.listener.shutdown-timeout=1s")) {
			Turns turns = application.bean(Turns.class);
			application.engine().backfill().start("items");
			assertThat(turns.reached.await(2, TimeUnit.MINUTES)).isTrue();
			await().until(() -> Lanes.areAwaited() && BackfillReaders.waiting() == 1);
			int held = CHUNK + 1;
			int queued = held + MAX_IN_FLIGHT / 2;
			int notQueued = held + CHUNK - 10;
			int readAhead = held + CHUNK + 50;
			database.execute("INSERT INTO changes SELECT n, 1 FROM generate_series(1, " + TURNS + ") n",
					"UPDATE items SET version = 2 WHERE id IN (" + held + ", " + queued + ", " + notQueued + ", "
							+ readAhead + ")",
					"DO $$ BEGIN FOR n IN 1 .. " + UPDATES + " LOOP UPDATE changes SET version = version + 1 "
							+ "WHERE id = 0; END LOOP; END $$");
			// Beginnings and ends of transactions count, so the last changes may be
			// missing
			await().until(() -> application.engine().queueFill() * QUEUE >= TURNS + 4 + UPDATES);
			turns.permits.release(ROOM);
			await().until(() -> turns.delivered.size() == CHUNK + ROOM && Lanes.areAwaited()
					&& application.engine().queueFill() * QUEUE < UPDATES / 2);
			turns.permits.release(10_000);
			await().until(() -> turns.of(0).size() == UPDATES);
			List<Operation> next = turns.operations().subList(CHUNK + ROOM, turns.delivered.size());
			int first = next.indexOf(Operation.CREATE);
			assertThat(first).isLessThanOrEqualTo(2);
			assertThat(next.subList(first, first + TURNS)).doesNotContainSequence(Operation.READ, Operation.READ)
				.doesNotContainSequence(Operation.CREATE, Operation.CREATE);
			assertThat(turns.longestRun(0)).isEqualTo(IN_A_ROW);
			assertThat(turns.of(held)).isEmpty();
			turns.held.countDown();
			await().until(() -> application.engine().backfill().list().isEmpty());
			assertThat(turns.of(held)).containsExactly("READ 1", "UPDATE 2");
			assertThat(turns.of(queued)).containsExactly("READ 1", "UPDATE 2");
			assertThat(turns.of(notQueued)).containsExactly("UPDATE 2", "READ 2");
			assertThat(turns.of(readAhead)).containsExactly("UPDATE 2", "READ 2");
		}
	}

	/** Both lanes have a batch, and more rows wait than the next batch takes. */
	@Test
	void batchTakesChangesInTurnWithRows(TestDatabase database) throws InterruptedException {
		database.execute("CREATE TABLE items (id int PRIMARY KEY, version int NOT NULL)",
				"CREATE TABLE changes (id int PRIMARY KEY, version int NOT NULL)",
				"INSERT INTO items SELECT n, 1 FROM generate_series(1, " + 2 * CHUNK + ") n");
		// The rows of a chunk and the changes that are compared are dispatched, and the
		// next change waits
		try (TestApplication application = TestApplication.run(database, Batches.class, "cdc.snapshot.mode=no_data",
				"cdc.backfill.chunk-size=" + CHUNK, "cdc.listener.concurrency=2",
				"cdc.listener.max-in-flight=" + (CHUNK + TURNS), "cdc.listener.shutdown-timeout=1s")) {
			Batches batches = application.bean(Batches.class);
			application.engine().backfill().start("items");
			assertThat(batches.held.await(2, TimeUnit.MINUTES)).isTrue();
			database.execute("INSERT INTO changes SELECT n, 1 FROM generate_series(1, " + (TURNS + 1) + ") n");
			await().until(Lanes::areAwaited);
			// The other lane takes no batch meanwhile
			batches.go.release();
			await().until(() -> batches.delivered.stream().anyMatch((batch) -> batch.contains(Operation.CREATE)));
			batches.go.release();
			List<Operation> batch = batches.delivered.stream()
				.filter((each) -> each.contains(Operation.CREATE))
				.findFirst()
				.orElseThrow();
			assertThat(batch).hasSizeGreaterThanOrEqualTo(2 * TURNS);
			assertThat(batch.subList(0, 2 * TURNS)).containsOnly(Operation.READ, Operation.CREATE)
				.doesNotContainSequence(Operation.READ, Operation.READ)
				.doesNotContainSequence(Operation.CREATE, Operation.CREATE);
			await().until(() -> application.engine().backfill().list().isEmpty());
			await().until(() -> batches.all(Operation.CREATE) == TURNS + 1);
			assertThat(batches.all(Operation.READ)).isEqualTo(2 * CHUNK);
		}
	}

	@Test
	void rowsWithoutKeyAndRowsThatChangeAreReadBesideASlowListener(TestDatabase database, CapturedOutput output)
			throws Exception {
		database.execute("CREATE TABLE done ()", "CREATE TABLE items (id int PRIMARY KEY, version int NOT NULL)",
				"CREATE TABLE slow (id int PRIMARY KEY, version int NOT NULL)",
				"CREATE TABLE notes (id int, version int, text text)", "ALTER TABLE notes REPLICA IDENTITY FULL",
				"INSERT INTO items SELECT n, 1 FROM generate_series(1, 300) n",
				"INSERT INTO slow VALUES (1, 1), (2, 1)",
				"INSERT INTO notes SELECT n, 1, repeat('x', 400) FROM generate_series(1, " + NOTES
						+ ") n, generate_series(1, 2)");
		ExecutorService executor = Executors.newFixedThreadPool(2);
		// So that a hot row changes between each snapshot and its place in the stream
		try (TcpProxy proxy = TcpProxy.to("localhost", database.port());
				TestApplication application = TestApplication.run(database, Copies.class, "cdc.snapshot.mode=no_data",
						"cdc.backfill.chunk-size=60", "cdc.backfill.concurrency=3", "cdc.listener.concurrency=4",
						"cdc.connection.url=" + proxy.through(database).jdbcUrl(),
						"cdc.connection.username=" + database.applicationRole(),
						"cdc.connection.password=" + database.password())) {
			proxy.delay(Duration.ofMillis(2));
			Copies copies = application.bean(Copies.class);
			Future<?> writing = executor.submit(() -> {
				write(database, copies);
				return null;
			});
			Future<?> updating = executor.submit(() -> database.execute(UPDATE_HOT_ROWS));
			application.engine().backfill().start("slow", "notes", "items");
			await().until(() -> application.engine().backfill().list().isEmpty());
			copies.done = true;
			database.execute("INSERT INTO done DEFAULT VALUES");
			writing.get(2, TimeUnit.MINUTES);
			updating.get(2, TimeUnit.MINUTES);
			copies.permits.release(10_000);
			await().untilAsserted(() -> assertThat(copies.items.rows()).isEqualTo(rows(database, "items")));
			await().untilAsserted(() -> assertThat(copies.slow.rows()).isEqualTo(rows(database, "slow")));
			await().untilAsserted(() -> assertThat(copies.notes.rows())
				.containsExactlyInAnyOrderElementsOf(texts(database, "notes")));
			assertThat(copies.items.returned).isEmpty();
			assertThat(copies.slow.returned).isEmpty();
			assertThat(copies.items.read).filteredOn((id) -> id % 60 != 0)
				.containsExactlyInAnyOrderElementsOf(
						IntStream.rangeClosed(1, 300).filter((id) -> id % 60 != 0).boxed().toList());
			assertThat(output.getOut()).contains("has delivered no READ event of 1 row of public.items");
		}
		finally {
			executor.shutdownNow();
		}
	}

	/**
	 * Update two slow keys: one of their events is handled when another one is committed.
	 * While the table without key is read, rows in all of its chunks change ten times.
	 */
	private static void write(TestDatabase database, Copies copies) throws SQLException {
		try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
			int notes = 0;
			for (int n = 0; !copies.done; n++) {
				statement.execute("UPDATE slow SET version = version + 1 WHERE id = " + (1 + n % 2));
				copies.permits.release((n >= SLOW) ? 1 : 0);
				if (n % 50 == 0 && notes < 10 && copies.notes.isRead()) {
					statement.execute("UPDATE notes SET version = 2 WHERE id % 20 = " + notes);
					statement.execute("DELETE FROM notes WHERE id % 40 = " + (10 + notes));
					statement.execute("INSERT INTO notes SELECT 1000, " + notes + " FROM generate_series(1, 2)");
					notes++;
				}
			}
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 10_000, 50 })
	void truncatedRowsThatWaitForLanesDoNotFollowTheTruncate(int maxInFlight, TestDatabase database)
			throws InterruptedException {
		database.execute("CREATE TABLE items (id int PRIMARY KEY, version int NOT NULL)",
				"INSERT INTO items SELECT n, 1 FROM generate_series(1, 600) n");
		try (TestApplication application = TestApplication.run(database, Truncated.class, "cdc.snapshot.mode=no_data",
				"cdc.backfill.chunk-size=200", "cdc.listener.concurrency=2",
				"cdc.listener.max-in-flight=" + maxInFlight, "cdc.listener.shutdown-timeout=1s")) {
			Truncated truncated = application.bean(Truncated.class);
			application.engine().backfill().start("items");
			assertThat(truncated.reached.await(2, TimeUnit.MINUTES)).isTrue();
			await().until(() -> (maxInFlight > 200 || Lanes.areAwaited()) && BackfillReaders.waiting() == 1);
			database.inTransaction("TRUNCATE items",
					"INSERT INTO items SELECT n, 2 FROM generate_series(50, 600, 5) n");
			// The event waits for the rows in lanes, or in the queue
			await()
				.until((maxInFlight > 200) ? Lanes::areAwaited : () -> application.engine().queueFill() * QUEUE >= 100);
			truncated.go.countDown();
			await().until(() -> application.engine().backfill().list().isEmpty());
			await().until(() -> Collections.frequency(truncated.versions, 2) >= 111);
			int truncate = truncated.versions.indexOf(0);
			assertThat(truncated.versions.subList(0, truncate)).hasSizeBetween(200, 400).containsOnly(1);
			assertThat(truncated.versions.subList(truncate + 1, truncated.versions.size())).containsOnly(2);
			await().untilAsserted(() -> assertThat(truncated.rows()).isEqualTo(rows(database, "items")));
		}
	}

	private static Map<Integer, Integer> rows(TestDatabase database, String table) {
		Map<Integer, Integer> rows = new TreeMap<>();
		texts(database, table).forEach((row) -> {
			String[] parts = row.split(" ");
			rows.put(Integer.valueOf(parts[0]), Integer.valueOf(parts[1]));
		});
		return rows;
	}

	private static List<String> texts(TestDatabase database, String table) {
		return database.queryForTexts("SELECT id || ' ' || version FROM " + table)
			.stream()
			.map(String::valueOf)
			.toList();
	}

	record Row(int id, int version) {

		@Override
		public String toString() {
			return this.id + " " + this.version;
		}

	}

	record Delivered(Operation operation, Row row) {

	}

	static class Turns {

		/** All rows of the first chunk are handled. */
		final Semaphore permits = new Semaphore(CHUNK);

		final CountDownLatch reached = new CountDownLatch(1);

		final CountDownLatch held = new CountDownLatch(1);

		final List<Delivered> delivered = new CopyOnWriteArrayList<>();

		@CdcListener({ "items", "changes" })
		void on(ChangeEvent<Row> event) throws InterruptedException {
			if (event.operation() == Operation.READ && event.after().id() == CHUNK + 1) {
				this.reached.countDown();
				this.held.await();
			}
			else {
				this.permits.acquire();
			}
			this.delivered.add(new Delivered(event.operation(), event.after()));
		}

		List<Operation> operations() {
			return this.delivered.stream().map(Delivered::operation).toList();
		}

		/** The events of a row that changes. */
		List<String> of(int id) {
			return this.delivered.stream()
				.filter((event) -> event.row().id() == id)
				.map((event) -> event.operation() + " " + event.row().version())
				.toList();
		}

		/** How many events of one row came in a row. */
		int longestRun(int id) {
			int longest = 0;
			int run = 0;
			for (Delivered event : this.delivered) {
				run = (event.row().id() == id) ? run + 1 : 0;
				longest = Math.max(longest, run);
			}
			return longest;
		}

	}

	static class Batches {

		/** One batch of each lane. */
		final CountDownLatch held = new CountDownLatch(2);

		final Semaphore go = new Semaphore(0);

		final List<List<Operation>> delivered = new CopyOnWriteArrayList<>();

		@CdcListener({ "items", "changes" })
		void on(List<ChangeEvent<Row>> events) throws InterruptedException {
			if (events.get(0).after().id() > CHUNK && this.held.getCount() > 0) {
				this.held.countDown();
				this.go.acquire();
			}
			this.delivered.add(events.stream().map(ChangeEvent::operation).toList());
		}

		long all(Operation operation) {
			return this.delivered.stream().flatMap(List::stream).filter(operation::equals).count();
		}

	}

	static class Copies {

		final KeyedCopy items = new KeyedCopy();

		final KeyedCopy slow = new KeyedCopy();

		final CopyWithoutKey notes = new CopyWithoutKey();

		final Semaphore permits = new Semaphore(0);

		volatile boolean done;

		@CdcListener("items")
		void items(ChangeEvent<Row> event) {
			this.items.apply(event);
		}

		@CdcListener("slow")
		void slow(ChangeEvent<Row> event) throws InterruptedException {
			if (event.operation() == Operation.UPDATE) {
				this.permits.acquire();
			}
			this.slow.apply(event);
		}

		@CdcListener("notes")
		void notes(ChangeEvent<Row> event) {
			this.notes.apply(event);
		}

	}

	/** The rows of a table in which each update increments the version. */
	static class KeyedCopy {

		private final Map<Integer, Integer> rows = new ConcurrentHashMap<>();

		private final Map<Integer, Integer> updates = new ConcurrentHashMap<>();

		final List<String> returned = new CopyOnWriteArrayList<>();

		final List<Integer> read = new CopyOnWriteArrayList<>();

		void apply(ChangeEvent<Row> event) {
			Row row = event.after();
			Integer known = this.rows.put(row.id(), row.version());
			if (known != null && row.version() < known) {
				this.returned.add(event.operation() + " of " + row + " after version " + known);
			}
			if (event.operation() == Operation.READ) {
				this.read.add(row.id());
				return;
			}
			Integer updated = this.updates.put(row.id(), row.version());
			if (row.version() != ((updated != null) ? updated + 1 : 2)) {
				this.returned.add(event.operation() + " to " + row + " after that to version " + updated);
			}
		}

		Map<Integer, Integer> rows() {
			return new TreeMap<>(this.rows);
		}

	}

	/**
	 * The rows of a table without key. A row may come as a {@code READ} event, from the
	 * stream, or both.
	 */
	static class CopyWithoutKey {

		private final Map<Row, Integer> read = new HashMap<>();

		private final Map<Row, Integer> streamed = new HashMap<>();

		synchronized void apply(ChangeEvent<Row> event) {
			if (event.operation() == Operation.READ) {
				this.read.merge(event.after(), 1, Integer::sum);
				return;
			}
			if (event.operation() != Operation.CREATE) {
				remove(event.before(), this.read);
				remove(event.before(), this.streamed);
			}
			if (event.operation() != Operation.DELETE) {
				this.streamed.merge(event.after(), 1, Integer::sum);
			}
		}

		private static void remove(Row row, Map<Row, Integer> rows) {
			rows.computeIfPresent(row, (key, copies) -> (copies > 1) ? copies - 1 : null);
		}

		synchronized boolean isRead() {
			return !this.read.isEmpty();
		}

		synchronized List<String> rows() {
			Map<Row, Integer> rows = new HashMap<>(this.read);
			this.streamed.forEach((row, copies) -> rows.merge(row, copies, Math::max));
			List<String> texts = new ArrayList<>();
			rows.forEach((row, copies) -> texts.addAll(Collections.nCopies(copies, row.toString())));
			return texts;
		}

	}

	static class Truncated {

		private final Map<Integer, Integer> rows = new ConcurrentHashMap<>();

		/** The version of each event, 0 for the {@code TRUNCATE}. */
		final List<Integer> versions = new CopyOnWriteArrayList<>();

		final CountDownLatch reached = new CountDownLatch(1);

		final CountDownLatch go = new CountDownLatch(1);

		@CdcListener(tables = "items", operations = { Operation.READ, Operation.CREATE, Operation.TRUNCATE })
		void on(ChangeEvent<@Nullable Row> event) throws InterruptedException {
			Row row = event.after();
			if (event.operation() == Operation.TRUNCATE || row == null) {
				this.rows.clear();
				this.versions.add(0);
				return;
			}
			if (row.id() > 200 && row.version() == 1) {
				this.reached.countDown();
				this.go.await();
			}
			this.rows.put(row.id(), row.version());
			this.versions.add(row.version());
		}

		Map<Integer, Integer> rows() {
			return new TreeMap<>(this.rows);
		}

	}

}
