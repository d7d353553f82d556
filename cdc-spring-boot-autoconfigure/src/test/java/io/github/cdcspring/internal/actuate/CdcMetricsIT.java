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

package io.github.cdcspring.internal.actuate;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.LogicalMessage;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The meters, and the names that alerts, dashboard and documentation use.
 */
@PostgresTest
class CdcMetricsIT {

	private static final Pattern NAME = Pattern.compile("\\bcdc_[a-z_]+\\b");

	private static final Path OPS = Path.of("..", "ops");

	@BeforeEach
	void createTable(TestDatabase database) {
		database.execute("CREATE TABLE numbers (id int PRIMARY KEY)");
	}

	@Test
	void countsAndTimesDeliveries(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Numbers.class,
				"cdc.listener.retry.max-attempts=2", "cdc.listener.retry.initial-interval=1ms",
				"cdc.listener.restart.max-attempts=0")) {
			MeterRegistry registry = application.bean(MeterRegistry.class);
			application.bean(Numbers.class).poison = 3;
			database.execute("INSERT INTO numbers VALUES (1)", "UPDATE numbers SET id = 2 WHERE id = 1",
					"INSERT INTO numbers VALUES (3)");
			await().until(() -> application.engine().status().state() == EngineState.FAILED);
			assertThat(events(registry, "create", "handled")).isEqualTo(2);
			assertThat(events(registry, "delete", "handled")).isEqualTo(1);
			assertThat(events(registry, "create", "failed")).isEqualTo(1);
			assertThat(events(registry, "create", "skipped")).isZero();
			assertThat(registry.get("cdc.latency").tag("engine", "default").timer().count()).isEqualTo(3);
			assertThat(registry.get("cdc.listener")
				.tag("engine", "default")
				.tag("listener", "numbers")
				.tag("error", "none")
				.timer()
				.count()).isEqualTo(3);
			assertThat(registry.get("cdc.listener").tag("error", "IllegalStateException").timer().count()).isEqualTo(2);
			assertThat(registry.get("cdc.state").tag("state", "failed").gauge().value()).isEqualTo(1);
			assertThat(registry.get("cdc.state").tag("state", "running").gauge().value()).isZero();
			assertThat(registry.get("cdc.restarts").functionCounter().count()).isZero();
			await().untilAsserted(() -> assertThat(registry.get("cdc.offset.lag").gauge().value()).isPositive());
			assertThat(registry.get("cdc.slot.retained").gauge().value()).isPositive();
			assertThat(registry.get("cdc.slot.safe").gauge().value()).isNaN();
			assertThat(registry.get("cdc.slot.ahead").gauge().value()).isZero();
			assertThat(registry.get("cdc.slot.lost").gauge().value()).isZero();
		}
	}

	@Test
	void countersExistBeforeTheFirstEvent(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Numbers.class, ActuatorClient.EXPOSED)) {
			MeterRegistry registry = application.bean(MeterRegistry.class);
			for (String operation : new String[] { "create", "update", "delete", "read" }) {
				for (String outcome : new String[] { "handled", "failed", "skipped", "parked" }) {
					assertThat(events(registry, operation, outcome)).isZero();
				}
			}
			assertThat(registry.get("cdc.restarts").functionCounter().count()).isZero();
			assertThat(registry.get("cdc.start.refusals").functionCounter().count()).isZero();
			assertThat(registry.get("cdc.parked.keys").gauge().value()).isZero();
			assertThat(new ActuatorClient(application).getText("cdc/default")).contains("\"eventCounts\":[]");
		}
	}

	@Test
	void showsExistingRowsOfEachTableThatAreReadAndLeft(TestDatabase database) {
		database.execute("CREATE TABLE others (id int PRIMARY KEY)",
				"INSERT INTO numbers SELECT generate_series(1, 300)",
				"INSERT INTO others SELECT generate_series(1, 500)", "ANALYZE numbers, others");
		try (TestApplication application = TestApplication.run(database, Others.class, "cdc.snapshot.mode=no_data")) {
			MeterRegistry registry = application.bean(MeterRegistry.class);
			Others others = application.bean(Others.class);
			application.engine().backfill().start("numbers", "others");
			await().until(() -> others.waiting.getCount() == 0);
			await().untilAsserted(() -> {
				assertThat(events(registry, "read", "handled")).isEqualTo(300);
				assertThat(rowsLeft(registry, "public.numbers")).isZero();
				assertThat(rowsLeft(registry, "public.others")).isEqualTo(500);
			});
			others.gate.countDown();
			await().until(() -> application.engine().backfill().list().isEmpty());
			assertThat(rowsLeft(registry, "public.others")).isZero();
		}
	}

	private static double rowsLeft(MeterRegistry registry, String table) {
		return registry.get("cdc.backfill.rows.left").tag("engine", "default").tag("table", table).gauge().value();
	}

	@Test
	void countsLogicalMessagesOfEachPrefix(TestDatabase database) {
		database.grantOwnership();
		try (TestApplication application = TestApplication.run(database, Messages.class)) {
			MeterRegistry registry = application.bean(MeterRegistry.class);
			assertThat(messages(registry, "a")).isZero();
			assertThat(messages(registry, "b")).isZero();
			database.execute("SELECT pg_logical_emit_message(true, 'a', '1')",
					"SELECT pg_logical_emit_message(true, 'b', '1')", "SELECT pg_logical_emit_message(true, 'b', '2')");
			await().untilAsserted(() -> {
				assertThat(messages(registry, "a")).isEqualTo(1);
				assertThat(messages(registry, "b")).isEqualTo(2);
			});
		}
	}

	private static double messages(MeterRegistry registry, String prefix) {
		return registry.get("cdc.events")
			.tag("table", "none")
			.tag("message", prefix)
			.tag("operation", "message")
			.tag("outcome", "handled")
			.functionCounter()
			.count();
	}

	private static double events(MeterRegistry registry, String operation, String outcome) {
		return registry.get("cdc.events")
			.tag("engine", "default")
			.tag("table", "public.numbers")
			.tag("operation", operation)
			.tag("outcome", outcome)
			.functionCounter()
			.count();
	}

	@Test
	void alertsDashboardAndDocumentationUseExactlyTheRegisteredMeters(TestDatabase database) throws IOException {
		try (TestApplication application = TestApplication.run(database, Numbers.class, ActuatorClient.EXPOSED)) {
			ActuatorClient actuator = new ActuatorClient(application);
			database.execute("INSERT INTO numbers VALUES (1)");
			await().until(() -> !application.bean(Numbers.class).seen.isEmpty());
			await().until(() -> application.engine().queueFill() == 0);
			String page = Files.readString(Path.of("..", "docs", "monitoring.md"));
			Set<String> documented = names(page);
			// Some meters are registered after the first event
			await().untilAsserted(() -> assertThat(documented).isSubsetOf(names(actuator.getText("prometheus"))));
			Set<String> scraped = names(actuator.getText("prometheus")).stream()
				.filter((name) -> !name.startsWith("cdc_listener_active"))
				.collect(Collectors.toCollection(TreeSet::new));
			Set<String> alerts = names(Files.readString(OPS.resolve("prometheus/cdc-alerts.yml")));
			// KafkaIT compares those of an engine that receives from Kafka
			alerts.removeIf((name) -> name.startsWith("cdc_kafka_") || name.startsWith("cdc_connector_"));
			Set<String> dashboard = names(Files.readString(OPS.resolve("grafana/cdc-dashboard.json")));
			assertThat(alerts).isNotEmpty().isSubsetOf(scraped);
			assertThat(dashboard).isNotEmpty().isSubsetOf(scraped);
			assertThat(documented).isSubsetOf(scraped);
			Set<String> meters = application.bean(MeterRegistry.class)
				.getMeters()
				.stream()
				.map((meter) -> meter.getId().getName())
				.filter((name) -> name.startsWith("cdc."))
				.collect(Collectors.toCollection(TreeSet::new));
			assertThat(meters).allSatisfy((meter) -> assertThat(page).contains("| `" + meter + "` |"));
		}
	}

	@Test
	void alertsAndDashboardCanBeLoaded() throws IOException {
		try (InputStream alerts = Files.newInputStream(OPS.resolve("prometheus/cdc-alerts.yml"))) {
			assertThat(new Yaml().<Object>load(alerts)).asString().contains("CdcSlotLost");
		}
		assertThat(JsonMapper.builder()
			.build()
			.readTree(Files.readString(OPS.resolve("grafana/cdc-dashboard.json")))
			.path("panels")).isNotEmpty().allSatisfy((panel) -> assertThat(panel.path("targets")).isNotEmpty());
	}

	private static Set<String> names(String text) {
		return NAME.matcher(text).results().map(MatchResult::group).collect(Collectors.toCollection(TreeSet::new));
	}

	static class Others extends Numbers {

		final CountDownLatch waiting = new CountDownLatch(1);

		final CountDownLatch gate = new CountDownLatch(1);

		@CdcListener("others")
		void onOther(Number row) throws InterruptedException {
			this.waiting.countDown();
			this.gate.await();
		}

	}

	static class Messages {

		@CdcListener(messages = { "a", "b" })
		void on(LogicalMessage message) {
		}

	}

}
