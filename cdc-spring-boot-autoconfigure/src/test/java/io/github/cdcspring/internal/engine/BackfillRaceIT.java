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
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.util.StringUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A backfill of a table that is written all the time: a mirror equals the table in the
 * end, and no row ever returns to an older version.
 */
@PostgresTest
@ExtendWith(OutputCaptureExtension.class)
class BackfillRaceIT {

	private static final int ROWS = 900;

	private static final int WRITERS = 3;

	private static final String[] SETTINGS = { "cdc.snapshot.mode=no_data", "cdc.backfill.chunk-size=60",
			"logging.level.io.github.cdcspring=INFO" };

	private volatile boolean done;

	@ParameterizedTest
	@CsvSource({ "1,1", "8,1", "8,4" })
	void noRowReturnsToAnOlderVersion(String concurrency, String readers, TestDatabase database, CapturedOutput output)
			throws Exception {
		createTable(database, "id int PRIMARY KEY, version bigint NOT NULL");
		race(database, output, 1, this::changeRows, "cdc.listener.concurrency=" + concurrency,
				"cdc.backfill.concurrency=" + readers);
	}

	@Test
	void rowsOfAnIndexIdentityReturnToNoOlderVersion(TestDatabase database, CapturedOutput output) throws Exception {
		createTable(database, "id int PRIMARY KEY, version bigint NOT NULL, code int GENERATED ALWAYS AS IDENTITY "
				+ "UNIQUE NOT NULL");
		database.execute("ALTER TABLE items REPLICA IDENTITY USING INDEX items_code_key");
		race(database, output, 1, this::updateSlowly, "cdc.listener.concurrency=4");
	}

	@Test
	void truncatedRowsDoNotReturn(TestDatabase database, CapturedOutput output) throws Exception {
		createTable(database, "id int PRIMARY KEY, version bigint NOT NULL");
		// So that tables are truncated between a chunk and its watermark
		try (TcpProxy proxy = TcpProxy.to("localhost", database.port())) {
			race(database, output, () -> proxy.delay(Duration.ofMillis(5)), 4, this::truncate,
					"cdc.listener.concurrency=4", "cdc.connection.url=" + proxy.through(database).jdbcUrl(),
					"cdc.connection.username=postgres", "cdc.connection.password=postgres");
		}
	}

	@Test
	void rowsThatAreUpdatedMeanwhileAreRead(TestDatabase database, CapturedOutput output) throws Exception {
		createTable(database, "id int PRIMARY KEY, version bigint NOT NULL");
		Mirror mirror = race(database, output, 1, this::updateOften, "cdc.listener.concurrency=4");
		assertThat(mirror.read).hasSize(ROWS);
	}

	/**
	 * While a listener handles rows 3 and 4, rows 5 and 6 are read.
	 */
	@ParameterizedTest
	@ValueSource(ints = { 5, 4 })
	void rowThatWasReadAheadIsNotOlderThanItsChange(int changed, TestDatabase database) {
		database.execute("CREATE TABLE items (id int PRIMARY KEY, version bigint NOT NULL)",
				"INSERT INTO items SELECT n, 1 FROM generate_series(1, 8) n");
		try (TestApplication application = TestApplication.run(database, SlowMirror.class, "cdc.snapshot.mode=no_data",
				"cdc.backfill.chunk-size=2")) {
			SlowMirror mirror = application.bean(SlowMirror.class);
			application.engine().backfill().start("items");
			await().until(() -> mirror.versions.containsKey(3));
			// The reader has written the watermark, and then has read
			await().until(() -> "0".equals(database.queryForText("""
					SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
						AND backend_type = 'client backend' AND pid <> pg_backend_pid()
						AND (state <> 'idle' OR query LIKE 'SELECT pg_logical_emit_message%')""")));
			database.execute("UPDATE items SET version = 2 WHERE id IN (" + changed + ", 5)");
			mirror.go.countDown();
			await().until(() -> mirror.versions.containsKey(8));
			assertThat(mirror.versions.get(5)).endsWith(2L).doesNotContainSequence(2L, 1L);
			assertThat(mirror.versions.get(changed)).endsWith(2L).doesNotContainSequence(2L, 1L);
		}
	}

	private static void createTable(TestDatabase database, String columns) {
		database.execute("CREATE SEQUENCE versions", "CREATE TABLE items (" + columns + ")",
				"INSERT INTO items (id, version) SELECT n, nextval('versions') FROM generate_series(1, " + ROWS
						+ ") n");
	}

	private Mirror race(TestDatabase database, CapturedOutput output, int times, Writer writer, String... settings)
			throws Exception {
		return race(database, output, () -> {
		}, times, writer, settings);
	}

	private Mirror race(TestDatabase database, CapturedOutput output, Runnable started, int times, Writer writer,
			String... settings) throws Exception {
		ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
		try (TestApplication application = TestApplication.run(database, Mirror.class,
				StringUtils.concatenateStringArrays(SETTINGS, settings))) {
			started.run();
			Mirror mirror = application.bean(Mirror.class);
			List<Future<?>> writing = new ArrayList<>();
			for (int i = 0; i < WRITERS; i++) {
				int number = i;
				writing.add(writers.submit(() -> {
					write(database, writer, number);
					return null;
				}));
			}
			for (int i = 1; i <= times; i++) {
				int completed = i;
				application.engine().backfill().start("items");
				await().until(() -> StringUtils.countOccurrencesOf(output.getOut(),
						"has delivered the existing rows of public.items: ") == completed);
			}
			this.done = true;
			for (Future<?> each : writing) {
				each.get(2, TimeUnit.MINUTES);
			}
			await().untilAsserted(() -> assertThat(mirror.rows()).isEqualTo(rows(database)));
			assertThat(mirror.returned).isEmpty();
			assertThat(mirror.read).isNotEmpty();
			return mirror;
		}
		finally {
			this.done = true;
			writers.shutdownNow();
		}
	}

	private void write(TestDatabase database, Writer writer, int number) throws SQLException {
		Random random = new Random(number);
		try (Connection connection = database.connect()) {
			while (!this.done) {
				writer.write(connection, number, random);
			}
		}
	}

	/** Each writer has its own rows, so the versions of a row grow. */
	private static int id(int writer, Random random) {
		return random.nextInt(ROWS / WRITERS) * WRITERS + writer + 1;
	}

	private void changeRows(Connection connection, int writer, Random random) throws SQLException {
		int id = id(writer, random);
		int other = id(writer, random);
		switch (random.nextInt(10)) {
			case 0 -> execute(connection, "DELETE FROM items WHERE id = ?", id);
			case 1 ->
				execute(connection, "INSERT INTO items SELECT ?::int, nextval('versions') ON CONFLICT DO NOTHING", id);
			case 2 -> execute(connection, "UPDATE items SET id = ?, version = nextval('versions') WHERE id = ? "
					+ "AND NOT EXISTS (SELECT FROM items WHERE id = ?)", other, id, other);
			default -> execute(connection, "UPDATE items SET version = nextval('versions') WHERE id = ?", id);
		}
		execute(connection, "SELECT pg_sleep(?::float / 1000)", 1);
	}

	private void updateSlowly(Connection connection, int writer, Random random) throws SQLException {
		execute(connection, "UPDATE items SET version = nextval('versions') WHERE id = ?", id(writer, random));
		execute(connection, "SELECT pg_sleep(?::float / 1000)", 20);
	}

	private void updateOften(Connection connection, int writer, Random random) throws SQLException {
		execute(connection, "UPDATE items SET version = nextval('versions') WHERE id = ?", id(writer, random));
		execute(connection, "SELECT pg_sleep(?::float / 1000)", 1);
	}

	private void truncate(Connection connection, int writer, Random random) throws SQLException {
		if (writer > 0) {
			execute(connection, "SELECT pg_sleep(?::float / 1000)", 100);
			return;
		}
		try (Statement statement = connection.createStatement()) {
			statement.execute("BEGIN; TRUNCATE items; INSERT INTO items SELECT n, nextval('versions') "
					+ "FROM generate_series(1, 200) n WHERE n % 7 <> " + random.nextInt(7) + "; COMMIT");
			statement.execute("SELECT pg_sleep(0.1)");
		}
	}

	private static void execute(Connection connection, String sql, int... parameters) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			for (int i = 0; i < parameters.length; i++) {
				statement.setInt(i + 1, parameters[i]);
			}
			statement.execute();
		}
	}

	private static Map<Integer, Long> rows(TestDatabase database) {
		Map<Integer, Long> rows = new TreeMap<>();
		for (String row : database.queryForTexts("SELECT id || ' ' || version FROM items")) {
			String[] parts = String.valueOf(row).split(" ");
			rows.put(Integer.valueOf(parts[0]), Long.valueOf(parts[1]));
		}
		return rows;
	}

	@FunctionalInterface
	private interface Writer {

		void write(Connection connection, int number, Random random) throws SQLException;

	}

	record Item(Integer id, @Nullable Long version) {

	}

	static class SlowMirror {

		final Map<Integer, List<@Nullable Long>> versions = new ConcurrentHashMap<>();

		final CountDownLatch go = new CountDownLatch(1);

		@CdcListener("items")
		void on(Item item) throws InterruptedException {
			this.versions.computeIfAbsent(item.id(), (id) -> new CopyOnWriteArrayList<>()).add(item.version());
			if (item.id() == 3) {
				this.go.await();
			}
		}

	}

	static class Mirror {

		private final Map<Integer, Long> rows = new ConcurrentHashMap<>();

		private final Map<Integer, Long> newest = new ConcurrentHashMap<>();

		final List<String> returned = new CopyOnWriteArrayList<>();

		final Set<Integer> read = ConcurrentHashMap.newKeySet();

		@CdcListener(tables = "items", operations = { Operation.READ, Operation.CREATE, Operation.UPDATE,
				Operation.DELETE, Operation.TRUNCATE })
		void on(ChangeEvent<Item> event) {
			if (event.operation() == Operation.TRUNCATE) {
				this.rows.clear();
				return;
			}
			if (event.operation() == Operation.DELETE) {
				this.rows.remove((Integer) event.key().single());
				return;
			}
			Item item = event.after();
			if (event.operation() == Operation.READ) {
				this.read.add(item.id());
			}
			this.newest.merge(item.id(), item.version(), (then, now) -> {
				if (now < then) {
					this.returned.add(event.operation() + " of " + item.id() + ": " + then + " to " + now);
				}
				return Math.max(then, now);
			});
			this.rows.put(item.id(), item.version());
		}

		Map<Integer, Long> rows() {
			return new TreeMap<>(this.rows);
		}

	}

}
