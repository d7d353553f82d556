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

package io.github.cdcspring.internal.backfill;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.cdcspring.CdcBackfill;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.support.ConnectionSource;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@PostgresTest
class BackfillRunTests {

	private static final TableId ITEMS = new TableId("public", "items");

	private final Backfill backfill = new Backfill();

	@Test
	void errorOfAReaderEndsTheReadingAsFailed() {
		this.backfill.request(Set.of(ITEMS), null);
		assertThat(problem(() -> {
			throw new NoClassDefFoundError("s3cr3t");
		})).isEqualTo("reading failed with java.lang.NoClassDefFoundError. Report this as a bug.");
	}

	@Test
	void failureToConnectIsDescribedByItsCause() {
		this.backfill.request(Set.of(ITEMS), null);
		assertThat(problem(() -> {
			throw new SQLException("s3cr3t", "28P01");
		})).isEqualTo("no connection: 28P01");
	}

	@Test
	void tableThatMayNoLongerBeReadIsNamedWithTheRemedy(TestDatabase database) {
		database.execute("CREATE TABLE items (id int PRIMARY KEY)");
		this.backfill.request(Set.of(ITEMS), null);
		assertThat(problem(() -> asMonitor(database)))
			.isEqualTo("Table public.items cannot be read by the engine's role, so no existing rows of it can be "
					+ "read. Grant the role SELECT on the whole table.");
	}

	@Test
	void tableThatDoesNotExistAnyMoreIsNamed(TestDatabase database) {
		this.backfill.request(Set.of(ITEMS), null);
		assertThat(problem(database::connect)).startsWith("Table public.items does not exist, ");
	}

	@Test
	void tableThatIsRefusedIsNotTold(TestDatabase database) {
		database.execute("CREATE TABLE items (id int) PARTITION BY LIST (id)");
		List<BackfillStep> steps = new CopyOnWriteArrayList<>();
		this.backfill.onStep(steps::add);
		this.backfill.request(Set.of(ITEMS), null);
		assertThat(problem(database::connect)).endsWith("Add a primary key.");
		assertThat(steps).isEmpty();
	}

	private static Connection asMonitor(TestDatabase database) throws SQLException {
		Connection connection = database.connect();
		try (Statement statement = connection.createStatement()) {
			statement.execute("SET ROLE pg_monitor");
		}
		return connection;
	}

	private @Nullable String problem(ConnectionSource source) {
		BackfillRun.Options options = new BackfillRun.Options("cdc", "pub", (table, column) -> true, 10, null, 2,
				(failure) -> "no connection: " + failure.getSQLState());
		try (BackfillRun run = new BackfillRun("test", this.backfill, source, options)) {
			run.start();
			await().until(() -> this.backfill.status().get(0).state() == CdcBackfill.State.RETRYING);
			return this.backfill.status().get(0).problem();
		}
	}

}
