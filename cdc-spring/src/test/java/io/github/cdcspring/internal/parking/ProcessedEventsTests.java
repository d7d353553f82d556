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

import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import javax.sql.DataSource;

import io.github.cdcspring.EventPosition;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.offset.OffsetKey;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@PostgresTest
class ProcessedEventsTests {

	private TestDatabase database;

	private ProcessedEvents processedEvents;

	private TransactionTemplate transaction;

	@BeforeEach
	void open(TestDatabase database) {
		this.database = database;
		DataSource dataSource = database.dataSource();
		this.processedEvents = new ProcessedEvents(dataSource, "cdc_processed", true, fence("default"));
		this.transaction = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
	}

	@Test
	void registersEventOncePerListener() {
		assertThat(register("one", position(100, 1, 0))).isTrue();
		assertThat(register("one", position(100, 1, 0))).isFalse();
		assertThat(register("one", position(100, 1, 1))).isTrue();
		assertThat(register("two", position(100, 1, 0))).isTrue();
		assertThat(new ProcessedEvents(this.database.dataSource(), "cdc_processed", true, fence("other"))
			.register("one", position(100, 1, 0))).isTrue();
	}

	@Test
	void forgetsRegistrationOnRollback() {
		this.transaction.executeWithoutResult((status) -> {
			assertThat(this.processedEvents.register("one", position(100, 1, 0))).isTrue();
			status.setRollbackOnly();
		});
		assertThat(register("one", position(100, 1, 0))).isTrue();
	}

	@Test
	void registersUnprocessedEventsOfBatch() {
		register("one", position(100, 1, 1));
		register("one", position(100, 3, 0));
		List<EventPosition> batch = List.of(position(100, 1, 0), position(100, 1, 1), position(100, 2, 0),
				position(100, 3, 0), position(100, 4, 0));
		Set<EventPosition> fresh = this.transaction.execute((status) -> this.processedEvents.register("one", batch));
		assertThat(fresh).containsExactlyInAnyOrder(batch.get(0), batch.get(2), batch.get(4));
		Set<EventPosition> again = this.transaction.execute((status) -> this.processedEvents.register("one", batch));
		assertThat(again).isEmpty();
	}

	@Test
	void waitsForUncommittedRegistration() throws Exception {
		register("one", position(100, 9, 0));
		ExecutorService other = Executors.newSingleThreadExecutor();
		CountDownLatch registered = new CountDownLatch(1);
		Future<Boolean> later = other.submit(() -> {
			registered.await();
			return register("one", position(100, 1, 0));
		});
		this.transaction.executeWithoutResult((status) -> {
			assertThat(this.processedEvents.register("one", position(100, 1, 0))).isTrue();
			registered.countDown();
			await().until(() -> "1".equals(this.database
				.queryForText("SELECT count(*) FROM pg_locks WHERE locktype = 'transactionid' AND NOT granted")));
			assertThat(later).isNotDone();
		});
		assertThat(later.get()).isFalse();
		other.shutdown();
	}

	@Test
	void forgetsEventsBeforeStoredOffset() {
		register("one", position(100, 101, 0));
		register("one", position(200, 150, 0));
		register("one", position(300, 301, 0));
		assertThat(this.processedEvents.forgetUntil(new Lsn(100))).isZero();
		assertThat(this.processedEvents.forgetUntil(new Lsn(250))).isEqualTo(2);
		assertThat(this.database.queryForTexts("SELECT lsn FROM cdc_processed")).containsExactly("0/12D");
	}

	private boolean register(String listener, EventPosition position) {
		return Boolean.TRUE
			.equals(this.transaction.execute((status) -> this.processedEvents.register(listener, position)));
	}

	private static EventPosition position(long committed, long lsn, long ordinal) {
		return new EventPosition(new Lsn(committed), 77, new Lsn(lsn), ordinal);
	}

	private static EpochFence fence(String engine) {
		return new EpochFence(new OffsetKey(engine, "slot"), null, null);
	}

}
