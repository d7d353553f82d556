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
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.ChangeEvent;
import io.github.cdcspring.Operation;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The existing rows of a table that comes later are delivered.
 */
@PostgresTest
@ExtendWith(OutputCaptureExtension.class)
class NewTablesIT {

	@BeforeEach
	void createTables(TestDatabase database) {
		database.grantOwnership();
		database.execute("CREATE TABLE orders (id int PRIMARY KEY)", "CREATE TABLE customers (id int PRIMARY KEY)",
				"CREATE TABLE audited (id int PRIMARY KEY)", "INSERT INTO customers VALUES (7)",
				"INSERT INTO audited VALUES (8)");
	}

	@Test
	void rowsOfATableThatALaterVersionListensToAreRead(TestDatabase database, CapturedOutput output) {
		receiveOrder(database, 1);
		try (TestApplication application = TestApplication.run(database, Wide.class, "cdc.snapshot.mode=no_data")) {
			Wide wide = application.bean(Wide.class);
			database.execute("INSERT INTO audited VALUES (9)", "INSERT INTO orders VALUES (2)");
			await().untilAsserted(
					() -> assertThat(wide.seen).contains("READ customers 7", "CREATE audited 9", "CREATE orders 2"));
			await().until(() -> application.engine().backfill().list().isEmpty());
			// A listener that receives no READ events gets none
			assertThat(wide.seen).doesNotContain("READ orders 1", "READ audited 8");
		}
		assertThat(output)
			.containsPattern(
					"Engine 'default' captures public.customers from [0-9A-F]+/[0-9A-F]+ on, and did not before. "
							+ "It delivers the existing rows")
			.containsPattern(
					"Engine 'default' captures public.audited from [0-9A-F]+/[0-9A-F]+ on, and did not before. "
							+ "Rows and changes from before that are not delivered.");
		try (TestApplication application = TestApplication.run(database, Wide.class, "cdc.snapshot.mode=no_data")) {
			Wide wide = application.bean(Wide.class);
			database.execute("INSERT INTO orders VALUES (3)");
			await().untilAsserted(() -> assertThat(wide.seen).contains("CREATE orders 3"));
			assertThat(wide.seen).doesNotContain("READ customers 7");
		}
	}

	@Test
	void rowsAreReadAgainAfterAVersionThatDoesNotListen(TestDatabase database) {
		receiveOrder(database, 1);
		receiveCustomer(database, 7);
		database.execute("INSERT INTO customers VALUES (9)");
		receiveOrder(database, 2);
		try (TestApplication application = TestApplication.run(database, Wide.class, "cdc.snapshot.mode=no_data")) {
			Wide wide = application.bean(Wide.class);
			await().untilAsserted(() -> assertThat(wide.seen).contains("READ customers 7", "READ customers 9"));
		}
	}

	@Test
	void nothingIsReadAtTheFirstStartWithoutData(TestDatabase database) {
		database.execute("SELECT pg_create_logical_replication_slot('" + database.name() + "', 'pgoutput')");
		try (TestApplication application = TestApplication.run(database, Wide.class, "cdc.snapshot.mode=no_data")) {
			Wide wide = application.bean(Wide.class);
			database.execute("INSERT INTO customers VALUES (9)");
			await().untilAsserted(() -> assertThat(wide.seen).containsExactly("CREATE customers 9"));
			assertThat(application.engine().backfill().list()).isEmpty();
		}
	}

	@Test
	void rowsAreNotReadIfThatIsSwitchedOff(TestDatabase database) {
		receiveOrder(database, 1);
		try (TestApplication application = TestApplication.run(database, Wide.class, "cdc.snapshot.mode=no_data",
				"cdc.backfill.new-tables=false")) {
			Wide wide = application.bean(Wide.class);
			database.execute("INSERT INTO customers VALUES (9)");
			await().untilAsserted(() -> assertThat(wide.seen).contains("CREATE customers 9"));
			assertThat(application.engine().backfill().list()).isEmpty();
			assertThat(wide.seen).doesNotContain("READ customers 7");
		}
	}

	@Test
	void rowsOfASwappedTableAreReadOnceThatIsAccepted(TestDatabase database) {
		receiveOrder(database, 1);
		database.execute("ALTER TABLE orders RENAME TO orders_old", "CREATE TABLE orders (id int PRIMARY KEY)",
				"INSERT INTO orders VALUES (1), (5)");
		try (TestApplication application = TestApplication.run(database, Narrow.class, "cdc.snapshot.mode=no_data",
				"cdc.safety.accept=relation-replaced")) {
			Narrow narrow = application.bean(Narrow.class);
			await().untilAsserted(() -> assertThat(narrow.seen).contains("READ orders 1", "READ orders 5"));
		}
	}

	@Test
	void rowsOfATableThatAppearsWhileTheEngineRunsAreRead(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Pattern.class, "cdc.snapshot.mode=no_data")) {
			Pattern pattern = application.bean(Pattern.class);
			database.execute("INSERT INTO orders VALUES (1)");
			await().untilAsserted(() -> assertThat(pattern.seen).contains("CREATE orders 1"));
			database
				.execute("BEGIN; CREATE TABLE orders_2 (id int PRIMARY KEY); INSERT INTO orders_2 VALUES (3); COMMIT");
			await().untilAsserted(() -> assertThat(pattern.seen).contains("READ orders_2 3"));
			assertThat(pattern.seen).doesNotContain("READ orders 1");
		}
	}

	private static void receiveOrder(TestDatabase database, int id) {
		try (TestApplication application = TestApplication.run(database, Narrow.class, "cdc.snapshot.mode=no_data")) {
			database.execute("INSERT INTO orders VALUES (" + id + ")");
			await()
				.untilAsserted(() -> assertThat(application.bean(Narrow.class).seen).contains("CREATE orders " + id));
		}
	}

	private static void receiveCustomer(TestDatabase database, int id) {
		try (TestApplication application = TestApplication.run(database, Wide.class, "cdc.snapshot.mode=no_data")) {
			await().untilAsserted(() -> assertThat(application.bean(Wide.class).seen).contains("READ customers " + id));
			await().until(() -> application.engine().backfill().list().isEmpty());
		}
	}

	static class Narrow extends Seen {

		@CdcListener("orders")
		void on(ChangeEvent<Map<String, @Nullable Object>> event) {
			see(event);
		}

	}

	static class Wide extends Seen {

		@CdcListener({ "orders", "customers" })
		void on(ChangeEvent<Map<String, @Nullable Object>> event) {
			see(event);
		}

		@CdcListener(tables = "audited", operations = Operation.CREATE)
		void onAudited(ChangeEvent<Map<String, @Nullable Object>> event) {
			see(event);
		}

	}

	static class Pattern extends Seen {

		@CdcListener("orders*")
		void on(ChangeEvent<Map<String, @Nullable Object>> event) {
			see(event);
		}

	}

	static class Seen {

		final List<String> seen = new CopyOnWriteArrayList<>();

		void see(ChangeEvent<Map<String, @Nullable Object>> event) {
			this.seen.add(event.operation() + " " + event.table().name() + " " + event.after().get("id"));
		}

	}

}
