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

import java.lang.management.ManagementFactory;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import javax.management.JMException;
import javax.management.MBeanOperationInfo;
import javax.management.ObjectName;

import io.github.cdcspring.CdcBackfill;
import io.github.cdcspring.CdcListener;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.util.StringUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The operations of the endpoint, as they are documented.
 */
@PostgresTest
@ExtendWith(OutputCaptureExtension.class)
class CdcOperationsIT {

	private static final String[] JMX = { "spring.jmx.enabled=true", "management.endpoints.jmx.exposure.include=*" };

	@BeforeEach
	void createTable(TestDatabase database) {
		database.execute("CREATE TABLE numbers (id int PRIMARY KEY)", "CREATE TABLE keyless (id int)");
	}

	@ParameterizedTest
	@ValueSource(strings = { "management.endpoint.cdc.cache.time-to-live=0", "management.endpoint.cdc.access=read-only",
			"management.endpoints.access.max-permitted=read-only" })
	void hasNoOperationsWithoutUnrestrictedAccess(String access, TestDatabase database) throws JMException {
		try (TestApplication application = TestApplication.run(database, Numbers.class, StringUtils
			.addStringToArray(StringUtils.concatenateStringArrays(ActuatorClient.EXPOSED, JMX), access))) {
			ActuatorClient actuator = new ActuatorClient(application);
			assertThat(actuator.post("cdc/default/pause", "{}").statusCode()).isIn(404, 405);
			assertThat(application.engine().status().state()).isEqualTo(EngineState.RUNNING);
			assertThat(operations("Cdc")).containsExactlyInAnyOrder("cdc", "engine");
			assertThat(operations("Cdcparked")).containsExactlyInAnyOrder("count", "list");
		}
	}

	@Test
	void hasOperationsOverJmxWithUnrestrictedAccess(TestDatabase database) throws JMException {
		try (TestApplication application = TestApplication.run(database, Numbers.class,
				StringUtils.concatenateStringArrays(JMX, new String[] { "management.endpoint.cdc.access=unrestricted",
						"management.endpoint.cdcparked.access=unrestricted" }))) {
			assertThat(operations("Cdc")).containsExactlyInAnyOrder("cdc", "engine", "operate");
			assertThat(operations("Cdcparked")).containsExactlyInAnyOrder("count", "list", "replay", "discard");
			ManagementFactory.getPlatformMBeanServer()
				.invoke(endpoint("Cdc"), "operate", new Object[] { "default", "pause", null, null, null },
						new String[] { String.class.getName(), String.class.getName(), String.class.getName(),
								List.class.getName(), String.class.getName() });
			assertThat(application.engine().status().state()).isEqualTo(EngineState.PAUSED);
		}
	}

	private static List<String> operations(String endpoint) throws JMException {
		return Stream.of(ManagementFactory.getPlatformMBeanServer().getMBeanInfo(endpoint(endpoint)).getOperations())
			.map(MBeanOperationInfo::getName)
			.toList();
	}

	private static ObjectName endpoint(String name) throws JMException {
		return new ObjectName("org.springframework.boot:type=Endpoint,name=" + name);
	}

	@Test
	void pausesResumesAndRestartsAndSaysSoInTheLog(TestDatabase database, CapturedOutput output) {
		try (TestApplication application = operable(database)) {
			ActuatorClient actuator = new ActuatorClient(application);
			Numbers numbers = application.bean(Numbers.class);
			assertThat(actuator.post("cdc/default/resume", "{}").statusCode()).isEqualTo(409);
			// Otherwise the engine would read row 1 in another snapshot
			application.awaitSnapshotStored();
			HttpResponse<String> paused = actuator.post("cdc/default/pause", "{}");
			assertThat(paused.statusCode()).isEqualTo(200);
			assertThat(paused.body()).contains("\"state\":\"PAUSED\"");
			assertThat(actuator.getStatus("health/cdc")).isEqualTo(503);
			assertThat(actuator.getText("health/cdc")).contains("OUT_OF_SERVICE");
			database.execute("INSERT INTO numbers VALUES (1)");
			assertThat(application.engine().status().state()).isEqualTo(EngineState.PAUSED);
			assertThat(actuator.post("cdc/default/resume", "{}").statusCode()).isEqualTo(200);
			await().untilAsserted(() -> assertThat(numbers.seen).containsExactly("CREATE 1"));
			assertThat(actuator.post("cdc/default/restart", "{}").statusCode()).isEqualTo(200);
			database.execute("INSERT INTO numbers VALUES (2)");
			await().untilAsserted(() -> assertThat(numbers.seen).contains("CREATE 2"));
			assertThat(application.engine().status().restarts()).isZero();
			await().until(() -> actuator.getStatus("health/cdc") == 200);
			assertThat(actuator.post("cdc/unknown/pause", "{}").statusCode()).isEqualTo(404);
			assertThat(actuator.post("cdc/default/explode", "{}").statusCode()).isEqualTo(404);
			assertThat(output)
				.contains("Operation 'pause' on engine 'default', requested by an anonymous user: Paused.")
				.contains("Operation 'resume' on engine 'default', requested by an anonymous user: Engine 'default' is "
						+ "RUNNING, so it cannot be resumed. Pause it first.")
				.contains("Operation 'restart' on engine 'default', requested by an anonymous user: Restarted");
		}
	}

	@Test
	void advancesTheSlotWhereTheApplicationDoes(TestDatabase database) {
		try (TestApplication application = operable(database, "cdc.lsn-flush-mode=manual",
				"cdc.slot.advanced-by=application")) {
			ActuatorClient actuator = new ActuatorClient(application);
			database.execute("INSERT INTO numbers VALUES (1)");
			await().until(() -> !application.bean(Numbers.class).seen.isEmpty());
			database.execute("INSERT INTO numbers VALUES (2)");
			await().until(() -> database.queryForText("SELECT count(lsn) FROM cdc_offset").equals("1"));
			assertThat(actuator.post("cdc/default/advance", "{}").body()).contains("Parameter 'lsn' is missing.");
			assertThat(actuator.post("cdc/default/advance", "{\"lsn\":\"here\"}").body())
				.contains("'here' is not an LSN. Give one like 0/16B3748.");
			Lsn stored = await().until(application.engine()::storedLsn, (lsn) -> lsn.isAfter(Lsn.ZERO));
			HttpResponse<String> advanced = actuator.post("cdc/default/advance", "{\"lsn\":\"FFFFFFFF/0\"}");
			assertThat(advanced.statusCode()).isEqualTo(200);
			assertThat(advanced.body()).contains("The slot advances to ").doesNotContain("advances to FFFFFFFF/0");
			await().until(() -> "t".equals(database.queryForText("SELECT confirmed_flush_lsn >= '" + stored
					+ "' FROM pg_replication_slots WHERE slot_name = '" + database.name() + "'")));
		}
	}

	@Test
	void doesNotAdvanceTheSlotElsewhere(TestDatabase database) {
		try (TestApplication application = operable(database)) {
			HttpResponse<String> advanced = new ActuatorClient(application).post("cdc/default/advance",
					"{\"lsn\":\"0/1\"}");
			assertThat(advanced.statusCode()).isEqualTo(409);
			assertThat(advanced.body()).contains("cdc.lsn-flush-mode=manual");
		}
	}

	@Test
	void deliversExistingRowsInParallelWithTheStream(TestDatabase database, CapturedOutput output) {
		database.execute("INSERT INTO numbers SELECT generate_series(1, 3000)");
		try (TestApplication application = operable(database, "cdc.snapshot.mode=no_data")) {
			ActuatorClient actuator = new ActuatorClient(application);
			Numbers numbers = application.bean(Numbers.class);
			HttpResponse<String> signalled = actuator.post("cdc/default/backfill", "{\"tables\":\"numbers\"}");
			assertThat(signalled.statusCode()).as(signalled.body()).isEqualTo(200);
			database.execute("INSERT INTO numbers SELECT generate_series(3001, 3100)");
			await().untilAsserted(() -> assertThat(numbers.seen).contains("READ 1", "READ 3000", "CREATE 3100"));
			assertThat(reads(numbers)).isBetween(3000L, 3100L);
			numbers.seen.clear();
			assertThat(actuator.post("cdc/default/backfill", "{\"tables\":\"public.numbers\"}").statusCode())
				.isEqualTo(200);
			await().until(() -> reads(numbers) == 3100);
			assertThat(application.engine().status().restarts()).isZero();
			assertThat(output)
				.contains("Engine 'default' reads the existing rows of public.numbers alongside the stream")
				.contains("Engine 'default' has delivered the existing rows of public.numbers: ");
			application.engine().restart();
			database.execute("INSERT INTO numbers VALUES (5000)");
			await().untilAsserted(() -> assertThat(numbers.seen).contains("CREATE 5000"));
		}
	}

	@Test
	void showsPausesResumesAndCancelsTheReadingOfExistingRows(TestDatabase database, CapturedOutput output) {
		database.execute("INSERT INTO numbers SELECT generate_series(1, 3000)", "ANALYZE numbers");
		String tables = "{\"tables\":\"numbers\"}";
		try (TestApplication application = operable(database, "cdc.snapshot.mode=no_data",
				"cdc.backfill.chunk-size=100")) {
			ActuatorClient actuator = new ActuatorClient(application);
			Numbers numbers = application.bean(Numbers.class);
			MeterRegistry registry = application.bean(MeterRegistry.class);
			assertThat(actuator.getText("cdc/default")).contains("\"backfills\":[]");
			assertThat(actuator.post("cdc/default/cancel-backfill", tables).body())
				.contains("No existing rows of public.numbers are to be read, so that cannot be canceled.");
			CountDownLatch gate = new CountDownLatch(1);
			numbers.gate = gate;
			assertThat(actuator.post("cdc/default/backfill", tables).statusCode()).isEqualTo(200);
			await().untilAsserted(() -> assertThat(actuator.getText("cdc/default")).contains(
					"\"backfills\":[{\"table\":\"public.numbers\",\"listener\":null,\"state\":\"reading\",\"rows\":0,"
							+ "\"estimatedRows\":3000"));
			assertThat(actuator.getText("cdc/default"))
				.contains("\"requestedAt\":\"" + application.engine().backfill().list().get(0).requestedAt() + "\"");
			assertThat(registry.get("cdc.backfill.tables").gauge().value()).isEqualTo(1);
			assertThat(registry.get("cdc.backfill.rows.left").gauge().value()).isEqualTo(3000);
			await().until(() -> application.engine().oldestCall() != null);
			assertThat(actuator.post("cdc/default/pause-backfill", tables).statusCode()).isEqualTo(200);
			numbers.gate = null;
			gate.countDown();
			await().until(() -> output.getOut().contains("of public.numbers after 100, because that was paused"));
			assertThat(actuator.post("cdc/default/backfill", tables).body())
				.contains("The reading of existing rows of public.numbers is paused");
			application.engine().restart();
			assertThat(application.bean(CdcBackfill.class).list()).singleElement().satisfies((table) -> {
				assertThat(table.state()).isEqualTo(CdcBackfill.State.PAUSED);
				assertThat(table.rows()).isEqualTo(100);
			});
			await().until(() -> application.engine().status().state() == EngineState.RUNNING);
			assertThat(actuator.post("cdc/default/resume-backfill", tables).statusCode()).isEqualTo(200);
			await().until(() -> reads(numbers) == 3000);
			CountDownLatch other = new CountDownLatch(1);
			numbers.gate = other;
			numbers.seen.clear();
			await().until(() -> application.engine().backfill().list().isEmpty());
			assertThat(actuator.post("cdc/default/backfill", tables).statusCode()).isEqualTo(200);
			assertThat(actuator.post("cdc/default/cancel-backfill", tables).statusCode()).isEqualTo(200);
			assertThat(database.queryForText("SELECT position FROM cdc_offset")).doesNotContain("cdc_backfill");
			numbers.gate = null;
			other.countDown();
			database.execute("INSERT INTO numbers VALUES (5000)");
			await().untilAsserted(() -> assertThat(numbers.seen).contains("CREATE 5000"));
			assertThat(reads(numbers)).isLessThanOrEqualTo(100);
			numbers.seen.clear();
			assertThat(actuator.post("cdc/default/backfill", where("id = 'open sesame'")).body())
				.contains("A value of the condition on column 'id' cannot be read as its type integer")
				.doesNotContain("sesame");
			assertThat(actuator.post("cdc/default/backfill", where("id = 7 or true")).body())
				.contains("The conditions cannot be read at character 8");
			assertThat(
					actuator.post("cdc/default/backfill", where("\\\"a\\nforged\\\" = '\\u0000 sesame'")).statusCode())
				.isEqualTo(409);
			assertThat(output.getOut()).contains("a?forged").doesNotContain("\nforged");
			for (String operation : List.of("pause-backfill", "resume-backfill", "cancel-backfill")) {
				assertThat(actuator.post("cdc/default/" + operation, where("id = 7")).statusCode()).isEqualTo(409);
			}
			assertThat(
					actuator.post("cdc/default/backfill", where("id > 2998 and id in (7, '2999', 3000)")).statusCode())
				.isEqualTo(200);
			await().untilAsserted(() -> assertThat(numbers.seen).containsExactly("READ 2999", "READ 3000"));
			assertThat(output.getOut()).doesNotContain("sesame");
		}
	}

	private static String where(String conditions) {
		return "{\"tables\":\"numbers\",\"where\":\"" + conditions + "\"}";
	}

	@Test
	void showsTheProgressOfTheSnapshotBeforeTheStream(TestDatabase database) {
		database.execute("INSERT INTO numbers SELECT generate_series(1, 3000)", "ANALYZE numbers");
		try (TestApplication application = TestApplication.start(database, Gated.class,
				StringUtils.addStringToArray(ActuatorClient.EXPOSED, "management.endpoint.cdc.access=unrestricted"))) {
			ActuatorClient actuator = new ActuatorClient(application);
			Gated gated = application.bean(Gated.class);
			await().untilAsserted(() -> assertThat(actuator.getText("cdc/default")).contains(
					"\"backfills\":[{\"table\":\"public.numbers\",\"listener\":null,\"state\":\"snapshot\",\"rows\":500,"
							+ "\"estimatedRows\":3000,\"rowsPerSecond\":"));
			assertThat(application.engine().backfill().list()).singleElement()
				.satisfies((table) -> assertThat(table.timeLeft()).isNotNull());
			assertThat(application.bean(MeterRegistry.class).get("cdc.backfill.rows.left").gauge().value())
				.isEqualTo(2500);
			assertThat(actuator.post("cdc/default/cancel-backfill", "{\"tables\":\"numbers\"}").statusCode())
				.isEqualTo(409);
			gated.gate.countDown();
			await().until(() -> gated.rows.get() == 3000);
			await().until(() -> application.engine().backfill().list().isEmpty());
		}
	}

	/** How many rows were read. */
	private static long reads(Numbers numbers) {
		return numbers.seen.stream().filter((seen) -> seen.startsWith("READ ")).distinct().count();
	}

	@Test
	void saysWhyExistingRowsCannotBeRead(TestDatabase database) {
		database.execute("ALTER TABLE keyless REPLICA IDENTITY FULL");
		try (TestApplication application = TestApplication.run(database, Keyless.class,
				StringUtils.concatenateStringArrays(ActuatorClient.EXPOSED,
						new String[] { "management.endpoint.cdc.access=unrestricted" }))) {
			ActuatorClient actuator = new ActuatorClient(application);
			assertThat(actuator.post("cdc/default/backfill", "{\"tables\":\"numbers\"}").body()).contains(
					"'numbers' is not a captured table, so no existing rows of it can be read. Use one of public.keyless.");
			assertThat(actuator.post("cdc/default/backfill", "{\"tables\":\"keyless\",\"listener\":\"other\"}").body())
				.contains("Listener 'other' does not exist or receives no READ events of public.keyless");
			assertThat(actuator.post("cdc/default/backfill", "{}").body())
				.contains("No table is given, so there is nothing to read.");
		}
	}

	private static TestApplication operable(TestDatabase database, String... properties) {
		String[] all = StringUtils.concatenateStringArrays(ActuatorClient.EXPOSED, properties);
		return TestApplication.run(database, Numbers.class,
				StringUtils.concatenateStringArrays(all, new String[] { "management.endpoint.cdc.access=unrestricted",
						"logging.level.io.github.cdcspring=INFO", "cdc.heartbeat.interval=100ms" }));
	}

	static class Gated {

		final AtomicInteger rows = new AtomicInteger();

		final CountDownLatch gate = new CountDownLatch(1);

		@CdcListener("numbers")
		void on(Numbers.Number number) throws InterruptedException {
			if (this.rows.get() == 500) {
				this.gate.await();
			}
			this.rows.incrementAndGet();
		}

	}

	static class Keyless {

		@CdcListener("keyless")
		void on(Numbers.Number number) {
		}

	}

}
