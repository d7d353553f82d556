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

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

import io.github.cdcspring.internal.row.Change;
import io.github.cdcspring.internal.row.RecordDecoder;
import io.github.cdcspring.internal.row.RowMapper;
import io.github.cdcspring.internal.row.RowMappers;
import io.github.cdcspring.testsupport.HostileSettings;
import io.github.cdcspring.testsupport.RowSource;
import io.github.cdcspring.testsupport.TestDatabase;
import io.github.cdcspring.testsupport.TestKafka;
import io.github.cdcspring.testsupport.TypeSweep;
import org.apache.kafka.connect.source.SourceRecord;

import org.springframework.core.ParameterizedTypeReference;
import org.springframework.core.convert.support.DefaultConversionService;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The sweep over all types, whose events take the way over Kafka.
 */
final class KafkaTypeSweep {

	private KafkaTypeSweep() {
	}

	/**
	 * Sweep all types, in a database with settings that change what a server writes.
	 * @return what differs from the server's text
	 */
	static List<String> run(TestDatabase database, TestKafka kafka, Map<String, String> config) throws Exception {
		TypeSweep sweep = new TypeSweep(database, (each) -> new Source(each, kafka, config));
		List<String> differences = sweep.run(HostileSettings.SQL_STANDARD.settings(), "public", List.of());
		assertThat(sweep.types()).isGreaterThan(150);
		assertThat(sweep.values()).isGreaterThan(1000);
		return differences;
	}

	private static final class Source implements RowSource {

		private final RecordDecoder decoder = new RecordDecoder("cdc-heartbeat", (table) -> false);

		private final RowMapper<Map<String, Object>> mapper = new RowMappers(new DefaultConversionService(), null)
			.mapperFor(new ParameterizedTypeReference<Map<String, Object>>() {
			}.getType());

		private final TestDatabase database;

		private final TestKafka kafka;

		private final TestTopic topic;

		private final Deque<SourceRecord> records = new ArrayDeque<>();

		Source(TestDatabase database, TestKafka kafka, Map<String, String> config) {
			this.database = database;
			this.kafka = kafka;
			kafka.run(database, config);
			this.topic = new TestTopic(kafka, database.name() + "." + TypeSweep.TABLE);
		}

		@Override
		public List<Row> rows(int count) {
			List<Row> rows = new ArrayList<>();
			await().until(() -> {
				this.records.addAll(this.topic.poll());
				while (!this.records.isEmpty() && rows.size() < count) {
					Change change = this.decoder.decode(this.records.remove());
					if (change != null) {
						rows.add(new Row(change.after(this.mapper), change.snapshot()));
					}
				}
				return rows.size() == count;
			});
			return rows;
		}

		@Override
		public void close() {
			this.topic.close();
			this.kafka.delete(this.database);
		}

	}

}
