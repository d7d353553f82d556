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

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.ChangeEvent;
import io.github.cdcspring.Operation;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * Tables whose replica identity lacks columns of the key: the server does not send the
 * complete key of a row that is deleted, nor the former key of one whose key changes.
 */
@PostgresTest
class IncompleteKeyIT {

	private static final String INDEX_BESIDE_PRIMARY_KEY = "CREATE TABLE items (id int PRIMARY KEY, code text NOT NULL "
			+ "UNIQUE, n int NOT NULL); ALTER TABLE items REPLICA IDENTITY USING INDEX items_code_key";

	private static final String PART_OF_PRIMARY_KEY = "CREATE TABLE items (id int NOT NULL, code text NOT NULL UNIQUE, "
			+ "n int NOT NULL, PRIMARY KEY (id, code)); ALTER TABLE items REPLICA IDENTITY USING INDEX items_code_key";

	private static final String SEVERAL_INDEXES = "CREATE TABLE items (id int NOT NULL UNIQUE, code text NOT NULL "
			+ "UNIQUE, n int NOT NULL); ALTER TABLE items REPLICA IDENTITY USING INDEX items_code_key";

	private static final String PARTITION = "CREATE TABLE items (id int NOT NULL, code text NOT NULL, n int NOT NULL, "
			+ "PRIMARY KEY (id)) PARTITION BY RANGE (id); "
			+ "CREATE TABLE items_1 PARTITION OF items FOR VALUES FROM (0) TO (100); "
			+ "CREATE UNIQUE INDEX code_key ON items_1 (code); "
			+ "ALTER TABLE items_1 REPLICA IDENTITY USING INDEX code_key";

	@ParameterizedTest
	@ValueSource(strings = { INDEX_BESIDE_PRIMARY_KEY, PART_OF_PRIMARY_KEY, SEVERAL_INDEXES, PARTITION })
	void deleteDoesNotOvertakeTheUpdateOfItsRow(String table, TestDatabase database) {
		database.execute(table.split("; "));
		try (TestApplication application = TestApplication.run(database, Items.class, "cdc.listener.concurrency=4")) {
			Items items = application.bean(Items.class);
			database.inTransaction("INSERT INTO items VALUES (1, 'a', 0)", "UPDATE items SET n = 1",
					"DELETE FROM items", "INSERT INTO items VALUES (1, 'a', 2)");
			await().untilAsserted(() -> assertThat(items.done).hasSize(4));
			assertThat(items.done).containsExactly("CREATE a", "UPDATE a", "DELETE a", "CREATE a");
		}
	}

	@Test
	void updateThatHidesTheChangeOfTheKeyIsABarrier(TestDatabase database) {
		database.execute(INDEX_BESIDE_PRIMARY_KEY.split("; "));
		try (TestApplication application = TestApplication.run(database, Items.class, "cdc.listener.concurrency=4")) {
			Items items = application.bean(Items.class);
			// The server does not send the former id, because the identity is the code
			database.inTransaction("INSERT INTO items VALUES (1, 'a', 0)", "UPDATE items SET n = 1",
					"UPDATE items SET id = 2, n = 3", "UPDATE items SET code = 'b', n = 4", "DELETE FROM items");
			await().untilAsserted(() -> assertThat(items.done).endsWith("DELETE b"));
			assertThat(items.done).startsWith("CREATE a", "UPDATE a", "UPDATE a");
		}
	}

	@Test
	void identityThatChangesWhileRunningMakesTheDeleteABarrier(TestDatabase database) {
		database.execute("CREATE TABLE items (id int PRIMARY KEY, code text NOT NULL UNIQUE, n int NOT NULL)");
		try (TestApplication application = TestApplication.run(database, Items.class, "cdc.listener.concurrency=4")) {
			Items items = application.bean(Items.class);
			database.execute("INSERT INTO items VALUES (1, 'a', 0)");
			await().untilAsserted(() -> assertThat(items.done).containsExactly("CREATE a"));
			database.inTransaction("ALTER TABLE items REPLICA IDENTITY USING INDEX items_code_key",
					"UPDATE items SET n = 1", "UPDATE items SET n = 2", "DELETE FROM items");
			await().untilAsserted(() -> assertThat(items.done).hasSize(4));
			assertThat(items.done).containsExactly("CREATE a", "UPDATE a", "UPDATE a", "DELETE a");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { INDEX_BESIDE_PRIMARY_KEY, PART_OF_PRIMARY_KEY, SEVERAL_INDEXES, PARTITION })
	void refusesToParkEventsOfSuchATable(String table, TestDatabase database) {
		database.execute(table.split("; "));
		assertThatThrownBy(() -> TestApplication.start(database, Items.class, "cdc.listener.on-failure=park"))
			.rootCause()
			.isInstanceOfSatisfying(StartRefusedException.class, (ex) -> {
				assertThat(ex.violations()).extracting(Violation::rule).containsExactly("parking-incomplete-key");
				List<String> statements = new ArrayList<>();
				for (String statement : ex.violations().get(0).action().substring("Run: ".length()).split(";")) {
					if (statement.strip().startsWith("ALTER TABLE")) {
						statements.add(statement);
					}
				}
				assertThat(statements).isNotEmpty();
				database.execute(statements.toArray(String[]::new));
			});
		try (TestApplication application = TestApplication.run(database, Items.class, "cdc.listener.on-failure=park")) {
			assertThat(application.engine().status().state()).isEqualTo(EngineState.RUNNING);
		}
	}

	@Test
	void parksNothingMoreOnceTheIdentityLacksTheKey(TestDatabase database) {
		database.execute("CREATE TABLE items (id int PRIMARY KEY, code text NOT NULL UNIQUE, n int NOT NULL)");
		try (TestApplication application = TestApplication.run(database, Poisoned.class, "cdc.listener.on-failure=park",
				"cdc.listener.retry.max-attempts=1")) {
			Poisoned poisoned = application.bean(Poisoned.class);
			database.execute("INSERT INTO items VALUES (1, 'a', 0)");
			await().until(() -> application.engine().parkedEvents().count() == 1);
			database.inTransaction("ALTER TABLE items REPLICA IDENTITY USING INDEX items_code_key",
					"DELETE FROM items");
			await().until(() -> application.engine().status().state() == EngineState.REFUSED);
			assertThat(application.engine().status().failure()).contains("parking-incomplete-key");
			assertThat(poisoned.seen).isEmpty();
		}
	}

	record Item(@Nullable Integer id, @Nullable String code, @Nullable Integer n) {

	}

	/**
	 * An update waits for a later event, which must not come before the update is done.
	 */
	static class Items {

		final List<String> done = new CopyOnWriteArrayList<>();

		private final CountDownLatch overtaken = new CountDownLatch(1);

		@CdcListener("items")
		void on(ChangeEvent<Item> event) throws InterruptedException {
			Item item = event.row();
			if (event.operation() == Operation.UPDATE && item != null && Integer.valueOf(1).equals(item.n())) {
				this.overtaken.await(300, TimeUnit.MILLISECONDS);
			}
			else if (event.operation() != Operation.CREATE) {
				this.overtaken.countDown();
			}
			this.done.add(event.operation() + " " + ((item != null) ? item.code() : null));
		}

	}

	static class Poisoned {

		final List<String> seen = new CopyOnWriteArrayList<>();

		@CdcListener("items")
		void on(ChangeEvent<Item> event) {
			if (event.operation() == Operation.CREATE) {
				throw new IllegalStateException("poison");
			}
			this.seen.add(event.operation().name());
		}

	}

}
