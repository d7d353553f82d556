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

package io.github.cdcspring.documentation;

import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The statements that remove what an application leaves on the server.
 */
@PostgresTest
class RemovalIT {

	@Test
	void nothingIsLeftThatKeepsWal(TestDatabase database) {
		database.execute("CREATE TABLE orders (id int PRIMARY KEY)", "INSERT INTO orders VALUES (1)");
		try (TestApplication application = TestApplication.run(database, Orders.class, "cdc.listener.on-failure=park",
				"cdc.listener.transactional=true")) {
			await().until(() -> application.bean(Orders.class).seen.contains(1));
		}
		assertThat(left(database)).containsExactlyInAnyOrder("cdc_offset", "cdc_parked_event", "cdc_processed",
				"publication", "slot");
		database.awaitFree(database.name());
		DocumentationPage.of("docs/remove.md")
			.statements("remove")
			.forEach((sql) -> database.execute(sql.replace("shop", database.name())));
		assertThat(left(database)).isEmpty();
		assertThat(database.queryForTexts("SELECT id FROM orders")).containsExactly("1");
	}

	private static Iterable<String> left(TestDatabase database) {
		return database.queryForTexts("SELECT tablename FROM pg_tables WHERE tablename LIKE 'cdc\\_%'"
				+ " UNION ALL SELECT 'publication' FROM pg_publication"
				+ " UNION ALL SELECT 'slot' FROM pg_replication_slots WHERE database = current_database()");
	}

	static class Orders {

		private final Set<Integer> seen = new ConcurrentSkipListSet<>();

		@CdcListener("orders")
		void on(Order order) {
			this.seen.add(order.id());
		}

	}

	record Order(int id) {
	}

}
