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
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.CdcListenerCall;
import io.github.cdcspring.CdcListenerInterceptor;
import io.github.cdcspring.ChangeEvent;
import io.github.cdcspring.EventPosition;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.Operation;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An event has a position that no other event has, and keeps it when it is sent again.
 */
@PostgresTest
class EventPositionIT {

	private static final int FIRST_TRANSACTION = 2;

	private static final int LAST_TRANSACTION = 702;

	@BeforeEach
	void createTable(TestDatabase database) {
		database.execute("CREATE TABLE numbers (id int PRIMARY KEY, note text)");
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 8 })
	void isTheSameWhenTheEventIsSentAgain(int concurrency, TestDatabase database) throws Exception {
		String[] properties = properties(concurrency);
		List<ChangeEvent<Number>> first;
		try (TestApplication application = TestApplication.run(database, Failing.class, properties)) {
			Seeing listener = application.bean(Failing.class);
			database.execute("INSERT INTO numbers VALUES (0, 'stored')");
			await().untilAsserted(() -> assertThat(listener.events).hasSize(1));
			awaitStored(application, listener.events.get(0));
			write(database);
			await().until(() -> application.engine().status().state() == EngineState.FAILED);
			first = listener.events.stream().filter(EventPositionIT::isOfLastTransaction).toList();
		}
		try (TestApplication application = TestApplication.run(database, Seeing.class, properties)) {
			List<ChangeEvent<Number>> again = application.bean(Seeing.class).events;
			await().untilAsserted(() -> assertThat(again).hasSize(LAST_TRANSACTION));
			Map<EventPosition, ChangeEvent<Number>> byPosition = again.stream()
				.collect(Collectors.toMap(ChangeEvent::position, (event) -> event));
			assertThat(byPosition).as("distinct events have distinct positions").hasSize(LAST_TRANSACTION);
			assertThat(byPosition.keySet().stream().map(EventPosition::toString)).doesNotHaveDuplicates();
			assertThat(byPosition.keySet().stream().map(EventPosition::lsn).distinct().count()).as("rows share LSNs")
				.isLessThan(LAST_TRANSACTION);
			assertThat(first).hasSizeGreaterThan(400).allSatisfy((event) -> {
				ChangeEvent<Number> same = byPosition.get(event.position());
				assertThat(same).isNotNull();
				assertThat(content(same)).isEqualTo(content(event));
				assertThat(same.position().previousCommitLsn()).isEqualTo(event.position().previousCommitLsn());
			});
		}
	}

	@Test
	void comparesInTheOrderOfTheStream(TestDatabase database) throws Exception {
		try (TestApplication application = TestApplication.run(database, Seeing.class, properties(1))) {
			List<ChangeEvent<Number>> events = application.bean(Seeing.class).events;
			write(database);
			await().untilAsserted(() -> assertThat(events).hasSize(FIRST_TRANSACTION + LAST_TRANSACTION));
			List<EventPosition> positions = events.stream().map(ChangeEvent::position).toList();
			assertThat(positions).isSorted();
			assertThat(positions.stream().map(EventPosition::lsn).toList())
				.as("transactions overlap, so LSNs are not in the order of the stream")
				.isNotEqualTo(positions.stream().map(EventPosition::lsn).sorted().toList());
		}
	}

	@Test
	void isTheParametersAndTheInterceptorsToo(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Seeing.class, properties(1))) {
			Seeing listener = application.bean(Seeing.class);
			database.execute("INSERT INTO numbers VALUES (1, 'a'), (2, 'b')");
			await().untilAsserted(() -> assertThat(listener.events).hasSize(2));
			List<EventPosition> positions = listener.events.stream().map(ChangeEvent::position).toList();
			assertThat(listener.parameters).isEqualTo(positions);
			assertThat(listener.intercepted).isEqualTo(positions);
			assertThat(listener.events).allSatisfy((event) -> {
				assertThat(event.position().lsn()).isEqualTo(event.lsn());
				assertThat(event.position().transactionId()).isEqualTo(event.transactionId()).isPositive();
			});
		}
	}

	@Test
	void rowsOfASnapshotHaveNone(TestDatabase database) {
		database.execute("INSERT INTO numbers VALUES (1, 'a')");
		try (TestApplication application = TestApplication.run(database, Seeing.class)) {
			Seeing listener = application.bean(Seeing.class);
			await().untilAsserted(() -> assertThat(listener.events).hasSize(1));
			database.execute("INSERT INTO numbers VALUES (2, 'b')");
			await().untilAsserted(() -> assertThat(listener.events).hasSize(2));
			ChangeEvent<Number> read = listener.events.get(0);
			assertThat(read.operation()).isEqualTo(Operation.READ);
			assertThat(read.snapshot()).isTrue();
			assertThat(read.position()).isNull();
			assertThat(read.transactionId()).isNull();
			assertThat(read.lsn()).isGreaterThan(Lsn.ZERO);
			assertThat(listener.parameters.get(0)).isNull();
			assertThat(listener.events.get(1).snapshot()).isFalse();
			assertThat(listener.parameters.get(1)).isNotNull().isEqualTo(listener.events.get(1).position());
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 8 })
	void theTransactionIsStoredWholeOnceTheOffsetIsBeyondTheOneBefore(int concurrency, TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Seeing.class, properties(concurrency))) {
			List<ChangeEvent<Number>> events = application.bean(Seeing.class).events;
			database.execute("INSERT INTO numbers VALUES (1, 'a')", "INSERT INTO numbers VALUES (2, 'b')");
			await().untilAsserted(() -> assertThat(events).hasSize(2));
			ChangeEvent<Number> last = events.stream()
				.reduce((one, other) -> one.lsn().isAfter(other.lsn()) ? one : other)
				.orElseThrow();
			assertThat(last.position().previousCommitLsn()).isLessThanOrEqualTo(last.lsn());
			awaitStored(application, last);
			assertThat(application.engine().storedLsn()).isGreaterThan(last.lsn());
		}
	}

	private static String[] properties(int concurrency) {
		return new String[] { "cdc.snapshot.mode=no_data", "cdc.listener.concurrency=" + concurrency,
				"cdc.listener.retry.max-attempts=1", "cdc.listener.restart.max-attempts=0",
				"cdc.heartbeat.interval=100ms", "cdc.offset.flush-interval=50ms" };
	}

	private static void awaitStored(TestApplication application, ChangeEvent<Number> event) {
		await().until(() -> application.engine().storedLsn().isAfter(event.position().previousCommitLsn()));
	}

	/** Two transactions that overlap: the one that begins first commits last. */
	private static void write(TestDatabase database) throws Exception {
		try (Connection connection = database.connect(); var statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			statement.execute("SELECT pg_logical_emit_message(true, 'mark', 'x')");
			copy(connection);
			database.execute("INSERT INTO numbers VALUES (4000, 'between'), (4001, 'between')");
			statement.execute("UPDATE numbers SET id = id + 1000 WHERE id BETWEEN 1 AND 100");
			statement.execute("INSERT INTO numbers VALUES (5000, 'last')");
			connection.commit();
		}
	}

	private static void copy(Connection connection) throws Exception {
		connection.unwrap(PGConnection.class)
			.getCopyAPI()
			.copyIn("COPY numbers FROM STDIN", new StringReader(
					IntStream.rangeClosed(1, 500).mapToObj((i) -> i + "\tcopied\n").collect(Collectors.joining())));
	}

	private static boolean isOfLastTransaction(ChangeEvent<Number> event) {
		return event.after() == null || !List.of("stored", "between").contains(event.after().note());
	}

	private static List<@Nullable Object> content(ChangeEvent<Number> event) {
		List<@Nullable Object> content = new ArrayList<>();
		Collections.addAll(content, event.operation(), event.key(), event.after(), event.message());
		return content;
	}

	record Number(Integer id, String note) {

	}

	static class Seeing implements CdcListenerInterceptor {

		final List<ChangeEvent<Number>> events = new CopyOnWriteArrayList<>();

		final List<@Nullable EventPosition> parameters = new CopyOnWriteArrayList<>();

		final List<@Nullable EventPosition> intercepted = new CopyOnWriteArrayList<>();

		@CdcListener(tables = "numbers", messages = "mark")
		void on(ChangeEvent<Number> event, @Nullable EventPosition position) {
			this.parameters.add(position);
			this.events.add(event);
		}

		@Override
		public void intercept(CdcListenerCall call) throws Throwable {
			this.intercepted.add(call.position());
			call.proceed();
		}

	}

	static class Failing extends Seeing {

		@Override
		void on(ChangeEvent<Number> event, @Nullable EventPosition position) {
			if (event.after() != null && event.after().id() == 5000) {
				// Other lanes may be behind
				await().until(() -> this.events.size() >= FIRST_TRANSACTION + LAST_TRANSACTION);
				throw new IllegalStateException("the last");
			}
			super.on(event, position);
		}

	}

}
