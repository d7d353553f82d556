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

package io.github.cdcspring.connect;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.cdcspring.Gap;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.PromotedServer;
import io.github.cdcspring.testsupport.TestDatabase;
import io.github.cdcspring.testsupport.TestKafka;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The plugin in a real worker, whose class path has no Spring.
 */
@PostgresTest
class CdcPostgresConnectorIT {

	private static TestKafka kafka;

	@BeforeAll
	static void startKafka() {
		kafka = TestKafka.start();
	}

	@AfterAll
	static void stopKafka() {
		kafka.close();
	}

	@Test
	void thePluginHasNoSpring() throws Exception {
		try (Stream<Path> files = Files.walk(Path.of(System.getProperty("kafka.plugins")))) {
			List<String> jars = files.map((file) -> file.getFileName().toString())
				.filter((name) -> name.endsWith(".jar"))
				.toList();
			assertThat(jars).anyMatch((name) -> name.startsWith("cdc-connect-postgres"))
				.anyMatch((name) -> name.startsWith("debezium-connector-postgres"))
				.noneMatch((name) -> name.startsWith("spring-"))
				.noneMatch((name) -> name.startsWith("connect-"))
				.noneMatch((name) -> name.startsWith("kafka-"));
		}
	}

	@Test
	void losesNothingWhenTheTaskIsRestartedDuringACopy(TestDatabase database) {
		Map<String, String> config = TestKafka.connector(database);
		// Each row takes a request of its own, so that the transaction takes long enough
		config.put("producer.override.batch.size", "0");
		CopyUnderRestarts copy = new CopyUnderRestarts(kafka, database, config);
		copy.run(10_000, 2);
		assertThat(copy.missing()).isEmpty();
		assertThat(copy.repeated()).as("restarts inside the transaction").isPositive();
		long before = position(database, "pg_current_wal_insert_lsn()");
		database.execute("INSERT INTO item VALUES (0)");
		await().until(() -> storedPosition(database) > before);
		await().until(() -> {
			long slot = confirmed(database);
			long stored = storedPosition(database);
			// None while the worker does not answer
			if (stored == 0) {
				return false;
			}
			assertThat(slot).isLessThanOrEqualTo(stored);
			return slot > before;
		});
		JsonNode offset = kafka.offset(database);
		assertThat(offset.path("lsn")).isEqualTo(offset.path("lsn_commit"));
		assertThat(offset.has("lsn_proc")).isFalse();
		assertThat(offset.has("messageType")).isFalse();
		assertThat(offset.path("cdc_system_identifier").asText())
			.isEqualTo(database.queryForText("SELECT system_identifier FROM pg_control_system()"));
		assertThat(offset.path("cdc_timeline_id").asInt()).isEqualTo(1);
		assertThat(offset.path("cdc_transaction_id").asLong())
			.isEqualTo(Long.parseLong(database.queryForText("SELECT xmin FROM item WHERE id = 0")));
		assertThat(offset.has("cdc_gap")).isFalse();
		kafka.delete(database);
	}

	@Test
	void notesWhatItHasSkippedUntilThatIsAccepted(TestDatabase database) throws Exception {
		database.execute("CREATE TABLE item (id int PRIMARY KEY)");
		Map<String, String> config = withHeartbeat(database);
		kafka.run(database, config);
		try (Connection open = database.connect()) {
			// Keeps the WAL of the offset. Without it, Debezium refuses to continue.
			open.setAutoCommit(false);
			open.createStatement().execute("INSERT INTO item VALUES (-1)");
			insert(database);
			long before = storedPosition(database);
			assertThat(kafka.offset(database).has("cdc_gap")).isFalse();
			kafka.delete(database);
			Gap gap = new Gap(new Lsn(before), new Lsn(skip(database)));
			kafka.run(database, config);
			insert(database);
			assertThat(gap(database)).isEqualTo(gap.toString());
			kafka.restartTask(database);
			insert(database);
			assertThat(gap(database)).isEqualTo(gap.toString());
			kafka.delete(database);
			Gap both = new Gap(new Lsn(before), new Lsn(skip(database)));
			kafka.run(database, config);
			insert(database);
			assertThat(gap(database)).isEqualTo(both.toString());
			config.put("cdc.safety.accept-gap", both.toString());
			kafka.run(database, config);
			await().until(() -> {
				database.execute("INSERT INTO item SELECT count(*) FROM item");
				return !kafka.offset(database).has("cdc_gap");
			});
			open.rollback();
		}
		kafka.delete(database);
	}

	/** Advance the slot past a row. */
	private static long skip(TestDatabase database) {
		database.execute("INSERT INTO item SELECT count(*) FROM item");
		database
			.queryForText("SELECT pg_replication_slot_advance('" + database.name() + "', pg_current_wal_lsn())::text");
		return confirmed(database);
	}

	/** A heartbeat tells of the end of a transaction that no other one follows. */
	private static Map<String, String> withHeartbeat(TestDatabase database) {
		Map<String, String> config = TestKafka.connector(database);
		config.put("heartbeat.interval.ms", "100");
		return config;
	}

	/** Insert a row, and wait until its transaction is in the offset. */
	private static void insert(TestDatabase database) {
		long before = position(database, "pg_current_wal_insert_lsn()");
		database.execute("INSERT INTO item SELECT count(*) FROM item");
		await().until(() -> storedPosition(database) > before);
	}

	private static String gap(TestDatabase database) {
		return kafka.offset(database).path("cdc_gap").asText();
	}

	@Test
	void continuesOnNoServerThatDoesNotHaveItsOffset() throws Exception {
		try (PromotedServer server = new PromotedServer()) {
			TestDatabase database = server.database();
			database.execute("CREATE TABLE item (id int PRIMARY KEY)");
			Map<String, String> config = withHeartbeat(database);
			kafka.run(database, config);
			// A slot that was never resumed looks as if it had been copied
			await().until(() -> {
				database.execute("SELECT pg_log_standby_snapshot()");
				insert(database);
				return server.hasDecodingState();
			});
			kafka.delete(database);
			Path image = server.takeImage();
			kafka.run(database, config);
			insert(database);
			long stored = storedPosition(database);
			kafka.delete(database);
			server.promoteImage(image);
			database.execute("INSERT INTO item VALUES (-1)", "SELECT pg_switch_wal()", "INSERT INTO item VALUES (-2)");
			assertThat(position(database, "pg_current_wal_lsn()")).isGreaterThan(stored);
			kafka.send("PUT", "/connectors/" + database.name() + "/config", config);
			await().atMost(Duration.ofMinutes(1))
				.until(() -> kafka.get("/connectors/" + database.name() + "/status").path("tasks").path(0),
						(task) -> task.path("state").asText().equals("FAILED") && task.path("trace")
							.asText()
							.contains("is not part of this server's history, which is on timeline 2"));
			// As docs/runbook.md says
			kafka.stop(database);
			long slot = confirmed(database);
			kafka.seed(database, "{\"lsn\": " + slot + ", \"lsn_commit\": " + slot + "}");
			kafka.resume(database);
			insert(database);
			assertThat(kafka.offset(database).path("cdc_timeline_id").asInt()).isEqualTo(2);
			assertThat(kafka.offset(database).path("cdc_timeline").asText()).startsWith("2@0/");
			assertThat(kafka.offset(database).has("cdc_gap")).isFalse();
			kafka.delete(database);
		}
	}

	private static long storedPosition(TestDatabase database) {
		return kafka.offset(database).path("lsn_commit").asLong();
	}

	private static long confirmed(TestDatabase database) {
		return position(database,
				"confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = '" + database.name() + "'");
	}

	private static long position(TestDatabase database, String lsn) {
		return Long.parseLong(database.queryForText("SELECT '0/0'::pg_lsn - " + lsn).substring(1));
	}

	@Test
	void carriesEveryTypeAsTheServerHasIt(TestDatabase database) throws Exception {
		Map<String, String> config = TestKafka.connector(database);
		config.put("value.converter.compact", "true");
		assertThat(KafkaTypeSweep.run(database, kafka, config)).isEmpty();
	}

	@Test
	void carriesTheFormerKeyTombstonesAndNoExcludedColumn(TestDatabase database) {
		database.execute("CREATE TABLE item (id int PRIMARY KEY, secret text)", "INSERT INTO item VALUES (1, 'a')");
		Map<String, String> config = TestKafka.connector(database);
		config.put("column.exclude.list", "public.item.secret");
		kafka.run(database, config);
		try (TestTopic topic = new TestTopic(kafka, database.name() + ".public.item")) {
			List<SourceRecord> records = new ArrayList<>();
			database.execute("UPDATE item SET id = 2");
			await().until(() -> {
				records.addAll(topic.poll());
				return records.size() == 4;
			});
			assertThat(records)
				.extracting((record) -> (record.value() instanceof Struct value) ? value.get("op") : null)
				.containsExactly("r", "d", null, "c");
			for (int event : new int[] { 0, 1, 3 }) {
				assertThat(records.get(event).valueSchema().field("after").schema().field("secret")).isNull();
			}
			assertThat(records.get(2).key()).isEqualTo(records.get(0).key());
			Header former = records.get(3).headers().lastWithName("__debezium.oldkey");
			assertThat(former.value()).isEqualTo(records.get(0).key());
		}
		kafka.delete(database);
	}

	@Test
	void sendsADeleteThatHappenedWhileItWasStoppedInItsFirstTransaction(TestDatabase database) {
		database.execute("CREATE TABLE item (id int PRIMARY KEY)");
		Map<String, String> config = TestKafka.connector(database);
		kafka.run(database, config);
		try (TestTopic topic = new TestTopic(kafka, database.name() + ".public.item")) {
			database.execute("INSERT INTO item VALUES (1)");
			List<String> operations = new ArrayList<>();
			await().until(() -> operations(topic, operations).contains("c"));
			await().until(() -> kafka.offset(database).has("lsn"));
			kafka.delete(database);
			database.execute("DELETE FROM item");
			kafka.run(database, config);
			await().until(() -> operations(topic, operations).contains("d"));
			assertThat(operations).doesNotContain("r");
		}
		kafka.delete(database);
	}

	@Test
	void sendsWhatIsInTheSlotBeforeASnapshot(TestDatabase database) {
		database.execute("CREATE TABLE item (id int PRIMARY KEY)",
				"CREATE PUBLICATION " + database.name() + " FOR TABLE item",
				"SELECT pg_create_logical_replication_slot('" + database.name() + "', 'pgoutput')",
				"INSERT INTO item VALUES (1), (2)", "DELETE FROM item WHERE id = 1");
		kafka.run(database, TestKafka.connector(database));
		try (TestTopic topic = new TestTopic(kafka, database.name() + ".public.item")) {
			List<String> operations = new ArrayList<>();
			await().until(() -> operations(topic, operations).contains("d"));
			assertThat(operations).containsExactly("r", "c", "c", "d");
		}
		kafka.delete(database);
	}

	/**
	 * Debezium waits for a lock of a table already when it reads the structure of the
	 * tables, so the query of the second table waits for another one.
	 */
	@Test
	@Tag("faults")
	void sendsADeleteThatHappenedWhileItWasStoppedDuringItsSnapshot(TestDatabase database) throws Exception {
		database.execute("CREATE TABLE early (id int PRIMARY KEY)", "CREATE TABLE late (id int PRIMARY KEY)",
				"INSERT INTO early VALUES (1), (2), (3)", "INSERT INTO late VALUES (1)");
		Map<String, String> config = TestKafka.connector(database);
		Map<String, String> waiting = new LinkedHashMap<>(config);
		waiting.put("snapshot.select.statement.overrides", "public.late");
		waiting.put("snapshot.select.statement.overrides.public.late",
				"SELECT id FROM public.late WHERE pg_advisory_xact_lock_shared(15)::text = ''");
		List<String> operations = new ArrayList<>();
		try (TestTopic topic = new TestTopic(kafka, database.name() + ".public.early")) {
			try (Connection connection = database.connect()) {
				connection.createStatement().execute("SELECT pg_advisory_lock(15)");
				kafka.send("PUT", "/connectors/" + database.name() + "/config", waiting);
				await().atMost(Duration.ofMinutes(1)).until(() -> operations(topic, operations).contains("r"));
				kafka.delete(database);
				database.execute("DELETE FROM early WHERE id = 1");
			}
			kafka.run(database, config);
			await().until(() -> operations(topic, operations).contains("d"));
		}
		kafka.delete(database);
	}

	private static List<String> operations(TestTopic topic, List<String> operations) {
		for (SourceRecord record : topic.poll()) {
			if (record.value() instanceof Struct value) {
				operations.add(value.getString("op"));
			}
		}
		return operations;
	}

	@Test
	void refusesPropertiesThatChangeValues(TestDatabase database) {
		Map<String, String> config = TestKafka.connector(database);
		config.put("name", database.name());
		config.put("decimal.handling.mode", "double");
		config.put("converters", "other");
		String body = kafka.validate(config).body();
		assertThat(body).contains("'decimal.handling.mode' cannot be set", "'converters' cannot be set")
			.contains("\"error_count\":2");
	}

}
