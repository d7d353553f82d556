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

import java.io.StringReader;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.Operation;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.BareEngine;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The two losses at a restart that the bare engine has (dbz#76, dbz#1554): reproduced
 * with it, absent with the starter.
 */
@PostgresTest
class RestartLossIT {

	private static final Map<String, String> BARE = Map.of("heartbeat.interval.ms", "100", "snapshot.mode", "no_data",
			"publication.autocreate.mode", "all_tables", "errors.max.retries", "0");

	private static final Set<Integer> TEN = IntStream.rangeClosed(1, 10).boxed().collect(Collectors.toSet());

	@Test
	void bareEngineLosesTheBeginningOfTransactionThatIsOpenAcrossRestart(TestDatabase database,
			@TempDir Path directory) {
		database.execute("CREATE TABLE numbers (id int PRIMARY KEY)");
		// It does where the next row is right behind the stored position: the server
		// itself may write something in
		// between
		AtomicInteger attempts = new AtomicInteger();
		await().atMost(Duration.ofMinutes(5))
			.until(() -> Collections.disjoint(receivedByBareEngine(database, directory, attempts.incrementAndGet()),
					List.of(1, 2, 3, 4, 5, 6)));
	}

	private static Set<Integer> receivedByBareEngine(TestDatabase database, Path directory, int attempt)
			throws Exception {
		Map<Integer, Lsn> received = new ConcurrentHashMap<>();
		Consumer<SourceRecord> consumer = (record) -> {
			Integer id = id(record);
			if (id != null) {
				received.put(id, new Lsn(((Struct) record.value()).getStruct("source").getInt64("lsn")));
			}
		};
		Map<String, String> properties = new HashMap<>(BARE);
		String slot = database.name() + "_" + attempt;
		properties.put("slot.name", slot);
		Path offsets = directory.resolve("offsets" + attempt);
		database.execute("TRUNCATE numbers");
		try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			try (BareEngine engine = BareEngine.start(database, offsets, properties, consumer)) {
				statement.execute("INSERT INTO numbers SELECT generate_series(1, 6)");
				database.execute("INSERT INTO numbers VALUES (100)");
				await().until(() -> received.containsKey(100));
				// the commit behind the row, and nothing is written meanwhile
				await().until(() -> slotLsn(database, slot).isAfter(received.get(100)));
			}
			statement.execute("INSERT INTO numbers SELECT generate_series(7, 10)");
			connection.commit();
		}
		try (BareEngine engine = BareEngine.start(database, offsets, properties, consumer)) {
			database.execute("INSERT INTO numbers VALUES (101)");
			await().until(() -> received.containsKey(101));
		}
		return received.keySet();
	}

	@Test
	void deliversTransactionThatIsOpenAcrossRestart(TestDatabase database) throws Exception {
		database.execute("CREATE TABLE numbers (id int PRIMARY KEY)");
		String[] properties = { "cdc.snapshot.mode=no_data", "cdc.heartbeat.interval=100ms" };
		try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			try (TestApplication application = TestApplication.run(database, Numbers.class, properties)) {
				statement.execute("INSERT INTO numbers SELECT generate_series(1, 6)");
				database.execute("INSERT INTO numbers VALUES (100)");
				await().until(() -> application.bean(Numbers.class).ids.contains(100));
				Lsn handled = Lsn.parse(String.valueOf(database.queryForText("SELECT pg_current_wal_insert_lsn()")));
				await().until(() -> !handled.isAfter(slotLsn(database, database.name())));
			}
			statement.execute("INSERT INTO numbers SELECT generate_series(7, 10)");
			connection.commit();
		}
		try (TestApplication application = TestApplication.run(database, Numbers.class, properties)) {
			await().untilAsserted(() -> assertThat(application.bean(Numbers.class).ids).containsAll(TEN));
		}
	}

	@Test
	void bareEngineLosesRowsOfCopyThatItFailedIn(TestDatabase database, @TempDir Path directory) throws Exception {
		Set<Integer> ids = new ConcurrentSkipListSet<>();
		Path offsets = directory.resolve("offsets");
		database.execute("CREATE TABLE numbers (id int PRIMARY KEY)");
		BareEngine failing = BareEngine.start(database, offsets, BARE, (record) -> {
			if (Integer.valueOf(450).equals(id(record))) {
				throw new IllegalStateException("row 450");
			}
			addId(record, ids);
		});
		copy(database, 1, 1000);
		failing.awaitEnd();
		try (BareEngine engine = BareEngine.start(database, offsets, BARE, (record) -> addId(record, ids))) {
			database.execute("INSERT INTO numbers VALUES (2000)");
			await().until(() -> ids.contains(2000));
		}
		assertThat(missing(ids)).isNotEmpty();
	}

	@Test
	void deliversEveryRowOfCopyThatItFailedIn(TestDatabase database) throws Exception {
		database.execute("CREATE TABLE numbers (id int PRIMARY KEY)");
		Set<Integer> ids = new ConcurrentSkipListSet<>();
		try (TestApplication application = TestApplication.run(database, FailingNumbers.class,
				"cdc.snapshot.mode=no_data", "cdc.listener.retry.max-attempts=1",
				"cdc.listener.restart.max-attempts=0")) {
			copy(database, 1, 1000);
			await().until(() -> application.engine().status().state() == EngineState.FAILED);
			ids.addAll(application.bean(FailingNumbers.class).ids);
			assertThat(application.engine().status().failure()).contains("FailingNumbers.on")
				.contains("public.numbers");
		}
		assertThat(ids).contains(449).doesNotContain(450);
		try (TestApplication application = TestApplication.run(database, Numbers.class, "cdc.snapshot.mode=no_data")) {
			database.execute("INSERT INTO numbers VALUES (2000)");
			await().until(() -> application.bean(Numbers.class).ids.contains(2000));
			ids.addAll(application.bean(Numbers.class).ids);
		}
		assertThat(missing(ids)).isEmpty();
	}

	private static Lsn slotLsn(TestDatabase database, String slot) {
		return Lsn.parse(String.valueOf(database
			.queryForText("SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = '" + slot + "'")));
	}

	private static void copy(TestDatabase database, int from, int to) throws Exception {
		try (Connection connection = database.connect()) {
			connection.unwrap(PGConnection.class)
				.getCopyAPI()
				.copyIn("COPY numbers FROM STDIN",
						new StringReader(IntStream.rangeClosed(from, to)
							.mapToObj(String::valueOf)
							.collect(Collectors.joining("\n", "", "\n"))));
		}
	}

	private static Set<Integer> missing(Set<Integer> ids) {
		Set<Integer> missing = IntStream.rangeClosed(1, 1000).boxed().collect(Collectors.toSet());
		missing.removeAll(ids);
		return missing;
	}

	private static void addId(SourceRecord record, Set<Integer> ids) {
		Integer id = id(record);
		if (id != null) {
			ids.add(id);
		}
	}

	private static Integer id(SourceRecord record) {
		return (record.value() instanceof Struct value && value.schema().field("after") != null
				&& value.getStruct("after") != null) ? value.getStruct("after").getInt32("id") : null;
	}

	record Number(Integer id) {

	}

	static class Numbers {

		final List<Integer> ids = new CopyOnWriteArrayList<>();

		@CdcListener("numbers")
		void on(Number number, Operation operation) {
			this.ids.add(number.id());
		}

	}

	static class FailingNumbers {

		final List<Integer> ids = new CopyOnWriteArrayList<>();

		@CdcListener("numbers")
		void on(Number number) {
			if (number.id() == 450) {
				throw new IllegalStateException("row 450");
			}
			this.ids.add(number.id());
		}

	}

}
