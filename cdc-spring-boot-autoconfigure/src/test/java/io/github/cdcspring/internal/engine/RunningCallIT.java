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
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.cdcspring.ActionStep;
import io.github.cdcspring.CdcException;
import io.github.cdcspring.CdcListener;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.internal.actuate.CdcHealthIndicator;
import io.github.cdcspring.offset.MemoryOffsetStore;
import io.github.cdcspring.offset.OffsetKey;
import io.github.cdcspring.offset.OffsetStore;
import io.github.cdcspring.offset.OffsetTakeover;
import io.github.cdcspring.offset.StoredOffset;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.Bean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What an engine reports and does while a listener call of a former run is running, or
 * while its own threads fail.
 */
@PostgresTest
class RunningCallIT {

	@BeforeEach
	void createTable(TestDatabase database) {
		database.execute("CREATE TABLE numbers (id int PRIMARY KEY)");
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 4 })
	void restartWaitsForTheRunningCall(int concurrency, TestDatabase database) {
		try (TestApplication application = stubborn(database, concurrency)) {
			Stubborn stubborn = application.bean(Stubborn.class);
			EmbeddedCdcEngine engine = application.engine();
			for (int i = 0; i < 2; i++) {
				assertThatExceptionOfType(CdcException.class).isThrownBy(engine::restart)
					.withMessageContaining("is still stopping")
					.withMessageContaining("It starts again as soon as the call has returned.");
				assertThat(engine.status().state()).isEqualTo(EngineState.BACKING_OFF);
				assertThat(health(application)).isEqualTo(Status.DOWN);
			}
			// A run that began now would deliver the event in another thread
			await().during(Duration.ofSeconds(3))
				.until(() -> stubborn.calls.get() == 1 && engine.status().state() == EngineState.BACKING_OFF);
			stubborn.proceed.countDown();
			await().until(() -> engine.status().state() == EngineState.RUNNING);
			await().until(() -> stubborn.calls.get() == 2);
			database.execute("INSERT INTO numbers VALUES (2)");
			await().until(() -> stubborn.calls.get() == 3);
			assertThat(stubborn.atOnce).hasValue(1);
			await().until(() -> health(application).equals(Status.UP));
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 4 })
	void pauseAndResumeWaitForTheRunningCall(int concurrency, TestDatabase database) {
		try (TestApplication application = stubborn(database, concurrency)) {
			Stubborn stubborn = application.bean(Stubborn.class);
			EmbeddedCdcEngine engine = application.engine();
			assertThatExceptionOfType(CdcException.class).isThrownBy(engine::pause)
				.withMessageContaining("It is paused as soon as the call has returned.");
			await().until(() -> engine.status().state() != EngineState.RUNNING);
			assertThat(health(application)).isNotEqualTo(Status.UP);
			if (concurrency > 1) {
				await().until(() -> engine.status().state() == EngineState.PAUSED);
				assertThatExceptionOfType(CdcException.class).isThrownBy(engine::resume);
				assertThat(engine.status().state()).isEqualTo(EngineState.BACKING_OFF);
				assertThat(stubborn.calls).hasValue(1);
			}
			stubborn.proceed.countDown();
			if (concurrency == 1) {
				await().until(() -> engine.status().state() == EngineState.PAUSED);
				engine.resume();
			}
			await().until(() -> engine.status().state() == EngineState.RUNNING);
			await().until(() -> stubborn.calls.get() == 2);
			assertThat(stubborn.atOnce).hasValue(1);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 4 })
	void isDownWhileTheConnectionIsLostAndAListenerWorks(int concurrency, TestDatabase database) {
		try (TestApplication application = stubborn(database, concurrency)) {
			Stubborn stubborn = application.bean(Stubborn.class);
			EmbeddedCdcEngine engine = application.engine();
			await().until(() -> health(application).equals(Status.UP));
			database.execute("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '"
					+ database.name() + "'");
			await().until(() -> engine.status().state() == EngineState.BACKING_OFF);
			assertThat(health(application)).isEqualTo(Status.DOWN);
			assertThat(stubborn.calls).hasValue(1);
			stubborn.proceed.countDown();
			await().until(() -> engine.status().state() == EngineState.RUNNING);
			await().until(() -> stubborn.calls.get() == 2);
			assertThat(stubborn.atOnce).hasValue(1);
			assertThat(engine.status().restarts()).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "takeOver", "save" })
	void errorOfTheStarterDoesNotLeaveTheEngineInAStateThatNeverEnds(String method, TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Broken.class, "cdc.heartbeat.interval=100ms",
				"cdc.offset.flush-interval=100ms")) {
			Broken broken = application.bean(Broken.class);
			EmbeddedCdcEngine engine = application.engine();
			broken.method = method;
			if (method.equals("takeOver")) {
				database.execute("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '"
						+ database.name() + "'");
				await().until(() -> engine.status().state() == EngineState.FAILED);
				assertThat(engine.status().failure()).contains("broken on purpose");
			}
			else {
				database.execute("INSERT INTO numbers VALUES (1)");
				await().until(() -> engine.status().state() == EngineState.BACKING_OFF);
			}
			// An engine that cannot store may run again until it stores the next position
			await().until(() -> health(application).equals(Status.DOWN));
			broken.method = "";
			engine.restart();
			database.execute("INSERT INTO numbers VALUES (2)");
			await().until(() -> broken.seen.contains(2));
		}
	}

	private static TestApplication stubborn(TestDatabase database, int concurrency) {
		TestApplication application = TestApplication.run(database, Stubborn.class,
				"cdc.listener.concurrency=" + concurrency, "cdc.listener.shutdown-timeout=500ms");
		Stubborn stubborn = application.bean(Stubborn.class);
		database.execute("INSERT INTO numbers VALUES (1)");
		await().until(() -> stubborn.calls.get() == 1);
		return application;
	}

	private static Status health(TestApplication application) {
		return Objects.requireNonNull(application.bean(CdcHealthIndicator.class).health()).getStatus();
	}

	record Number(Integer id) {

	}

	/** Ignores that it is interrupted. */
	static class Stubborn {

		final AtomicInteger calls = new AtomicInteger();

		final AtomicInteger atOnce = new AtomicInteger();

		final CountDownLatch proceed = new CountDownLatch(1);

		private final AtomicInteger running = new AtomicInteger();

		@CdcListener("numbers")
		void on(Number number) {
			this.calls.incrementAndGet();
			this.atOnce.accumulateAndGet(this.running.incrementAndGet(), Math::max);
			while (this.proceed.getCount() > 0) {
				try {
					this.proceed.await();
				}
				catch (InterruptedException ex) {
					// It does not care
				}
			}
			this.running.decrementAndGet();
		}

	}

	static class Broken {

		final List<Integer> seen = new CopyOnWriteArrayList<>();

		volatile String method = "";

		@CdcListener("numbers")
		void on(Number number) {
			this.seen.add(number.id());
		}

		@Bean
		OffsetStore offsetStore() {
			return new BrokenOffsetStore(this);
		}

	}

	/** Throws errors instead of exceptions. */
	private static final class BrokenOffsetStore implements OffsetStore {

		private final Broken broken;

		private final MemoryOffsetStore memory = new MemoryOffsetStore();

		private BrokenOffsetStore(Broken broken) {
			this.broken = broken;
		}

		private void fail(String method) {
			if (this.broken.method.equals(method)) {
				throw new NoClassDefFoundError("broken on purpose");
			}
		}

		@Override
		public Optional<StoredOffset> load(OffsetKey key) {
			return this.memory.load(key);
		}

		@Override
		public void save(OffsetKey key, long epoch, StoredOffset offset) {
			fail("save");
			this.memory.save(key, epoch, offset);
		}

		@Override
		public OffsetTakeover takeOver(OffsetKey key) {
			fail("takeOver");
			return this.memory.takeOver(key);
		}

		@Override
		public void verify(OffsetKey key, long epoch) {
			this.memory.verify(key, epoch);
		}

		@Override
		public ActionStep howToForget(OffsetKey key) {
			return this.memory.howToForget(key);
		}

		@Override
		public boolean isDurable() {
			return true;
		}

	}

}
