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

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.internal.engine.EmbeddedEngineRegistry;
import io.github.cdcspring.internal.engine.SupervisedCdcEngine;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import io.github.cdcspring.testsupport.TestKafka;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Moves an application from the embedded engine to Kafka and back, as
 * {@code docs/kafka.md} describes, while the table is written to.
 */
@PostgresTest
@Tag("faults")
class KafkaMoveIT {

	private int rows;

	private static TestApplication start(TestDatabase database, String... further) {
		List<String> properties = new ArrayList<>(List.of("spring.application.name=test", "cdc.offset.store=jdbc",
				"cdc.snapshot.mode=no_data", "cdc.offset.flush-interval=100ms"));
		properties.addAll(Arrays.asList(further));
		TestApplication application = TestApplication.start(database, Receiving.class,
				properties.toArray(String[]::new));
		await().until(() -> engine(application).status().state() == EngineState.RUNNING);
		return application;
	}

	private static SupervisedCdcEngine engine(TestApplication application) {
		return application.bean(EmbeddedEngineRegistry.class).engine("default");
	}

	private void write(TestDatabase database) {
		database.execute(
				"INSERT INTO item SELECT * FROM generate_series(" + (this.rows + 1) + ", " + (this.rows + 500) + ")");
		this.rows += 500;
	}

	private void awaitAll() {
		Set<Integer> expected = IntStream.rangeClosed(1, this.rows).boxed().collect(Collectors.toSet());
		await().untilAsserted(() -> assertThat(Receiving.received).isEqualTo(expected));
	}

	@Test
	void movesToKafkaAndBackWithoutLosingAnything(TestDatabase database) {
		Receiving.received.clear();
		database.execute("CREATE TABLE item (id int PRIMARY KEY)");
		try (TestKafka kafka = TestKafka.start()) {
			String[] properties = { "cdc.source=kafka", "cdc.kafka.connect.url=" + kafka.connectUrl(),
					"spring.kafka.bootstrap-servers=" + kafka.bootstrapServers() };
			try (TestApplication application = start(database)) {
				write(database);
				awaitAll();
				write(database);
			}
			write(database);
			toKafka(kafka, database);
			write(database);
			try (TestApplication application = start(database, properties)) {
				awaitAll();
				write(database);
				awaitAll();
				write(database);
				// Everything that the connector has sent is to be processed
				kafka.stop(database);
				await().until(() -> kafka.lag(database, "test-cdc") == 0);
			}
			write(database);
			toEmbedded(kafka, database);
			try (TestApplication application = start(database)) {
				write(database);
				awaitAll();
			}
		}
	}

	private static void toKafka(TestKafka kafka, TestDatabase database) {
		Map<String, String> config = TestKafka.connector(database);
		config.put("value.converter.compact", "true");
		config.put("snapshot.mode", "no_data");
		config.put("lsn.flush.mode", "connector");
		config.put("heartbeat.interval.ms", "5000");
		config.put("topic.creation.default.partitions", "2");
		config.put("topic.creation.default.replication.factor", "1");
		kafka.createStopped(database, config);
		kafka.seed(database, database
			.queryForText("SELECT jsonb_strip_nulls(position::jsonb || jsonb_build_object('cdc_system_identifier', "
					+ "system_identifier, 'cdc_timeline_id', timeline, 'cdc_transaction_id', last_xid)) FROM cdc_offset"));
		assertThat(kafka.storedOffset(database)).contains("\"cdc_timeline_id\":1", "\"cdc_system_identifier\":\""
				+ database.queryForText("SELECT system_identifier FROM cdc_offset") + "\"");
		kafka.resume(database);
	}

	private static void toEmbedded(TestKafka kafka, TestDatabase database) {
		String offset = kafka.storedOffset(database);
		kafka.delete(database);
		String origin = "SELECT system_identifier || ' ' || timeline FROM cdc_offset";
		String before = database.queryForText(origin);
		database.execute("UPDATE cdc_offset SET lsn = '0/0'::pg_lsn + (moved.position ->> 'lsn')::numeric, "
				+ "position = moved.position::text, clean = false, "
				+ "system_identifier = moved.position ->> 'cdc_system_identifier', "
				+ "timeline = (moved.position ->> 'cdc_timeline_id')::integer, "
				+ "last_xid = (moved.position ->> 'cdc_transaction_id')::bigint FROM (SELECT stored.position "
				+ "- ARRAY['lsn_proc', 'messageType', 'transaction_id'] || jsonb_build_object('lsn', "
				+ "coalesce(stored.position -> 'lsn_commit', stored.position -> 'lsn')) AS position FROM (SELECT '"
				+ offset + "'::jsonb AS position) AS stored) AS moved");
		assertThat(database.queryForText(origin)).isEqualTo(before);
		assertThat(database.queryForText("SELECT last_xid FROM cdc_offset")).isNotNull();
	}

	/** Receives each row in all applications. */
	static class Receiving {

		static final Set<Integer> received = ConcurrentHashMap.newKeySet();

		@CdcListener("item")
		void on(Item item) {
			received.add(item.id());
		}

	}

	record Item(int id) {

	}

}
