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
import io.github.cdcspring.Lsn;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The number of connections of an engine.
 */
@PostgresTest
class ConnectionsIT {

	@Test
	void streamingEngineHoldsAsManyConnectionsAsThePageSays(TestDatabase database) {
		database.execute("CREATE TABLE orders (id int PRIMARY KEY)");
		DocumentationPage page = DocumentationPage.of("docs/sizing.md");
		String query = page.statements("count").get(0).replace("WHERE", "WHERE datname = current_database() AND");
		String sum = "SELECT application_name || ' ' || sum(count) FROM (" + query + ") c GROUP BY application_name "
				+ "ORDER BY application_name COLLATE \"C\"";
		assertThat(page.text()).contains("holds **six** connections: one WAL sender and five others");
		try (TestApplication application = TestApplication.run(database, Orders.class,
				"cdc.heartbeat.interval=100ms")) {
			database.execute("INSERT INTO orders VALUES (1)");
			await().until(() -> application.bean(Orders.class).seen.contains(1));
			await().until(() -> application.engine().storedLsn().isAfter(Lsn.ZERO));
			await().untilAsserted(() -> assertThat(database.queryForTexts(sum)).containsExactly("Debezium General 3",
					"Debezium Streaming 1", "cdc 2"));
		}
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
