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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Listeners that leave their thread interrupted, or that are interrupted for reasons of
 * their own. Neither the engine nor another event suffers from it.
 */
@PostgresTest
class ListenerInterruptionIT {

	@BeforeEach
	void createTable(TestDatabase database) {
		database.execute("CREATE TABLE numbers (id int PRIMARY KEY)");
	}

	@ParameterizedTest
	@CsvSource({ "1, false", "4, false", "1, true", "4, true" })
	void listenerThatReturnsInterruptedHurtsNoOtherEvent(int concurrency, boolean transactional,
			TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, ReturnsInterrupted.class,
				"cdc.listener.concurrency=" + concurrency, "cdc.listener.transactional=" + transactional,
				"cdc.listener.retry.max-attempts=1")) {
			List<Integer> seen = application.bean(ReturnsInterrupted.class).seen;
			for (int id = 1; id <= 20; id++) {
				int last = id;
				database.execute("INSERT INTO numbers VALUES (" + id + ")");
				await().until(() -> seen.contains(last));
			}
			await().until(() -> application.engine().storedLsn().isAfter(Lsn.ZERO));
			assertThat(seen).hasSize(20);
			assertThat(application.engine().status().state()).isEqualTo(EngineState.RUNNING);
			assertThat(application.engine().status().restarts()).isZero();
		}
	}

	@ParameterizedTest
	@CsvSource({ "1, false", "4, false", "1, true", "4, true" })
	void interruptionOfTheListenersOwnIsRetriedLikeAnyFailure(int concurrency, boolean wrapped, TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Interrupted.class,
				"cdc.listener.concurrency=" + concurrency, "cdc.listener.retry.initial-interval=1ms")) {
			Interrupted interrupted = application.bean(Interrupted.class);
			interrupted.wrapped = wrapped;
			database.execute("INSERT INTO numbers VALUES (1), (2), (3)");
			await().untilAsserted(() -> assertThat(interrupted.seen).contains(1, 2, 3));
			assertThat(interrupted.seen).hasSize(3);
			assertThat(application.engine().status().state()).isEqualTo(EngineState.RUNNING);
			assertThat(application.engine().status().restarts()).isZero();
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 4 })
	void eventIsNotSkippedBecauseTheEngineStops(int concurrency, TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Waiting.class,
				"cdc.listener.concurrency=" + concurrency, "cdc.listener.on-failure=skip",
				"cdc.listener.retry.max-attempts=1", "cdc.listener.shutdown-timeout=200ms")) {
			database.execute("INSERT INTO numbers VALUES (1)");
			await().until(() -> !application.bean(Waiting.class).entered.isEmpty());
		}
		try (TestApplication application = TestApplication.run(database, ReturnsInterrupted.class)) {
			await().until(() -> application.bean(ReturnsInterrupted.class).seen.contains(1));
		}
	}

	record Number(Integer id) {

	}

	static class ReturnsInterrupted {

		final List<Integer> seen = new CopyOnWriteArrayList<>();

		@CdcListener("numbers")
		void on(Number number) throws InterruptedException {
			TimeUnit.NANOSECONDS.sleep(1);
			this.seen.add(number.id());
			Thread.currentThread().interrupt();
		}

	}

	static class Interrupted {

		final List<Integer> seen = new CopyOnWriteArrayList<>();

		volatile boolean wrapped;

		private volatile boolean failed;

		@CdcListener("numbers")
		void on(Number number) throws InterruptedException {
			if (number.id() == 2 && !this.failed) {
				this.failed = true;
				if (this.wrapped) {
					Thread.currentThread().interrupt();
					throw new IllegalStateException("interrupted");
				}
				throw new InterruptedException("by a library");
			}
			TimeUnit.NANOSECONDS.sleep(1);
			this.seen.add(number.id());
		}

	}

	static class Waiting {

		final List<Integer> entered = new CopyOnWriteArrayList<>();

		@CdcListener("numbers")
		void on(Number number) throws InterruptedException {
			this.entered.add(number.id());
			new CountDownLatch(1).await();
		}

	}

}
