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
import java.util.concurrent.atomic.AtomicInteger;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.ChangeEvent;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.internal.actuate.CdcHealthIndicator;
import io.github.cdcspring.internal.listener.RunningCall;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What surrounds the call of a listener: whole transactions, and a watch over those that
 * do not return.
 */
@PostgresTest
class ListenerCallsIT {

	@BeforeEach
	void createTable(TestDatabase database) {
		database.execute("CREATE TABLE numbers (id int PRIMARY KEY, note text)");
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 4 })
	void aTransactionComesWholeAndAtOnceThoughNothingFollows(int concurrency, TestDatabase database) {
		database.execute("INSERT INTO numbers SELECT i, 'read' FROM generate_series(1, 10) i");
		try (TestApplication application = TestApplication.run(database, Transactions.class,
				"cdc.listener.concurrency=" + concurrency, "cdc.heartbeat.interval=1h",
				"cdc.safety.accept=connector-flush-without-heartbeat", "cdc.listener.max-in-flight=100")) {
			Transactions transactions = application.bean(Transactions.class);
			database.inTransaction("INSERT INTO numbers SELECT i, 'one' FROM generate_series(100, 3599) i",
					"DELETE FROM numbers WHERE id = 100");
			database.execute("INSERT INTO numbers VALUES (5000, 'two')", "INSERT INTO numbers VALUES (5001, 'three')");
			await().untilAsserted(() -> assertThat(transactions.sizes).last().isEqualTo(1));
			await().untilAsserted(() -> assertThat(transactions.sizes.stream().mapToInt(Integer::intValue).sum())
				.isEqualTo(10 + 3501 + 2));
			assertThat(transactions.sizes).endsWith(3501, 1, 1);
			await().untilAsserted(() -> assertThat(transactions.beside).hasValue(10 + 3501 + 2));
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 4 })
	void aTransactionThatIsLargerThanItMayBeEndsTheEngineInWords(int concurrency, TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Transactions.class,
				"cdc.listener.concurrency=" + concurrency, "cdc.listener.max-transaction-size=1MB")) {
			database.execute("INSERT INTO numbers SELECT i, 'one' FROM generate_series(1, 10000) i");
			await().until(() -> application.engine().status().state() == EngineState.FAILED);
			assertThat(application.engine().status().failure()).contains("takes whole transactions, but transaction",
					"is larger than 1048576 bytes", "Raise cdc.listener.max-transaction-size");
			assertThat(application.bean(Transactions.class).sizes).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 4 })
	void aCallThatDoesNotReturnIsSeen(int concurrency, TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Hanging.class,
				"cdc.listener.concurrency=" + concurrency, "cdc.listener.timeout=100ms",
				"cdc.listener.shutdown-timeout=1s")) {
			CdcHealthIndicator health = new CdcHealthIndicator(application.bean(EmbeddedEngineRegistry.class));
			await().untilAsserted(() -> assertThat(health.health().getStatus()).isEqualTo(Status.UP));
			database.execute("INSERT INTO numbers VALUES (1, 'a')");
			await().until(() -> isOverdue(application));
			RunningCall call = application.engine().oldestCall();
			assertThat(call.listener()).isEqualTo("listenerCallsIT.Hanging.on");
			assertThat(call.table()).hasToString("public.numbers");
			Health down = health.health();
			assertThat(down.getStatus()).isEqualTo(Status.DOWN);
			assertThat(down.getDetails().get("default").toString())
				.contains("Listener 'listenerCallsIT.Hanging.on' has not returned since ");
			application.bean(Hanging.class).proceed.countDown();
			await().until(() -> !isOverdue(application));
			await().untilAsserted(() -> assertThat(health.health().getStatus()).isEqualTo(Status.UP));
			assertThat(application.bean(Hanging.class).interrupted).hasValue(0);
		}
	}

	private static boolean isOverdue(TestApplication application) {
		RunningCall call = application.engine().oldestCall();
		return call != null && call.overdue();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 4 })
	void aCallThatDoesNotReturnIsInterruptedWhereThatIsAllowedAndTriedAgain(int concurrency, TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Hanging.class,
				"cdc.listener.concurrency=" + concurrency, "cdc.listener.timeout=100ms",
				"cdc.listener.interrupt-on-timeout=true", "cdc.listener.retry.initial-interval=1ms",
				"cdc.listener.restart.max-attempts=0")) {
			database.execute("INSERT INTO numbers VALUES (1, 'a')");
			Hanging hanging = application.bean(Hanging.class);
			await().until(() -> application.engine().status().state() == EngineState.FAILED);
			assertThat(hanging.interrupted).hasValue(3);
			assertThat(application.engine().status().failure())
				.contains("failed in 3 attempts with java.util.concurrent.TimeoutException");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 4 })
	void aStopDoesNotWaitBeyondItsDeadlineForWhatIgnoresInterruption(int concurrency, TestDatabase database)
			throws Exception {
		Stubborn stubborn;
		try (TestApplication application = TestApplication.run(database, Stubborn.class,
				"cdc.listener.concurrency=" + concurrency, "cdc.listener.shutdown-timeout=500ms")) {
			stubborn = application.bean(Stubborn.class);
			database.execute("INSERT INTO numbers VALUES (1, 'a')");
			await().until(() -> stubborn.entered.getCount() == 0);
			Thread stopping = new Thread(application::close);
			stopping.start();
			await().until(() -> !stopping.isAlive());
			stubborn.proceed.countDown();
		}
		try (TestApplication application = TestApplication.run(database, Transactions.class)) {
			await().untilAsserted(() -> assertThat(application.bean(Transactions.class).beside).hasValue(1));
		}
	}

	record Number(Integer id, String note) {

	}

	static class Transactions {

		final List<Integer> sizes = new CopyOnWriteArrayList<>();

		final AtomicInteger beside = new AtomicInteger();

		@CdcListener(tables = "numbers", wholeTransactions = true)
		void on(List<ChangeEvent<Number>> transaction) {
			assertThat(transaction).extracting(ChangeEvent::transactionId)
				.containsOnly(transaction.get(0).transactionId());
			this.sizes.add(transaction.size());
		}

		@CdcListener("numbers")
		void beside(ChangeEvent<Number> event) {
			this.beside.incrementAndGet();
		}

	}

	static class Hanging {

		final CountDownLatch proceed = new CountDownLatch(1);

		final AtomicInteger interrupted = new AtomicInteger();

		@CdcListener("numbers")
		void on(Number number) throws InterruptedException {
			try {
				this.proceed.await();
			}
			catch (InterruptedException ex) {
				this.interrupted.incrementAndGet();
				throw ex;
			}
		}

	}

	static class Stubborn {

		final CountDownLatch entered = new CountDownLatch(1);

		final CountDownLatch proceed = new CountDownLatch(1);

		@CdcListener("numbers")
		void on(Number number) {
			this.entered.countDown();
			while (this.proceed.getCount() > 0) {
				try {
					this.proceed.await();
				}
				catch (InterruptedException ex) {
					// it does not care
				}
			}
		}

	}

}
