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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * One transaction of five million rows. Run by the profile {@code large}.
 */
@PostgresTest
class LargeTransaction {

	private static final int ROWS = Integer.getInteger("cdc.test.large.rows", 5_000_000);

	@ParameterizedTest
	@ValueSource(ints = { 1, 8 })
	void aTransactionOfMillionsOfRowsIsDeliveredWhole(int concurrency, TestDatabase database) {
		database.execute("CREATE TABLE many (id int PRIMARY KEY, note text)");
		try (TestApplication application = TestApplication.run(database, Rows.class,
				"cdc.listener.concurrency=" + concurrency);
				HeapGauge gauge = new HeapGauge(
						"One transaction of %,d rows, %d lane(s)".formatted(ROWS, concurrency))) {
			Rows rows = application.bean(Rows.class);
			database.execute("INSERT INTO many SELECT i, 'row ' || i FROM generate_series(1, " + ROWS + ") i");
			String end = database.queryForText("SELECT pg_current_wal_insert_lsn()");
			await().atMost(Duration.ofMinutes(30))
				.pollInterval(Duration.ofSeconds(1))
				.untilAsserted(() -> assertThat(rows.count).hasValueGreaterThanOrEqualTo(ROWS));
			await().atMost(Duration.ofMinutes(5))
				.until(() -> application.engine().storedLsn().value() >= io.github.cdcspring.Lsn.parse(end).value());
			assertThat(rows.count).hasValue(ROWS);
			for (int id = 1; id <= ROWS; id++) {
				if (rows.seen.get(id) != 1) {
					assertThat(rows.seen.get(id)).as("row %d", id).isEqualTo(1);
				}
			}
		}
		database.execute("DROP TABLE many");
	}

	record Row(int id, String note) {

	}

	static class Rows {

		final AtomicIntegerArray seen = new AtomicIntegerArray(ROWS + 1);

		final AtomicInteger count = new AtomicInteger();

		@CdcListener("many")
		void on(Row row) {
			this.seen.incrementAndGet(row.id());
			this.count.incrementAndGet();
		}

	}

}
