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

import java.lang.reflect.Field;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import io.debezium.connector.postgresql.PostgresConnectorConfig;
import io.debezium.connector.postgresql.connection.PostgresReplicationConnection;
import io.debezium.relational.RelationalDatabaseSchema;
import io.github.cdcspring.internal.support.SourceSocketFactory;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

class DebeziumRuntimeHintsTests {

	private final RuntimeHints hints = new RuntimeHints();

	@BeforeEach
	void register() {
		new DebeziumRuntimeHints().registerHints(this.hints, getClass().getClassLoader());
	}

	static Stream<Class<?>> classesThatSettingsName() {
		Stream<Object> defaults = PostgresConnectorConfig.configDef()
			.configKeys()
			.values()
			.stream()
			.filter((key) -> key.type() == ConfigDef.Type.CLASS)
			.map((key) -> key.defaultValue)
			.filter(Objects::nonNull);
		Stream<Object> ours = ColumnConverter.debeziumProperties()
			.values()
			.stream()
			.filter((value) -> ClassUtils.isPresent(value, null))
			.map(Object.class::cast);
		return Stream.concat(defaults, ours)
			.map((value) -> (value instanceof Class<?> type) ? type
					: ClassUtils.resolveClassName(value.toString(), null));
	}

	@ParameterizedTest
	@MethodSource("classesThatSettingsName")
	void classesThatSettingsNameCanBeCreated(Class<?> type) {
		assertThat(type.getDeclaredConstructors()).allSatisfy(
				(constructor) -> assertThat(RuntimeHintsPredicates.reflection().onConstructorInvocation(constructor))
					.accepts(this.hints));
	}

	@ParameterizedTest
	@ValueSource(classes = { EngineTask.class, DebeziumOffsetAdapter.class })
	void classesThatDebeziumCreatesCanBeCreated(Class<?> type) throws Exception {
		assertThat(RuntimeHintsPredicates.reflection().onConstructorInvocation(type.getDeclaredConstructor()))
			.accepts(this.hints);
	}

	@Test
	void theDriverCanCreateSockets() throws Exception {
		assertThat(RuntimeHintsPredicates.reflection()
			.onConstructorInvocation(SourceSocketFactory.class.getDeclaredConstructor(String.class)))
			.accepts(this.hints);
	}

	@Test
	void fieldsWithoutSettingCanBeSet() throws Exception {
		for (Field field : List.of(PostgresReplicationConnection.class.getDeclaredField("messageDecoder"),
				RelationalDatabaseSchema.class.getDeclaredField("customKeysMapper"),
				RelationalDatabaseSchema.class.getDeclaredField("columnFilter"))) {
			assertThat(RuntimeHintsPredicates.reflection().onFieldAccess(field)).accepts(this.hints);
		}
	}

	@Test
	void callsOfConnectionsCanBePassedOn() throws Exception {
		for (Class<?> type : List.of(Connection.class, PreparedStatement.class, ResultSet.class)) {
			assertThat(RuntimeHintsPredicates.proxies().forInterfaces(type)).accepts(this.hints);
		}
		assertThat(RuntimeHintsPredicates.reflection()
			.onMethodInvocation(ResultSet.class.getMethod("getString", int.class))).accepts(this.hints);
	}

	@ParameterizedTest
	@ValueSource(strings = { "io/debezium/connector/postgresql/build.version", "kafka/kafka-version.properties" })
	void versionsCanBeRead(String file) {
		assertThat(getClass().getClassLoader().getResource(file)).isNotNull();
		assertThat(RuntimeHintsPredicates.resource().forResource(file)).accepts(this.hints);
	}

}
