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

import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.Statement;
import java.util.List;

import io.debezium.connector.postgresql.PostgresConnector;
import io.debezium.connector.postgresql.connection.PostgresReplicationConnection;
import io.debezium.relational.RelationalDatabaseSchema;
import io.github.cdcspring.internal.support.SourceSocketFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;

/**
 * What a native image must keep for an engine: the classes that Debezium, Kafka Connect
 * and the driver create by their names, the fields that have no setting, the proxies
 * around connections, and files. Services that {@code META-INF/services} declares need no
 * hint.
 */
public final class DebeziumRuntimeHints implements RuntimeHintsRegistrar {

	/** Created by their names, which are in Debezium's properties. */
	private static final List<Class<?>> OURS = List.of(EngineConnector.class, EngineTask.class,
			DebeziumOffsetAdapter.class, ColumnConverter.class, TextConnectionFactory.class, SourceSocketFactory.class);

	/** Created by their names, which are defaults of Debezium's and Kafka's settings. */
	private static final List<String> DEFAULTS = List.of(
			"io.debezium.connector.postgresql.PostgresSourceInfoStructMaker",
			"io.debezium.engine.spi.OffsetCommitPolicy$PeriodicCommitOffsetPolicy",
			"io.debezium.pipeline.txmetadata.DefaultTransactionMetadataFactory",
			"io.debezium.relational.ConcurrentMapTableMappingStorage", "io.debezium.schema.SchemaTopicNamingStrategy",
			"org.apache.kafka.common.metrics.JmxReporter", "org.apache.kafka.connect.json.JsonConverter",
			"org.apache.kafka.connect.storage.SimpleHeaderConverter");

	/** Each is the only interface of a proxy, whose calls are passed on. */
	private static final List<Class<?>> PROXIES = List.of(Connection.class, Statement.class, PreparedStatement.class,
			CallableStatement.class, ResultSet.class, ResultSetMetaData.class);

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		OURS.forEach((type) -> hints.reflection().registerType(type, MemberCategory.INVOKE_PUBLIC_CONSTRUCTORS));
		hints.reflection().registerType(PostgresConnector.class, MemberCategory.INVOKE_PUBLIC_CONSTRUCTORS);
		DEFAULTS.forEach((name) -> hints.reflection()
			.registerTypeIfPresent(classLoader, name, MemberCategory.INVOKE_DECLARED_CONSTRUCTORS));
		hints.reflection()
			.registerType(TypeReference.of(PostgresReplicationConnection.class),
					(type) -> type.withField("messageDecoder"))
			.registerType(TypeReference.of(RelationalDatabaseSchema.class),
					(type) -> type.withField("customKeysMapper").withField("columnFilter"));
		for (Class<?> type : PROXIES) {
			hints.proxies().registerJdkProxy(type);
			hints.reflection().registerType(type, MemberCategory.INVOKE_PUBLIC_METHODS);
		}
		for (String file : List.of("io/github/cdcspring/*/schema-postgresql.sql",
				"io/github/cdcspring/internal/debezium/run-classes.txt",
				"io/github/cdcspring/internal/row/dictionary-1.txt", "io/debezium/**/build.version",
				"kafka/kafka-version.properties")) {
			hints.resources().registerPattern(file);
		}
	}

}
