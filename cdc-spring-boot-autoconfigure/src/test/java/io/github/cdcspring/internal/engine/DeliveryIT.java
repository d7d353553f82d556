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

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.ChangeEvent;
import io.github.cdcspring.Operation;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An application that was stopped continues with the next event.
 */
@PostgresTest
class DeliveryIT {

	@Test
	void goesOnWhereItStopped(TestDatabase database) {
		database.execute("CREATE TABLE orders (id int PRIMARY KEY, item text)");
		try (TestApplication application = TestApplication.run(database, Orders.class)) {
			database.execute("INSERT INTO orders VALUES (1, 'a')", "INSERT INTO orders VALUES (2, 'b')");
			await().untilAsserted(
					() -> assertThat(application.bean(Orders.class).seen).containsExactly("CREATE 1 a", "CREATE 2 b"));
		}
		database.execute("INSERT INTO orders VALUES (3, 'c')");
		try (TestApplication application = TestApplication.run(database, Orders.class)) {
			await().untilAsserted(() -> assertThat(application.bean(Orders.class).seen).endsWith("CREATE 3 c"));
			assertThat(application.bean(Orders.class).seen).doesNotContain("CREATE 1 a");
		}
	}

	record Order(Integer id, String item) {

	}

	static class Orders {

		final List<String> seen = new CopyOnWriteArrayList<>();

		@CdcListener("orders")
		void on(Order order, Operation operation, ChangeEvent<Order> event) {
			this.seen.add(operation + " " + order.id() + " " + order.item());
		}

	}

}
