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

import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

import io.github.cdcspring.testsupport.TestDatabase;
import io.github.cdcspring.testsupport.TestKafka;

import static org.awaitility.Awaitility.await;

/**
 * Copies rows in one transaction, and restarts the task while their events are sent.
 */
final class CopyUnderRestarts {

	private final TestKafka kafka;

	private final TestDatabase database;

	private final Map<String, String> config;

	private final BitSet received = new BitSet();

	private int rows;

	private int events;

	CopyUnderRestarts(TestKafka kafka, TestDatabase database, Map<String, String> config) {
		this.kafka = kafka;
		this.database = database;
		this.config = config;
		config.put("snapshot.mode", "no_data");
		config.put("heartbeat.interval.ms", "100");
		config.put("tombstones.on.delete", "false");
	}

	/**
	 * Run until the event of a row that was inserted after the copy has arrived.
	 */
	void run(int rows, int restarts) {
		run(rows, restarts, () -> this.kafka.restartTask(this.database));
	}

	void run(int rows, int interruptions, Runnable interruption) {
		this.rows = rows;
		this.database.execute("CREATE TABLE item (id int PRIMARY KEY)");
		this.kafka.run(this.database, this.config);
		try (TestTopic topic = new TestTopic(this.kafka, this.database.name() + ".public.item")) {
			this.database.execute("COPY item FROM PROGRAM 'seq 1 " + rows + "'",
					"INSERT INTO item VALUES (" + (rows + 1) + ")");
			for (int i = 1; i <= interruptions; i++) {
				int before = this.events;
				await().until(() -> receive(topic) > before);
				interruption.run();
			}
			await().atMost(Duration.ofMinutes(5)).until(() -> {
				receive(topic);
				return this.received.get(rows + 1);
			});
		}
	}

	private int receive(TestTopic topic) {
		List<Integer> ids = topic.poll("id");
		ids.forEach(this.received::set);
		this.events += ids.size();
		return this.events;
	}

	/** The rows whose events did not arrive. */
	List<Integer> missing() {
		BitSet missing = new BitSet();
		missing.set(1, this.rows + 1);
		missing.andNot(this.received);
		return missing.stream().boxed().toList();
	}

	/**
	 * The number of events that arrived again, which only happens after an interruption
	 * inside the transaction.
	 */
	int repeated() {
		return this.events - this.received.cardinality();
	}

}
