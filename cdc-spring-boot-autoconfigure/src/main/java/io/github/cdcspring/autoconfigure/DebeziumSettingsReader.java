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

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

import io.github.cdcspring.internal.debezium.ReservedDebeziumProperties;
import io.github.cdcspring.internal.support.LogSafe;

/**
 * Reads the properties to pass to Debezium, and rejects those that the starter sets
 * itself.
 */
final class DebeziumSettingsReader {

	private DebeziumSettingsReader() {
	}

	static Map<String, String> read(EngineProperties properties) {
		Map<String, String> debezium = new LinkedHashMap<>(properties.own().getDebezium());
		Map<String, String> rejected = new LinkedHashMap<>();
		for (String key : debezium.keySet()) {
			String owner = ReservedDebeziumProperties.reason(key);
			if (owner != null) {
				rejected.put(key, owner);
			}
		}
		if (rejected.size() == 1) {
			rejected.forEach((key, owner) -> {
				throw new InvalidCdcPropertyException(properties.name("debezium." + LogSafe.of(key)),
						"is not passed to Debezium: " + owner + ".", "Remove it.");
			});
		}
		if (!rejected.isEmpty()) {
			throw new InvalidCdcPropertyException(properties.names().prefix() + ".debezium",
					"has properties that are not passed to Debezium: " + rejected.entrySet()
						.stream()
						.map((entry) -> LogSafe.quoted(entry.getKey()) + " (" + entry.getValue() + ")")
						.collect(Collectors.joining(", ")) + ".",
					"Remove them.");
		}
		return debezium;
	}

}
