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

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import io.debezium.config.Configuration;
import io.debezium.connector.postgresql.PostgresConnector;
import io.github.cdcspring.internal.debezium.ColumnConverter;

/**
 * The properties with which Debezium's task runs: those of the connector, and those for
 * the conversion of values.
 */
final class TaskProperties {

	private static final String CONNECTOR_CLASS = "connector.class";

	private static final String PLUGIN = "plugin.name";

	private static final String OPTIONS = "driver.options";

	private static final String HEADERS = "extended.headers.enabled";

	/** Options of the session are added to those of the connector. */
	private static final Set<String> MERGED = Set.of(OPTIONS);

	/** The stream's filter of columns reads the copies. */
	private static final Map<String, String> COLUMNS = Map.of("column.include.list", "cdc.column.include.list",
			"column.exclude.list", "cdc.column.exclude.list");

	private TaskProperties() {
	}

	/**
	 * Complete the properties of a connector. Each call returns the properties of another
	 * run.
	 */
	static Map<String, String> of(Configuration connector) {
		Map<String, String> properties = ColumnConverter.conversionProperties(connector.getString(OPTIONS));
		// Debezium looks up services by the class of its own connector
		properties.put(CONNECTOR_CLASS, PostgresConnector.class.getName());
		properties.put(PLUGIN, "pgoutput");
		COLUMNS.forEach((name, copy) -> {
			if (connector.hasKey(name)) {
				properties.put(copy, connector.getString(name));
			}
		});
		properties.put(HEADERS, connector.getString(HEADERS, "false"));
		return properties;
	}

	/**
	 * Return the properties of a connector that the task cannot work with.
	 * @return the name of each property, and why it is refused
	 */
	static Map<String, String> refused(Map<String, String> connector) {
		Map<String, String> required = ColumnConverter.conversionProperties(null);
		ColumnConverter.discard(required);
		required.put(PLUGIN, "pgoutput");
		Map<String, String> refused = new LinkedHashMap<>();
		required.forEach((name, value) -> {
			String other = connector.get(name);
			if (other != null && !other.equals(value) && !MERGED.contains(name)) {
				refused.put(name, "'" + name + "' cannot be set, because the connector sets it itself: other values "
						+ "lose or change what PostgreSQL sent. Remove the property.");
			}
		});
		return refused;
	}

}
