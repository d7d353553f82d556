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

package io.github.cdcspring.internal.debezium;

import java.lang.reflect.Field;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.github.cdcspring.internal.listener.DeliveryOptions;
import io.github.cdcspring.internal.listener.ListenerSet;
import io.github.cdcspring.internal.offset.OffsetSession;
import io.github.cdcspring.internal.row.RowMappers;
import io.github.cdcspring.internal.startup.check.TestEngine;
import io.github.cdcspring.internal.support.SourceEndpoint;
import io.github.cdcspring.offset.MemoryOffsetStore;
import io.github.cdcspring.offset.OffsetKey;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.core.convert.support.DefaultConversionService;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@PostgresTest
class DebeziumRunTests {

	/** The common pool of newer JDKs has one thread on two processors. */
	private static final Executor THREADS = (task) -> new Thread(task).start();

	@Test
	void closingARunThatNeverBeganEndsItsStop() throws Exception {
		DebeziumRun run = run(new TestEngine().settings(), new RunListener() {
		});
		CompletableFuture<Boolean> stop = CompletableFuture.supplyAsync(() -> run.stop(Duration.ofMinutes(10)),
				THREADS);
		await().until(DebeziumRunTests::isClosing);
		run.close();
		assertThat(stop.get(30, TimeUnit.SECONDS)).isTrue();
		await().until(() -> !isClosing());
	}

	/**
	 * Debezium's close gives its only thread a task that stops the connector, and then
	 * drops what waits for the thread. The task that polls is submitted in between.
	 */
	@Test
	void aRunEndsAlthoughItsCloseDroppedTheTaskThatPolls(TestDatabase database) throws Exception {
		database.execute("CREATE TABLE orders (id int PRIMARY KEY)", "CREATE PUBLICATION pub FOR TABLE orders");
		CountDownLatch polling = new CountDownLatch(1);
		CountDownLatch closing = new CountDownLatch(1);
		DebeziumRun run = run(new TestEngine().on(database).slot(database.name()).publication("pub").settings(),
				new RunListener() {

					@Override
					public void streaming() {
						polling.countDown();
						awaitUninterruptibly(closing);
					}

				});
		try {
			CompletableFuture<@Nullable EngineFailure> end = CompletableFuture.supplyAsync(run::run, THREADS);
			polling.await();
			ThreadPoolExecutor thread = debeziumsThread(run);
			CountDownLatch submitted = new CountDownLatch(1);
			CountDownLatch dropped = new CountDownLatch(1);
			thread.execute(() -> awaitUninterruptibly(submitted));
			CompletableFuture<Boolean> stop = CompletableFuture.supplyAsync(() -> run.stop(Duration.ofMinutes(10)),
					THREADS);
			await().until(() -> thread.getQueue().size() == 1);
			thread.execute(() -> awaitUninterruptibly(dropped));
			closing.countDown();
			await().until(() -> thread.getQueue().size() == 3);
			submitted.countDown();
			await().until(() -> thread.isShutdown() && thread.getQueue().isEmpty());
			dropped.countDown();
			assertThat(end.get(30, TimeUnit.SECONDS)).isNull();
			assertThat(stop.get(30, TimeUnit.SECONDS)).isTrue();
		}
		finally {
			run.close();
		}
	}

	private static void awaitUninterruptibly(CountDownLatch latch) {
		boolean interrupted = false;
		while (latch.getCount() > 0) {
			try {
				latch.await();
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	private static ThreadPoolExecutor debeziumsThread(DebeziumRun run) throws ReflectiveOperationException {
		return (ThreadPoolExecutor) field(field(run, "engine"), "taskService");
	}

	private static Object field(Object object, String name) throws ReflectiveOperationException {
		Field field = object.getClass().getDeclaredField(name);
		field.setAccessible(true);
		return field.get(object);
	}

	private static DebeziumRun run(EngineSettings settings, RunListener listener) {
		OffsetSession session = new OffsetSession(new OffsetKey("test", settings.slot().name()),
				new MemoryOffsetStore(), Clock.systemUTC());
		ListenerSet listeners = new ListenerSet("test", settings.listener(), List.of(),
				new RowMappers(new DefaultConversionService(), null)::mapperFor, DeliveryOptions.NONE, null);
		return DebeziumRun.builder(settings, new SourceEndpoint(settings.connection(), null), session, listeners)
			.build(listener);
	}

	@Test
	void onlyAServerWithoutFreeConnectionsAsksForMoreOfThem() {
		EngineSettings settings = new TestEngine().settings();
		assertThat(DebeziumRun.withoutConnection(settings, new SQLException("too many clients", "53300")))
			.isEqualTo("too many clients. Raise the limit of connections, or lower "
					+ settings.property("backfill.concurrency") + ".");
		assertThat(DebeziumRun.withoutConnection(settings, new SQLException("wrong password", "28P01")))
			.isEqualTo("wrong password. Check user and password (spring.datasource.*, unless cdc.connection.* is set) "
					+ "and pg_hba.conf.");
	}

	/** Otherwise an engine that shows REFUSED would still deliver. */
	@Test
	void nothingIsDeliveredAnyMoreWhenAFailureIsReported() throws Exception {
		AtomicReference<DebeziumRun> created = new AtomicReference<>();
		CompletableFuture<Boolean> ended = new CompletableFuture<>();
		DebeziumRun run = run(new TestEngine().settings(), new RunListener() {

			@Override
			public void failed(EngineFailure failure) {
				ended.complete(guard(created.get()).isEnded());
			}

		});
		created.set(run);
		run.fail(new IllegalStateException("failed"));
		assertThat(ended.get(30, TimeUnit.SECONDS)).isTrue();
		run.close();
		await().until(() -> !isClosing());
	}

	private static StreamGuard guard(DebeziumRun run) {
		return (StreamGuard) Objects.requireNonNull(ReflectionTestUtils.getField(run, "guard"));
	}

	private static boolean isClosing() {
		return Thread.getAllStackTraces().keySet().stream().anyMatch((thread) -> thread.getName().equals("cdc-close"));
	}

}
