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

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.debezium.connector.postgresql.PostgresConnector;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.source.ExactlyOnceSupport;

/**
 * Debezium's PostgreSQL connector, whose task loses no event when it is restarted and
 * whose values are those that PostgreSQL sent. It takes the properties of Debezium's
 * connector, except for those that change values.
 *
 * @since 0.1.0
 * @see <a href=
 * "https://debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-connector-properties">Debezium:
 * connector properties</a>
 */
public class CdcPostgresConnector extends PostgresConnector {

	/**
	 * Create a connector. Kafka Connect does it.
	 */
	public CdcPostgresConnector() {
	}

	@Override
	public String version() {
		String version = CdcPostgresConnector.class.getPackage().getImplementationVersion();
		return (version != null) ? version : super.version();
	}

	@Override
	public Class<? extends Task> taskClass() {
		return CdcPostgresTask.class;
	}

	@Override
	public Config validate(Map<String, String> connectorConfigs) {
		Config config = super.validate(connectorConfigs);
		List<ConfigValue> values = new ArrayList<>(config.configValues());
		TaskProperties.refused(connectorConfigs).forEach((name, reason) -> {
			ConfigValue value = values.stream().filter((each) -> each.name().equals(name)).findFirst().orElse(null);
			if (value == null) {
				value = new ConfigValue(name);
				values.add(value);
			}
			value.addErrorMessage(reason);
		});
		return new Config(values);
	}

	/**
	 * Return that a restarted task sends the events of an open transaction again, which
	 * an exactly-once source must not do.
	 */
	@Override
	public ExactlyOnceSupport exactlyOnceSupport(Map<String, String> connectorConfig) {
		return ExactlyOnceSupport.UNSUPPORTED;
	}

}
