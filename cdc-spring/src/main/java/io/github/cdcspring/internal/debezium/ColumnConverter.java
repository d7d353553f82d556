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

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;

import io.debezium.connector.postgresql.UnchangedToastedReplicationMessageColumn;
import io.debezium.spi.converter.CustomConverter;
import io.debezium.spi.converter.RelationalColumn;
import io.github.cdcspring.CdcException;
import io.github.cdcspring.internal.row.IdentityMark;
import io.github.cdcspring.internal.row.PostgresType;
import io.github.cdcspring.internal.row.PostgresTypeKind;
import io.github.cdcspring.internal.row.ReadEvents;
import io.github.cdcspring.internal.row.RecordDecoder;
import io.github.cdcspring.internal.row.RowMappers;
import io.github.cdcspring.internal.row.ValueFormat;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/**
 * Converts each value to the raw form of its {@link PostgresTypeKind}. It replaces
 * Debezium's own converters, which round, omit or reject some values and replace NULL by
 * a default. Debezium creates this class by its name, see {@link #debeziumProperties()}.
 *
 * @see <a href=
 * "https://debezium.io/documentation/reference/stable/development/converters.html">Debezium:
 * custom converters</a>
 */
public final class ColumnConverter implements CustomConverter<SchemaBuilder, RelationalColumn> {

	/** The name under which Debezium knows the converter. */
	static final String NAME = "cdcspring";

	/** The property with the id of the run's context. */
	static final String RUN = "run";

	private static final String CONNECTIONS = "connections";

	private static final String ID_OF_CONVERTER = NAME + "." + CONNECTIONS;

	private static final String ID_OF_DRIVER = "driver." + SourceConnections.PROPERTY;

	private ColumnTypes types = new ColumnTypes(Map.of(), null);

	private @Nullable SourceConnections connections;

	@Override
	public void configure(Properties properties) {
		RunContext context = RunContext.find(properties.getProperty(RUN));
		SourceConnections connections = SourceConnections.of(properties.getProperty(CONNECTIONS));
		this.types = (context != null) ? context.types() : new ColumnTypes(connections);
		this.connections = connections;
	}

	@Override
	public void converterFor(RelationalColumn column, ConverterRegistration<SchemaBuilder> registration) {
		PostgresType type = type(column);
		Object defaultValue = column.defaultValue();
		SchemaBuilder schema = type.schema();
		IdentityMark.describe(schema, column.charsetName());
		// Debezium also converts the column's default, whose form may differ from that of
		// values, and which the starter does not use
		registration.register(schema, (value) -> (value != defaultValue) ? raw(column, type, value) : null);
	}

	private PostgresType type(RelationalColumn column) {
		PostgresType type = this.types.of(column);
		SourceConnections connections = this.connections;
		if (connections == null) {
			return type;
		}
		PostgresType known = type.isMoney() ? type.withMoneyDigits(connections.moneyDigits()) : type;
		return (type.kind() == PostgresTypeKind.ARRAY)
				? known.withDelimiter(connections.delimiter(this.types.oid(column))) : known;
	}

	private static @Nullable Object raw(RelationalColumn column, PostgresType type, @Nullable Object value) {
		if (value == null) {
			return null;
		}
		PostgresTypeKind kind = type.kind();
		if (value instanceof String text) {
			try {
				return type.parse(text);
			}
			catch (RuntimeException ex) {
				return unreadable(column, type);
			}
		}
		if (UnchangedToastedReplicationMessageColumn.isUnchangedToastedValue(value)) {
			Object unavailable = kind.unavailable();
			if (unavailable == null) {
				throw new IllegalStateException("Debezium marked a value of kind " + kind
						+ " as not sent, but PostgreSQL always sends such values. Report this as a bug.");
			}
			return unavailable;
		}
		// Not the server's text: another form may have lost something
		return unreadable(column, type);
	}

	/**
	 * The event's delivery fails, so that it can be parked or skipped, if a mark can take
	 * the place of the value. Otherwise the engine fails.
	 */
	private static Object unreadable(RelationalColumn column, PostgresType type) {
		Object mark = type.kind().unreadable();
		if (mark == null) {
			// Debezium drops the exception itself, and keeps its cause
			throw new ConnectException(
					new CdcException(ReadEvents.unreadable(column.name(), type, column.dataCollection())));
		}
		return mark;
	}

	/**
	 * Release what the properties of an engine lead to.
	 */
	static void discard(Properties properties) {
		SourceConnections.discard(properties.getProperty(ID_OF_CONVERTER));
	}

	/**
	 * Release what properties lead to.
	 * @param properties the result of {@link #conversionProperties}
	 */
	public static void discard(Map<String, String> properties) {
		String id = properties.get(ID_OF_CONVERTER);
		if (id != null) {
			SourceConnections.discard(id);
		}
	}

	/**
	 * Return the Debezium properties that {@link RecordDecoder} and {@link RowMappers}
	 * require. The engine reserves them, because other settings lose or change values.
	 * Each call returns the properties of another engine.
	 * @return the properties
	 * @see <a href=
	 * "https://debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-connector-properties">Debezium:
	 * connector properties</a>
	 */
	public static Map<String, String> debeziumProperties() {
		Map<String, String> properties = conversionProperties(null);
		properties.put("connector.class", EngineConnector.class.getName());
		properties.put(EngineTask.DEBEZIUM_POLLS, "true");
		return properties;
	}

	/**
	 * Return the Debezium properties for the conversion of values, whatever the
	 * connector. Each call returns the properties of another engine.
	 * @param options the driver property {@code options} that the application has set
	 * @return the properties
	 */
	public static Map<String, String> conversionProperties(@Nullable String options) {
		Map<String, String> properties = new LinkedHashMap<>();
		properties.put("converters", NAME);
		properties.put(NAME + ".type", ColumnConverter.class.getName());
		// Values reach the converter as the server's text. In binary form, the driver
		// would format them. A key is sent as text, too, so it must not have its type.
		properties.put("driver.connection.factory.class", TextConnectionFactory.class.getName());
		String connections = UUID.randomUUID().toString();
		properties.put(ID_OF_DRIVER, connections);
		properties.put(ID_OF_CONVERTER, connections);
		properties.put("driver.binaryTransfer", "false");
		properties.put("driver.stringtype", "unspecified");
		properties.put("driver.options", SessionSettings.options(options));
		// By default, the connector omits or rounds values before it calls the converter
		properties.put("include.unknown.datatypes", "true");
		properties.put("decimal.handling.mode", "precise");
		properties.put("binary.handling.mode", "bytes");
		properties.put("unavailable.value.placeholder", ValueFormat.PLACEHOLDER);
		// By default, the connector logs a value that it cannot convert, and sends null
		properties.put("event.converting.failure.handling.mode", "fail");
		// Keep the columns' names
		properties.put("field.name.adjustment.mode", "none");
		properties.put("schema.name.adjustment.mode", "none");
		return properties;
	}

}
