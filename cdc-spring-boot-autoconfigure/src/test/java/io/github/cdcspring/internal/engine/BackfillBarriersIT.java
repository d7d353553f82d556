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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.cdcspring.CdcBackfill;
import io.github.cdcspring.CdcListener;
import io.github.cdcspring.ChangeEvent;
import io.github.cdcspring.Operation;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.Test;

import org.springframework.util.StringUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Rows of a table whose key has changed do not overtake changes in the lanes of the
 * former key.
 */
@PostgresTest
class BackfillBarriersIT {

	/** Seven rows fit into a block. */
	private static final String FILL = "repeat('x', 1000)";

	/** A row far behind the first chunk. */
	private static final int HELD = 60;

	@Test
	void rowsFollowChangesOfAFormerKeyIfTheFirstChunkIsEmpty(TestDatabase database) {
		create(database);
		database.execute("DELETE FROM items WHERE id < 30");
		run(database, CdcBackfill.Request.of("items"),
				() -> database.execute("ALTER TABLE items DROP CONSTRAINT items_pkey"));
	}

	@Test
	void rowsFollowChangesOfAFormerKeyIfNoRowOfTheFirstChunkIsRequested(TestDatabase database) {
		create(database);
		run(database, CdcBackfill.Request.of("items").where("id", ">=", "30"),
				() -> database.execute("ALTER TABLE items DROP CONSTRAINT items_pkey"));
	}

	/** The listener never receives the row again. */
	@Test
	void rowIsNotRemovedByADeleteFromBeforeItWasRead(TestDatabase database) {
		create(database);
		database.execute("DELETE FROM items WHERE id < 30");
		try (TestApplication application = TestApplication.run(database, Rows.class, "cdc.snapshot.mode=no_data",
				"cdc.backfill.chunk-size=14", "cdc.listener.concurrency=4")) {
			Rows rows = application.bean(Rows.class);
			database.execute("DELETE FROM items WHERE id = " + HELD,
					"INSERT INTO items VALUES (" + HELD + ", 2, " + FILL + ")");
			await().until(() -> rows.held.get());
			database.execute("ALTER TABLE items DROP CONSTRAINT items_pkey");
			request(application, CdcBackfill.Request.of("items"));
			await().until(() -> rows.present.contains(HELD) || Lanes.areAwaited());
			rows.go.countDown();
			await().until(() -> rows.deleted.get() && application.engine().backfill().list().isEmpty());
			await().untilAsserted(() -> assertThat(rows.present).contains(HELD));
		}
	}

	/** With a primary key, and conditions on another column. */
	@Test
	void rowsFollowChangesOfAnotherKeyIfNoRowOfTheFirstRangeIsRequested(TestDatabase database) {
		create(database);
		database.execute("ALTER TABLE items ADD COLUMN place int", "UPDATE items SET place = id + 1000",
				"ALTER TABLE items ALTER COLUMN place SET NOT NULL");
		run(database, CdcBackfill.Request.of("items").where("version", ">=", "3"), () -> database
			.execute("ALTER TABLE items DROP CONSTRAINT items_pkey", "ALTER TABLE items ADD PRIMARY KEY (place)"),
				"cdc.backfill.chunk-size=2");
	}

	@Test
	void rowsFollowChangesWithoutKeyThatWentAndCameBetweenChunks(TestDatabase database) {
		create(database);
		runBetweenChunks(database, "ALTER TABLE items DROP CONSTRAINT items_pkey",
				"ALTER TABLE items ADD CONSTRAINT items_pkey PRIMARY KEY (id)");
	}

	@Test
	void rowsFollowChangesOfAKeyThatCameAndWentBetweenChunks(TestDatabase database) {
		create(database);
		database.execute("ALTER TABLE items DROP CONSTRAINT items_pkey");
		runBetweenChunks(database, "CREATE UNIQUE INDEX items_id ON items (id)", "DROP INDEX items_id");
	}

	/** Alter the key and back while the rows of a chunk are handled. */
	private static void runBetweenChunks(TestDatabase database, String alter, String back) {
		try (TestApplication application = application(database)) {
			Mirror mirror = application.bean(Mirror.class);
			mirror.stopsAt = 20;
			application.engine().backfill().start("items");
			await().until(() -> mirror.stopped.get());
			await().until(() -> BackfillReaders.waiting() == 1);
			database.execute(alter);
			update(database, mirror);
			database.execute(back);
			mirror.goOn.countDown();
			check(mirror);
		}
	}

	/**
	 * Change a row twice, and wait until a lane has the first event: its key is found.
	 */
	private static void update(TestDatabase database, Mirror mirror) {
		database.inTransaction("UPDATE items SET version = 2 WHERE id = " + HELD,
				"UPDATE items SET version = 3 WHERE id = " + HELD);
		await().until(() -> mirror.held.get());
	}

	/** The request returns when it is stored, and nothing is stored meanwhile. */
	private static void request(TestApplication application, CdcBackfill.Request request) {
		new Thread(() -> application.engine().backfill().start(request)).start();
	}

	private static void create(TestDatabase database) {
		database.execute("CREATE TABLE items (id int PRIMARY KEY, version int NOT NULL, text text)",
				"ALTER TABLE items ALTER COLUMN text SET STORAGE PLAIN", "ALTER TABLE items REPLICA IDENTITY FULL",
				"INSERT INTO items SELECT n, 1, " + FILL + " FROM generate_series(1, 80) n", "ANALYZE items");
	}

	private static TestApplication application(TestDatabase database, String... settings) {
		String[] all = { "cdc.snapshot.mode=no_data", "cdc.backfill.chunk-size=14", "cdc.listener.concurrency=4" };
		return TestApplication.run(database, Mirror.class, StringUtils.concatenateStringArrays(all, settings));
	}

	private static void run(TestDatabase database, CdcBackfill.Request request, Runnable alter, String... settings) {
		try (TestApplication application = application(database, settings)) {
			Mirror mirror = application.bean(Mirror.class);
			database.execute("UPDATE items SET version = 2 WHERE id = " + HELD,
					"UPDATE items SET version = 3 WHERE id = " + HELD);
			await().until(() -> mirror.held.get());
			alter.run();
			request(application, request);
			check(mirror);
		}
	}

	private static void check(Mirror mirror) {
		await().until(() -> mirror.held.get());
		await().until(() -> mirror.events.contains("READ 3") || Lanes.areAwaited());
		mirror.go.countDown();
		await().until(() -> mirror.events.size() >= 3);
		assertThat(mirror.events).containsExactly("UPDATE 2", "UPDATE 3", "READ 3");
	}

	record Item(int id, int version) {

	}

	static class Mirror {

		final CountDownLatch go = new CountDownLatch(1);

		final CountDownLatch goOn = new CountDownLatch(1);

		final AtomicBoolean held = new AtomicBoolean();

		final AtomicBoolean stopped = new AtomicBoolean();

		volatile int stopsAt;

		final List<String> events = new CopyOnWriteArrayList<>();

		@CdcListener("items")
		void on(ChangeEvent<Item> event) throws InterruptedException {
			Item item = event.after();
			if (item == null) {
				return;
			}
			if (item.id() == this.stopsAt && event.operation() == Operation.READ) {
				this.stopped.set(true);
				this.goOn.await();
			}
			if (item.id() == HELD) {
				if (event.operation() == Operation.UPDATE && item.version() == 2) {
					this.held.set(true);
					this.go.await();
				}
				this.events.add(event.operation() + " " + item.version());
			}
		}

	}

	/** Takes neither CREATE nor UPDATE events. */
	static class Rows {

		final CountDownLatch go = new CountDownLatch(1);

		final AtomicBoolean held = new AtomicBoolean();

		final AtomicBoolean deleted = new AtomicBoolean();

		final Set<Integer> present = ConcurrentHashMap.newKeySet();

		@CdcListener(tables = "items", operations = { Operation.READ, Operation.DELETE })
		void on(ChangeEvent<Item> event) throws InterruptedException {
			if (event.operation() == Operation.DELETE) {
				int id = event.before().id();
				if (id == HELD) {
					this.held.set(true);
					this.go.await();
				}
				this.present.remove(id);
				this.deleted.set(true);
				return;
			}
			this.present.add(event.after().id());
		}

	}

}
