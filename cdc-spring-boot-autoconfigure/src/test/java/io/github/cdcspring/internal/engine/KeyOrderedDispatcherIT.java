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
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.ChangeEvent;
import io.github.cdcspring.LogicalMessage;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.Operation;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Many lanes on a real stream: what stays in order, and what does not wait.
 */
@PostgresTest
class KeyOrderedDispatcherIT {

	private static final String[] EIGHT = { "cdc.listener.concurrency=8", "cdc.heartbeat.interval=100ms",
			"cdc.offset.flush-interval=50ms" };

	@BeforeEach
	void createTables(TestDatabase database) {
		database.execute("CREATE TABLE counters (id int PRIMARY KEY, n int NOT NULL)",
				"CREATE TABLE marks (place int, n int)");
	}

	@Test
	void keepsTheOrderOfEachKeyThroughFailuresAndRetries(TestDatabase database) {
		int keys = 40;
		int rounds = 60;
		try (TestApplication application = TestApplication.run(database, Flaky.class,
				with(EIGHT, "cdc.listener.retry.max-attempts=50", "cdc.listener.retry.initial-interval=1ms",
						"cdc.listener.retry.multiplier=1", "cdc.listener.max-in-flight=200"))) {
			Flaky flaky = application.bean(Flaky.class);
			database.execute("INSERT INTO counters SELECT i, 0 FROM generate_series(1, " + keys + ") i");
			for (int round = 0; round < rounds; round++) {
				database.execute("UPDATE counters SET n = n + 1");
			}
			database.execute("DELETE FROM counters");
			await().untilAsserted(() -> assertThat(flaky.handled).hasValue(keys * (rounds + 2)));
			assertThat(flaky.failures).hasPositiveValue();
			assertThat(flaky.outOfOrder).isEmpty();
			assertThat(flaky.threads).hasSizeGreaterThan(1);
			awaitAllStored(database, application);
		}
	}

	@Test
	void aKeyThatWaitsToBeTriedAgainHoldsUpNoOther(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Poisoned.class,
				with(EIGHT, "cdc.listener.concurrency=2", "cdc.listener.retry.max-attempts=1000000",
						"cdc.listener.retry.initial-interval=10ms", "cdc.listener.retry.multiplier=1"))) {
			Poisoned poisoned = application.bean(Poisoned.class);
			database.execute("INSERT INTO counters SELECT i, 0 FROM generate_series(1, 500) i",
					"UPDATE counters SET n = 1");
			await().untilAsserted(() -> assertThat(poisoned.seen).hasSize(2 * 497));
			assertThat(poisoned.seen).noneMatch((seen) -> seen.matches("[123]:.*"));
			poisoned.cured = true;
			await().untilAsserted(() -> assertThat(poisoned.seen).hasSize(2 * 500));
			assertThat(
					poisoned.seen.stream().filter((seen) -> seen.matches("[123]:.*")).map((seen) -> seen.substring(2)))
				.containsExactlyInAnyOrder("0", "0", "0", "1", "1", "1");
		}
	}

	@Test
	void acknowledgesNothingBeyondAHoleAndSendsItAgain(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Hanging.class,
				with(EIGHT, "cdc.listener.shutdown-timeout=1s"))) {
			Hanging hanging = application.bean(Hanging.class);
			database.execute("INSERT INTO counters VALUES (1, 0)");
			await().until(() -> hanging.seen.contains(1));
			awaitAllStored(database, application);
			database.execute("INSERT INTO counters VALUES (2, 0)", "INSERT INTO counters VALUES (3, 0)",
					"INSERT INTO counters VALUES (4, 0)");
			await().until(() -> hanging.seen.containsAll(List.of(1, 3, 4)));
			assertThat(hanging.seen).doesNotContain(2);
		}
		try (TestApplication application = TestApplication.run(database, Numbers.class, EIGHT)) {
			await().until(() -> application.bean(Numbers.class).seen.containsAll(List.of(2, 3, 4)));
			assertThat(application.bean(Numbers.class).seen).doesNotContain(1);
		}
	}

	@Test
	void aTableWithoutKeyIsOneLane(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Marks.class,
				with(EIGHT, "cdc.safety.accept=replica-identity"))) {
			Marks marks = application.bean(Marks.class);
			database.execute("INSERT INTO marks SELECT 0, i FROM generate_series(1, 1000) i");
			await().untilAsserted(() -> assertThat(marks.seen).hasSize(1000));
			assertThat(marks.seen).isSorted();
		}
	}

	@Test
	void aListenerThatAsksForItReceivesTheOrderOfTheStream(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Audit.class, EIGHT)) {
			Audit audit = application.bean(Audit.class);
			database.execute("INSERT INTO counters SELECT i, 0 FROM generate_series(1, 1000) i");
			await().untilAsserted(() -> assertThat(audit.inOrder).hasSize(1000));
			await().untilAsserted(() -> assertThat(audit.inLists).hasSize(1000));
			await().untilAsserted(() -> assertThat(audit.beside).hasValue(1000));
			assertThat(audit.inOrder).isSorted();
			assertThat(audit.inLists).isSorted();
			awaitAllStored(database, application);
		}
	}

	@Test
	void aChangedKeyComesAfterTheOldOneAndBeforeItsNextUse(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Moving.class, EIGHT)) {
			Moving moving = application.bean(Moving.class);
			database.execute("INSERT INTO counters VALUES (0, 7)");
			for (int i = 0; i < 300; i++) {
				database.execute("UPDATE counters SET id = " + (i + 1) % 3 + " WHERE n = 7");
			}
			await().untilAsserted(() -> assertThat(moving.seen).hasSize(601));
			List<String> expected = new ArrayList<>(List.of("CREATE 0"));
			for (int i = 0; i < 300; i++) {
				expected.add("DELETE " + i % 3);
				expected.add("CREATE " + (i + 1) % 3);
			}
			assertThat(moving.seen).isEqualTo(expected);
		}
	}

	@Test
	void truncatesAndMessagesOfTransactionsWaitForAllBeforeAndHoldAllBehind(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Barriers.class, EIGHT)) {
			Barriers barriers = application.bean(Barriers.class);
			database.inTransaction("INSERT INTO counters SELECT i, 0 FROM generate_series(1, 200) i",
					"TRUNCATE counters", "INSERT INTO counters SELECT i, 0 FROM generate_series(1, 200) i",
					"SELECT pg_logical_emit_message(true, 'mark', 'x')",
					"INSERT INTO counters SELECT i, 0 FROM generate_series(201, 400) i");
			await().untilAsserted(() -> assertThat(barriers.seen).hasSize(602));
			assertThat(barriers.seen.indexOf("TRUNCATE")).isEqualTo(200);
			assertThat(barriers.seen.indexOf("mark")).isEqualTo(401);
		}
	}

	@Test
	void deliversListsWithManyLanes(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Lists.class, EIGHT)) {
			Lists lists = application.bean(Lists.class);
			database.execute("INSERT INTO counters SELECT i, 0 FROM generate_series(1, 500) i");
			for (int i = 0; i < 20; i++) {
				database.execute("UPDATE counters SET n = n + 1");
			}
			await().untilAsserted(() -> assertThat(lists.seen).hasValue(500 * 21));
			assertThat(lists.outOfOrder).isEmpty();
			assertThat(lists.largest).hasValueGreaterThan(1);
			awaitAllStored(database, application);
		}
	}

	@Test
	void failsWhenAListenerFailsForGoodAndPassesOverNothing(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Failing.class,
				with(EIGHT, "cdc.listener.retry.max-attempts=1", "cdc.listener.restart.max-attempts=0"))) {
			database.execute("INSERT INTO counters SELECT i, 0 FROM generate_series(1, 100) i");
			await().until(() -> application.engine().status().state() == EngineState.FAILED);
			assertThat(application.engine().status().failure()).contains("Failing.on", "public.counters",
					"failed in 1 attempt with java.lang.IllegalStateException");
		}
		try (TestApplication application = TestApplication.run(database, Numbers.class, EIGHT)) {
			await().untilAsserted(() -> assertThat(application.bean(Numbers.class).seen).contains(50).hasSize(100));
		}
	}

	@Test
	void usesVirtualThreadsWhereTheyAreSwitchedOn(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Flaky.class,
				with(EIGHT, "spring.threads.virtual.enabled=true"))) {
			Flaky flaky = application.bean(Flaky.class);
			flaky.random = null;
			database.execute("INSERT INTO counters VALUES (1, 0)");
			await().untilAsserted(() -> assertThat(flaky.handled).hasValue(1));
			assertThat(flaky.threads).singleElement().asString().startsWith("cdc-default-lane-");
			assertThat(flaky.virtual).isEqualTo(Runtime.version().feature() >= 21);
		}
	}

	private static String[] with(String[] properties, String... more) {
		List<String> all = new ArrayList<>(List.of(properties));
		all.addAll(List.of(more));
		return all.toArray(String[]::new);
	}

	/** Everything so far is handled without holes, so the stored position passes it. */
	private static void awaitAllStored(TestDatabase database, TestApplication application) {
		String lsn = database.queryForText("SELECT pg_current_wal_insert_lsn()");
		await().until(() -> application.engine().storedLsn().value() >= Lsn.parse(lsn).value());
	}

	record Counter(Integer id, @Nullable Integer n) {

	}

	record Mark(Integer place, Integer n) {

	}

	/** Counts up for each key, whatever else happens. */
	static class Flaky {

		final Map<Integer, Integer> last = new ConcurrentHashMap<>();

		final List<String> outOfOrder = new CopyOnWriteArrayList<>();

		final AtomicInteger handled = new AtomicInteger();

		final AtomicInteger failures = new AtomicInteger();

		final Set<String> threads = ConcurrentHashMap.newKeySet();

		volatile @Nullable Random random = new Random(5);

		volatile boolean virtual;

		@CdcListener("counters")
		void on(Counter counter, Operation operation) throws Exception {
			this.threads.add(Thread.currentThread().getName());
			this.virtual = Thread.currentThread().getClass().getName().contains("Virtual");
			Random random = this.random;
			if (random != null && random.nextInt(10) == 0) {
				this.failures.incrementAndGet();
				throw new IllegalStateException("flaky");
			}
			int now = (operation == Operation.DELETE) ? Integer.MAX_VALUE : counter.n();
			Integer before = this.last.put(counter.id(), now);
			boolean follows = (before != null) ? operation == Operation.DELETE || now == before + 1 : now == 0;
			if (!follows) {
				this.outOfOrder.add(counter.id() + ": " + now + " after " + before);
			}
			this.handled.incrementAndGet();
		}

	}

	static class Poisoned {

		final List<String> seen = new CopyOnWriteArrayList<>();

		volatile boolean cured;

		@CdcListener("counters")
		void on(Counter counter) {
			if (counter.id() <= 3 && !this.cured) {
				throw new IllegalStateException("poison");
			}
			this.seen.add(counter.id() + ":" + counter.n());
		}

	}

	static class Numbers {

		final List<Integer> seen = new CopyOnWriteArrayList<>();

		@CdcListener("counters")
		void on(Counter counter) throws Exception {
			this.seen.add(counter.id());
		}

	}

	static class Hanging extends Numbers {

		@Override
		void on(Counter counter) throws Exception {
			if (counter.id() == 2) {
				new CountDownLatch(1).await();
			}
			super.on(counter);
		}

	}

	static class Failing extends Numbers {

		@Override
		void on(Counter counter) throws Exception {
			if (counter.id() == 50) {
				throw new IllegalStateException("fifty");
			}
			super.on(counter);
		}

	}

	static class Marks {

		final List<Integer> seen = new CopyOnWriteArrayList<>();

		@CdcListener("marks")
		void on(Mark mark) {
			this.seen.add(mark.n());
		}

	}

	static class Audit {

		final List<Integer> inOrder = new CopyOnWriteArrayList<>();

		final List<Integer> inLists = new CopyOnWriteArrayList<>();

		final AtomicInteger beside = new AtomicInteger();

		@CdcListener(tables = "counters", inStreamOrder = true)
		void audit(Counter counter) {
			this.inOrder.add(counter.id());
		}

		@CdcListener(tables = "counters", inStreamOrder = true)
		void lists(List<Counter> counters) {
			this.inLists.addAll(counters.stream().map(Counter::id).toList());
		}

		@CdcListener("counters")
		void beside(Counter counter) {
			this.beside.incrementAndGet();
		}

	}

	static class Moving {

		final List<String> seen = new CopyOnWriteArrayList<>();

		@CdcListener("counters")
		void on(Counter counter, Operation operation) {
			this.seen.add(operation + " " + counter.id());
		}

	}

	static class Barriers {

		final List<String> seen = new CopyOnWriteArrayList<>();

		@CdcListener(tables = "counters", operations = { Operation.CREATE, Operation.TRUNCATE })
		void on(Operation operation) {
			this.seen.add(operation.name());
		}

		@CdcListener(messages = "mark")
		void on(LogicalMessage message) {
			this.seen.add(message.prefix());
		}

	}

	static class Lists {

		final Map<Integer, Integer> last = new ConcurrentHashMap<>();

		final List<String> outOfOrder = new CopyOnWriteArrayList<>();

		final AtomicInteger seen = new AtomicInteger();

		final AtomicInteger largest = new AtomicInteger();

		@CdcListener("counters")
		void on(List<ChangeEvent<Counter>> events) {
			this.largest.accumulateAndGet(events.size(), Math::max);
			for (ChangeEvent<Counter> event : events) {
				Counter counter = event.after();
				Integer before = this.last.put(counter.id(), counter.n());
				if ((before != null) ? counter.n() != before + 1 : counter.n() != 0) {
					this.outOfOrder.add(counter.id() + ": " + counter.n() + " after " + before);
				}
				this.seen.incrementAndGet();
			}
		}

	}

}
