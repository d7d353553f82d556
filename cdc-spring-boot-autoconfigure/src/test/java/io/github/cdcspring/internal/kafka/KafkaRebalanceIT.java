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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.internal.engine.EmbeddedEngineRegistry;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import io.github.cdcspring.testsupport.TestKafka;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Rebalances of a consumer group whose members share the events, with both protocols.
 */
@PostgresTest
@Tag("faults")
class KafkaRebalanceIT {

	private static final int KEYS = 20;

	private static TestKafka kafka;

	@BeforeAll
	static void startKafka() {
		kafka = TestKafka.start();
	}

	@AfterAll
	static void stopKafka() {
		kafka.close();
	}

	@BeforeEach
	void forget() {
		Sharing.received.clear();
		Sharing.working.clear();
		Sharing.contradictions.clear();
	}

	private static void connect(TestDatabase database) {
		database.execute("CREATE TABLE item (id int PRIMARY KEY, version int)");
		Map<String, String> config = TestKafka.connector(database);
		config.put("value.converter.compact", "true");
		config.put("snapshot.mode", "no_data");
		config.put("topic.creation.default.partitions", "4");
		config.put("topic.creation.default.replication.factor", "1");
		kafka.run(database, config);
		database.execute("INSERT INTO item SELECT i, 0 FROM generate_series(1, " + KEYS + ") i");
	}

	private static TestApplication start(TestDatabase database, String protocol, String... properties) {
		List<String> all = new ArrayList<>(List.of("cdc.source=kafka", "spring.application.name=test",
				"spring.kafka.bootstrap-servers=" + kafka.bootstrapServers(), "cdc.kafka.group-id=" + database.name(),
				"cdc.offset.flush-interval=100ms", "cdc.listener.concurrency=" + KEYS,
				"spring.kafka.consumer.properties.metadata.max.age.ms=500",
				"spring.kafka.consumer.properties.group.protocol=" + protocol));
		all.addAll(List.of(properties));
		TestApplication application = TestApplication.start(database, Sharing.class, all.toArray(String[]::new));
		await().until(() -> engine(application).status().state() == EngineState.RUNNING);
		return application;
	}

	private static KafkaCdcEngine engine(TestApplication application) {
		KafkaCdcEngine engine = (KafkaCdcEngine) application.bean(EmbeddedEngineRegistry.class).engine("default");
		assertThat(engine).isNotNull();
		return engine;
	}

	private static void awaitVersion(int version) {
		await().atMost(Duration.ofMinutes(1))
			.until(() -> Sharing.received.size() == KEYS
					&& Sharing.received.values().stream().allMatch((versions) -> versions.contains(version)));
	}

	private static List<Integer> upTo(int version) {
		return IntStream.rangeClosed(0, version).boxed().toList();
	}

	@ParameterizedTest
	@ValueSource(strings = { "classic", "consumer" })
	void noEventIsLostRepeatedOrDeliveredByTwoWhileInstancesComeAndGo(String protocol, TestDatabase database) {
		connect(database);
		int version = 0;
		try (TestApplication first = start(database, protocol)) {
			awaitVersion(0);
			for (int instance = 0; instance < 3; instance++) {
				try (TestApplication other = start(database, protocol)) {
					Sharing shared = other.bean(Sharing.class);
					while (shared.keys.size() < KEYS / 4) {
						database.execute("UPDATE item SET version = " + ++version);
					}
				}
				database.execute("UPDATE item SET version = " + ++version);
			}
			awaitVersion(version);
			await().untilAsserted(() -> assertThat(engine(first).partitions()).hasSize(4)
				.allSatisfy((partition) -> assertThat(partition.committed()).isEqualTo(partition.end())));
			assertThat(engine(first).status().restarts()).isZero();
		}
		List<Integer> expected = upTo(version);
		assertThat(Sharing.received).hasSize(KEYS)
			.allSatisfy((id, versions) -> assertThat(versions).isEqualTo(expected));
		assertThat(Sharing.contradictions).isEmpty();
		kafka.delete(database);
	}

	@ParameterizedTest
	@ValueSource(strings = { "classic", "consumer" })
	void aPartitionIsGivenAwayWhenItsEventsAreProcessed(String protocol, TestDatabase database) {
		connect(database);
		try (TestApplication first = start(database, protocol)) {
			awaitVersion(0);
			CountDownLatch gate = new CountDownLatch(1);
			first.bean(Sharing.class).gate = gate;
			database.execute("UPDATE item SET version = 1", "UPDATE item SET version = 2");
			await().until(() -> Sharing.working.size() == KEYS);
			try (TestApplication second = start(database, protocol)) {
				await().during(Duration.ofSeconds(3)).until(() -> second.bean(Sharing.class).keys.isEmpty());
				gate.countDown();
				awaitVersion(2);
				await().until(() -> !engine(second).partitions().isEmpty());
				for (int version = 3; second.bean(Sharing.class).keys.isEmpty(); version++) {
					database.execute("UPDATE item SET version = " + version);
					awaitVersion(version);
				}
			}
		}
		assertThat(Sharing.received)
			.allSatisfy((id, versions) -> assertThat(versions).isEqualTo(upTo(versions.size() - 1)));
		assertThat(Sharing.contradictions).isEmpty();
		kafka.delete(database);
	}

	@ParameterizedTest
	@ValueSource(strings = { "classic", "consumer" })
	void whatACallHoldsLongerThanTheHandoverIsDeliveredByTheOtherInstance(String protocol, TestDatabase database) {
		connect(database);
		try (TestApplication first = start(database, protocol, "cdc.listener.shutdown-timeout=1s")) {
			awaitVersion(0);
			CountDownLatch gate = new CountDownLatch(1);
			first.bean(Sharing.class).gate = gate;
			database.execute("UPDATE item SET version = 1", "UPDATE item SET version = 2");
			await().until(() -> Sharing.working.size() == KEYS);
			try (TestApplication second = start(database, protocol)) {
				Sharing other = second.bean(Sharing.class);
				await().until(() -> !other.keys.isEmpty());
				Set<Integer> moved = Set.copyOf(other.keys);
				await().until(() -> moved.stream().allMatch((id) -> Sharing.received.get(id).contains(2)));
				assertThat(moved).allSatisfy((id) -> assertThat(Sharing.received.get(id)).containsExactly(0, 1, 2));
				await().until(() -> engine(first).status().state() == EngineState.BACKING_OFF);
				assertThat(engine(first).status().failure()).contains("takes", "over, but a listener has not returned");
				gate.countDown();
				await().until(() -> engine(first).status().state() == EngineState.RUNNING);
				awaitVersion(2);
				await().until(() -> engine(first).partitions().size() + engine(second).partitions().size() == 4);
			}
		}
		kafka.delete(database);
	}

	record Item(int id, @Nullable Integer version) {

	}

	/** Shares the events with other instances, of which none may work at the same key. */
	static class Sharing {

		/** Of all instances. */
		static final Map<Integer, List<Integer>> received = new ConcurrentHashMap<>();

		static final Map<Integer, Sharing> working = new ConcurrentHashMap<>();

		static final List<String> contradictions = new CopyOnWriteArrayList<>();

		final Set<Integer> keys = ConcurrentHashMap.newKeySet();

		volatile CountDownLatch gate = new CountDownLatch(0);

		@CdcListener("item")
		void on(Item item) throws InterruptedException {
			Sharing other = working.putIfAbsent(item.id(), this);
			if (other != null) {
				contradictions.add("key " + item.id() + " is delivered by two");
			}
			this.gate.await();
			this.keys.add(item.id());
			received.computeIfAbsent(item.id(), (id) -> new CopyOnWriteArrayList<>()).add(item.version());
			working.remove(item.id(), this);
		}

	}

}
