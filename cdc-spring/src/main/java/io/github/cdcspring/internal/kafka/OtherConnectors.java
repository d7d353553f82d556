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

import java.util.HashSet;
import java.util.Set;

import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Recognizes records of other connectors. Names of tables may contain dots, so the topics
 * that a wildcard matches may include those of a connector whose prefix begins with the
 * engine's. A record of a topic that was renamed is not taken for another connector's.
 */
final class OtherConnectors {

	private static final Logger logger = LoggerFactory.getLogger(OtherConnectors.class);

	private final String engine;

	private final String prefix;

	private final Set<String> topics = new HashSet<>();

	/**
	 * Create a check, to be used by one thread.
	 * @param engine the engine's name
	 * @param prefix the prefix of its topics
	 */
	OtherConnectors(String engine, String prefix) {
		this.engine = engine;
		this.prefix = prefix;
	}

	/**
	 * Whether another connector has written an event to its own topic.
	 * @param topic the topic
	 * @param value the event, or another value
	 */
	boolean hasWritten(String topic, @Nullable Object value) {
		String connector = connector(value);
		if (connector == null || connector.equals(this.prefix) || !topic.startsWith(connector + ".")) {
			return false;
		}
		if (this.topics.add(topic)) {
			logger.info("Engine '{}' skips the events of topic {}, because connector '{}' wrote them, and not '{}'",
					this.engine, topic, connector, this.prefix);
		}
		return true;
	}

	/** Debezium's field {@code source.name} is the connector's {@code topic.prefix}. */
	private static @Nullable String connector(@Nullable Object value) {
		if (value instanceof Struct event && get(event, "source") instanceof Struct source) {
			return (get(source, "name") instanceof String name) ? name : null;
		}
		return null;
	}

	private static @Nullable Object get(Struct struct, String name) {
		Field field = struct.schema().field(name);
		return (field != null) ? struct.get(field) : null;
	}

}
