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

package io.github.cdcspring.autoconfigure;

import java.util.HashMap;
import java.util.Map;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Limits the logging of Debezium and Kafka Connect, which otherwise log some hundred
 * lines at INFO at each start:
 * <ul>
 * <li>{@code io.debezium} (the connector and its embedded engine): WARN
 * <li>{@code org.apache.kafka.connect} (converters and offset stores of Kafka Connect):
 * WARN
 * <li>{@code org.apache.kafka.common.config.AbstractConfig} (all properties of Kafka
 * Connect's configurations): WARN
 * <li>{@code io.debezium.embedded.async.AsyncEmbeddedEngine} and
 * {@code io.debezium.pipeline.ErrorHandler}: OFF, because they log only failures that the
 * engine logs too. Not set if the application sets a level for {@code io.debezium}.
 * </ul>
 * <p>
 * The levels are defaults with the lowest precedence: a level that the application sets
 * for one of these loggers or a child of it applies. {@code cdc.logging.debezium=true}
 * removes the limits.
 */
class DebeziumLoggingEnvironmentPostProcessor implements EnvironmentPostProcessor {

	private static final String NAME = "cdcDebeziumLogging";

	private static final String DEBEZIUM = "logging.level.io.debezium";

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		if (environment.getProperty("cdc.logging.debezium", Boolean.class, false)
				|| environment.getPropertySources().contains(NAME)) {
			return;
		}
		Map<String, Object> levels = new HashMap<>();
		levels.put("logging.level.org.apache.kafka.connect", "WARN");
		levels.put("logging.level.org.apache.kafka.common.config.AbstractConfig", "WARN");
		if (!environment.containsProperty(DEBEZIUM)) {
			levels.put(DEBEZIUM, "WARN");
			levels.put(DEBEZIUM + ".embedded.async.AsyncEmbeddedEngine", "OFF");
			levels.put(DEBEZIUM + ".pipeline.ErrorHandler", "OFF");
			// Its keepalive thread prints a trace when the connection is lost
			levels.put(DEBEZIUM + ".connector.postgresql.connection.PostgresReplicationConnection", "OFF");
		}
		environment.getPropertySources().addLast(new MapPropertySource(NAME, levels));
	}

}
