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

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;

import io.github.cdcspring.ActionStep;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.engine.EngineStatus;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.internal.actuate.CdcHealthIndicator;
import io.github.cdcspring.offset.MemoryOffsetStore;
import io.github.cdcspring.offset.OffsetKey;
import io.github.cdcspring.offset.OffsetStore;
import io.github.cdcspring.offset.OffsetStoreException;
import io.github.cdcspring.offset.OffsetTakeover;
import io.github.cdcspring.offset.StoredOffset;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import io.github.cdcspring.testsupport.TestPostgres;
import org.apache.kafka.connect.errors.RetriableException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.Bean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * What an engine says it is doing, and what it does, when things around it fail.
 */
@PostgresTest
class EngineLifeIT {

	@BeforeEach
	void createTable(TestDatabase database) {
		database.execute("CREATE TABLE numbers (id int PRIMARY KEY)");
	}

	@Test
	void takesTheOnlySnapshotOnce(TestDatabase database) {
		insert(database, 1);
		String[] properties = { "cdc.snapshot.mode=initial_only", "cdc.heartbeat.interval=0",
				"cdc.safety.accept=connector-flush-without-heartbeat" };
		try (TestApplication application = TestApplication.start(database, Numbers.class, properties)) {
			await().until(() -> application.engine().status().state() == EngineState.STOPPED);
			assertThat(application.bean(Numbers.class).ids).containsExactly(1);
		}
		insert(database, 2);
		try (TestApplication application = TestApplication.start(database, Numbers.class, properties)) {
			await().until(() -> application.engine().status().state() == EngineState.STOPPED);
			assertThat(application.bean(Numbers.class).ids).isEmpty();
			Health health = Objects.requireNonNull(application.bean(CdcHealthIndicator.class).health());
			assertThat(health.getStatus()).isEqualTo(Status.UP);
		}
		assertThat(
				database.queryForText("SELECT count(*) FROM pg_replication_slots WHERE database = current_database()"))
			.isEqualTo("0");
	}

	/** Debezium has threads without a name that run none of the starter's code. */
	@Test
	void namesEachThreadThatRunsItsCode(TestDatabase database) {
		Set<Thread> before = Thread.getAllStackTraces().keySet();
		try (TestApplication application = TestApplication.run(database, Numbers.class)) {
			insert(database, 1);
			awaitIds(application, 1);
			Map<Thread, StackTraceElement[]> threads = new HashMap<>(Thread.getAllStackTraces());
			threads.keySet().removeAll(before);
			assertThat(threads.keySet()).extracting(Thread::getName).contains("cdc-default-delivery");
			threads.values()
				.removeIf((stack) -> Arrays.stream(stack)
					.noneMatch((frame) -> frame.getClassName().startsWith("io.github.cdcspring.")));
			assertThat(threads.keySet()).isNotEmpty()
				.extracting(Thread::getName)
				.allMatch((name) -> name.startsWith("cdc-") || name.startsWith("debezium-"));
		}
	}

	@Test
	void goesOnAfterItsConnectionWasKilled(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Numbers.class)) {
			insert(database, 1);
			awaitIds(application, 1);
			List<EngineStatus> failed = new CopyOnWriteArrayList<>();
			application.engine().onStatusChange((status) -> {
				if (status.failure() != null) {
					failed.add(status);
				}
			});
			database.execute("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '"
					+ database.name() + "'");
			await().until(() -> !failed.isEmpty());
			assertThat(failed.get(0).state()).isNotEqualTo(EngineState.RUNNING);
			insert(database, 2);
			awaitIds(application, 1, 2);
			await().until(() -> application.engine().status().state() == EngineState.RUNNING);
			assertThat(application.engine().status().restarts()).isEqualTo(1);
			assertThat(application.engine().status().failure()).isNull();
		}
	}

	@Test
	void goesOnAfterTheServerWasRestarted() throws Exception {
		try (TestPostgres server = TestPostgres.start(Map.of())) {
			TestDatabase database = server.createDatabase();
			createTable(database);
			try (TestApplication application = TestApplication.run(database, Numbers.class)) {
				insert(database, 1);
				awaitIds(application, 1);
				server.stop();
				await().until(() -> application.engine().status().state() == EngineState.BACKING_OFF);
				server.startAgain();
				insert(database, 2);
				await().until(() -> application.bean(Numbers.class).ids.contains(2));
			}
		}
	}

	@Test
	void waitsForServerThatCannotBeReachedYet() throws Exception {
		try (TestPostgres server = TestPostgres.start(Map.of())) {
			TestDatabase database = server.createDatabase();
			database.grantOwnership();
			createTable(database);
			server.stop();
			try (TestApplication application = TestApplication.start(database, Numbers.class,
					"cdc.offset.store=memory")) {
				assertThat(application.engine().status().state()).isEqualTo(EngineState.BACKING_OFF);
				assertThat(application.engine().status().failure()).contains("refused");
				server.startAgain();
				await().until(() -> application.engine().status().state() == EngineState.RUNNING);
			}
		}
	}

	@Test
	void doesNotStartForDatabaseThatDoesNotExist(TestDatabase database) {
		assertThatThrownBy(() -> TestApplication.start(database, Numbers.class,
				"cdc.connection.url=" + database.jdbcUrl() + "x",
				"cdc.connection.username=" + database.applicationRole(), "cdc.connection.password=planted-secret"))
			.rootCause()
			.hasMessage("FATAL: database \"" + database.name() + "x\" does not exist");
	}

	@Test
	void doesNotStartForTableThatDoesNotExist(TestDatabase database) {
		database.execute("DROP TABLE numbers");
		assertThatThrownBy(() -> TestApplication.start(database, Numbers.class)).rootCause()
			.isInstanceOf(StartRefusedException.class)
			.hasMessageContaining("The method 'on' of bean 'numbers' listens to 'public.numbers', but database '"
					+ database.name() + "' has no such permanent table.");
		assertThat(database
			.queryForText("SELECT count(*) FROM pg_replication_slots WHERE slot_name = '" + database.name() + "'"))
			.isEqualTo("0");
	}

	@Test
	void secondInstanceWaitsAndTakesOver(TestDatabase database) {
		TestApplication first = TestApplication.run(database, Numbers.class);
		insert(database, 1);
		awaitIds(first, 1);
		try (TestApplication second = TestApplication.start(database, Numbers.class)) {
			await().until(() -> second.engine().status().state() == EngineState.STANDBY);
			assertThat(second.engine().status().failure())
				.contains("receives from replication slot '" + database.name() + "'");
			first.close();
			insert(database, 2);
			await().until(() -> second.bean(Numbers.class).ids.contains(2));
		}
	}

	@Test
	void twoStandbysAreNeverBothRunning(TestDatabase database) {
		TestApplication leader = TestApplication.run(database, Numbers.class);
		insert(database, 1);
		awaitIds(leader, 1);
		try (TestApplication one = TestApplication.start(database, Numbers.class);
				TestApplication other = TestApplication.start(database, Numbers.class)) {
			await().until(() -> is(one, EngineState.STANDBY) && is(other, EngineState.STANDBY));
			leader.close();
			await().pollInterval(Duration.ofMillis(5)).until(() -> {
				assertThat(is(one, EngineState.RUNNING) && is(other, EngineState.RUNNING)).isFalse();
				return (is(one, EngineState.RUNNING) && is(other, EngineState.STANDBY))
						|| (is(other, EngineState.RUNNING) && is(one, EngineState.STANDBY));
			});
			insert(database, 2);
			await().until(() -> one.bean(Numbers.class).ids.contains(2) || other.bean(Numbers.class).ids.contains(2));
			assertThat(is(one, EngineState.STANDBY) || is(other, EngineState.STANDBY)).isTrue();
			assertThat(one.engine().status().restarts() + other.engine().status().restarts()).isZero();
		}
	}

	private static boolean is(TestApplication application, EngineState state) {
		return application.engine().status().state() == state;
	}

	@Test
	void failsForListenerThatThrowsRetriableExceptionAndPassesOverNothing(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Failing.class,
				"cdc.listener.retry.max-attempts=1", "cdc.listener.restart.max-attempts=0")) {
			insert(database, 1, 2, 3);
			await().until(() -> application.engine().status().state() == EngineState.FAILED);
		}
		try (TestApplication application = TestApplication.run(database, Numbers.class)) {
			await().until(() -> application.bean(Numbers.class).ids.containsAll(List.of(2, 3)));
		}
	}

	@Test
	void deliversNothingMoreWhileThePositionCannotBeStored(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, StoredElsewhere.class,
				"cdc.heartbeat.interval=100ms", "cdc.offset.flush-interval=100ms")) {
			StoredElsewhere beans = application.bean(StoredElsewhere.class);
			insert(database, 1);
			await().until(() -> beans.ids.contains(1));
			beans.broken = true;
			// After a second the engine tries again, and runs until it stores the next
			// position
			EngineStatus backingOff = await().until(() -> application.engine().status(),
					(status) -> status.state() == EngineState.BACKING_OFF);
			assertThat(backingOff.failure()).isEqualTo("The position of engine 'default' on slot '" + database.name()
					+ "' could not be stored, so delivery stops: broken on purpose");
			insert(database, 2);
			beans.broken = false;
			await().until(() -> beans.ids.contains(2));
			await().until(() -> application.engine().status().state() == EngineState.RUNNING);
		}
	}

	@Test
	void startsAgainAlthoughTheStoreCannotReleaseTheOffset(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, StoredElsewhere.class)) {
			StoredElsewhere beans = application.bean(StoredElsewhere.class);
			beans.unreleasable = true;
			application.engine().restart();
			insert(database, 1);
			await().until(() -> beans.ids.contains(1));
			await().until(() -> application.engine().status().state() == EngineState.RUNNING);
		}
	}

	@Test
	void isHealthyAfterItsContextWasStoppedAndStarted(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Numbers.class)) {
			EmbeddedEngineRegistry engines = application.bean(EmbeddedEngineRegistry.class);
			CdcHealthIndicator health = application.bean(CdcHealthIndicator.class);
			await().until(() -> Objects.requireNonNull(health.health()).getStatus().equals(Status.UP));
			engines.stop();
			assertThat(application.engine().status().state()).isEqualTo(EngineState.STOPPED);
			engines.start();
			insert(database, 1);
			awaitIds(application, 1);
			await().until(() -> Objects.requireNonNull(health.health()).getStatus().equals(Status.UP));
			await().until(() -> application.engine().streamStatus().problem() == null);
		}
	}

	@Test
	void finishesWhatIsInFlightBeforeItStops(TestDatabase database) throws Exception {
		Slow slow;
		try (TestApplication application = TestApplication.run(database, Slow.class)) {
			slow = application.bean(Slow.class);
			insert(database, 1);
			await().until(slow.entered::tryAcquire);
			Thread stopping = new Thread(application::close);
			stopping.start();
			await().until(() -> stopping.getState() != Thread.State.RUNNABLE && stopping.isAlive());
			slow.proceed.countDown();
			stopping.join();
		}
		assertThat(slow.ids).containsExactly(1);
		assertThat(slow.interrupted).isFalse();
	}

	@Test
	void doesNotWaitForListenerThatHangsLongerThanItMayAndSendsTheEventAgain(TestDatabase database) throws Exception {
		try (TestApplication application = TestApplication.run(database, Slow.class,
				"cdc.listener.shutdown-timeout=1s")) {
			insert(database, 1);
			await().until(application.bean(Slow.class).entered::tryAcquire);
		}
		try (TestApplication application = TestApplication.run(database, Numbers.class)) {
			awaitIds(application, 1);
		}
	}

	private static void insert(TestDatabase database, int... ids) {
		IntStream.of(ids).forEach((id) -> database.execute("INSERT INTO numbers VALUES (" + id + ")"));
	}

	private static void awaitIds(TestApplication application, Integer... ids) {
		await().untilAsserted(() -> assertThat(application.bean(Numbers.class).ids).contains(ids));
	}

	static class Failing extends Numbers {

		@Override
		void on(Number number) {
			if (number.id() == 2) {
				throw new RetriableException("as Kafka's own");
			}
			super.on(number);
		}

	}

	static class Slow extends Numbers {

		final Semaphore entered = new Semaphore(0);

		final CountDownLatch proceed = new CountDownLatch(1);

		volatile boolean interrupted;

		@Override
		void on(Number number) {
			this.entered.release();
			try {
				this.proceed.await();
				super.on(number);
			}
			catch (InterruptedException ex) {
				this.interrupted = true;
				throw new IllegalStateException(ex);
			}
		}

	}

	static class StoredElsewhere extends Numbers {

		private final MemoryOffsetStore memory = new MemoryOffsetStore();

		volatile boolean broken;

		volatile boolean unreleasable;

		@Bean
		OffsetStore offsetStore() {
			return new OffsetStore() {

				@Override
				public Optional<StoredOffset> load(OffsetKey key) {
					return StoredElsewhere.this.memory.load(key);
				}

				@Override
				public void save(OffsetKey key, long epoch, StoredOffset offset) {
					if (StoredElsewhere.this.broken) {
						throw new OffsetStoreException("broken on purpose", null);
					}
					StoredElsewhere.this.memory.save(key, epoch, offset);
				}

				@Override
				public OffsetTakeover takeOver(OffsetKey key) {
					return StoredElsewhere.this.memory.takeOver(key);
				}

				@Override
				public void verify(OffsetKey key, long epoch) {
					StoredElsewhere.this.memory.verify(key, epoch);
				}

				@Override
				public ActionStep howToForget(OffsetKey key) {
					return StoredElsewhere.this.memory.howToForget(key);
				}

				@Override
				public boolean isDurable() {
					return true;
				}

				@Override
				public void release(OffsetKey key) {
					if (StoredElsewhere.this.unreleasable) {
						throw new IllegalStateException("unreleasable on purpose");
					}
				}

			};
		}

	}

}
