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
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.internal.actuate.CdcHealthIndicator;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.health.contributor.Status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Captured tables and their publication are changed by others, while the application runs
 * and while it is down.
 */
@PostgresTest
class CapturedTablesIT {

	private static final Duration LONG = Duration.ofMinutes(2);

	private static final String[] SETTINGS = { "cdc.publication.name=pub", "cdc.heartbeat.interval=500ms",
			"cdc.offset.flush-interval=100ms" };

	@BeforeEach
	void createTables(TestDatabase database) {
		database.execute("CREATE TABLE orders (id int PRIMARY KEY)", "CREATE TABLE others (id int PRIMARY KEY)");
	}

	static Stream<Arguments> changes() {
		String not = "relation-not-published";
		return Stream.of(arguments(not, "DROP PUBLICATION pub"),
				arguments(not, "DROP PUBLICATION pub; CREATE PUBLICATION pub FOR TABLE orders"),
				arguments(not, "ALTER PUBLICATION pub RENAME TO pub_old"),
				arguments(not, "ALTER PUBLICATION pub DROP TABLE orders"),
				arguments(not, "ALTER PUBLICATION pub DROP TABLE orders; ALTER PUBLICATION pub ADD TABLE orders"),
				arguments(not, "ALTER PUBLICATION pub SET TABLE others"),
				arguments(not, "ALTER PUBLICATION pub SET TABLE orders WHERE (id > 0)"),
				arguments(not, "ALTER PUBLICATION pub SET TABLE orders (id)"),
				arguments("publication-operations", "ALTER PUBLICATION pub SET (publish = 'update')"),
				arguments(not,
						"ALTER PUBLICATION pub SET (publish = 'update'); "
								+ "ALTER PUBLICATION pub SET (publish = 'insert, update, delete, truncate')"),
				arguments("relation-replaced",
						"ALTER TABLE orders RENAME TO orders_old; CREATE TABLE orders (id int PRIMARY KEY)"),
				arguments("relation-replaced", "DROP TABLE orders; CREATE TABLE orders (id int PRIMARY KEY)"),
				arguments("relation-dropped", "DROP TABLE orders"),
				arguments("relation-renamed", "ALTER TABLE orders RENAME TO orders_old"),
				arguments("relation-renamed",
						"ALTER TABLE orders RENAME TO orders_old; ALTER TABLE orders_old RENAME TO orders"),
				arguments("relation-renamed", "CREATE SCHEMA away; ALTER TABLE orders SET SCHEMA away"));
	}

	@ParameterizedTest
	@MethodSource("changes")
	void stopsBeforeItAcknowledgesPastTheChange(String rule, String change, TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Orders.class, SETTINGS)) {
			receive(1, application, database);
			String before = changeAndInsert(change, database);
			await().atMost(LONG).until(() -> application.engine().status().state() == EngineState.REFUSED);
			assertThat(application.engine().status().failure()).contains(rule + ": ");
			assertThat(application.bean(CdcHealthIndicator.class).health().getStatus()).isEqualTo(Status.DOWN);
			assertThat(database.queryForText("SELECT lsn::pg_lsn <= '" + before + "' FROM cdc_offset")).isEqualTo("t");
		}
	}

	@ParameterizedTest
	@CsvSource({ "relation-not-published, DROP PUBLICATION pub",
			"relation-not-published, "
					+ "ALTER PUBLICATION pub DROP TABLE orders; ALTER PUBLICATION pub ADD TABLE orders",
			"relation-replaced, DROP TABLE orders; CREATE TABLE orders (id int PRIMARY KEY)" })
	void refusesToStartAfterTheChange(String rule, String change, TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Orders.class, SETTINGS)) {
			receive(1, application, database);
		}
		changeAndInsert(change, database);
		List<?> publications = database.queryForTexts("SELECT * FROM pg_publication_tables");
		assertThatThrownBy(() -> TestApplication.start(database, Orders.class, SETTINGS)).rootCause()
			.isInstanceOf(StartRefusedException.class)
			.hasMessageContaining(rule + ": ");
		assertThat(database.queryForTexts("SELECT * FROM pg_publication_tables")).isEqualTo(publications);
	}

	private static void receive(int id, TestApplication application, TestDatabase database) {
		database.execute("INSERT INTO orders VALUES (" + id + ")");
		await().atMost(LONG).until(() -> application.bean(Orders.class).ids.contains(id));
		application.awaitSnapshotStored();
	}

	/** Return the server's position after the change and before the insert. */
	private static String changeAndInsert(String change, TestDatabase database) {
		database.inTransaction(change.split("; "));
		String lsn = String.valueOf(database.queryForText("SELECT pg_current_wal_lsn()"));
		if (database.queryForText("SELECT to_regclass('orders')") != null) {
			database.execute("INSERT INTO orders VALUES (2)");
		}
		return lsn;
	}

	record Order(Integer id) {

	}

	static class Orders {

		final List<Integer> ids = new CopyOnWriteArrayList<>();

		@CdcListener("orders")
		void on(Order order) {
			this.ids.add(order.id());
		}

	}

}
