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

package io.github.cdcspring.internal.kafka;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.ChangeEvent;
import io.github.cdcspring.Operation;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.actuate.CdcEndpoint;
import io.github.cdcspring.internal.actuate.CdcHealthIndicator;
import io.github.cdcspring.internal.actuate.ConnectorDocument;
import io.github.cdcspring.internal.actuate.KafkaEngineDescriptor;
import io.github.cdcspring.internal.actuate.KafkaEngineDescriptor.ConnectorDescriptor;
import io.github.cdcspring.internal.engine.EmbeddedEngineRegistry;
import io.github.cdcspring.internal.engine.SupervisedCdcEngine;
import io.github.cdcspring.internal.startup.Verdict;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import io.github.cdcspring.testsupport.TestKafka;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.config.NamingConvention;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.InstanceOfAssertFactories.MAP;
import static org.awaitility.Awaitility.await;

/**
 * Listeners that receive from Kafka: one broker and one worker for all tests.
 */
@PostgresTest
class KafkaIT {

	private static TestKafka kafka;

	@BeforeAll
	static void startKafka() {
		kafka = TestKafka.start();
	}

	@AfterAll
	static void stopKafka() {
		kafka.close();
	}

	private static TestApplication start(TestDatabase database, Class<?> configuration, String... properties) {
		return TestApplication.start(database, configuration, properties(database, properties).toArray(String[]::new));
	}

	private static List<String> properties(TestDatabase database, String... properties) {
		List<String> all = new ArrayList<>(List.of("cdc.source=kafka", "spring.application.name=test",
				"spring.kafka.bootstrap-servers=" + kafka.bootstrapServers(), "cdc.kafka.group-id=" + database.name(),
				"cdc.offset.flush-interval=100ms", "spring.kafka.consumer.properties.metadata.max.age.ms=500"));
		all.addAll(List.of(properties));
		return all;
	}

	private static void connect(TestDatabase database, Map<String, String> further) {
		Map<String, String> config = TestKafka.connector(database);
		config.put("value.converter.compact", "true");
		config.put("snapshot.mode", "no_data");
		config.put("topic.creation.default.partitions", "4");
		config.put("topic.creation.default.replication.factor", "1");
		config.putAll(further);
		kafka.run(database, config);
	}

	private static SupervisedCdcEngine engine(TestApplication application) {
		SupervisedCdcEngine engine = application.bean(EmbeddedEngineRegistry.class).engine("default");
		assertThat(engine).isNotNull();
		return engine;
	}

	private static void awaitRunning(TestApplication application) {
		await().until(() -> engine(application).status().state() == EngineState.RUNNING);
	}

	@Test
	void deliversWhatTheEmbeddedEngineDelivers(TestDatabase database) {
		database
			.execute("CREATE TABLE item (id int PRIMARY KEY, name text, price numeric, at timestamptz, tags int[][])");
		connect(database, Map.of());
		try (TestApplication application = start(database, Both.class, "cdc.engines.embedded.source=embedded",
				"cdc.engines.embedded.snapshot.mode=no_data", "cdc.listener.concurrency=4")) {
			awaitRunning(application);
			await().until(() -> database.isStreaming(database.name() + "_embedded"));
			Both both = application.bean(Both.class);
			database.execute("INSERT INTO item VALUES (1, 'a', 'NaN', 'infinity', '{{1,2},{3,NULL}}')",
					"UPDATE item SET name = NULL, price = 1.50, at = '0044-03-15 12:00:00+00 BC'",
					"UPDATE item SET id = 2", "DELETE FROM item",
					"COPY item (id, name) FROM PROGRAM 'seq 1 8000 | sed \"s/$/,x/\"' WITH (FORMAT csv)");
			await().until(() -> !both.received.isEmpty());
			kafka.restartTask(database);
			database.execute("INSERT INTO item VALUES (0, 'end')");
			await().untilAsserted(() -> {
				assertThat(both.embedded).hasSize(8_006);
				assertThat(both.received).hasSize(8_006);
			});
			assertThat(both.received).isEqualTo(both.embedded);
			assertThat(both.contradictions).isEmpty();
		}
		kafka.delete(database);
	}

	@Test
	void processesEventsOnceAndParksBehindAFailedOne(TestDatabase database) {
		database.execute("CREATE TABLE item (id int PRIMARY KEY, name text)",
				"CREATE TABLE copied (id int, name text)");
		connect(database, Map.of());
		try (TestApplication application = start(database, Copier.class, "cdc.listener.transactional=true",
				"cdc.listener.on-failure=park", "cdc.listener.concurrency=4", "cdc.listener.retry.max-attempts=1")) {
			awaitRunning(application);
			Copier copier = application.bean(Copier.class);
			database.execute("INSERT INTO item VALUES (-1, 'bad')", "UPDATE item SET name = 'behind'",
					"COPY item (id) FROM PROGRAM 'seq 1 4000'");
			await().until(() -> copier.calls.size() > 100);
			kafka.restartTask(database);
			database.execute("INSERT INTO item VALUES (0, 'end')");
			await().untilAsserted(() -> assertThat(database.queryForText("SELECT count(*) FROM copied WHERE id >= 0"))
				.isEqualTo("4001"));
			assertThat(database.queryForText("SELECT count(DISTINCT id) FROM copied")).isEqualTo("4001");
			SupervisedCdcEngine engine = engine(application);
			await().until(() -> engine.parkedEvents().count() == 2);
			copier.fails = false;
			String key = engine.parkedEvents().list(null, 0, 1).get(0).key().keyHash();
			assertThat(engine.parkedEvents().replayKey(key).delivered()).isEqualTo(2);
			assertThat(database.queryForText("SELECT string_agg(name, ',') FROM copied WHERE id < 0"))
				.isEqualTo("bad,behind");
			await().until(() -> Integer.parseInt(database.queryForText("SELECT count(*) FROM cdc_processed")) < 4);
		}
		kafka.delete(database);
	}

	@Test
	void applicationsWithDifferentGroupsShareNothing(TestDatabase database) {
		database.execute("CREATE TABLE item (id int PRIMARY KEY, name text)",
				"CREATE TABLE copied (id int, name text)");
		connect(database, Map.of());
		String[] properties = { "cdc.listener.transactional=true", "cdc.listener.on-failure=park",
				"cdc.listener.retry.max-attempts=1" };
		try (TestApplication first = start(database, Copier.class, properties)) {
			awaitRunning(first);
			database.execute("INSERT INTO item VALUES (1, 'good'), (-1, 'bad')");
			await().until(() -> engine(first).parkedEvents().count() == 1 && copied(database, "*") == 1);
			try (TestApplication second = start(database, Copier.class,
					Stream.concat(Stream.of(properties), Stream.of("cdc.kafka.group-id=" + database.name() + "-other"))
						.toArray(String[]::new))) {
				Copier copier = second.bean(Copier.class);
				await().until(() -> copied(database, "*") == 2);
				await().until(() -> engine(second).parkedEvents().count() == 1);
				assertThat(copier.calls).containsExactly(1);
				long parked = engine(second).parkedEvents().list(null, 0, 1).get(0).id();
				assertThat(parked).isNotEqualTo(engine(first).parkedEvents().list(null, 0, 1).get(0).id());
			}
		}
		kafka.delete(database);
	}

	@Test
	@Tag("faults")
	void handsPartitionsOverInOrder(TestDatabase database) {
		database.execute("CREATE TABLE item (id int PRIMARY KEY, name text)");
		connect(database, Map.of());
		database.execute("INSERT INTO item SELECT i, '0' FROM generate_series(1, 20) i");
		Map<Integer, List<String>> received = Sharing.received;
		received.clear();
		try (TestApplication first = start(database, Sharing.class, "cdc.listener.concurrency=4")) {
			awaitRunning(first);
			int round = 0;
			try (TestApplication second = start(database, Sharing.class, "cdc.listener.concurrency=4")) {
				while (second.bean(Sharing.class).keys.isEmpty()) {
					database.execute("UPDATE item SET name = '" + ++round + "'");
					int expected = round + 1;
					await().until(() -> received.values().stream().allMatch((events) -> events.size() >= expected));
				}
				assertThat(second.bean(Sharing.class).keys).isNotEmpty();
				database.execute("UPDATE item SET name = '" + ++round + "'");
			}
			database.execute("UPDATE item SET name = '" + ++round + "'");
			int rounds = round;
			List<String> expected = Stream.iterate(0, (i) -> i <= rounds, (i) -> i + 1).map(String::valueOf).toList();
			await().untilAsserted(() -> assertThat(received).hasSize(20)
				.allSatisfy((id, events) -> assertThat(events).isEqualTo(expected)));
		}
		kafka.delete(database);
	}

	@Test
	@Tag("faults")
	void aKilledInstanceLosesNothingAndRepeatsNoEffect(TestDatabase database) throws Exception {
		database.execute("CREATE TABLE item (id int PRIMARY KEY, name text)",
				"CREATE TABLE copied (id int, name text)");
		connect(database, Map.of());
		String[] properties = { "cdc.listener.transactional=true", "cdc.listener.concurrency=4",
				"spring.kafka.consumer.properties.session.timeout.ms=3000",
				"spring.kafka.consumer.properties.heartbeat.interval.ms=500" };
		database.execute("COPY item (id) FROM PROGRAM 'seq 1 4000'");
		Process process = KafkaApplication.start(database, properties(database, properties));
		try {
			await().until(() -> copied(database, "*") > 500);
		}
		finally {
			process.destroyForcibly().waitFor();
		}
		assertThat(copied(database, "*")).isLessThan(4_000);
		try (TestApplication application = start(database, Copier.class, properties)) {
			await().until(() -> copied(database, "DISTINCT id") == 4_000);
			KafkaCdcEngine engine = (KafkaCdcEngine) engine(application);
			await().until(() -> engine.partitions().stream().mapToLong(PartitionStatus::committed).sum() == 4_000);
			assertThat(copied(database, "*")).isEqualTo(4_000);
		}
		kafka.delete(database);
	}

	private static long copied(TestDatabase database, String what) {
		return Long.parseLong(String.valueOf(database.queryForText("SELECT count(" + what + ") FROM copied")));
	}

	@Test
	void deliversWholeTransactionsInTheOrderOfTheStream(TestDatabase database) {
		database.execute("CREATE TABLE item (id int PRIMARY KEY, name text)",
				"CREATE TABLE other (id int PRIMARY KEY, name text)");
		connect(database,
				Map.of("topic.creation.default.partitions", "1", "provide.transaction.metadata", "true",
						"skipped.operations", "none", "transforms", "stream", "transforms.stream.type",
						"org.apache.kafka.connect.transforms.RegexRouter", "transforms.stream.regex",
						database.name() + "\\..*", "transforms.stream.replacement", database.name() + ".stream"));
		try (TestApplication application = start(database, Whole.class, "cdc.kafka.order=stream",
				"cdc.listener.concurrency=4")) {
			awaitRunning(application);
			Whole whole = application.bean(Whole.class);
			database.inTransaction("INSERT INTO item VALUES (1), (2)", "INSERT INTO other VALUES (1)",
					"UPDATE item SET name = 'x'");
			database.execute("TRUNCATE other");
			await().until(() -> whole.transactions.size() == 2);
			database.inTransaction("COPY item (id) FROM PROGRAM 'seq 10 6009'", "INSERT INTO other VALUES (2)");
			await().until(() -> database.isStreaming(database.name()));
			kafka.restartTask(database);
			database.execute("INSERT INTO other VALUES (3)");
			await().until(() -> whole.transactions.stream().anyMatch((events) -> events.contains("CREATE other 3")));
			List<List<String>> transactions = whole.transactions.stream().distinct().toList();
			assertThat(transactions).hasSize(4);
			assertThat(transactions.get(0)).containsExactly("CREATE item 1", "CREATE item 2", "CREATE other 1",
					"UPDATE item 1", "UPDATE item 2");
			assertThat(transactions.get(1)).containsExactly("TRUNCATE other null");
			assertThat(transactions.get(2)).hasSize(6_001).doesNotHaveDuplicates().endsWith("CREATE other 2");
			assertThat(transactions.get(3)).containsExactly("CREATE other 3");
		}
		kafka.delete(database);
	}

	@Test
	@Tag("faults")
	void aSlowListenerStopsNeitherOtherKeysNorThePolling(TestDatabase database) {
		database.execute("CREATE TABLE item (id int PRIMARY KEY, name text)");
		connect(database, Map.of("topic.creation.default.partitions", "1"));
		try (TestApplication application = start(database, Slow.class, "cdc.listener.concurrency=2",
				"cdc.listener.max-in-flight=10", "spring.kafka.consumer.properties.max.poll.interval.ms=2000",
				"spring.kafka.consumer.properties.session.timeout.ms=6000",
				"spring.kafka.consumer.properties.heartbeat.interval.ms=500")) {
			awaitRunning(application);
			Slow slow = application.bean(Slow.class);
			database.execute("INSERT INTO item SELECT i, '' FROM generate_series(0, 5) i");
			await().until(() -> slow.received.containsAll(Set.of(1, 2, 3, 4, 5)));
			database.execute("UPDATE item SET name = 'x'",
					"INSERT INTO item SELECT i, '' FROM generate_series(6, 3000) i");
			await().during(Duration.ofSeconds(3))
				.until(() -> engine(application).status().state() == EngineState.RUNNING);
			KafkaCdcEngine engine = (KafkaCdcEngine) engine(application);
			assertThat(engine.partitions()).singleElement().satisfies((partition) -> {
				assertThat(partition.committed()).isZero();
				assertThat(partition.end()).isPositive();
			});
			EmbeddedEngineRegistry engines = application.bean(EmbeddedEngineRegistry.class);
			Health health = new CdcHealthIndicator(engines).health();
			assertThat(health.getStatus()).isEqualTo(Status.UP);
			assertThat(health.getDetails()).extractingByKey("default", MAP).containsEntry("partitions", 1);
			assertThat(new CdcEndpoint(engines).engine("default")).isInstanceOfSatisfying(KafkaEngineDescriptor.class,
					(described) -> {
						assertThat(described.group()).isEqualTo(database.name());
						assertThat(described.longestCall()).isNotNull();
						assertThat(described.partitions()).singleElement()
							.satisfies((partition) -> assertThat(partition.lag()).isPositive());
					});
			slow.released.countDown();
			await().until(() -> slow.received.size() == 3_001);
			assertThat(slow.calls).hasSize(3_007);
			await().until(() -> engine.partitions().get(0).committed() >= 3_007);
			assertThat(engine.status().restarts()).isZero();
		}
		kafka.delete(database);
	}

	@Test
	void refusesAConnectorThatDoesNotFitWithTheJsonToApply(TestDatabase database) throws IOException {
		database.grantOwnership();
		database.execute("CREATE TABLE item (id int PRIMARY KEY, name text)");
		String[] properties = { "cdc.kafka.connect.url=" + kafka.connectUrl(), "cdc.snapshot.mode=no_data",
				"cdc.health.stream-timeout=2s" };
		StartRefusedException refused = refusal(database, Sharing.class, properties);
		assertThat(refused.violations()).extracting(Violation::rule).containsExactly("connector-missing");
		Map<String, String> config = json(refused);
		config.put("database.password", database.password());
		kafka.run(database, config);
		try (TestApplication application = start(database, Sharing.class, properties)) {
			awaitRunning(application);
			Sharing sharing = application.bean(Sharing.class);
			database.execute("INSERT INTO item VALUES (100, '')");
			await().until(() -> sharing.keys.contains(100));
			CdcHealthIndicator health = new CdcHealthIndicator(application.bean(EmbeddedEngineRegistry.class));
			await().until(() -> "RUNNING".equals(connector(application).task()));
			await().untilAsserted(() -> assertThat(described(application)).satisfies((described) -> {
				assertThat(described.stale()).isFalse();
				assertThat(described.slot().active()).isTrue();
				assertThat(described.difference()).isNotNull();
				assertThat(described.difference().explained()).isTrue();
				assertThat(described.difference().onRestart()).isEqualTo("Continues at the committed offsets.");
				assertThat(described.offset()).isNotNull();
				assertThat(described.connector().onRestart()).startsWith("Continues at the ");
				assertThat(described.partitions()).anySatisfy((partition) -> {
					assertThat(partition.lastLsn()).isNotNull();
					assertThat(partition.lastCommitTime()).isNotNull();
				});
			}));
			alertsUseMetersThatExist(application);
			assertThat(meter(application, "cdc.connector.running")).isEqualTo(1);
			assertThat(meter(application, "cdc.slot.lost")).isZero();
			assertThat(meter(application, "cdc.slot.ahead")).isZero();
			assertThat(meter(application, "cdc.status.stale")).isZero();
			kafka.pause(database, true);
			await().until(() -> health.health().getStatus().equals(Status.DOWN));
			assertThat(engine(application).status().failure())
				.startsWith("Connector '" + database.name() + "' is PAUSED and its task ");
			assertThat(meter(application, "cdc.connector.running")).isZero();
			kafka.pause(database, false);
			await().until(() -> health.health().getStatus().equals(Status.UP));
			engine(application).pause();
			kafka.pause(database, true);
			await().until(() -> String.valueOf(health.health().getDetails().get("default"))
				.contains("problems=[Connector '" + database.name() + "' is PAUSED and its task "));
			kafka.pause(database, false);
			await().until(() -> !String.valueOf(health.health().getDetails().get("default")).contains("problems"));
			engine(application).resume();
			await().until(() -> health.health().getStatus().equals(Status.UP));
			config.put("lsn.flush.mode", "manual");
			config.put("transforms", "unwrap");
			config.put("transforms.unwrap.type", "io.debezium.transforms.ExtractNewRecordState");
			kafka.run(database, config);
			await()
				.untilAsserted(() -> assertThat(described(application).difference()).isNotNull()
					.satisfies((difference) -> assertThat(difference.onRestart())
						.startsWith("Is refused [connector-order]: ")
						.contains(" And [connector-slot]: ")
						.doesNotContain(database.password())));
			SupervisedCdcEngine engine = engine(application);
			assertThatExceptionOfType(StartRefusedException.class).isThrownBy(engine::judge);
			engine.restart();
			assertThat(engine.status().state()).isEqualTo(EngineState.REFUSED);
			assertThat(engine.status().failure())
				.contains("connector-order", "{\"transforms\":\"\"}", "connector-slot",
						"{\"lsn.flush.mode\":\"connector\"}")
				.doesNotContain(database.password());
			Instant refusedAt = engine.status().since();
			await().until(() -> described(application).readAt().isAfter(refusedAt));
			assertThat(described(application).stale()).isFalse();
		}
		kafka.delete(database);
	}

	@Test
	void createsAndChangesTheConnectorUnlessAGapRefuses(TestDatabase database, @TempDir Path directory)
			throws Exception {
		database.grantOwnership();
		database.execute("CREATE TABLE item (id int PRIMARY KEY, name text)");
		Path secret = Files.writeString(directory.resolve("shop.properties"), "password=" + database.password());
		String[] properties = { "cdc.kafka.connect.url=" + kafka.connectUrl(), "cdc.kafka.connect.manage=reconcile",
				"cdc.kafka.connect.password-reference=file:" + secret + ":password", "cdc.snapshot.mode=no_data",
				"cdc.health.stream-timeout=2s" };
		try (TestApplication application = start(database, Sharing.class, properties)) {
			awaitRunning(application);
			await().until(() -> database.isStreaming(database.name()));
			database.execute("INSERT INTO item VALUES (200, '')");
			await().until(() -> application.bean(Sharing.class).keys.contains(200));
			CdcEndpoint endpoint = new CdcEndpoint(application.bean(EmbeddedEngineRegistry.class));
			ConnectorDocument document = ((KafkaEngineDescriptor) endpoint.engine("default")).connectorConfiguration();
			assertThat(document).isNotNull();
			assertThat(kafka.configuration(database)).containsAllEntriesOf(document.configuration());
			assertThat(document.configuration()).containsEntry("database.password", "${file:" + secret + ":password}");
			assertThat(document.strimzi()).contains("kind: KafkaConnector", "  class: io.github.cdcspring.connect.Cdc",
					"    slot.name: \"" + database.name() + "\"");
			kafka.run(database, Map.of("lsn.flush.mode", "manual", "poll.interval.ms", "20"), "PATCH");
			engine(application).restart();
			awaitRunning(application);
			assertThat(kafka.configuration(database)).containsEntry("lsn.flush.mode", "connector")
				.containsEntry("poll.interval.ms", "20")
				.containsEntry("database.password", "${file:" + secret + ":password}");
			kafka.run(database, Map.of("lsn.flush.mode", "manual"), "PATCH");
			await().until(() -> described(application).difference() != null && described(application).difference()
				.onRestart()
				.equals("Changes lsn.flush.mode of the connector. Continues at the committed offsets."));
			kafka.stop(database);
			await().until(() -> !database.isStreaming(database.name()));
			database.execute("INSERT INTO item VALUES (201, '')");
			database.queryForText(
					"SELECT pg_replication_slot_advance('" + database.name() + "', pg_current_wal_lsn())::text");
			CdcHealthIndicator health = new CdcHealthIndicator(application.bean(EmbeddedEngineRegistry.class));
			await().untilAsserted(() -> assertThat(health.health().getDetails().get("default")).asString()
				.contains("verdict=SLOT_AHEAD", "Cannot continue without a loss: "));
			assertThat(meter(application, "cdc.slot.ahead")).isPositive();
			assertThat(described(application).difference()).satisfies((difference) -> {
				assertThat(difference.explained()).isFalse();
				assertThat(difference.onRestart()).startsWith("Is refused [connector-gap]: ");
			});
		}
		StartRefusedException refused = refusal(database, Sharing.class, properties);
		assertThat(refused.violations()).extracting(Violation::rule).containsExactly("connector-gap");
		assertThat(kafka.configuration(database)).containsEntry("lsn.flush.mode", "manual");
		String gap = refused.violations().get(0).action().replaceAll("(?s).*(cdc.safety.accept-gap=[\\w/-]+).*", "$1");
		try (TestApplication application = start(database, Sharing.class,
				Stream.concat(Stream.of(properties), Stream.of(gap)).toArray(String[]::new))) {
			awaitRunning(application);
			assertThat(kafka.configuration(database)).containsEntry("lsn.flush.mode", "connector");
			// The connector skips the gap, and says so until it is accepted
			kafka.resume(database);
			database.execute("INSERT INTO item VALUES (202, '')");
			await().until(() -> described(application).offset() != null
					&& described(application).offset().skippedGap() != null
					&& described(application).difference() != null
					&& described(application).difference().verdict() != Verdict.SLOT_AHEAD);
			CdcHealthIndicator health = new CdcHealthIndicator(application.bean(EmbeddedEngineRegistry.class));
			assertThat(health.health().getDetails().get("default")).asString()
				.contains("skippedGap")
				.doesNotContain("problems");
		}
		assertThat(refusal(database, Sharing.class, properties).violations()).singleElement().satisfies((violation) -> {
			assertThat(violation.problem()).contains("has skipped");
			assertThat(violation.action()).contains(gap);
		});
		kafka.run(database, Map.of("cdc.safety.accept-gap", gap.substring(gap.indexOf('=') + 1)), "PATCH");
		database.execute("INSERT INTO item VALUES (203, '')");
		await().until(() -> !kafka.storedOffset(database).contains("cdc_gap"));
		try (TestApplication application = start(database, Sharing.class, properties)) {
			awaitRunning(application);
			await().until(() -> described(application).offset() != null);
			assertThat(described(application).offset().skippedGap()).isNull();
		}
		kafka.delete(database);
	}

	private static KafkaEngineDescriptor described(TestApplication application) {
		return (KafkaEngineDescriptor) new CdcEndpoint(application.bean(EmbeddedEngineRegistry.class))
			.engine("default");
	}

	private static double meter(TestApplication application, String name) {
		return application.bean(MeterRegistry.class).get(name).gauge().value();
	}

	/** The other alerts are compared with the meters of an embedded engine. */
	private static void alertsUseMetersThatExist(TestApplication application) throws IOException {
		Set<String> used = Pattern.compile("\\bcdc_(?:kafka|connector)_[a-z_]+")
			.matcher(Files.readString(Path.of("..", "ops", "prometheus", "cdc-alerts.yml")))
			.results()
			.map(MatchResult::group)
			.collect(Collectors.toSet());
		Set<String> registered = application.bean(MeterRegistry.class)
			.getMeters()
			.stream()
			.map((meter) -> meter.getId().getConventionName(NamingConvention.snakeCase)
					+ ((meter.getId().getBaseUnit() != null) ? "_" + meter.getId().getBaseUnit() : ""))
			.collect(Collectors.toSet());
		assertThat(used).hasSize(2);
		assertThat(registered).containsAll(used);
		assertThat(Files.readString(Path.of("..", "docs", "monitoring.md"))).contains("| `cdc.kafka.lag` |",
				"| `cdc.kafka.partitions` |", "| `cdc.connector.running` |");
	}

	private static ConnectorDescriptor connector(TestApplication application) {
		CdcEndpoint endpoint = new CdcEndpoint(application.bean(EmbeddedEngineRegistry.class));
		ConnectorDescriptor connector = ((KafkaEngineDescriptor) endpoint.engine("default")).connector();
		return (connector != null) ? connector : new ConnectorDescriptor("", "", null, null, null);
	}

	private static StartRefusedException refusal(TestDatabase database, Class<?> configuration, String... properties) {
		Throwable failure = catchThrowable(() -> start(database, configuration, properties));
		assertThat(failure).rootCause().isInstanceOf(StartRefusedException.class);
		return (StartRefusedException) NestedExceptionUtils.getMostSpecificCause(failure);
	}

	private static Map<String, String> json(StartRefusedException refused) {
		String action = refused.violations().get(0).action();
		String json = action.substring(action.indexOf("-d '") + 4, action.lastIndexOf('\'')).replace("'\\''", "'");
		Map<String, String> config = new LinkedHashMap<>();
		Map<String, Object> creation = JsonParserFactory.getJsonParser().parseMap(json);
		assertThat(creation).containsEntry("initial_state", "STOPPED");
		((Map<?, ?>) creation.get("config")).forEach((name, value) -> config.put((String) name, (String) value));
		return config;
	}

	@Test
	void createsAFailoverSlotIfThatIsDeclared(TestDatabase database, @TempDir Path directory) throws IOException {
		database.grantOwnership();
		database.execute("CREATE TABLE item (id int PRIMARY KEY, name text)");
		Path secret = Files.writeString(directory.resolve("shop.properties"), "password=" + database.password());
		String[] properties = { "cdc.kafka.connect.url=" + kafka.connectUrl(), "cdc.kafka.connect.manage=reconcile",
				"cdc.kafka.connect.password-reference=file:" + secret + ":password", "cdc.snapshot.mode=no_data",
				"cdc.slot.survives-failover=failover_slot", "cdc.safety.accept=synchronized-standby-slots" };
		String[] strict = Arrays.copyOf(properties, properties.length - 1);
		assertThat(refusal(database, Sharing.class, strict).violations()).extracting(Violation::rule)
			.containsExactly("synchronized-standby-slots");
		try (TestApplication application = start(database, Sharing.class, properties)) {
			awaitRunning(application);
			await().until(() -> database.isStreaming(database.name()));
			assertThat(database
				.queryForText("SELECT failover FROM pg_replication_slots WHERE slot_name = '" + database.name() + "'"))
				.isEqualTo("t");
		}
		kafka.delete(database);
		database.awaitFree(database.name());
		database.execute("SELECT pg_drop_replication_slot('" + database.name() + "')",
				"SELECT pg_create_logical_replication_slot('" + database.name() + "', 'pgoutput')");
		assertThat(refusal(database, Sharing.class, properties).violations()).extracting(Violation::rule)
			.containsExactly("survives-failover");
	}

	@Test
	void refusesATopicOfTheStreamWithSeveralPartitions(TestDatabase database) {
		database.execute("CREATE TABLE item (id int PRIMARY KEY)");
		kafka.createTopic(database.name() + ".stream", 2);
		assertThat(refusal(database, Whole.class, "cdc.kafka.order=stream"))
			.hasMessageContaining("connector-order: Topic '" + database.name() + ".stream' has 2 partitions");
	}

	@Test
	@Tag("faults")
	void isNotHealthyWhileNoBrokerAnswers(TestDatabase database) {
		database.execute("CREATE TABLE item (id int PRIMARY KEY, name text)");
		connect(database, Map.of());
		try (TestApplication application = start(database, Sharing.class, "cdc.health.stream-timeout=5s")) {
			awaitRunning(application);
			CdcHealthIndicator health = new CdcHealthIndicator(application.bean(EmbeddedEngineRegistry.class));
			assertThat(health.health().getStatus()).isEqualTo(Status.UP);
			kafka.freeze(true);
			try {
				await().atMost(Duration.ofSeconds(20)).until(() -> health.health().getStatus().equals(Status.DOWN));
				assertThat(engine(application).status().failure()).startsWith("No Kafka broker has answered");
				assertThat(engine(application).status().state()).isEqualTo(EngineState.RUNNING);
			}
			finally {
				kafka.freeze(false);
			}
			await().atMost(Duration.ofMinutes(1)).until(() -> health.health().getStatus().equals(Status.UP));
			Sharing sharing = application.bean(Sharing.class);
			database.execute("INSERT INTO item VALUES (101, '')");
			await().atMost(Duration.ofMinutes(1)).until(() -> sharing.keys.contains(101));
		}
		kafka.delete(database);
	}

	/** Compares the events of two engines by their position. */
	static class Both {

		final Map<String, String> embedded = new ConcurrentHashMap<>();

		final Map<String, String> received = new ConcurrentHashMap<>();

		final List<String> contradictions = new CopyOnWriteArrayList<>();

		@CdcListener(tables = "item", engine = "embedded")
		void embedded(ChangeEvent<Map<String, Object>> event) {
			put(this.embedded, event);
		}

		@CdcListener("item")
		void kafka(ChangeEvent<Map<String, Object>> event) {
			put(this.received, event);
		}

		private void put(Map<String, String> events, ChangeEvent<Map<String, Object>> event) {
			String text = event.operation() + " " + event.key() + " " + event.before() + " " + event.after() + " "
					+ event.commitTime();
			String former = events.put(event.position().toString(), text);
			if (former != null && !former.equals(text)) {
				this.contradictions.add(former + " and " + text);
			}
		}

	}

	/** Writes rows into another table, without looking whether they are there. */
	static class Copier {

		private final JdbcTemplate jdbc;

		final List<Integer> calls = new CopyOnWriteArrayList<>();

		volatile boolean fails = true;

		Copier(JdbcTemplate jdbc) {
			this.jdbc = jdbc;
		}

		@CdcListener("item")
		void on(Named item) {
			if (this.fails && item.id() < 0) {
				throw new IllegalStateException("Expected");
			}
			this.jdbc.update("INSERT INTO copied VALUES (?, ?)", item.id(), item.name());
			this.calls.add(item.id());
		}

	}

	record Named(int id, @Nullable String name) {

	}

	/** Shares the events with another instance. */
	static class Sharing {

		/** Of all instances. */
		static final Map<Integer, List<String>> received = new ConcurrentHashMap<>();

		final Set<Integer> keys = ConcurrentHashMap.newKeySet();

		@CdcListener("item")
		void on(Named item) {
			this.keys.add(item.id());
			received.computeIfAbsent(item.id(), (id) -> new CopyOnWriteArrayList<>()).add(String.valueOf(item.name()));
		}

	}

	/** Takes whole transactions of two tables. */
	static class Whole {

		final List<List<String>> transactions = new CopyOnWriteArrayList<>();

		@CdcListener(tables = { "item", "other" }, wholeTransactions = true,
				operations = { Operation.CREATE, Operation.UPDATE, Operation.TRUNCATE })
		void on(List<ChangeEvent<Named>> events) {
			this.transactions.add(events.stream()
				.map((event) -> event.operation() + " " + event.table().name() + " "
						+ ((event.row() != null) ? event.row().id() : null))
				.toList());
		}

	}

	/** Does not return for the first key until it is released. */
	static class Slow {

		final CountDownLatch released = new CountDownLatch(1);

		final Set<Integer> received = ConcurrentHashMap.newKeySet();

		final List<Integer> calls = new CopyOnWriteArrayList<>();

		@CdcListener("item")
		void on(Named item) throws InterruptedException {
			if (item.id() == 0) {
				this.released.await();
			}
			this.received.add(item.id());
			this.calls.add(item.id());
		}

	}

}
