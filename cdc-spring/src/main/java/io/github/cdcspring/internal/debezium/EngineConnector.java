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

package io.github.cdcspring.internal.debezium;

import java.util.List;
import java.util.Map;

import io.debezium.config.Configuration;
import io.debezium.connector.postgresql.PostgresConnector;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.connector.Task;

/**
 * Debezium's connector with {@link EngineTask} as its task.
 */
public final class EngineConnector extends PostgresConnector {

	static final String CONNECTOR_CLASS = "connector.class";

	@Override
	public Class<? extends Task> taskClass() {
		return EngineTask.class;
	}

	/**
	 * The start has checked the server already, over the same way, and knows more roles
	 * that may replicate.
	 */
	@Override
	protected void validateConnection(Map<String, ConfigValue> configValues, Configuration config) {
	}

	/**
	 * Debezium looks up services for a connector by the class of its own connector.
	 */
	@Override
	public List<Map<String, String>> taskConfigs(int maxTasks) {
		List<Map<String, String>> tasks = super.taskConfigs(maxTasks);
		tasks.forEach((task) -> task.put(CONNECTOR_CLASS, PostgresConnector.class.getName()));
		return tasks;
	}

}
