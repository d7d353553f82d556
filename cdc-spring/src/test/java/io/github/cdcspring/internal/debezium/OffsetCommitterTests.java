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

import java.sql.Connection;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.backfill.Backfill;
import io.github.cdcspring.internal.listener.DeliveryStoppedException;
import io.github.cdcspring.internal.listener.InFlightTracker;
import io.github.cdcspring.internal.offset.OffsetSession;
import io.github.cdcspring.offset.JdbcOffsetStore;
import io.github.cdcspring.offset.OffsetFencedException;
import io.github.cdcspring.offset.OffsetKey;
import io.github.cdcspring.offset.StoredOffset;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

@PostgresTest
class OffsetCommitterTests {

	private static final OffsetKey KEY = new OffsetKey("default", "slot");

	/**
	 * The store may have compared the epoch before another instance took over, and answer
	 * only after it.
	 */
	@Test
	void saveThatIsAnsweredLateDoesNotProlongTheLease(TestDatabase database) throws Exception {
		JdbcOffsetStore store = new JdbcOffsetStore(database.dataSource(), "cdc_offset", true);
		OffsetSession session = new OffsetSession(KEY, store, Clock.systemUTC());
		session.takeOver();
		session.save(new Lsn(1), "{}");
		InFlightTracker<SourceOffset> inFlightTracker = new InFlightTracker<>();
		StreamGuard guard = new StreamGuard("slot", session);
		CountDownLatch stored = new CountDownLatch(1);
		CompletableFuture<Throwable> failure = new CompletableFuture<>();
		OffsetCommitter committer = new OffsetCommitter("default", inFlightTracker, session,
				new OffsetRecorder(session, new Backfill()), Duration.ofMillis(10), new RunListener() {

					@Override
					public void stored(Lsn lsn) {
						stored.countDown();
					}

				}, guard, failure::complete);
		inFlightTracker.add(new SourceOffset(new Lsn(2), Map.of(SourceOffset.LSN, 2L))).run();
		try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			statement.execute("LOCK TABLE cdc_offset IN ACCESS EXCLUSIVE MODE");
			committer.start();
			await().until(() -> session.longestStoreCall().compareTo(Duration.ofSeconds(3)) > 0);
		}
		stored.await();
		committer.stop();
		new OffsetSession(KEY, store, Clock.systemUTC()).takeOver();
		assertThatExceptionOfType(DeliveryStoppedException.class).isThrownBy(guard::check)
			.withCauseInstanceOf(OffsetFencedException.class);
	}

	/** The next event may come only much later. */
	@Test
	void storesWhatCouldNotBeStoredAtOnce(TestDatabase database) {
		JdbcOffsetStore store = new JdbcOffsetStore(database.dataSource(), "cdc_offset", true);
		OffsetSession session = new OffsetSession(KEY, store, Clock.systemUTC());
		session.takeOver();
		InFlightTracker<SourceOffset> inFlightTracker = new InFlightTracker<>();
		CountDownLatch asked = new CountDownLatch(2);
		OffsetCommitter committer = new OffsetCommitter("default", inFlightTracker, session,
				new OffsetRecorder(session, new Backfill()), Duration.ofMillis(10), new RunListener() {

					@Override
					public boolean mayStore() {
						asked.countDown();
						return asked.getCount() == 0;
					}

				}, new StreamGuard("slot", session), (failure) -> {
				});
		inFlightTracker.add(new SourceOffset(new Lsn(2), Map.of(SourceOffset.LSN, 2L))).run();
		committer.start();
		await().until(() -> store.load(KEY).map(StoredOffset::lsn).filter(new Lsn(2)::equals).isPresent());
		committer.stop();
	}

}
