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
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.EventPosition;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.internal.actuate.CdcHealthIndicator;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.health.contributor.Status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * With {@code cdc.listener.on-failure=stop}, the engine restarts itself until the failure
 * has passed, and is DOWN until then.
 */
@PostgresTest
class ListenerRestartIT {

	private static final String[] FAST = { "cdc.listener.retry.max-attempts=1",
			"cdc.listener.restart.initial-interval=10ms", "cdc.listener.restart.max-interval=100ms",
			"cdc.offset.flush-interval=50ms", "cdc.heartbeat.interval=100ms" };

	@BeforeEach
	void createTable(TestDatabase database) {
		database.execute("CREATE TABLE numbers (id int PRIMARY KEY)");
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 4 })
	void restartsUntilTheFailureHasPassedAndIsDownMeanwhile(int concurrency, TestDatabase database) {
		try (TestApplication application = run(database, "cdc.listener.concurrency=" + concurrency)) {
			Downstream downstream = application.bean(Downstream.class);
			EmbeddedCdcEngine engine = application.engine();
			database.execute("INSERT INTO numbers VALUES (1)");
			await().until(() -> engine.storedLsn().isAfter(Lsn.ZERO) && downstream.processed.contains(1));
			downstream.failure = Failure.EXCEPTION;
			database.execute("INSERT INTO numbers VALUES (2)", "INSERT INTO numbers VALUES (3)");
			await().until(() -> downstream.failures.get() >= 2);
			for (int i = downstream.failures.get(); i < 6; i++) {
				int last = i;
				await().until(() -> {
					assertThat(health(application)).isEqualTo(Status.DOWN);
					return downstream.failures.get() > last;
				});
				assertThat(engine.status().failure()).contains("Downstream.on", "public.numbers",
						"is delivered again after each restart of the engine");
			}
			Lsn stored = engine.storedLsn();
			downstream.failure = Failure.NONE;
			await().until(() -> health(application).equals(Status.UP));
			assertThat(engine.status().state()).isEqualTo(EngineState.RUNNING);
			assertThat(engine.status().failure()).isNull();
			await().untilAsserted(() -> assertThat(downstream.processed).contains(1, 2, 3));
			// A heartbeat from before the failed transaction may be stored late, its end
			// not
			Lsn failed = downstream.positions.get(3).previousCommitLsn();
			assertThat(stored).isLessThan(failed);
			await().until(() -> !failed.isAfter(engine.storedLsn()));
		}
	}

	@Test
	void restartsAfterAFailureInTheSnapshot(TestDatabase database) {
		database.execute("INSERT INTO numbers VALUES (1), (2), (3)");
		try (TestApplication application = TestApplication.start(database, FailingFirst.class, FAST)) {
			FailingFirst listener = application.bean(FailingFirst.class);
			await().until(() -> listener.processed.containsAll(List.of(1, 2, 3)));
			await().until(() -> health(application).equals(Status.UP));
			assertThat(application.engine().status().restarts()).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@EnumSource(value = Failure.class, names = { "ERROR", "NOT_FOR", "WRAPPED_NOT_FOR" })
	void failsForGoodForWhatDoesNotPass(Failure failure, TestDatabase database) {
		try (TestApplication application = run(database,
				"cdc.listener.retry.not-for=java.lang.UnsupportedOperationException")) {
			application.bean(Downstream.class).failure = failure;
			database.execute("INSERT INTO numbers VALUES (1)");
			await().until(() -> application.engine().status().state() == EngineState.FAILED);
			assertThat(application.bean(Downstream.class).failures).hasValue(1);
			assertThat(application.engine().status().failure()).contains("Fix the cause, then restart the engine");
			assertThat(health(application)).isEqualTo(Status.DOWN);
		}
	}

	@Test
	void failsForGoodForARowThatCannotBeMapped(TestDatabase database) {
		database.execute("ALTER TABLE numbers ADD note text");
		try (TestApplication application = TestApplication.run(database, Mapped.class, FAST)) {
			database.execute("INSERT INTO numbers VALUES (1, 'no number')");
			await().until(() -> application.engine().status().state() == EngineState.FAILED);
			assertThat(application.engine().status().failure()).contains("could not be called with CREATE");
		}
	}

	@Test
	void restartsNoMoreOftenThanTheSettingsAllow(TestDatabase database) {
		try (TestApplication application = run(database, "cdc.listener.restart.max-attempts=2")) {
			Downstream downstream = application.bean(Downstream.class);
			downstream.failure = Failure.EXCEPTION;
			database.execute("INSERT INTO numbers VALUES (1)");
			await().until(() -> application.engine().status().state() == EngineState.FAILED);
			assertThat(downstream.failures).hasValue(3);
			assertThat(application.engine().status().failure()).contains("The engine was restarted 2 times, as often "
					+ "as cdc.listener.restart.max-attempts allows, and stays stopped.");
			downstream.failure = Failure.NONE;
			application.engine().restart();
			await().until(() -> downstream.processed.contains(1));
			// Another event has its own number of restarts
			downstream.limit.set(2);
			downstream.failure = Failure.EXCEPTION;
			database.execute("INSERT INTO numbers VALUES (2)");
			await().until(() -> downstream.processed.contains(2));
			await().until(() -> health(application).equals(Status.UP));
			downstream.limit.set(Integer.MAX_VALUE);
			database.execute("INSERT INTO numbers VALUES (3)");
			await().until(() -> application.engine().status().state() == EngineState.FAILED);
			assertThat(downstream.failures).hasValue(8);
		}
	}

	private static TestApplication run(TestDatabase database, String property) {
		String[] properties = new String[FAST.length + 1];
		System.arraycopy(FAST, 0, properties, 0, FAST.length);
		properties[FAST.length] = property;
		return TestApplication.run(database, Downstream.class, properties);
	}

	private static Status health(TestApplication application) {
		return Objects.requireNonNull(application.bean(CdcHealthIndicator.class).health()).getStatus();
	}

	private enum Failure {

		NONE, EXCEPTION, ERROR, NOT_FOR, WRAPPED_NOT_FOR;

		void fail() {
			switch (this) {
				case EXCEPTION -> throw new IllegalStateException("away");
				case ERROR -> throw new AssertionError("away");
				case NOT_FOR -> throw new UnsupportedOperationException("away");
				case WRAPPED_NOT_FOR -> throw new IllegalStateException(new UnsupportedOperationException("away"));
				default -> {
				}
			}
		}

	}

	record Number(Integer id) {

	}

	record Note(Integer id, Integer note) {

	}

	static class Downstream {

		final List<Integer> processed = new CopyOnWriteArrayList<>();

		final Map<Integer, EventPosition> positions = new ConcurrentHashMap<>();

		final AtomicInteger failures = new AtomicInteger();

		final AtomicInteger limit = new AtomicInteger(Integer.MAX_VALUE);

		volatile Failure failure = Failure.NONE;

		@CdcListener("numbers")
		void on(Number number, EventPosition position) {
			this.positions.put(number.id(), position);
			Failure failure = this.failure;
			if (failure != Failure.NONE && this.limit.getAndDecrement() > 0) {
				this.failures.incrementAndGet();
				failure.fail();
			}
			this.processed.add(number.id());
		}

	}

	static class FailingFirst {

		final List<Integer> processed = new CopyOnWriteArrayList<>();

		private final AtomicInteger calls = new AtomicInteger();

		@CdcListener("numbers")
		void on(Number number) {
			if (this.calls.incrementAndGet() == 2) {
				throw new IllegalStateException("away");
			}
			this.processed.add(number.id());
		}

	}

	static class Mapped {

		@CdcListener("numbers")
		void on(Note note) {
		}

	}

}
