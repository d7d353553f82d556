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

import java.util.List;

import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.startup.Steps;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.KafkaOrder;

/**
 * The topic of all events, whose only partition has the order of the stream.
 */
final class StreamTopic {

	private StreamTopic() {
	}

	/**
	 * Check how many partitions a topic has.
	 * @throws StartRefusedException if the order of its events is lost
	 */
	static void check(EngineSettings settings, EngineSettings.Kafka kafka, String topic, int partitions) {
		List<Violation> violations = violations(settings, kafka, topic, partitions);
		if (!violations.isEmpty()) {
			throw new StartRefusedException(settings.name(), violations);
		}
	}

	/**
	 * Look what {@link #check} would refuse.
	 */
	static List<Violation> violations(EngineSettings settings, EngineSettings.Kafka kafka, String topic,
			int partitions) {
		if (kafka.order() != KafkaOrder.STREAM || partitions <= 1) {
			return List.of();
		}
		return List.of(new Violation("connector-order",
				"Topic '" + topic + "' has " + partitions + " partitions, so that its events do not have the order of "
						+ "the stream, which '" + settings.property("kafka.order") + "=stream' needs.",
				new Steps().text(
						"Delete the topic while the connector is stopped and its offset is reset, and create it with one "
								+ "partition.")
					.list(),
				List.of(settings.property("kafka.order"))));
	}

}
