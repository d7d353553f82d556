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

package io.github.cdcspring.boot.test.listeners;

import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import javax.sql.DataSource;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.CdcListenerCall;
import io.github.cdcspring.CdcListenerInterceptor;
import io.github.cdcspring.ChangeEvent;
import io.github.cdcspring.EventPosition;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.Operation;
import io.github.cdcspring.boot.test.CdcScenario;
import io.github.cdcspring.boot.test.CdcTest;
import io.github.cdcspring.boot.test.KillPoint;
import io.github.cdcspring.engine.CdcEngine;
import io.github.cdcspring.engine.CdcEngineRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An event has a position that no other event has, and keeps it when it is sent again.
 */
class EventPositionIT {

	private static final String SCHEMA = "spring.sql.init.schema-locations=classpath:io/github/cdcspring/boot/test/listeners/numbers.sql";

	private static final int LAST_TRANSACTION = 702;

	private static final int BOTH_TRANSACTIONS = 2 + LAST_TRANSACTION;

	@Nested
	@CdcTest(properties = { SCHEMA, "cdc.heartbeat.interval=100ms" })
	@Import(Seeing.class)
	class InOneLane extends Positions {

		@Test
		void comparesInTheOrderOfTheStream() {
			this.scenario.stimulate(this::write).andWaitForChanges();
			List<EventPosition> positions = this.listener.changes().stream().map(ChangeEvent::position).toList();
			assertThat(positions).hasSize(BOTH_TRANSACTIONS).isSorted();
			assertThat(positions.stream().map(EventPosition::lsn).toList())
				.as("transactions overlap, so LSNs are not in the order of the stream")
				.isNotEqualTo(positions.stream().map(EventPosition::lsn).sorted().toList());
		}

		@Test
		void isTheParametersAndTheInterceptorsToo() {
			insert("(1, 'a'), (2, 'b')");
			List<ChangeEvent<Number>> events = this.listener.changes();
			assertThat(events).hasSize(2);
			List<EventPosition> positions = events.stream().map(ChangeEvent::position).toList();
			assertThat(this.listener.parameters).filteredOn(Objects::nonNull).isEqualTo(positions);
			assertThat(this.listener.intercepted).filteredOn(Objects::nonNull).isEqualTo(positions);
			assertThat(events).allSatisfy((event) -> {
				assertThat(event.position().lsn()).isEqualTo(event.lsn());
				assertThat(event.position().transactionId()).isEqualTo(event.transactionId()).isPositive();
			});
		}

		@Test
		void rowsOfASnapshotHaveNone() {
			insert("(2, 'b')");
			assertThat(this.listener.events).hasSize(2);
			ChangeEvent<Number> read = this.listener.events.get(0);
			assertThat(read.operation()).isEqualTo(Operation.READ);
			assertThat(read.snapshot()).isTrue();
			assertThat(read.position()).isNull();
			assertThat(read.transactionId()).isNull();
			assertThat(read.lsn()).isGreaterThan(Lsn.ZERO);
			assertThat(this.listener.parameters.get(0)).isNull();
			ChangeEvent<Number> change = this.listener.events.get(1);
			assertThat(change.snapshot()).isFalse();
			assertThat(this.listener.parameters.get(1)).isNotNull().isEqualTo(change.position());
		}

		private void insert(String rows) {
			this.scenario.stimulate(() -> this.jdbc.execute("INSERT INTO numbers VALUES " + rows)).andWaitForChanges();
		}

	}

	@Nested
	@CdcTest(properties = { SCHEMA, "cdc.heartbeat.interval=100ms", "cdc.listener.concurrency=8" })
	@Import(Seeing.class)
	class InEightLanes extends Positions {

	}

	abstract static class Positions {

		@Autowired
		CdcScenario scenario;

		@Autowired
		JdbcTemplate jdbc;

		@Autowired
		Seeing listener;

		@Autowired
		private DataSource dataSource;

		@Autowired
		private CdcEngineRegistry engines;

		@BeforeEach
		void empty() {
			this.scenario.stimulate(() -> this.jdbc.execute("DELETE FROM numbers")).andWaitForChanges();
			this.listener.forgetChanges();
		}

		@Test
		void isTheSameWhenTheEventIsSentAgain() {
			this.scenario.killAt(KillPoint.BEFORE_STORED).stimulate(this::write).andWaitForChanges();
			List<ChangeEvent<Number>> events = this.listener.changes();
			assertThat(events).hasSize(2 * BOTH_TRANSACTIONS);
			List<ChangeEvent<Number>> first = events.subList(0, BOTH_TRANSACTIONS);
			List<ChangeEvent<Number>> again = events.subList(BOTH_TRANSACTIONS, events.size());
			Map<EventPosition, ChangeEvent<Number>> byPosition = again.stream()
				.collect(Collectors.toMap(ChangeEvent::position, (event) -> event));
			assertThat(byPosition).as("distinct events have distinct positions").hasSize(BOTH_TRANSACTIONS);
			assertThat(byPosition.keySet().stream().map(EventPosition::toString)).doesNotHaveDuplicates();
			assertThat(byPosition.keySet().stream().map(EventPosition::lsn).distinct().count()).as("rows share LSNs")
				.isLessThan(LAST_TRANSACTION);
			assertThat(first).allSatisfy((event) -> {
				ChangeEvent<Number> same = byPosition.get(event.position());
				assertThat(same).isNotNull();
				assertThat(content(same)).isEqualTo(content(event));
			});
			// The transaction before the first one is a heartbeat
			assertThat(first).filteredOn(EventPositionIT::isOfLastTransaction)
				.hasSize(LAST_TRANSACTION)
				.allSatisfy((event) -> assertThat(byPosition.get(event.position()).position().previousCommitLsn())
					.isEqualTo(event.position().previousCommitLsn()));
		}

		/** A scenario would wait until the offset is beyond all of them. */
		@Test
		void theTransactionIsStoredWholeOnceTheOffsetIsBeyondTheOneBefore() {
			this.jdbc.execute("INSERT INTO numbers VALUES (1, 'a')");
			this.jdbc.execute("INSERT INTO numbers VALUES (2, 'b')");
			await().untilAsserted(() -> assertThat(this.listener.changes()).hasSize(2));
			ChangeEvent<Number> last = this.listener.changes()
				.stream()
				.reduce((one, other) -> one.lsn().isAfter(other.lsn()) ? one : other)
				.orElseThrow();
			Lsn before = last.position().previousCommitLsn();
			assertThat(before).isLessThanOrEqualTo(last.lsn());
			await().until(() -> engine().storedLsn().isAfter(before));
			assertThat(engine().storedLsn()).isGreaterThan(last.lsn());
		}

		/** Two transactions that overlap: the one that begins first commits last. */
		void write() throws SQLException, IOException {
			try (Connection connection = this.dataSource.getConnection();
					Statement statement = connection.createStatement()) {
				connection.setAutoCommit(false);
				statement.execute("SELECT pg_logical_emit_message(true, 'mark', 'x')");
				copy(connection);
				this.jdbc.execute("INSERT INTO numbers VALUES (4000, 'between'), (4001, 'between')");
				statement.execute("UPDATE numbers SET id = id + 1000 WHERE id BETWEEN 1 AND 100");
				statement.execute("INSERT INTO numbers VALUES (5000, 'last')");
				connection.commit();
			}
		}

		private static void copy(Connection connection) throws SQLException, IOException {
			connection.unwrap(PGConnection.class)
				.getCopyAPI()
				.copyIn("COPY numbers FROM STDIN", new StringReader(
						IntStream.rangeClosed(1, 500).mapToObj((i) -> i + "\tcopied\n").collect(Collectors.joining())));
		}

		private CdcEngine engine() {
			return Objects.requireNonNull(this.engines.engine("default"));
		}

	}

	private static boolean isOfLastTransaction(ChangeEvent<Number> event) {
		return event.after() == null || !"between".equals(event.after().note());
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

		/** The events that are not of the snapshot. */
		List<ChangeEvent<Number>> changes() {
			return this.events.stream().filter((event) -> !event.snapshot()).toList();
		}

		void forgetChanges() {
			this.events.removeIf((event) -> !event.snapshot());
			this.parameters.removeIf(Objects::nonNull);
			this.intercepted.removeIf(Objects::nonNull);
		}

	}

}
