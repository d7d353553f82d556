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

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Configuration metadata of the starter, as an IDE reads it.
 */
final class ConfigurationMetadata {

	private final List<JsonNode> files;

	private ConfigurationMetadata(List<JsonNode> files) {
		this.files = files;
	}

	static ConfigurationMetadata load() {
		try {
			return new ConfigurationMetadata(Collections
				.list(ConfigurationMetadata.class.getClassLoader()
					.getResources("META-INF/spring-configuration-metadata.json"))
				.stream()
				.map(ConfigurationMetadata::read)
				.toList());
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static JsonNode read(URL url) {
		try (InputStream stream = url.openStream()) {
			return JsonMapper.builder().build().readTree(stream);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	Map<String, JsonNode> groups() {
		return named("groups");
	}

	Map<String, JsonNode> properties() {
		return named("properties");
	}

	Map<String, JsonNode> hints() {
		return named("hints");
	}

	/** The properties of each group, without those of groups in it. */
	Map<String, Map<String, JsonNode>> propertiesByGroup() {
		Map<String, Map<String, JsonNode>> byGroup = new LinkedHashMap<>();
		groups().keySet().forEach((group) -> byGroup.put(group, new TreeMap<>()));
		properties()
			.forEach((name, property) -> byGroup.get(name.substring(0, name.lastIndexOf('.'))).put(name, property));
		return byGroup;
	}

	private Map<String, JsonNode> named(String list) {
		Map<String, JsonNode> named = new TreeMap<>();
		for (JsonNode file : this.files) {
			for (JsonNode item : file.path(list)) {
				String name = item.path("name").asString();
				if (name.matches("cdc(\\..*)?|management\\.endpoint\\.cdc(parked)?(\\.access)?")) {
					named.put(name, item);
				}
			}
		}
		return named;
	}

}
