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
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.Operation;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Changes in the moment between the snapshot of a chunk and its place in the stream. No
 * row is lost, even to a listener that takes nothing but {@code READ} events.
 */
@PostgresTest
@ExtendWith(OutputCaptureExtension.class)
class BackfillMomentIT {

	@Test
	void insertedRowWithNullHidesNoOtherRowWithNull(TestDatabase database, CapturedOutput output) throws SQLException {
		database.execute("CREATE TABLE items (id int, email text UNIQUE)",
				"INSERT INTO items VALUES (1, NULL), (2, NULL), (3, 'a')");
		assertThat(readWhile("INSERT INTO items VALUES (4, NULL)", database, output)).extracting((row) -> row.get("id"))
			.containsExactlyInAnyOrder(1, 2, 3);
	}

	@Test
	void partialIndexIdentifiesNoRows(TestDatabase database, CapturedOutput output) throws SQLException {
		database.execute("CREATE TABLE items (id int, code text, active boolean)",
				"CREATE UNIQUE INDEX ON items (code) WHERE active", "ALTER TABLE items REPLICA IDENTITY FULL",
				"INSERT INTO items VALUES (1, 'a', false), (2, 'a', true)");
		assertThat(readWhile("UPDATE items SET id = 3 WHERE id = 2", database, output))
			.extracting((row) -> row.get("id"))
			.containsExactlyInAnyOrder(1, 3);
	}

	@Test
	void changedRowIsReadAgain(TestDatabase database, CapturedOutput output) throws SQLException {
		database.execute("CREATE TABLE items (id int PRIMARY KEY, code int, note text)",
				"ALTER TABLE items ALTER note SET STORAGE EXTERNAL",
				"INSERT INTO items SELECT n, 1, repeat('x', 9000) FROM generate_series(1, 3) n");
		assertThat(readWhile("UPDATE items SET code = 2 WHERE id = 2", database, output))
			.extracting((row) -> row.get("id") + " " + row.get("code") + " " + String.valueOf(row.get("note")).length())
			.containsExactlyInAnyOrder("1 1 9000", "2 2 9000", "3 1 9000");
	}

	@Test
	void deletedRowIsNotRead(TestDatabase database, CapturedOutput output) throws SQLException {
		database.execute("CREATE TABLE items (id int PRIMARY KEY)", "INSERT INTO items VALUES (1), (2)");
		assertThat(readWhile("DELETE FROM items WHERE id = 2", database, output)).extracting((row) -> row.get("id"))
			.containsExactly(1);
	}

	/**
	 * The description of the table is read under the snapshot of the chunk. It is held up
	 * there, because it asks for extensions.
	 */
	private static List<Map<String, @Nullable Object>> readWhile(String change, TestDatabase database,
			CapturedOutput output) throws SQLException {
		// Otherwise the backfill cannot see that the transaction of the lock is idle, and
		// waits
		database.execute("GRANT pg_read_all_stats TO " + database.applicationRole());
		try (TestApplication application = TestApplication.run(database, Reads.class, "cdc.snapshot.mode=no_data",
				"cdc.safety.accept=replica-identity", "logging.level.io.github.cdcspring=INFO");
				Connection lock = database.connect();
				Statement statement = lock.createStatement()) {
			lock.setAutoCommit(false);
			statement.execute("LOCK TABLE pg_catalog.pg_extension IN ACCESS EXCLUSIVE MODE");
			application.engine().backfill().start("items");
			await().until(() -> "1"
				.equals(database.queryForText("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
						+ "AND datname = current_database() AND query LIKE 'WITH RECURSIVE relation AS%'")));
			database.execute(change);
			lock.rollback();
			await().until(() -> output.getOut().contains("has delivered the existing rows of public.items: "));
			return application.bean(Reads.class).rows;
		}
	}

	static class Reads {

		final List<Map<String, @Nullable Object>> rows = new CopyOnWriteArrayList<>();

		@CdcListener(tables = "items", operations = Operation.READ)
		void on(Map<String, @Nullable Object> row) {
			this.rows.add(row);
		}

	}

}
