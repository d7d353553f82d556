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

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.github.cdcspring.internal.listener.ListenerEndpoint;
import io.github.cdcspring.internal.listener.TablePattern;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.KafkaOrder;

/**
 * The topics that an engine receives from, as Debezium names them: prefix, schema and
 * table, with an underscore for each character that Kafka does not allow.
 *
 * @see <a href=
 * "https://debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-topic-names">Debezium:
 * topic names</a>
 */
final class TopicSubscription {

	private static final Pattern ALLOWED = Pattern.compile("[a-zA-Z0-9._-]");

	private TopicSubscription() {
	}

	/**
	 * Return a pattern of the topics. A topic may be created later.
	 */
	static Pattern of(EngineSettings.Kafka kafka, List<ListenerEndpoint> listeners) {
		if (kafka.order() == KafkaOrder.STREAM) {
			return Pattern.compile(Pattern.quote(kafka.streamTopic()));
		}
		Set<String> topics = new LinkedHashSet<>();
		for (ListenerEndpoint listener : listeners) {
			listener.tables().forEach((table) -> topics.add(name(table.schema()) + "\\." + name(table.name())));
			if (!listener.messages().isEmpty()) {
				topics.add("message");
			}
		}
		return Pattern.compile(literal(kafka.topicPrefix()) + "\\.(" + String.join("|", topics) + ")");
	}

	private static String name(TablePattern.Part part) {
		return part.literals().stream().map(TopicSubscription::literal).collect(Collectors.joining(".*"));
	}

	/** A character outside the basic plane becomes two underscores, as at Debezium. */
	private static String literal(String text) {
		StringBuilder literal = new StringBuilder();
		for (int i = 0; i < text.length(); i++) {
			String character = text.substring(i, i + 1);
			literal.append(ALLOWED.matcher(character).matches() ? character : "_");
		}
		return literal.toString().replace(".", "\\.").replace("-", "\\-");
	}

}
