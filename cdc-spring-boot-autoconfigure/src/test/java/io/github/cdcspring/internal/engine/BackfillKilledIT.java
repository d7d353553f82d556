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

import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An application that is killed while it loads existing rows continues after the last
 * chunk that was handled. How often it is killed: {@code -Dcdc.test.kills=10}.
 */
@PostgresTest
@Tag("faults")
class BackfillKilledIT {

	private static final int KILLS = Integer.getInteger("cdc.test.kills", 3);

	private static final int ROWS = 3000;

	private static final int CHANGES = 50;

	/** Rows that may be read again after a kill. */
	private static final int AGAIN = 200;

	private static final String[] SETTINGS = { "cdc.snapshot.mode=backfill", "cdc.backfill.chunk-size=20",
			"cdc.offset.flush-interval=20ms", "cdc.heartbeat.interval=100ms" };

	@Test
	void existingRowsAreReadOnceAndNoChangeIsLost(TestDatabase database) throws Exception {
		EffectsApplication.createTables(database);
		database.execute("INSERT INTO counters SELECT i, 0 FROM generate_series(1, " + ROWS + ") i");
		for (int kill = 1; kill <= KILLS; kill++) {
			long until = (long) ROWS * kill / (KILLS + 1);
			Process process = EffectsApplication.start(database, SETTINGS);
			try {
				await().pollInterval(Duration.ofMillis(5)).until(() -> effects(database) >= until);
				for (int change = 0; change < CHANGES; change++) {
					database.execute(
							"UPDATE counters SET value = value + 1 WHERE id = " + (1 + (change * 37 * kill) % ROWS));
				}
			}
			finally {
				process.destroyForcibly().waitFor();
			}
			await().until(() -> "f".equals(database
				.queryForText("SELECT active FROM pg_replication_slots WHERE slot_name = '" + database.name() + "'")));
		}
		try (TestApplication application = TestApplication.run(database, EffectsApplication.Effects.class, SETTINGS)) {
			await().until(() -> application.engine().backfill().list().isEmpty());
			await().untilAsserted(() -> assertThat(database.queryForTexts(
					"SELECT c.id FROM counters c LEFT JOIN LATERAL (SELECT value FROM effects e WHERE e.id = c.id "
							+ "ORDER BY seq DESC LIMIT 1) e ON true WHERE e.value IS DISTINCT FROM c.value"))
				.isEmpty());
		}
		assertThat(effects(database)).isLessThan(ROWS + KILLS * (2 * CHANGES + AGAIN));
	}

	private static long effects(TestDatabase database) {
		return Long.parseLong(database.queryForText("SELECT count(*) FROM effects"));
	}

}
