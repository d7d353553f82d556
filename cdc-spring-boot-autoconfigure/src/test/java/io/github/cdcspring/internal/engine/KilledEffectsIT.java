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
import java.util.Random;

import io.github.cdcspring.internal.parking.ReplayResult;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An application that is killed while its listeners work: with their work in a
 * transaction nothing is done twice, and what is parked stays in its place. How often it
 * is killed: {@code -Dcdc.test.kills=100}.
 */
@PostgresTest
class KilledEffectsIT {

	private static final int KILLS = Integer.getInteger("cdc.test.kills", 3);

	private static final int ROUNDS = 100;

	private static final String[] ONCE = { "cdc.listener.transactional=true", "cdc.listener.on-failure=park",
			"cdc.listener.retry.max-attempts=1", "cdc.offset.flush-interval=300ms",
			"spring.datasource.hikari.maximum-pool-size=12" };

	private final Random random = new Random();

	private TestDatabase database;

	@BeforeEach
	void createTables(TestDatabase database) {
		this.database = database;
		EffectsApplication.createTables(database);
		try (TestApplication application = TestApplication.run(database, EffectsApplication.Effects.class, ONCE)) {
			// Otherwise the next start would read the rows by a snapshot
			application.awaitSnapshotStored();
		}
	}

	@Test
	void nothingIsAppliedTwiceHoweverManyLanesAndKills() throws Exception {
		load();
		killAgainAndAgain("effects");
		try (TestApplication application = run(8)) {
			await().atMost(Duration.ofMinutes(5))
				.until(() -> distinct("effects") == 50 * ROUNDS && distinct("lists") == 50 * ROUNDS);
		}
		assertOnceAndInOrder("effects");
		assertOnceAndInOrder("lists");
		assertThat(count("cdc_processed")).isLessThanOrEqualTo(2 * 50);
	}

	@Tag("faults")
	@Test
	void whatIsParkedStaysInItsPlace() throws Exception {
		this.database.execute("INSERT INTO poison VALUES (3), (13), (23), (33), (43)");
		load();
		killAgainAndAgain("effects");
		try (TestApplication application = run(8)) {
			await().atMost(Duration.ofMinutes(5))
				.until(() -> distinct("effects") == 45 * ROUNDS && count("cdc_parked_event") == 5 * ROUNDS);
			assertThat(this.database
				.queryForText("SELECT count(*) FROM cdc_parked_event WHERE key_hash IS NOT NULL AND attempts > 0"))
				.isEqualTo("5");
			this.database.execute("DELETE FROM poison");
			ParkingIT.keys(application)
				.forEach((key) -> assertThat(ParkingIT.parked(application).replayKey(key))
					.isEqualTo(new ReplayResult(ROUNDS, null)));
		}
		assertOnceAndInOrder("effects");
	}

	private void load() {
		this.database.execute("INSERT INTO counters SELECT i, 0 FROM generate_series(1, 50) i");
		for (int round = 1; round < ROUNDS; round++) {
			this.database.execute("UPDATE counters SET value = " + round);
		}
	}

	private void killAgainAndAgain(String table) throws Exception {
		for (int kill = 0; kill < KILLS; kill++) {
			int lanes = (kill % 2 == 0) ? 8 : 1;
			long until = count(table) + 1 + this.random.nextInt(50 * ROUNDS / (2 * KILLS));
			Process process = EffectsApplication.start(this.database, with(lanes));
			try {
				await().pollInterval(Duration.ofMillis(5)).until(() -> count(table) >= until);
			}
			finally {
				process.destroyForcibly().waitFor();
			}
			await().until(() -> "f".equals(this.database.queryForText(
					"SELECT active FROM pg_replication_slots WHERE slot_name = '" + this.database.name() + "'")));
		}
	}

	private TestApplication run(int lanes) {
		return TestApplication.run(this.database, EffectsApplication.Effects.class, with(lanes));
	}

	private static String[] with(int lanes) {
		String[] properties = new String[ONCE.length + 1];
		System.arraycopy(ONCE, 0, properties, 0, ONCE.length);
		properties[ONCE.length] = "cdc.listener.concurrency=" + lanes;
		return properties;
	}

	private long count(String table) {
		return Long.parseLong(this.database.queryForText("SELECT count(*) FROM " + table));
	}

	private long distinct(String table) {
		return count("(SELECT DISTINCT id, value FROM " + table + ") e");
	}

	private void assertOnceAndInOrder(String table) {
		assertThat(this.database.queryForTexts("SELECT id || ':' || value || ' ' || count(*) || ' times' FROM " + table
				+ " GROUP BY id, value HAVING count(*) > 1"))
			.as(table + " twice")
			.isEmpty();
		assertThat(this.database.queryForTexts("SELECT id || ':' || value FROM (SELECT id, value, "
				+ "lag(value, 1, -1) OVER (PARTITION BY id ORDER BY seq) before FROM " + table
				+ ") e WHERE value <> before + 1"))
			.as(table + " out of order")
			.isEmpty();
		assertThat(count(table)).isEqualTo(50 * ROUNDS);
	}

}
