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

import java.util.Locale;
import java.util.Map;
import java.util.Set;

import io.github.cdcspring.internal.startup.check.ConnectorConfiguration;

/**
 * A connector as Strimzi's custom resource.
 *
 * @see <a href=
 * "https://strimzi.io/docs/operators/latest/configuring.html#type-KafkaConnector-reference">Strimzi:
 * KafkaConnector</a>
 */
final class StrimziConnector {

	/** Strimzi has fields of their own for these. */
	private static final Set<String> FIELDS = Set.of("connector.class", "tasks.max");

	private StrimziConnector() {
	}

	/**
	 * Write the resource. A JSON text is a text in YAML, too.
	 */
	static String yaml(String connector, Map<String, String> configuration) {
		StringBuilder yaml = new StringBuilder();
		String name = resourceName(connector);
		yaml.append("# Strimzi reverts changes by the REST API. Use 'cdc.kafka.connect.manage=verify' with it.\n");
		yaml.append("apiVersion: kafka.strimzi.io/v1\nkind: KafkaConnector\nmetadata:\n");
		yaml.append("  # The name of the connector, which the application needs: 'cdc.kafka.connect.connector=")
			.append(name)
			.append("'\n");
		yaml.append("  name: ").append(ConnectorConfiguration.text(name)).append('\n');
		yaml.append("  labels:\n    # The name of the KafkaConnect resource\n    strimzi.io/cluster: connect\n");
		yaml.append("spec:\n  class: ").append(configuration.get("connector.class")).append('\n');
		yaml.append("  tasksMax: 1\n  config:\n");
		configuration.forEach((property, value) -> {
			if (!FIELDS.contains(property)) {
				yaml.append("    ")
					.append(property)
					.append(": ")
					.append(ConnectorConfiguration.text(value))
					.append('\n');
			}
		});
		return yaml.toString();
	}

	/** Kubernetes allows lower-case letters, digits and dashes. */
	private static String resourceName(String connector) {
		return connector.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.-]", "-");
	}

}
