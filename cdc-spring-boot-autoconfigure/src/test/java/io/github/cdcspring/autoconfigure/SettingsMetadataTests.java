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
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.StreamSupport;

import io.debezium.config.Field;
import io.debezium.connector.postgresql.PostgresConnectorConfig;
import io.github.cdcspring.internal.debezium.ReservedDebeziumProperties;
import io.github.cdcspring.internal.startup.check.SafetyRules;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The configuration metadata, which an IDE shows and the page of settings is generated
 * from.
 */
class SettingsMetadataTests {

	private final ConfigurationMetadata metadata = ConfigurationMetadata.load();

	private final Map<String, JsonNode> properties = this.metadata.properties();

	private final Map<String, JsonNode> hints = this.metadata.hints();

	@Test
	void everyKeyHasADescriptionByTheRules() {
		assertThat(this.properties).isNotEmpty().allSatisfy((name, property) -> {
			String description = property.path("description").asString("");
			assertDescription(name, description);
			String type = property.path("type").asString();
			if ("java.lang.Boolean".equals(type)) {
				assertThat(description).as(name).startsWith("Whether ");
			}
			if ("java.time.Duration".equals(type)) {
				assertThat(description).as(name).endsWith(" If a duration suffix is not specified, seconds are used.");
			}
		});
	}

	@Test
	void everyGroupHasADescriptionByTheRules() {
		assertThat(this.metadata.groups()).isNotEmpty()
			.allSatisfy((name, group) -> assertDescription(name, group.path("description").asString("")));
	}

	private static void assertDescription(String name, String description) {
		assertThat(description).as(name)
			.endsWith(".")
			.doesNotStartWithIgnoringCase("the ")
			.doesNotStartWithIgnoringCase("a ")
			.doesNotStartWithIgnoringCase("an ");
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
	void everyTableHasItsDefaultAsAHint() {
		List<String> tables = this.properties.keySet().stream().filter((name) -> name.matches(".*table")).toList();
		assertThat(tables).contains("cdc.offset.jdbc.table", "cdc.listener.parked-table");
		tables.stream()
			.filter((name) -> !name.endsWith("create-table"))
			.forEach((name) -> assertThat(this.hints.get(name).path("values").path(0).path("value").asString()).as(name)
				.isEqualTo(this.properties.get(name).path("defaultValue").asString()));
	}

	@Test
	void everyRuleWhoseRiskCanBeAcceptedIsAHint() {
		assertThat(this.hints.get("cdc.safety.accept").path("values").valueStream())
			.extracting((value) -> value.path("value").asString())
			.containsExactlyElementsOf(SafetyRules.acceptable().keySet());
	}

	@Test
	void everyKeyHasADefaultOrDescribesIt() {
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
	void hintedDebeziumPropertiesExistAndArePassed() {
		List<String> known = StreamSupport.stream(PostgresConnectorConfig.ALL_FIELDS.spliterator(), false)
			.map(Field::name)
			.toList();
		assertThat(this.hints.get("cdc.debezium.keys").path("values")).isNotEmpty().allSatisfy((value) -> {
			assertThat(value.path("value").asString()).isIn(known);
			assertThat(ReservedDebeziumProperties.reason(value.path("value").asString())).isNull();
		});
	}

	/**
	 * With {@code -Dcdc.docs.write=true} the test writes the page.
	 */
	@Test
	void thePageOfSettingsIsGeneratedFromTheMetadata() throws IOException {
		String page = SettingsPage.generate(this.metadata);
		if (Boolean.getBoolean("cdc.docs.write")) {
			SettingsPage.write(page);
		}
		assertThat(SettingsPage.read()).isEqualTo(page);
	}

}
