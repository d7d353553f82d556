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

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.TableId;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Two thousand tables in one publication. Run by the profile {@code large}.
 */
@PostgresTest
class LargePublication {

	private static final int TABLES = 2_000;

	private static final int ROWS = 5;

	@ParameterizedTest
	@ValueSource(ints = { 1, 8 })
	void twoThousandTablesAreReceivedFrom(int concurrency, TestDatabase database) throws SQLException {
		database.execute("CREATE SCHEMA many");
		each(database, "CREATE TABLE many.t%1$d (id int PRIMARY KEY, name text, price numeric(12, 2), at timestamptz)");
		each(database, "INSERT INTO many.t%1$d VALUES (0, 'read', 1.5, now())");
		try (TestApplication application = TestApplication.start(database, Rows.class,
				"cdc.listener.concurrency=" + concurrency);
				HeapGauge gauge = new HeapGauge("%,d tables, %d lane(s)".formatted(TABLES, concurrency))) {
			Map<TableId, Integer> seen = application.bean(Rows.class).seen;
			insert(database, 1);
			awaitRows(seen, 1 + ROWS);
		}
		try (TestApplication application = TestApplication.start(database, Rows.class,
				"cdc.listener.concurrency=" + concurrency);
				HeapGauge gauge = new HeapGauge(
						"%,d tables after a restart, %d lane(s)".formatted(TABLES, concurrency))) {
			insert(database, 100);
			awaitRows(application.bean(Rows.class).seen, ROWS);
		}
		each(database, "DROP TABLE many.t%1$d");
	}

	private static void insert(TestDatabase database, int from) throws SQLException {
		each(database, "INSERT INTO many.t%1$d SELECT i, 'x', 2.5, now() FROM generate_series(" + from + ", "
				+ (from + ROWS - 1) + ") i");
	}

	private static void awaitRows(Map<TableId, Integer> seen, int rows) {
		await().atMost(Duration.ofMinutes(10)).pollInterval(Duration.ofMillis(500)).untilAsserted(() -> {
			assertThat(seen).hasSize(TABLES);
			assertThat(seen.values()).containsOnly(rows);
		});
	}

	private static void each(TestDatabase database, String sql) throws SQLException {
		try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
			for (int i = 1; i <= TABLES; i++) {
				statement.execute(sql.formatted(i));
			}
		}
	}

	record Row(int id, String name) {

	}

	static class Rows {

		final Map<TableId, Integer> seen = new ConcurrentHashMap<>();

		@CdcListener("many.*")
		void on(Row row, TableId table) {
			this.seen.merge(table, 1, Integer::sum);
		}

	}

}
