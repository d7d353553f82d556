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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.engine.EngineStatus;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TcpProxy;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Connections that break without a sign.
 */
@PostgresTest
class StreamLossIT {

	private static final Duration LONG = Duration.ofMinutes(2);

	private static final String TIMEOUT = "cdc.health.stream-timeout=4s";

	enum Loss {

		CUT(TcpProxy::cut), FORGOTTEN(TcpProxy::forget), NOTHING_FROM_SERVER(TcpProxy::stallToClient),
		NOTHING_FROM_CLIENT(TcpProxy::stallToServer), WITHIN_A_MESSAGE((proxy) -> proxy.stallToClientAfter(100_000));

		private final Consumer<TcpProxy> action;

		Loss(Consumer<TcpProxy> action) {
			this.action = action;
		}

	}

	@ParameterizedTest
	@EnumSource
	void reportsAndHealsABrokenConnection(Loss loss, TestDatabase database) throws Exception {
		database.execute("CREATE TABLE numbers (id int PRIMARY KEY, text text)",
				"ALTER DATABASE " + database.name() + " SET wal_sender_timeout = '10min'");
		try (TcpProxy proxy = TcpProxy.to("localhost", database.port());
				TestApplication application = TestApplication.run(database, Numbers.class, TIMEOUT,
						"cdc.connection.url=" + proxy.through(database).jdbcUrl(), "cdc.connection.username=postgres",
						"cdc.connection.password=postgres")) {
			Numbers numbers = application.bean(Numbers.class);
			database.execute("INSERT INTO numbers VALUES (1)");
			await().atMost(LONG).until(() -> numbers.ids.contains(1));
			List<EngineStatus> told = new CopyOnWriteArrayList<>();
			application.engine().onStatusChange(told::add);
			loss.action.accept(proxy);
			database.execute("INSERT INTO numbers VALUES (2, repeat('x', 5000000))");
			await().atMost(LONG).until(() -> !told.isEmpty());
			assertThat(told.get(0).state()).isEqualTo(EngineState.BACKING_OFF);
			assertThat(told.get(0).failure()).isNotBlank();
			await().atMost(LONG).until(() -> application.engine().status().state() == EngineState.RUNNING);
			await().atMost(LONG).until(() -> numbers.ids.contains(2));
			assertThat(application.engine().status().restarts()).isEqualTo(1);
		}
	}

	@Test
	void healsAConnectionThatIsForgottenBeforeTheStreamIsConfirmed(TestDatabase database) throws Exception {
		database.execute("CREATE TABLE numbers (id int PRIMARY KEY)");
		TestApplication.run(database, Numbers.class).close();
		try (TcpProxy proxy = TcpProxy.to("localhost", database.port());
				TestApplication application = TestApplication.start(database, Numbers.class, TIMEOUT,
						"cdc.connection.url=" + proxy.through(database).jdbcUrl(), "cdc.connection.username=postgres",
						"cdc.connection.password=postgres")) {
			await().atMost(LONG).pollInterval(Duration.ofMillis(1)).until(() -> database.isStreaming(database.name()));
			proxy.forget();
			database.execute("INSERT INTO numbers VALUES (1)");
			await().atMost(LONG).until(() -> application.bean(Numbers.class).ids.contains(1));
			await().atMost(LONG).until(() -> application.engine().status().state() == EngineState.RUNNING);
		}
	}

	@Test
	void isNotRunningBeforeTheServerSends(TestDatabase database) throws Exception {
		database.execute("CREATE TABLE numbers (id int PRIMARY KEY)", "INSERT INTO numbers VALUES (1)");
		List<EngineState> states = new CopyOnWriteArrayList<>();
		try (TestApplication application = TestApplication.start(database, Numbers.class)) {
			await().atMost(LONG).pollInterval(Duration.ofMillis(5)).until(() -> {
				EngineState state = application.engine().status().state();
				states.add(state);
				if (state == EngineState.RUNNING) {
					assertThat(database.isStreaming(database.name())).isTrue();
				}
				return state == EngineState.RUNNING;
			});
		}
		assertThat(states).containsOnly(EngineState.STARTING, EngineState.RUNNING);
	}

	@Test
	void waitsForABusyListener(TestDatabase database) {
		database.execute("CREATE TABLE numbers (id int PRIMARY KEY)");
		try (TestApplication application = TestApplication.run(database, Busy.class, TIMEOUT,
				"cdc.listener.max-in-flight=1")) {
			Busy busy = application.bean(Busy.class);
			database.execute("INSERT INTO numbers SELECT generate_series(1, 20000)");
			await().atMost(LONG).until(() -> !busy.ids.isEmpty());
			awaitTime(database, 8);
			assertThat(application.engine().status().state()).isEqualTo(EngineState.RUNNING);
			busy.release.countDown();
			await().atMost(LONG).until(() -> busy.ids.size() == 20_000);
			assertThat(application.engine().status().restarts()).isZero();
		}
	}

	@Test
	void keepsAQuietStream(TestDatabase database) {
		database.execute("CREATE TABLE numbers (id int PRIMARY KEY)");
		try (TestApplication application = TestApplication.run(database, Numbers.class, TIMEOUT,
				"cdc.heartbeat.interval=0", "cdc.safety.accept=connector-flush-without-heartbeat")) {
			awaitTime(database, 8);
			database.execute("INSERT INTO numbers VALUES (1)");
			Numbers numbers = application.bean(Numbers.class);
			await().atMost(LONG).until(() -> numbers.ids.equals(List.of(1)));
			assertThat(application.engine().status().restarts()).isZero();
		}
	}

	/** Wait longer than the timeout of the stream. */
	private static void awaitTime(TestDatabase database, int seconds) {
		String since = Objects.requireNonNull(database.queryForText("SELECT clock_timestamp()"));
		await().atMost(LONG)
			.until(() -> "t".equals(database.queryForText(
					"SELECT clock_timestamp() > '" + since + "'::timestamptz + interval '" + seconds + " s'")));
	}

	static class Busy {

		final List<Integer> ids = new CopyOnWriteArrayList<>();

		final CountDownLatch release = new CountDownLatch(1);

		@CdcListener("numbers")
		void on(Numbers.Number number) throws InterruptedException {
			this.ids.add(number.id());
			this.release.await();
		}

	}

}
