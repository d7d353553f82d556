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

import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.LogicalMessage;
import io.github.cdcspring.RowKey;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.parking.ParkedEvent;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tables whose names differ in case or in odd characters only are different tables.
 */
@PostgresTest
class ExactNamesIT {

	@Test
	void aTableWhoseNameDiffersInCaseIsNotCaptured(TestDatabase database) {
		String role = database.name() + "_reader";
		database.execute("CREATE TABLE orders (id int PRIMARY KEY)", "CREATE TABLE \"Orders\" (id int PRIMARY KEY)",
				"CREATE SCHEMA \"Public\"", "CREATE TABLE \"Public\".orders (id int PRIMARY KEY)",
				"INSERT INTO orders VALUES (1)", "INSERT INTO \"Orders\" VALUES (2)",
				"INSERT INTO \"Public\".orders VALUES (3)", "CREATE PUBLICATION pub FOR ALL TABLES",
				"CREATE ROLE " + role + " LOGIN REPLICATION PASSWORD 'reader'", "GRANT SELECT ON orders TO " + role);
		try (TestApplication application = TestApplication.run(database, Orders.class, "cdc.publication.name=pub",
				"cdc.connection.username=" + role, "cdc.connection.password=reader", "cdc.offset.store=memory",
				"cdc.snapshot.mode=initial", "cdc.safety.accept=memory-with-snapshot")) {
			Orders orders = application.bean(Orders.class);
			database.execute("INSERT INTO \"Orders\" VALUES (4)", "INSERT INTO \"Public\".orders VALUES (5)",
					"SELECT pg_logical_emit_message(true, 'Audit', '')", "INSERT INTO orders VALUES (6)",
					"SELECT pg_logical_emit_message(true, 'audit', '')");
			await().until(() -> orders.seen.contains("audit"));
			assertThat(orders.seen).containsExactly("1", "6", "audit");
			await().untilAsserted(() -> assertThat(countedTables(application)).containsOnly("public.orders", "none"));
		}
		finally {
			database.execute("DROP OWNED BY " + role, "DROP ROLE " + role);
		}
	}

	@Test
	void tablesWithSimilarNamesAreCountedAndParkedApart(TestDatabase database) {
		List<String> tables = List.of("public.\"a b\"", "public.a_b", "public.\"A_b\"", "\"x.y\".z", "x.\"y_z\"");
		database.execute("CREATE SCHEMA x", "CREATE SCHEMA \"x.y\"");
		tables.forEach((table) -> database.execute("CREATE TABLE " + table + " (id int PRIMARY KEY)"));
		try (TestApplication application = TestApplication.run(database, Similar.class, "cdc.listener.on-failure=park",
				"cdc.listener.retry.max-attempts=1")) {
			tables.forEach((table) -> database.execute("INSERT INTO " + table + " VALUES (1)"));
			Similar similar = application.bean(Similar.class);
			ParkedEvents parked = application.engine().parkedEvents();
			await().until(() -> parked.count() == tables.size());
			assertThat(similar.tables).containsExactlyInAnyOrder(new TableId("public", "a b"),
					new TableId("public", "a_b"), new TableId("public", "A_b"), new TableId("x.y", "z"),
					new TableId("x", "y_z"));
			assertThat(parked.list(null, 0, 10)).extracting(ParkedEvent::table).doesNotHaveDuplicates();
			await().untilAsserted(() -> assertThat(countedTables(application)).containsExactlyInAnyOrder("public.a b",
					"public.a_b", "public.A_b", "\"x.y\".z", "x.y_z"));
			assertThat(parked.list(null, 0, 10)).extracting((event) -> event.key().keyHash()).doesNotHaveDuplicates();
		}
	}

	private static Set<String> countedTables(TestApplication application) {
		return application.bean(MeterRegistry.class)
			.find("cdc.events")
			.meters()
			.stream()
			.map((meter) -> String.valueOf(meter.getId().getTag("table")))
			.collect(Collectors.toSet());
	}

	static class Orders {

		final List<String> seen = new CopyOnWriteArrayList<>();

		@CdcListener("orders")
		void on(RowKey key) {
			this.seen.add(String.valueOf(key.single()));
		}

		@CdcListener(messages = "audit")
		void on(LogicalMessage message) {
			this.seen.add(message.prefix());
		}

	}

	static class Similar {

		final List<TableId> tables = new CopyOnWriteArrayList<>();

		@CdcListener({ "\"a b\"", "a_b", "A_b", "\"x.y\".z", "x.y_z" })
		void on(TableId table) {
			this.tables.add(table);
			throw new IllegalStateException("This event is parked");
		}

	}

}
