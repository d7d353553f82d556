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

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.cdcspring.CdcBackfill;
import io.github.cdcspring.CdcListener;
import io.github.cdcspring.ChangeEvent;
import io.github.cdcspring.Operation;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.internal.parking.ParkedEvent;
import io.github.cdcspring.internal.parking.ReplayResult;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.annotation.Order;
import org.springframework.util.StringUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

@PostgresTest
@ExtendWith(OutputCaptureExtension.class)
class ParkingIT {

	private static final String[] PARK = { "cdc.listener.on-failure=park", "cdc.listener.retry.max-attempts=2",
			"cdc.listener.retry.initial-interval=1ms", "cdc.offset.flush-interval=50ms" };

	@BeforeEach
	void createTable(TestDatabase database) {
		database.execute("CREATE TABLE counters (id int PRIMARY KEY, value int NOT NULL)");
	}

	@Test
	void fiveKeysWaitInOrderAndTheOthersGoOn(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Counters.class, PARK)) {
			Counters counters = application.bean(Counters.class);
			counters.poison.addAll(Set.of(3, 13, 23, 33, 43));
			thousandEvents(database);
			await().until(() -> counters.total() == 45 * 20 && parked(application).count() == 100);
			assertThat(counters.seen.keySet()).hasSize(45);
			counters.assertInOrder();
			assertThat(parked(application).keys()).isEqualTo(5);
			assertThat(parked(application).list(null, 0, 1000)).filteredOn((event) -> event.attempts() > 0)
				.hasSize(5)
				.allSatisfy((event) -> {
					assertThat(event.attempts()).isEqualTo(2);
					assertThat(event.failure()).hasToString("java.lang.IllegalStateException in 'counters.on'");
				});
			counters.poison.clear();
			keys(application)
				.forEach((key) -> assertThat(parked(application).replayKey(key)).isEqualTo(new ReplayResult(20, null)));
			assertThat(counters.seen.keySet()).hasSize(50);
			counters.assertInOrder();
			assertThat(counters.total()).isEqualTo(1000);
			assertThat(parked(application).count()).isZero();
			database.execute("UPDATE counters SET value = 20 WHERE id = 3");
			await().until(() -> counters.total() == 1001);
			assertThat(parked(application).count()).isZero();
		}
	}

	@Test
	void parkedKeysOutliveTheApplication(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Counters.class, PARK)) {
			application.bean(Counters.class).poison.add(1);
			database.execute("INSERT INTO counters VALUES (1, 0), (2, 0)");
			await().until(() -> parked(application).count() == 1);
		}
		database.execute("UPDATE counters SET value = 1");
		try (TestApplication application = TestApplication.run(database, Counters.class, PARK)) {
			await().until(() -> parked(application).count() == 2);
			Counters counters = application.bean(Counters.class);
			await().until(() -> counters.seen.containsKey(2));
			assertThat(counters.seen).doesNotContainKey(1);
			assertThat(parked(application).replayKey(keys(application).get(0))).isEqualTo(new ReplayResult(2, null));
			assertThat(counters.seen.get(1)).containsExactly(0, 1);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 4 })
	void eachReadingOfARowIsParkedByItself(int concurrency, TestDatabase database) {
		database.execute("INSERT INTO counters VALUES (1, 0), (2, 0)");
		try (TestApplication application = TestApplication.run(database, Counters.class,
				StringUtils.concatenateStringArrays(PARK,
						new String[] { "cdc.snapshot.mode=no_data", "cdc.listener.concurrency=" + concurrency }))) {
			Counters counters = application.bean(Counters.class);
			counters.poison.add(1);
			readAgain(application, 1);
			readAgain(application, 2);
			database.execute("UPDATE counters SET value = 1");
			await().until(() -> parked(application).count() == 3);
			readAgain(application, 4);
			List<ParkedEvent> events = parked(application).list(null, 0, 10);
			assertThat(events).extracting(ParkedEvent::operation)
				.containsExactly(Operation.READ, Operation.READ, Operation.UPDATE, Operation.READ);
			assertThat(events).extracting(ParkedEvent::attempts).containsExactly(2, 0, 0, 0);
			assertThat(parked(application).replay(1).failure()).isNotNull();
			counters.poison.clear();
			assertThat(parked(application).replay(1)).isEqualTo(new ReplayResult(1, null));
			assertThat(parked(application).replay(2)).isEqualTo(new ReplayResult(1, null));
			assertThat(parked(application).replayKey(keys(application).get(0))).isEqualTo(new ReplayResult(2, null));
			assertThat(counters.seen.get(1)).containsExactly(0, 0, 1, 1);
			assertThat(counters.seen.get(2)).containsExactly(0, 0, 1, 1);
			assertThat(parked(application).count()).isZero();
			readAgain(application, 0);
			assertThat(counters.seen.get(1)).containsExactly(0, 0, 1, 1, 1);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 4 })
	void rowThatFailsInABatchIsParkedByItself(int concurrency, TestDatabase database) {
		database.execute("INSERT INTO counters SELECT n, 0 FROM generate_series(1, 30) n");
		try (TestApplication application = TestApplication.run(database, Lists.class,
				StringUtils.concatenateStringArrays(PARK, new String[] { "cdc.snapshot.mode=no_data",
						"cdc.backfill.chunk-size=10", "cdc.listener.concurrency=" + concurrency }))) {
			Counters counters = application.bean(Lists.class).counters;
			counters.poison.addAll(Set.of(5, 15));
			readAgain(application, 2);
			readAgain(application, 4);
			assertThat(counters.seen).hasSize(28).allSatisfy((id, values) -> assertThat(values).containsExactly(0, 0));
			database.execute("UPDATE counters SET value = 1");
			await().until(() -> parked(application).count() == 6 && counters.total() == 28 * 3);
			readAgain(application, 8);
			counters.poison.clear();
			keys(application)
				.forEach((key) -> assertThat(parked(application).replayKey(key)).isEqualTo(new ReplayResult(4, null)));
			assertThat(counters.seen).hasSize(30)
				.allSatisfy((id, values) -> assertThat(values).containsExactly(0, 0, 1, 1));
			assertThat(parked(application).count()).isZero();
		}
	}

	/** Deliver the existing rows. */
	private static void readAgain(TestApplication application, int parked) {
		application.engine().backfill().start("counters");
		await().until(() -> application.engine().backfill().list().isEmpty());
		assertThat(parked(application).count()).isEqualTo(parked);
	}

	@ParameterizedTest
	@CsvSource({ "1, false", "4, false", "1, true" })
	void rowOfOneListenerIsReplayedToThisListenerOnly(int concurrency, boolean transactional, TestDatabase database) {
		database.execute("INSERT INTO counters VALUES (1, 0)");
		try (TestApplication application = TestApplication.run(database, Three.class,
				StringUtils.concatenateStringArrays(PARK, new String[] { "cdc.snapshot.mode=no_data",
						"cdc.listener.concurrency=" + concurrency, "cdc.listener.transactional=" + transactional }))) {
			Three three = application.bean(Three.class);
			three.fails = true;
			CdcBackfill backfill = application.engine().backfill();
			backfill.start(CdcBackfill.Request.of("counters").to("second"));
			await().until(() -> backfill.list().isEmpty());
			backfill.start(CdcBackfill.Request.of("counters").to("third"));
			await().until(() -> backfill.list().isEmpty());
			assertThat(parked(application).count()).isEqualTo(2);
			three.fails = false;
			assertThat(parked(application).replayKey(keys(application).get(0))).isEqualTo(new ReplayResult(2, null));
			assertThat(three.seen).containsExactly("second", "third");
		}
	}

	/** It was renamed, for example. */
	@Test
	void rowOfAListenerThatIsGoneStaysParked(TestDatabase database) {
		database.execute("INSERT INTO counters VALUES (1, 0)");
		String[] settings = StringUtils.addStringToArray(PARK, "cdc.snapshot.mode=no_data");
		try (TestApplication application = TestApplication.run(database, Three.class, settings)) {
			application.bean(Three.class).fails = true;
			application.engine().backfill().start(CdcBackfill.Request.of("counters").to("second"));
			await().until(() -> parked(application).count() == 1);
		}
		try (TestApplication application = TestApplication.run(database, Counters.class, settings)) {
			assertThat(parked(application).replay(1).failure()).asString()
				.contains("no listener 'second' of group '", "' subscribes to the event");
			assertThat(parked(application).count()).isEqualTo(1);
			assertThat(application.bean(Counters.class).seen).isEmpty();
		}
	}

	@Test
	void replaysOneEventInItsTurnAndDiscards(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Counters.class, PARK)) {
			Counters counters = application.bean(Counters.class);
			counters.poison.add(1);
			database.execute("INSERT INTO counters VALUES (1, 0)", "UPDATE counters SET value = 1",
					"UPDATE counters SET value = 2");
			await().until(() -> parked(application).count() == 3);
			List<ParkedEvent> events = parked(application).list(null, 0, 10);
			assertThatExceptionOfType(RuntimeException.class)
				.isThrownBy(() -> parked(application).replay(events.get(1).id()))
				.withMessage("Parked event 2 is parked behind event 1 of its key " + events.get(1).key().keyHash()
						+ ". Replay the key, or event 1 first.");
			assertThat(parked(application).replay(1).failure()).isNotNull();
			assertThat(parked(application).list(null, 0, 10).get(0).attempts()).isEqualTo(4);
			counters.poison.clear();
			assertThat(parked(application).replay(1)).isEqualTo(new ReplayResult(1, null));
			parked(application).discard(2);
			assertThat(parked(application).discardKey(events.get(2).key().keyHash())).isEqualTo(1);
			assertThat(counters.seen.get(1)).containsExactly(0);
			database.execute("UPDATE counters SET value = 3");
			await().until(() -> counters.seen.get(1).contains(3));
			assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> parked(application).replay(1))
				.withMessage("Engine 'default' has no parked event 1.");
		}
	}

	@Test
	void aRowThatCannotBeBoundIsParkedToo(TestDatabase database) {
		database.execute("CREATE TABLE notes (id int PRIMARY KEY, number text)");
		try (TestApplication application = TestApplication.run(database, Notes.class, PARK)) {
			database.execute("INSERT INTO notes VALUES (1, 'secret')", "INSERT INTO notes VALUES (2, '2')",
					"UPDATE notes SET number = '1' WHERE id = 1");
			Notes notes = application.bean(Notes.class);
			await().until(() -> notes.seen.contains(2) && parked(application).count() == 2);
			ParkedEvent first = parked(application).list(null, 0, 10).get(0);
			assertThat(first.failure().type()).isEqualTo("io.github.cdcspring.internal.row.RowMappingException");
			assertThat(parked(application).list(null, 0, 10).toString()).doesNotContain("secret");
			assertThat(parked(application).replayKey(first.key().keyHash()).delivered()).isZero();
			parked(application).discard(first.id());
			assertThat(parked(application).replayKey(first.key().keyHash())).isEqualTo(new ReplayResult(1, null));
			assertThat(notes.seen).containsExactly(2, 1);
		}
	}

	@Test
	void goesOnBehindTheListenerThatFailed(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Three.class, PARK)) {
			Three three = application.bean(Three.class);
			three.fails = true;
			database.execute("INSERT INTO counters VALUES (1, 0)");
			await().until(() -> parked(application).count() == 1);
			assertThat(three.seen).containsExactly("first");
			three.fails = false;
			parked(application).replay(1);
			assertThat(three.seen).containsExactly("first", "second", "third");
		}
	}

	@Test
	void aListenerSaysWhatBecomesOfItsFailures(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Own.class,
				"cdc.listener.retry.max-attempts=1")) {
			Own own = application.bean(Own.class);
			database.execute("INSERT INTO counters VALUES (1, 0)", "INSERT INTO counters VALUES (2, 0)");
			await().until(() -> own.seen.contains("last 2") && parked(application).count() == 2);
			assertThat(own.seen).containsExactly("last 1", "last 2");
			assertThat(application.engine().skippedEvents()).isEqualTo(2);
			assertThat(parked(application).list(null, 0, 10)).extracting((event) -> event.key().group())
				.containsOnly("own.list");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "park", "skip" })
	void failureIsLoggedWithOneStackTraceAndWithoutItsMessage(String onFailure, TestDatabase database,
			CapturedOutput output) {
		try (TestApplication application = TestApplication.run(database, Counters.class,
				"cdc.listener.on-failure=" + onFailure, "cdc.listener.retry.max-attempts=3",
				"cdc.listener.retry.initial-interval=1ms")) {
			Counters counters = application.bean(Counters.class);
			counters.poison.add(1);
			database.execute("INSERT INTO counters VALUES (1, 0), (2, 0)");
			await().until(() -> counters.seen.containsKey(2));
		}
		String event = "CREATE of public.counters, key [0-9a-f]{16}, LSN [0-9A-F/]+, transaction \\d+\\. ";
		assertThat(output.toString().lines().filter((line) -> line.contains("Listener 'counters.on'"))).hasSize(3)
			.satisfiesExactly(
					(line) -> assertThat(line).contains("failed in attempt 1 with java.lang.IllegalStateException"),
					(line) -> assertThat(line).contains("failed in attempt 2 with java.lang.IllegalStateException"),
					(line) -> assertThat(line)
						.containsPattern("Engine 'default' " + (onFailure.equals("park") ? "parked" : "skips")
								+ " an event. Listener 'counters.on' .* failed "
								+ "in 3 attempts with java.lang.IllegalStateException at " + event));
		assertThat(output.toString().lines().filter((line) -> line.contains("at " + Counters.class.getName() + ".on(")))
			.hasSize(1);
		assertThat(output).doesNotContain("poison");
	}

	@Test
	void stopNamesTableKeyHashAndLsn(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Counters.class,
				"cdc.listener.retry.max-attempts=1", "cdc.listener.restart.max-attempts=0")) {
			application.bean(Counters.class).poison.add(1);
			database.execute("INSERT INTO counters VALUES (1, 0)");
			await().until(() -> application.engine().status().state() == EngineState.FAILED);
			assertThat(application.engine().status().failure())
				.matches("Listener 'counters.on' .* at CREATE of public.counters, key [0-9a-f]{16}, "
						+ "LSN [0-9A-F/]+, transaction \\d+\\..*");
		}
	}

	@Test
	void whatIsNotWorthTryingAgainIsParkedAtOnce(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Counters.class, "cdc.listener.on-failure=park",
				"cdc.listener.retry.not-for=java.lang.IllegalStateException")) {
			application.bean(Counters.class).poison.add(1);
			database.execute("INSERT INTO counters VALUES (1, 0)");
			await().until(() -> parked(application).count() == 1);
			assertThat(parked(application).list(null, 0, 10).get(0).attempts()).isEqualTo(1);
		}
	}

	static void thousandEvents(TestDatabase database) {
		List<String> statements = new ArrayList<>();
		statements.add("INSERT INTO counters SELECT i, 0 FROM generate_series(1, 50) i");
		for (int round = 1; round < 20; round++) {
			statements.add("UPDATE counters SET value = " + round);
		}
		database.execute(statements.toArray(String[]::new));
	}

	static ParkedEvents parked(TestApplication application) {
		return application.engine().parkedEvents();
	}

	static List<String> keys(TestApplication application) {
		return parked(application).list(null, 0, 1000)
			.stream()
			.map((event) -> event.key().keyHash())
			.distinct()
			.toList();
	}

	record Counter(int id, int value) {
	}

	record Note(int id, int number) {
	}

	static class Counters {

		final Map<Integer, List<Integer>> seen = new ConcurrentHashMap<>();

		final Set<Integer> poison = ConcurrentHashMap.newKeySet();

		@CdcListener(tables = "counters", id = "counters.on")
		void on(Counter counter) {
			if (this.poison.contains(counter.id())) {
				throw new IllegalStateException("poison");
			}
			this.seen.computeIfAbsent(counter.id(), (id) -> new CopyOnWriteArrayList<>()).add(counter.value());
		}

		long total() {
			return this.seen.values().stream().mapToInt(List::size).sum();
		}

		void assertInOrder() {
			assertThat(this.seen.values()).allSatisfy((values) -> assertThat(values).isSorted().hasSize(20));
		}

	}

	static class Lists {

		final Counters counters = new Counters();

		@CdcListener("counters")
		void on(List<Counter> counters) {
			if (counters.stream().anyMatch((counter) -> this.counters.poison.contains(counter.id()))) {
				throw new IllegalStateException("poison");
			}
			counters.forEach(this.counters::on);
		}

	}

	static class Notes {

		final List<Integer> seen = new CopyOnWriteArrayList<>();

		@CdcListener("notes")
		void on(Note note) {
			this.seen.add(note.number());
		}

	}

	static class Three {

		final List<String> seen = new CopyOnWriteArrayList<>();

		volatile boolean fails;

		@Order(1)
		@CdcListener("counters")
		void first(Counter counter) {
			this.seen.add("first");
		}

		@Order(2)
		@CdcListener(tables = "counters", id = "second")
		void second(Counter counter) {
			if (this.fails) {
				throw new IllegalStateException("poison");
			}
			this.seen.add("second");
		}

		@Order(3)
		@CdcListener(tables = "counters", id = "third")
		void third(Counter counter) {
			this.seen.add("third");
		}

	}

	static class Own {

		final List<String> seen = new CopyOnWriteArrayList<>();

		@Order(1)
		@CdcListener(tables = "counters", onFailure = "skip")
		void skipping(Operation operation) {
			throw new IllegalStateException("skipped");
		}

		@Order(2)
		@CdcListener("counters")
		void last(Counter counter) {
			this.seen.add("last " + counter.id());
		}

		@CdcListener(tables = "counters", id = "own.list", onFailure = "${missing:PARK}")
		void list(List<ChangeEvent<Counter>> counters) {
			throw new IllegalStateException("parked");
		}

	}

}
