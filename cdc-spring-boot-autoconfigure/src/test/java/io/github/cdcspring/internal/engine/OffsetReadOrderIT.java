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

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import io.github.cdcspring.ActionStep;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.debezium.OffsetJson;
import io.github.cdcspring.internal.startup.SlotOffsetComparison;
import io.github.cdcspring.internal.startup.Verdict;
import io.github.cdcspring.offset.JdbcOffsetStore;
import io.github.cdcspring.offset.OffsetKey;
import io.github.cdcspring.offset.OffsetStore;
import io.github.cdcspring.offset.OffsetTakeover;
import io.github.cdcspring.offset.StoredOffset;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * At a takeover the former leader stores and flushes once more while its successor reads
 * offset and slot. That must not look like a slot that is ahead.
 */
@PostgresTest
class OffsetReadOrderIT {

	@ParameterizedTest
	@ValueSource(ints = { 1, 2 })
	void lastSaveOfTheFormerLeaderIsNoGap(int read, TestDatabase database) {
		database.execute("CREATE TABLE counters (id int PRIMARY KEY, value int NOT NULL)");
		try (TestApplication former = TestApplication.run(database, Numbered.class, "test.read=0")) {
			former.awaitSnapshotStored();
		}
		database.execute("INSERT INTO counters VALUES (1, 1)");
		try (TestApplication successor = TestApplication.run(database, Numbered.class, "test.read=" + read)) {
			SlotOffsetComparison comparison = successor.engine().reconciliation().comparison();
			assertThat(comparison.verdict()).isIn(Verdict.IN_SYNC, Verdict.OFFSET_AHEAD);
			assertThat(comparison.explained()).isTrue();
		}
	}

	static class Numbered extends EffectsApplication.Effects {

		Numbered(DataSource dataSource) {
			super(dataSource);
		}

		@Bean
		OffsetStore offsetStore(DataSource dataSource, Environment environment) {
			OffsetStore store = new JdbcOffsetStore(dataSource, "cdc_offset", true);
			int moved = environment.getRequiredProperty("test.read", Integer.class);
			AtomicInteger reads = new AtomicInteger();
			return new OffsetStore() {

				@Override
				public Optional<StoredOffset> load(OffsetKey key) {
					Optional<StoredOffset> offset = store.load(key);
					if (reads.incrementAndGet() == moved) {
						storeAndFlush(store, key, new JdbcTemplate(dataSource));
					}
					return offset;
				}

				@Override
				public OffsetTakeover takeOver(OffsetKey key) {
					return store.takeOver(key);
				}

				@Override
				public void save(OffsetKey key, long epoch, StoredOffset offset) {
					store.save(key, epoch, offset);
				}

				@Override
				public void verify(OffsetKey key, long epoch) {
					store.verify(key, epoch);
				}

				@Override
				public ActionStep howToForget(OffsetKey key) {
					return store.howToForget(key);
				}

				@Override
				public boolean isDurable() {
					return true;
				}

			};
		}

		private static void storeAndFlush(OffsetStore store, OffsetKey key, JdbcTemplate jdbc) {
			Lsn lsn = Lsn.parse(jdbc.queryForObject("SELECT pg_current_wal_lsn()::text", String.class));
			OffsetTakeover former = store.takeOver(key);
			StoredOffset before = former.offset().orElseThrow();
			store.save(key, former.epoch(), new StoredOffset(lsn, OffsetJson.at(lsn).text(), before.origin(),
					before.slot(), List.of(), true, Instant.now()));
			jdbc.queryForList("SELECT pg_replication_slot_advance(?, ?::pg_lsn)", key.slotName(), lsn.toString());
		}

	}

}
