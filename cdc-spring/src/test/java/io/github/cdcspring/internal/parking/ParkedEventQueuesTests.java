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

package io.github.cdcspring.internal.parking;

import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.github.cdcspring.CdcException;
import io.github.cdcspring.EventPosition;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.Operation;
import io.github.cdcspring.internal.support.StoreException;
import io.github.cdcspring.offset.OffsetKey;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

@PostgresTest
class ParkedEventQueuesTests {

	private static final ParkedFailure FAILURE = new ParkedFailure("orders.on", "x.Failure");

	private static final ParkedFailure OTHER_FAILURE = new ParkedFailure(null, "y.Failure");

	private static final ParkedKey A = new ParkedKey("orders.on", "00000000000000aa");

	private static final ParkedKey B = new ParkedKey("orders.on", "00000000000000bb");

	private TestDatabase database;

	private final HikariDataSource pool = new HikariDataSource();

	private DataSource dataSource;

	private ParkedEventQueues parkedQueues;

	@BeforeEach
	void open(TestDatabase database) {
		this.database = database;
		this.dataSource = this.pool;
		this.pool.setJdbcUrl(database.jdbcUrl());
		this.pool.setUsername(database.user());
		this.pool.setPassword(database.password());
		this.pool.setMaximumPoolSize(3);
		this.parkedQueues = parking("default");
		this.parkedQueues.open();
	}

	@AfterEach
	void close() {
		this.pool.close();
	}

	@Test
	void parksAnEventOnceHoweverOftenItIsSent() {
		this.parkedQueues.park(event(A, 100, 1, 0), 3, FAILURE);
		this.parkedQueues.park(event(A, 100, 1, 0), 3, OTHER_FAILURE);
		assertThat(this.parkedQueues.store().list(null, 0, 10)).singleElement().satisfies((parked) -> {
			assertThat(parked.attempts()).isEqualTo(6);
			assertThat(parked.failure()).isEqualTo(OTHER_FAILURE);
			assertThat(parked.failedAt()).isAfterOrEqualTo(parked.parkedAt());
			assertThat(parked.position()).isEqualTo(new EventPosition(new Lsn(100), 77, new Lsn(1), 0));
			assertThat(parked.operation()).isEqualTo(Operation.UPDATE);
		});
	}

	@Test
	void parksLaterEventsOfTheKeyAndNoOthers() {
		assertThat(this.parkedQueues.isEmpty()).isTrue();
		this.parkedQueues.park(event(A, 100, 1, 0), 1, FAILURE);
		assertThat(behind(this.parkedQueues, A, 100, 1, 1)).isTrue();
		assertThat(behind(this.parkedQueues, B, 100, 1, 2)).isFalse();
		assertThat(behind(this.parkedQueues, new ParkedKey("other", A.keyHash()), 100, 1, 1)).isFalse();
		assertThat(this.parkedQueues.store().list(A.keyHash(), 0, 10)).extracting(ParkedEvent::attempts)
			.containsExactly(1, 0);
		assertThat(this.parkedQueues.store().count()).isEqualTo(2);
	}

	@Test
	void parksAgainAfterTheTableWasDropped() {
		this.parkedQueues.park(event(A, 100, 1, 0), 1, FAILURE);
		this.database.execute("DROP TABLE cdc_parked_event");
		this.parkedQueues.park(event(B, 100, 2, 0), 1, FAILURE);
		assertThat(this.parkedQueues.store().keys()).containsExactly(B);
		this.database.execute("DROP TABLE cdc_parked_event");
		assertThat(behind(this.parkedQueues, B, 100, 2, 1)).isFalse();
	}

	@Test
	void anotherStartFindsTheKeys() {
		this.parkedQueues.park(event(A, 100, 1, 0), 1, FAILURE);
		ParkedEventQueues later = parking("default");
		later.open();
		assertThat(behind(later, A, 100, 2, 0)).isTrue();
		ParkedEventQueues other = parking("other");
		other.open();
		assertThat(other.isEmpty()).isTrue();
	}

	@Test
	void replaysInTheOrderOfTheStreamThoughAnEventCameLate() {
		this.parkedQueues.park(event(A, 100, 5, 1), 1, FAILURE);
		behind(this.parkedQueues, A, 200, 3, 0);
		behind(this.parkedQueues, A, 100, 5, 0);
		behind(this.parkedQueues, A, 100, 4, 0);
		List<Long> lsns = new ArrayList<>();
		ReplayResult result = this.parkedQueues.replay(A, Integer.MAX_VALUE, (stored) -> {
			lsns.add(stored.event().position().lsn().value() * 10 + stored.event().position().ordinal());
			assertThat(stored.text()).isEqualTo("{}");
			return delivered(stored);
		});
		assertThat(result).isEqualTo(new ReplayResult(4, null));
		assertThat(lsns).containsExactly(40L, 50L, 51L, 30L);
		assertThat(this.parkedQueues.isEmpty()).isTrue();
		assertThat(behind(this.parkedQueues, A, 300, 9, 0)).isFalse();
	}

	@Test
	void whatFailsAgainStaysFirst() {
		this.parkedQueues.park(event(A, 100, 1, 0), 3, FAILURE);
		behind(this.parkedQueues, A, 100, 2, 0);
		ReplayResult result = this.parkedQueues.replay(A, 10, (stored) -> {
			this.parkedQueues.store().failedAgain(stored.event().id(), 3, OTHER_FAILURE);
			return OTHER_FAILURE;
		});
		assertThat(result).isEqualTo(new ReplayResult(0, OTHER_FAILURE));
		assertThat(this.parkedQueues.store().first(A).orElseThrow().event()).satisfies((first) -> {
			assertThat(first.position().lsn().value()).isEqualTo(1);
			assertThat(first.attempts()).isEqualTo(6);
			assertThat(first.failure()).isEqualTo(OTHER_FAILURE);
		});
		assertThat(behind(this.parkedQueues, A, 100, 3, 0)).isTrue();
	}

	@Test
	void theKeyFlowsAgainWithoutLosingOrOvertaking() throws Exception {
		ExecutorService lane = Executors.newSingleThreadExecutor();
		for (int round = 0; round < 10; round++) {
			List<Long> seen = new CopyOnWriteArrayList<>();
			this.parkedQueues.park(event(A, round, 0, 0), 1, FAILURE);
			int committed = round;
			Future<?> stream = lane.submit(() -> {
				for (int i = 1; i < 30; i++) {
					if (!behind(this.parkedQueues, A, committed, i, 0)) {
						seen.add((long) i);
					}
				}
			});
			while (!stream.isDone() || this.parkedQueues.store().count() > 0) {
				this.parkedQueues.replay(A, 3, (stored) -> {
					seen.add(stored.event().position().lsn().value());
					return delivered(stored);
				});
			}
			stream.get();
			assertThat(seen).hasSize(30).isSorted();
			assertThat(this.parkedQueues.isEmpty()).isTrue();
		}
		lane.shutdown();
	}

	@Test
	void goesOnWhereSomebodyEmptiedTheQueueWithSql() {
		this.parkedQueues.park(event(A, 100, 1, 0), 1, FAILURE);
		this.database.execute("DELETE FROM cdc_parked_event");
		assertThat(behind(this.parkedQueues, A, 100, 2, 0)).isFalse();
		assertThat(this.parkedQueues.isEmpty()).isTrue();
	}

	@Test
	void discardsOneOrAKey() {
		this.parkedQueues.park(event(A, 100, 1, 0), 1, FAILURE);
		behind(this.parkedQueues, A, 100, 2, 0);
		this.parkedQueues.park(event(B, 100, 3, 0), 1, FAILURE);
		ParkedEvent first = this.parkedQueues.store().first(A).orElseThrow().event();
		assertThat(this.parkedQueues.discard(first)).isTrue();
		assertThat(this.parkedQueues.discard(first)).isFalse();
		assertThat(behind(this.parkedQueues, A, 100, 4, 0)).isTrue();
		assertThat(this.parkedQueues.discardAll(A)).isEqualTo(2);
		assertThat(behind(this.parkedQueues, A, 100, 5, 0)).isFalse();
		assertThat(this.parkedQueues.store().find(first.id())).isEmpty();
		assertThat(this.parkedQueues.store().count()).isEqualTo(1);
	}

	@Test
	void takesOneReplayAtATime() {
		this.parkedQueues.park(event(A, 100, 1, 0), 1, FAILURE);
		this.parkedQueues.replay(A, 1, (stored) -> {
			Future<?> other = Executors.newSingleThreadExecutor()
				.submit(() -> this.parkedQueues.replay(B, 1, (never) -> null));
			assertThatExceptionOfType(Exception.class).isThrownBy(other::get)
				.withCauseInstanceOf(CdcException.class)
				.withMessageContaining("Another replay is running");
			return delivered(stored);
		});
	}

	@Test
	void standsOrFallsWithTheTransactionOfTheListener() {
		this.parkedQueues.park(event(A, 100, 1, 0), 1, FAILURE);
		new TransactionTemplate(new DataSourceTransactionManager(this.dataSource)).executeWithoutResult((status) -> {
			assertThat(this.parkedQueues.store().remove(this.parkedQueues.store().first(A).orElseThrow().event().id()))
				.isTrue();
			status.setRollbackOnly();
		});
		assertThat(this.parkedQueues.store().count()).isEqualTo(1);
	}

	@Test
	void isOnDiskWhateverTheSessionDoes() throws Exception {
		this.database.execute("ALTER DATABASE " + this.database.name() + " SET synchronous_commit = off");
		this.pool.getHikariPoolMXBean().softEvictConnections();
		String before = this.database.queryForText("SELECT pg_current_wal_insert_lsn()");
		this.parkedQueues.park(event(A, 100, 1, 0), 1, FAILURE);
		assertThat(this.database.queryForText("SELECT pg_current_wal_flush_lsn() > '" + before + "'::pg_lsn"))
			.isEqualTo("t");
	}

	@Test
	void leavesOutTheRowsOfASnapshotThatIsTakenAnew() {
		this.parkedQueues.park(new NewParkedEvent(A, "public.orders", new EventPosition(Lsn.ZERO, 0, new Lsn(1), 0),
				Operation.READ, true, "{}"), 1, FAILURE);
		this.parkedQueues.park(event(B, 100, 1, 0), 1, FAILURE);
		assertThat(this.parkedQueues.store().removeSnapshot()).isEqualTo(1);
		assertThat(this.parkedQueues.store().keys()).containsExactly(B);
	}

	@Test
	void quotesItsTableAndSaysWhatIsWrongWithIt() throws Exception {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new ParkedEventStore(this.dataSource, "x\"; DROP TABLE x; --", true, fence("default")))
			.withMessageContaining("cannot be the table of parked events");
		try (Connection connection = this.database.connect(); Statement statement = connection.createStatement()) {
			statement.execute("CREATE SCHEMA \"My-schema\"");
		}
		ParkedEventStore store = new ParkedEventStore(this.dataSource, "My-schema.Parked", true, fence("default"));
		store.park(event(A, 100, 1, 0), 1, FAILURE);
		assertThat(this.database.queryForText("SELECT count(*) FROM \"My-schema\".\"Parked\"")).isEqualTo("1");
		ParkedEventStore missing = new ParkedEventStore(this.dataSource, "missing", false, fence("default"));
		assertThatExceptionOfType(StoreException.class).isThrownBy(missing::keys)
			.withMessageStartingWith("Cannot read table of parked events missing: ")
			.withMessageContaining("CREATE TABLE IF NOT EXISTS \"public\".\"missing\" (id bigint");
	}

	private ParkedEventQueues parking(String engine) {
		return new ParkedEventQueues(new ParkedEventStore(this.dataSource, "cdc_parked_event", true, fence(engine)));
	}

	private @Nullable ParkedFailure delivered(ParkedEventStore.Stored stored) {
		this.parkedQueues.store().remove(stored.event().id());
		return null;
	}

	private static boolean behind(ParkedEventQueues parkedQueues, ParkedKey key, long committed, long lsn,
			long ordinal) {
		return parkedQueues.parkBehind(key, () -> event(key, committed, lsn, ordinal));
	}

	private static NewParkedEvent event(ParkedKey key, long committed, long lsn, long ordinal) {
		return new NewParkedEvent(key, "public.orders",
				new EventPosition(new Lsn(committed), 77, new Lsn(lsn), ordinal), Operation.UPDATE, false, "{}");
	}

	private static EpochFence fence(String engine) {
		return new EpochFence(new OffsetKey(engine, "slot"), null, null);
	}

}
