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

package io.github.cdcspring.internal.debezium;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import javax.management.ObjectName;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Events in Debezium's metrics.
 */
@PostgresTest
class EventMetricsDisablerIT {

	@Test
	void containNoEventByDefault(TestDatabase database) throws Exception {
		database.execute("CREATE TABLE orders (id int PRIMARY KEY)");
		try (TestApplication application = TestApplication.run(database, Orders.class)) {
			receiveOne(database, application);

			assertThat(metric(application, "LastEvent")).isNull();
			assertThat(metric(application, "QueueTotalCapacity")).isEqualTo(8192);
		}
	}

	@Test
	void containEventsIfConfigured(TestDatabase database) throws Exception {
		database.execute("CREATE TABLE orders (id int PRIMARY KEY)");
		try (TestApplication application = TestApplication.run(database, Orders.class,
				"cdc.debezium.statistics.metrics.enabled=true")) {
			receiveOne(database, application);

			assertThat(metric(application, "LastEvent")).asString().contains("key");
			assertThat(metric(application, "TotalNumberOfEventsSeen")).isEqualTo(1L);
		}
	}

	private static void receiveOne(TestDatabase database, TestApplication application) {
		database.execute("INSERT INTO orders VALUES (1)");
		await().untilAsserted(() -> assertThat(application.bean(Orders.class).seen).containsExactly(1));
	}

	private static Object metric(TestApplication application, String name) throws Exception {
		String server = application.engines().iterator().next().settings().slot().name();
		return ManagementFactory.getPlatformMBeanServer()
			.getAttribute(new ObjectName("debezium.postgres:type=connector-metrics,context=streaming,server=" + server),
					name);
	}

	record Order(int id) {

	}

	static class Orders {

		final List<Integer> seen = new CopyOnWriteArrayList<>();

		@CdcListener("orders")
		void on(Order order) {
			this.seen.add(order.id());
		}

	}

}
