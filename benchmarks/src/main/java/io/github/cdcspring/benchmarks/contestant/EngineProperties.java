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

package io.github.cdcspring.benchmarks.contestant;

import java.util.Properties;

/**
 * Debezium's properties for the contestants that do not use the starter.
 */
final class EngineProperties {

	static final String PREFIX = "bench";

	private EngineProperties() {
	}

	/**
	 * Return the properties of a task. With {@code settings=starter}, they include the
	 * starter's values of all properties that affect performance.
	 */
	static Properties of(Task task) {
		Properties properties = new Properties();
		properties.setProperty("name", PREFIX);
		properties.setProperty("topic.prefix", PREFIX);
		properties.setProperty("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
		properties.setProperty("plugin.name", "pgoutput");
		properties.setProperty("database.hostname", Task.HOST);
		properties.setProperty("database.port", String.valueOf(task.port()));
		properties.setProperty("database.user", Task.USER);
		properties.setProperty("database.password", Task.PASSWORD);
		properties.setProperty("database.dbname", task.database());
		properties.setProperty("slot.name", task.slot());
		properties.setProperty("publication.name", task.publication());
		properties.setProperty("publication.autocreate.mode", "disabled");
		properties.setProperty("snapshot.mode", "no_data");
		properties.setProperty("offset.storage", "org.apache.kafka.connect.storage.FileOffsetBackingStore");
		properties.setProperty("offset.storage.file.filename", task.directory().resolve("offset").toString());
		if (task.setting("settings", "debezium").equals("starter")) {
			starter(properties);
		}
		task.settings()
			.entrySet()
			.stream()
			.filter((setting) -> setting.getKey().startsWith("debezium."))
			.forEach((setting) -> properties.setProperty(setting.getKey().substring("debezium.".length()),
					setting.getValue()));
		return properties;
	}

	private static void starter(Properties properties) {
		properties.setProperty("poll.interval.ms", "5");
		properties.setProperty("max.batch.size", "2048");
		properties.setProperty("max.queue.size", "8192");
		properties.setProperty("statistics.metrics.enabled", "false");
		properties.setProperty("extended.headers.enabled", "false");
		properties.setProperty("tombstones.on.delete", "false");
		properties.setProperty("skipped.operations", "t");
		properties.setProperty("offset.flush.interval.ms", "1000");
		properties.setProperty("heartbeat.interval.ms", "5000");
		properties.setProperty("heartbeat.action.query", "SELECT pg_logical_emit_message(false, 'heartbeat', '')");
		properties.setProperty("message.prefix.include.list", "heartbeat");
		properties.setProperty("errors.max.retries", "0");
	}

}
