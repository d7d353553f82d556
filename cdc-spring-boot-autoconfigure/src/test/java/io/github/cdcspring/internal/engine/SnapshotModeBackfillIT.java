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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.Operation;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.Test;

import org.springframework.util.StringUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * With {@code cdc.snapshot.mode=backfill}, the stream does not wait for the existing
 * rows, and a restart does not begin with them again.
 */
@PostgresTest
class SnapshotModeBackfillIT {

	private static final String[] SETTINGS = { "cdc.snapshot.mode=backfill", "cdc.backfill.chunk-size=10",
			"cdc.offset.flush-interval=10ms", "cdc.listener.shutdown-timeout=1s", "cdc.listener.concurrency=4" };

	@Test
	void changesArriveWhileExistingRowsAreRead(TestDatabase database) throws InterruptedException {
		database.execute("CREATE TABLE items (id int PRIMARY KEY)", "CREATE TABLE silent (id int PRIMARY KEY)",
				"INSERT INTO items SELECT generate_series(1, 95)", "INSERT INTO silent VALUES (1)");
		try (TestApplication application = TestApplication.run(database, Items.class, SETTINGS)) {
			Items items = application.bean(Items.class);
			assertThat(items.reached.await(2, TimeUnit.MINUTES)).isTrue();
			database.execute("INSERT INTO items VALUES (100)", "INSERT INTO silent VALUES (2)");
			await().untilAsserted(() -> assertThat(items.seen).contains("CREATE 100", "silent CREATE 2"));
			assertThat(items.seen).doesNotContain("READ 95", "silent READ 1");
			await().until(() -> String.valueOf(database.queryForText("SELECT position FROM cdc_offset"))
				.contains("\\\"rows\\\":40"));
		}
		try (TestApplication application = TestApplication.run(database, Items.class, SETTINGS)) {
			Items items = application.bean(Items.class);
			items.gate.countDown();
			await().untilAsserted(() -> assertThat(items.seen).contains("READ 45", "READ 95"));
			await().until(() -> application.engine().backfill().list().isEmpty());
			assertThat(items.seen).doesNotContain("READ 1", "READ 40");
			await().until(() -> !String.valueOf(database.queryForText("SELECT position FROM cdc_offset"))
				.contains("cdc_backfill"));
		}
		try (TestApplication application = TestApplication.run(database, Items.class, SETTINGS)) {
			database.execute("INSERT INTO items VALUES (101)");
			Items items = application.bean(Items.class);
			await().untilAsserted(() -> assertThat(items.seen).contains("CREATE 101"));
			assertThat(application.engine().backfill().list()).isEmpty();
			assertThat(items.seen).noneMatch((seen) -> seen.startsWith("READ "));
		}
	}

	@Test
	void readsTheRowsAlthoughTheSlotExists(TestDatabase database) {
		database.execute("CREATE TABLE items (id int PRIMARY KEY)", "CREATE TABLE silent (id int PRIMARY KEY)",
				"INSERT INTO items VALUES (1)",
				"SELECT pg_create_logical_replication_slot('" + database.name() + "', 'pgoutput')");
		try (TestApplication application = TestApplication.run(database, Items.class,
				StringUtils.addStringToArray(SETTINGS, "cdc.heartbeat.interval=1h"))) {
			await().untilAsserted(() -> assertThat(application.bean(Items.class).seen).containsExactly("READ 1"));
		}
	}

	@Test
	void otherTablesAreReadAlthoughOneIsDroppedMeanwhile(TestDatabase database) throws InterruptedException {
		database.execute("CREATE TABLE items_1 (id int PRIMARY KEY)", "CREATE TABLE items_2 (id int PRIMARY KEY)",
				"INSERT INTO items_1 SELECT generate_series(1, 95)",
				"INSERT INTO items_2 SELECT generate_series(101, 125)");
		try (TestApplication application = TestApplication.run(database, Several.class, SETTINGS)) {
			Several items = application.bean(Several.class);
			assertThat(items.reached.await(2, TimeUnit.MINUTES)).isTrue();
			database.execute("DROP TABLE items_1");
			await().until(() -> application.engine().status().state() != EngineState.RUNNING);
		}
		try (TestApplication application = TestApplication.run(database, Several.class,
				StringUtils.addStringToArray(SETTINGS, "cdc.safety.accept=relation-dropped"))) {
			Several items = application.bean(Several.class);
			await().until(() -> application.engine().backfill().list().isEmpty());
			assertThat(items.seen).hasSize(25).contains(101, 125);
		}
	}

	static class Several {

		final List<Integer> seen = new CopyOnWriteArrayList<>();

		final CountDownLatch gate = new CountDownLatch(1);

		final CountDownLatch reached = new CountDownLatch(1);

		@CdcListener("items_*")
		void on(Items.Item item) throws InterruptedException {
			this.seen.add(item.id());
			if (item.id() == 45) {
				this.reached.countDown();
				this.gate.await();
			}
		}

	}

	static class Items {

		final List<String> seen = new CopyOnWriteArrayList<>();

		final CountDownLatch gate = new CountDownLatch(1);

		final CountDownLatch reached = new CountDownLatch(1);

		@CdcListener("items")
		void on(Item item, Operation operation) throws InterruptedException {
			this.seen.add(operation + " " + item.id());
			if (item.id() == 45) {
				this.reached.countDown();
				this.gate.await();
			}
		}

		@CdcListener(tables = "silent", operations = Operation.CREATE)
		void onSilent(Item item) {
			this.seen.add("silent CREATE " + item.id());
		}

		record Item(int id) {

		}

	}

}
