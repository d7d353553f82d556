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

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.offset.FileOffsetStore;
import io.github.cdcspring.offset.OffsetKey;
import io.github.cdcspring.offset.OffsetOrigin;
import io.github.cdcspring.offset.OffsetStore;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PromotedServer;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.annotation.Bean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * How a start judges slot and offset after the server changed its timeline.
 */
class TimelineIT {

	private static final String PATRONI = "cdc.slot.survives-failover=patroni";

	private static final String NO_DATA = "cdc.snapshot.mode=no_data";

	private final PromotedServer server = new PromotedServer();

	private final TestDatabase database = this.server.database();

	@BeforeEach
	void createTable() {
		this.database.execute("CREATE TABLE numbers (id int PRIMARY KEY)");
	}

	@AfterEach
	void close() throws Exception {
		this.server.close();
	}

	@Test
	void refusesASlotThatWasCreatedAfterAPromotion() throws Exception {
		refusesARecreatedSlot("trust_slot");
	}

	@Tag("faults")
	@ParameterizedTest
	@ValueSource(strings = { "trust_greater_lsn", "trust_offset", "no_validation" })
	void refusesASlotThatWasCreatedAfterAPromotion(String strategy) throws Exception {
		refusesARecreatedSlot(strategy);
	}

	private void refusesARecreatedSlot(String strategy) throws Exception {
		receive(1);
		this.server.promote();
		this.database.execute("SELECT pg_drop_replication_slot('" + this.database.name() + "')");
		insert(2);
		this.database.execute("SELECT pg_create_logical_replication_slot('" + this.database.name() + "', 'pgoutput')");
		assertThatThrownBy(() -> TestApplication.start(this.database, Numbers.class, NO_DATA, PATRONI,
				"cdc.offset-mismatch-strategy=" + strategy))
			.rootCause()
			.isInstanceOf(StartRefusedException.class)
			.hasMessageContaining("slot-recreated: Replication slot '" + this.database.name() + "'");
	}

	@Test
	void continuesAfterTwoPromotionsAndLostConnections() throws Exception {
		continuesAfterTwoPromotions("connector_and_driver");
	}

	@Tag("faults")
	@Test
	void continuesAfterTwoPromotionsAndLostConnectionsWithoutTheDriver() throws Exception {
		continuesAfterTwoPromotions("connector");
	}

	private void continuesAfterTwoPromotions(String flushMode) throws Exception {
		String[] settings = { NO_DATA, PATRONI, "cdc.offset-mismatch-strategy=trust_greater_lsn",
				"cdc.lsn-flush-mode=" + flushMode, "cdc.heartbeat.interval=200ms", "cdc.offset.flush-interval=100ms" };
		try (TestApplication application = TestApplication.run(this.database, Numbers.class, settings)) {
			List<Integer> ids = application.bean(Numbers.class).ids;
			insert(1);
			await().atMost(Duration.ofMinutes(2)).until(() -> ids.contains(1));
			for (int timeline = 2; timeline <= 3; timeline++) {
				this.server.promote();
				assertThat(this.server.timeline()).isEqualTo(timeline);
				int first = timeline * 10;
				insert(first);
				await().atMost(Duration.ofMinutes(2)).until(() -> ids.contains(first));
				terminate();
				insert(first + 1);
				await().atMost(Duration.ofMinutes(2)).until(() -> ids.contains(first + 1));
			}
			assertThat(application.engine().reconciliation()).isNotNull();
			assertThat(application.engine().reconciliation().skipped()).isNull();
		}
	}

	/**
	 * A busy engine stores offsets although there is no moment at which everything is
	 * processed.
	 */
	@Test
	void storesTheTimelineOfAStandbyThatWasPromoted(@TempDir Path directory) throws Exception {
		try (FileOffsetStore store = new FileOffsetStore(directory.resolve("offsets"))) {
			OwnStore.store = store;
			String[] settings = { NO_DATA, PATRONI, "cdc.offset.flush-interval=100ms",
					"cdc.safety.accept=standby-server" };
			try (TestApplication application = TestApplication.run(this.database, OwnStore.class, settings)) {
				insert(1);
				await().until(() -> application.bean(OwnStore.class).ids.equals(List.of(1)));
			}
			this.server.startAsStandby();
			try (TestApplication application = TestApplication.run(this.database, OwnStore.class, settings)) {
				OwnStore listener = application.bean(OwnStore.class);
				this.server.promoteStandby();
				// No offset passes what the server writes behind the commit
				Lsn inserted = Lsn.parse(String.valueOf(
						this.database.queryForText("WITH inserted AS (INSERT INTO numbers VALUES (2) RETURNING id) "
								+ "SELECT pg_current_wal_insert_lsn() FROM inserted")));
				// The end of a transaction is known with the next one
				insert(3);
				insert(OwnStore.LAST);
				await().until(() -> listener.ids.contains(OwnStore.LAST));
				OffsetKey key = new OffsetKey("default", this.database.name());
				await().until(() -> application.engine().storedLsn().isAfter(inserted));
				assertThat(store.load(key).orElseThrow().origin()).extracting(OffsetOrigin::timeline).isEqualTo(2);
				assertThat(listener.ids).endsWith(2, 3, OwnStore.LAST);
				listener.release.countDown();
			}
		}
	}

	/**
	 * Once its process has ended, nobody can tell over which timeline the standby sent an
	 * event, so that event is delivered again.
	 */
	@Test
	void continuesAfterAPromotedStandbyHasStoppedSending(@TempDir Path directory) throws Exception {
		try (FileOffsetStore store = new FileOffsetStore(directory.resolve("offsets"))) {
			OwnStore.store = store;
			// Nothing is stored or asked between the promotion and the end of the stream
			String[] settings = { NO_DATA, PATRONI, "cdc.offset.flush-interval=1h",
					"cdc.safety.accept=standby-server" };
			try (TestApplication application = TestApplication.run(this.database, OwnStore.class, settings)) {
				insert(1);
				await().until(() -> application.bean(OwnStore.class).ids.equals(List.of(1)));
			}
			this.server.startAsStandby();
			try (TestApplication application = TestApplication.run(this.database, OwnStore.class, settings)) {
				OwnStore listener = application.bean(OwnStore.class);
				this.server.promoteStandby();
				insert(OwnStore.LAST);
				await().until(() -> listener.ids.contains(OwnStore.LAST));
				terminate();
				await().until(() -> application.engine().status().state() == EngineState.BACKING_OFF);
				listener.release.countDown();
				insert(OwnStore.LAST + 1);
				await().atMost(Duration.ofMinutes(2)).until(() -> listener.ids.contains(OwnStore.LAST + 1));
				assertThat(listener.ids).endsWith(OwnStore.LAST, OwnStore.LAST + 1)
					.containsSubsequence(OwnStore.LAST, OwnStore.LAST, OwnStore.LAST + 1);
			}
		}
	}

	private void terminate() {
		await().atMost(Duration.ofMinutes(2))
			.until(() -> "1".equals(this.database.queryForText(
					"SELECT count(pg_terminate_backend(active_pid)) FROM pg_replication_slots WHERE active")));
	}

	/** Receive a row, and wait until an offset is stored. */
	private void receive(int id) {
		try (TestApplication application = TestApplication.run(this.database, Numbers.class, NO_DATA,
				"cdc.heartbeat.interval=200ms", "cdc.offset.flush-interval=100ms")) {
			insert(id);
			await().atMost(Duration.ofMinutes(2)).until(() -> application.bean(Numbers.class).ids.contains(id));
			await().atMost(Duration.ofMinutes(2))
				.until(() -> this.database.queryForText("SELECT lsn FROM cdc_offset WHERE lsn > '0/0'") != null);
		}
	}

	private void insert(int id) {
		this.database.execute("INSERT INTO numbers VALUES (" + id + ")");
	}

	static class OwnStore extends Numbers {

		static final int LAST = 4;

		static FileOffsetStore store;

		final CountDownLatch release = new CountDownLatch(1);

		@Override
		void on(Number number) {
			super.on(number);
			if (number.id() == LAST) {
				try {
					this.release.await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			}
		}

		@Bean(destroyMethod = "")
		static OffsetStore offsetStore() {
			return store;
		}

	}

}
