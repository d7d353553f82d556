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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.ChangeEvent;
import io.github.cdcspring.EventPosition;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.internal.listener.DeliveryObserver;
import io.github.cdcspring.internal.row.Change;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

import org.springframework.context.annotation.Bean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An event has an identity that no other one has, and keeps it when it is sent again.
 */
@PostgresTest
class EventPositionIT {

	@ParameterizedTest
	@ValueSource(ints = { 1, 8 })
	void isTheSameWhenTheEventIsSentAgain(int concurrency, TestDatabase database) throws Exception {
		database.execute("CREATE TABLE numbers (id int PRIMARY KEY, note text)");
		String[] properties = { "cdc.snapshot.mode=no_data", "cdc.listener.concurrency=" + concurrency,
				"cdc.listener.retry.max-attempts=1", "cdc.heartbeat.interval=100ms" };
		List<Change> first;
		try (TestApplication application = TestApplication.run(database, Failing.class, properties)) {
			try (Connection connection = database.connect(); var statement = connection.createStatement()) {
				connection.setAutoCommit(false);
				statement.execute("SELECT pg_logical_emit_message(true, 'mark', 'x')");
				connection.unwrap(PGConnection.class)
					.getCopyAPI()
					.copyIn("COPY numbers FROM STDIN",
							new StringReader(IntStream.rangeClosed(1, 500)
								.mapToObj((i) -> i + "\tcopied\n")
								.collect(Collectors.joining())));
				statement.execute("UPDATE numbers SET id = id + 1000 WHERE id <= 100");
				statement.execute("INSERT INTO numbers VALUES (5000, 'last')");
				connection.commit();
			}
			await().until(() -> application.engine().status().state() == EngineState.FAILED);
			first = List.copyOf(application.bean(Failing.class).handled);
		}
		try (TestApplication application = TestApplication.run(database, Seeing.class, properties)) {
			List<Change> again = application.bean(Seeing.class).handled;
			await().untilAsserted(() -> assertThat(again).hasSize(702));
			Set<EventPosition> ids = new HashSet<>();
			for (Change change : again) {
				assertThat(ids.add(change.id())).as("%s has an id of its own", change.id()).isTrue();
			}
			assertThat(first).hasSizeGreaterThan(400).extracting(Change::id).isSubsetOf(ids);
			assertThat(ids.stream().map(EventPosition::lsn).distinct().count()).as("rows share LSNs")
				.isLessThan(ids.size());
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 8 })
	void theTransactionIsStoredWholeOnceTheOffsetIsBeyondTheOneBefore(int concurrency, TestDatabase database) {
		database.execute("CREATE TABLE numbers (id int PRIMARY KEY, note text)");
		try (TestApplication application = TestApplication.run(database, Seeing.class, "cdc.snapshot.mode=no_data",
				"cdc.listener.concurrency=" + concurrency, "cdc.heartbeat.interval=100ms",
				"cdc.offset.flush-interval=50ms")) {
			List<Change> handled = application.bean(Seeing.class).handled;
			database.execute("INSERT INTO numbers VALUES (1, 'a')", "INSERT INTO numbers VALUES (2, 'b')");
			await().untilAsserted(() -> assertThat(handled).hasSize(2));
			Change last = handled.stream()
				.reduce((one, other) -> one.lsn().isAfter(other.lsn()) ? one : other)
				.orElseThrow();
			assertThat(last.previousCommit()).isNotNull().isLessThanOrEqualTo(last.lsn());
			await().until(() -> application.engine().storedLsn().isAfter(last.previousCommit()));
			assertThat(application.engine().storedLsn()).isGreaterThan(last.lsn());
		}
	}

	record Number(Integer id, String note) {

	}

	static class Seeing {

		final List<Change> handled = new CopyOnWriteArrayList<>();

		@CdcListener(tables = "numbers", messages = "mark")
		void on(ChangeEvent<Number> event) {
		}

		@Bean
		DeliveryObserver.Factory observers() {
			return (engine) -> new DeliveryObserver() {

				@Override
				public void handled(Change change) {
					Seeing.this.handled.add(change);
				}

			};
		}

	}

	static class Failing extends Seeing {

		@Override
		void on(ChangeEvent<Number> event) {
			if (event.after() != null && event.after().id() == 5000) {
				throw new IllegalStateException("the last");
			}
		}

	}

}
