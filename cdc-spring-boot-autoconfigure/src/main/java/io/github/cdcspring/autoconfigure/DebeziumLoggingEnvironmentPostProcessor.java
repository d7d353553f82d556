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
 * Turns off the logging of Debezium and Kafka Connect: {@code io.debezium},
 * {@code org.apache.kafka.connect} and {@code org.apache.kafka.common.config}. They log
 * some hundred lines at each start, and several stack traces when a connection is lost.
 * The engine logs what follows from it in lines of its own.
 * <p>
 * The levels are defaults with the lowest precedence: a level that the application sets
 * for one of these loggers or a child of it applies. {@code cdc.logging.debezium=true}
 * removes the limits.
 */
class DebeziumLoggingEnvironmentPostProcessor implements EnvironmentPostProcessor {

	private static final String NAME = "cdcDebeziumLogging";

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		if (environment.getProperty("cdc.logging.debezium", Boolean.class, false)
				|| environment.getPropertySources().contains(NAME)) {
			return;
		}
		Map<String, Object> levels = new HashMap<>();
		levels.put("logging.level.io.debezium", "OFF");
		levels.put("logging.level.org.apache.kafka.connect", "OFF");
		levels.put("logging.level.org.apache.kafka.common.config", "OFF");
		environment.getPropertySources().addLast(new MapPropertySource(NAME, levels));
	}

}
