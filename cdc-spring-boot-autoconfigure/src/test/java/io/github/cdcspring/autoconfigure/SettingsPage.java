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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import tools.jackson.databind.JsonNode;

/**
 * {@code docs/settings.md}, whose part between two marks is generated from the
 * configuration metadata.
 */
final class SettingsPage {

	private static final Path FILE = Path.of("..", "docs", "settings.md");

	private static final String BEGIN = "<!-- Generated from the configuration metadata: begin -->\n";

	private static final String END = "<!-- Generated from the configuration metadata: end -->\n";

	private final Map<String, JsonNode> hints;

	private final StringBuilder text = new StringBuilder();

	private SettingsPage(ConfigurationMetadata metadata) {
		this.hints = metadata.hints();
		metadata.propertiesByGroup()
			.forEach((name, properties) -> group(name, metadata.groups().get(name), properties));
	}

	static String read() throws IOException {
		return Files.readString(FILE);
	}

	/** The page as it should be: what is written by hand, and what is generated. */
	static String generate(ConfigurationMetadata metadata) throws IOException {
		String page = read();
		return page.substring(0, page.indexOf(BEGIN) + BEGIN.length()) + new SettingsPage(metadata).text
				+ page.substring(page.indexOf(END));
	}

	static void write(String page) throws IOException {
		Files.writeString(FILE, page);
	}

	private void group(String name, JsonNode group, Map<String, JsonNode> properties) {
		this.text.append("\n## ").append(name).append("\n\n").append(description(group)).append("\n\n");
		if (properties.isEmpty()) {
			return;
		}
		this.text.append("| key | default | description |\n|---|---|---|\n");
		properties.forEach((key, property) -> this.text.append("| `%s` | %s | %s |%n".formatted(key,
				defaultValue(property), description(property).replace("|", "\\|"))));
		properties.keySet().forEach((key) -> {
			if (this.hints.containsKey(key) && this.hints.get(key).path("providers").isMissingNode()) {
				values("Values of `" + key + "`:", key);
			}
			values("Common keys of `" + key + "`:", key + ".keys");
		});
	}

	private static String description(JsonNode item) {
		JsonNode replacement = item.path("deprecation").path("replacement");
		return (replacement.isMissingNode() ? "" : "Deprecated, use `" + replacement.asString() + "`. ")
				+ item.path("description").asString();
	}

	private static String defaultValue(JsonNode property) {
		JsonNode value = property.path("defaultValue");
		return value.isMissingNode() ? "–" : "`" + value.asString() + "`";
	}

	private void values(String title, String hint) {
		JsonNode values = this.hints.containsKey(hint) ? this.hints.get(hint).path("values") : null;
		if (values == null || values.isEmpty()) {
			return;
		}
		this.text.append("\n").append(title).append("\n\n");
		for (JsonNode value : values) {
			String description = value.path("description").asString("");
			this.text.append("- `")
				.append(value.path("value").asString())
				.append("`")
				.append(description.isEmpty() ? "" : ": " + description)
				.append("\n");
		}
	}

}
