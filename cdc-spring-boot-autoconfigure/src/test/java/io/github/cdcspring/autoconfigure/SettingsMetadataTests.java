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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

import io.debezium.config.Field;
import io.debezium.connector.postgresql.PostgresConnectorConfig;
import io.github.cdcspring.internal.debezium.ReservedDebeziumProperties;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an IDE and the page of settings say about each key.
 */
class SettingsMetadataTests {

	private static final Pattern ROW = Pattern.compile("\\| `(cdc[^`]*)` \\| (.*?) \\| (.*) \\|");

	private final List<JsonNode> metadata = metadata();

	private final Map<String, JsonNode> properties = named("properties");

	private final Map<String, JsonNode> hints = named("hints");

	@Test
	void everyKeyHasADescriptionInTheHouseVoice() {
		assertThat(this.properties).isNotEmpty().allSatisfy((name, property) -> {
			String description = property.path("description").asString("");
			assertThat(description).as(name)
				.endsWith(".")
				.doesNotStartWithIgnoringCase("the ")
				.doesNotStartWithIgnoringCase("a ")
				.doesNotStartWithIgnoringCase("an ");
			if ("java.lang.Boolean".equals(property.path("type").asString())) {
				assertThat(description).as(name).startsWith("Whether ");
			}
		});
	}

	@Test
	void everyChoiceHasItsValuesInTheDocumentedSpelling() {
		this.properties.forEach((name, property) -> {
			Object[] constants = enumConstants(property.path("type").asString());
			if (constants == null) {
				return;
			}
			assertThat(this.hints).containsKey(name);
			List<String> values = this.hints.get(name)
				.path("values")
				.valueStream()
				.map((value) -> value.path("value").asString())
				.toList();
			assertThat(values).as(name)
				.containsExactlyInAnyOrder(Arrays.stream(constants)
					.map((constant) -> constant.toString().toLowerCase(Locale.ROOT))
					.toArray(String[]::new));
			assertThat(this.hints.get(name).path("values"))
				.allSatisfy((value) -> assertThat(value.path("description").asString("")).as(name).endsWith("."));
			JsonNode defaultValue = property.path("defaultValue");
			if (!defaultValue.isMissingNode()) {
				assertThat(values).as(name).contains(defaultValue.asString());
			}
		});
	}

	private static Object @Nullable [] enumConstants(String type) {
		return type.startsWith("io.github.cdcspring.settings.")
				? ClassUtils.resolveClassName(type, null).getEnumConstants() : null;
	}

	@Test
	void everyKeyHasADefaultOrSaysWhatItIs() {
		List<String> without = this.properties.entrySet()
			.stream()
			.filter((entry) -> entry.getValue().path("defaultValue").isMissingNode())
			.filter((entry) -> !entry.getValue().path("description").asString("").contains("By default "))
			.map(Map.Entry::getKey)
			.toList();
		assertThat(without).isSubsetOf("cdc.connection.host", "cdc.connection.database", "cdc.connection.username",
				"cdc.connection.password", "cdc.connection.driver-properties", "cdc.connection.ssl.bundle",
				"cdc.debezium", "cdc.engines", "cdc.flush-lsn-source");
	}

	@Test
	void flushLsnSourceIsDeprecatedWithItsReplacement() {
		JsonNode deprecation = this.properties.get("cdc.flush-lsn-source").path("deprecation");
		assertThat(deprecation.path("level").asString()).isEqualTo("warning");
		assertThat(deprecation.path("replacement").asString()).isEqualTo("cdc.lsn-flush-mode");
		assertThat(this.properties).containsKey(deprecation.path("replacement").asString());
	}

	@Test
	void hintedDebeziumPropertiesExistAndPassThrough() {
		List<String> known = StreamSupport.stream(PostgresConnectorConfig.ALL_FIELDS.spliterator(), false)
			.map(Field::name)
			.toList();
		assertThat(this.hints.get("cdc.debezium.keys").path("values")).isNotEmpty().allSatisfy((value) -> {
			assertThat(value.path("value").asString()).isIn(known);
			assertThat(ReservedDebeziumProperties.reason(value.path("value").asString())).isNull();
		});
	}

	@Test
	void thePageOfSettingsHasExactlyTheseKeys() throws IOException {
		Map<String, String> documented = new TreeMap<>();
		for (String line : Files.readAllLines(Path.of("..", "docs", "settings.md"))) {
			Matcher row = ROW.matcher(line);
			if (row.matches()) {
				assertThat(documented.put(row.group(1), row.group(2))).as("second row of " + row.group(1)).isNull();
				assertThat(row.group(3)).as(row.group(1)).isNotBlank();
			}
		}
		assertThat(documented.keySet()).containsExactlyInAnyOrderElementsOf(this.properties.keySet());
		this.properties.forEach((name, property) -> {
			JsonNode defaultValue = property.path("defaultValue");
			if (!defaultValue.isMissingNode()) {
				assertThat(documented.get(name)).as(name).isEqualTo("`" + defaultValue.asString() + "`");
			}
		});
	}

	private Map<String, JsonNode> named(String list) {
		Map<String, JsonNode> named = new LinkedHashMap<>();
		for (JsonNode metadata : this.metadata) {
			for (JsonNode item : metadata.path(list)) {
				if (item.path("name").asString().matches("cdc\\..*")) {
					named.put(item.path("name").asString(), item);
				}
			}
		}
		return named;
	}

	private static List<JsonNode> metadata() {
		try {
			return Collections
				.list(SettingsMetadataTests.class.getClassLoader()
					.getResources("META-INF/spring-configuration-metadata.json"))
				.stream()
				.map(SettingsMetadataTests::read)
				.toList();
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

}
