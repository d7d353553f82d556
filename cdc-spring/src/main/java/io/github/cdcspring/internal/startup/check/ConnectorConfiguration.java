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

package io.github.cdcspring.internal.startup.check;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cdcspring.Gap;
import io.github.cdcspring.internal.listener.TablePattern;
import io.github.cdcspring.internal.support.LowerCase;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.KafkaOrder;

/**
 * The connector's configuration that the settings of an engine need.
 */
public final class ConnectorConfiguration {

	/** The plugin's connector. */
	public static final String CLASS = "io.github.cdcspring.connect.CdcPostgresConnector";

	private static final String FLUSH_MODE = "lsn.flush.mode";

	private static final String FAILOVER = "slot.failover";

	/** Debezium's defaults of the properties of the slot. */
	static final Map<String, String> SLOT_DEFAULTS = Map.of(FLUSH_MODE, "connector", FAILOVER, "false");

	static final String CONVERTER = "io.github.cdcspring.connect.CdcConverter";

	/** Classes of the application, which the worker does not have. */
	private static final Set<String> APPLICATION_CLASSES = Set.of("sslfactory", "sslfactoryarg", "socketFactory",
			"socketFactoryArg", "authenticationPluginClassName", "sslhostnameverifier", "sslpasswordcallback",
			"xmlFactoryFactory");

	private static final Pattern SECRET = Pattern.compile("(?i).*(?:password|passphrase|secret|token).*");

	private static final Pattern SPECIAL = Pattern.compile("[^\\p{L}\\p{N}_]");

	private static final ObjectMapper JSON = new ObjectMapper();

	private ConnectorConfiguration() {
	}

	/**
	 * What makes the records readable.
	 */
	static Map<String, String> plugin() {
		Map<String, String> properties = new LinkedHashMap<>();
		properties.put("connector.class", CLASS);
		properties.put("key.converter", CONVERTER);
		properties.put("value.converter", CONVERTER);
		properties.put("header.converter", CONVERTER);
		return properties;
	}

	/**
	 * What makes the topics those of the engine.
	 */
	static Map<String, String> stream(EngineSettings engine, EngineSettings.Kafka kafka) {
		Map<String, String> properties = new LinkedHashMap<>();
		properties.put("database.dbname", engine.connection().database());
		properties.put("slot.name", engine.slot().name());
		properties.put("publication.name", engine.publication().name());
		properties.put("topic.prefix", kafka.topicPrefix());
		return properties;
	}

	/**
	 * What gives the topics the order that the listeners need.
	 */
	static Map<String, String> order(EngineSettings.Kafka kafka) {
		Map<String, String> properties = new LinkedHashMap<>();
		if (kafka.order() == KafkaOrder.STREAM) {
			properties.put("provide.transaction.metadata", "true");
			properties.put("skipped.operations", "none");
			properties.put("transforms", "stream");
			properties.put("transforms.stream.type", "org.apache.kafka.connect.transforms.RegexRouter");
			properties.put("transforms.stream.regex", kafka.topicPrefix().replace(".", "\\.") + "\\..*");
			properties.put("transforms.stream.replacement", kafka.streamTopic());
		}
		else {
			properties.put("transforms", "");
		}
		return properties;
	}

	/**
	 * What makes the slot advance, and survive a failover, as the settings say.
	 */
	static Map<String, String> slot(EngineSettings engine) {
		Map<String, String> properties = new LinkedHashMap<>();
		properties.put(FLUSH_MODE, LowerCase.of(engine.lsnFlushMode()));
		if (engine.slot().survivesFailover().isFailoverSlot()) {
			properties.put(FAILOVER, "true");
		}
		return properties;
	}

	/**
	 * What makes the plugin note no gap.
	 * @param gap the gap that does not matter, or that the topics contain
	 * @return the property that differs
	 */
	public static Map<String, String> accepting(Gap gap) {
		return Map.of("cdc.safety.accept-gap", gap.toString());
	}

	/**
	 * The configuration of a connector that does not exist yet. The password is a
	 * reference.
	 * @param engine the engine
	 * @param kafka its settings for Kafka
	 * @param tables the tables of its listeners
	 * @return the configuration, without secrets
	 */
	public static Map<String, String> complete(EngineSettings engine, EngineSettings.Kafka kafka,
			List<TablePattern> tables) {
		EngineSettings.Connection connection = engine.connection();
		Map<String, String> properties = plugin();
		properties.put("value.converter.compact", "true");
		properties.put("tasks.max", "1");
		properties.put("database.hostname", connection.hosts());
		properties.put("database.port", String.valueOf(connection.port()));
		properties.put("database.user", (connection.username() != null) ? connection.username() : "");
		properties.put("database.password", "${" + passwordReference(kafka) + "}");
		properties.putAll(driver(connection));
		properties.putAll(stream(engine, kafka));
		properties.put("publication.autocreate.mode", engine.publication().create() ? "filtered" : "disabled");
		properties.put("table.include.list",
				tables.stream().map(ConnectorConfiguration::expression).distinct().collect(Collectors.joining(",")));
		properties.put("snapshot.mode", LowerCase.of(engine.snapshotMode()));
		properties.putAll(slot(engine));
		properties.put("heartbeat.interval.ms", String.valueOf(engine.heartbeatInterval().toMillis()));
		properties.put("heartbeat.action.query", "SELECT pg_logical_emit_message(false, 'heartbeat', '')");
		// After a failover, each event waits for it; Debezium's default is 10 s
		properties.put("retriable.restart.connector.wait.ms", "1000");
		properties.put("topic.creation.default.replication.factor", "-1");
		properties.put("topic.creation.default.partitions", (kafka.order() == KafkaOrder.STREAM) ? "1" : "-1");
		properties.putAll(order(kafka));
		properties.values().removeIf(String::isEmpty);
		return properties;
	}

	/**
	 * The properties of the driver, as the application uses them. Files are those of the
	 * worker.
	 */
	private static Map<String, String> driver(EngineSettings.Connection connection) {
		Map<String, String> properties = new TreeMap<>();
		connection.driverProperties().forEach((name, value) -> {
			if (!APPLICATION_CLASSES.contains(name)) {
				properties.put("driver." + name, SECRET.matcher(name).matches()
						? "${env:DATABASE_" + name.toUpperCase(Locale.ROOT) + "}" : value);
			}
		});
		return properties;
	}

	/**
	 * Whether Debezium's connector can connect as the application does: it takes one
	 * host.
	 */
	static boolean hasOneHost(EngineSettings engine) {
		return !engine.connection().hosts().contains(",");
	}

	/**
	 * The request that creates a connector, which does not run yet.
	 * @param connector the name of the connector
	 * @param configuration its configuration
	 * @return a JSON object
	 */
	public static String creation(String connector, Map<String, String> configuration) {
		Map<String, Object> request = new LinkedHashMap<>();
		request.put("name", connector);
		request.put("initial_state", "STOPPED");
		request.put("config", configuration);
		return write(request);
	}

	private static String passwordReference(EngineSettings.Kafka kafka) {
		EngineSettings.Kafka.Connect connect = kafka.connect();
		return (connect != null) ? connect.passwordReference() : EngineSettings.Kafka.Connect.PASSWORD_REFERENCE;
	}

	static String expression(TablePattern table) {
		return part(table.schema()) + "\\." + part(table.name());
	}

	private static String part(TablePattern.Part part) {
		return part.literals().stream().map(ConnectorConfiguration::literal).collect(Collectors.joining(".*"));
	}

	/** A comma would separate expressions. */
	private static String literal(String text) {
		return SPECIAL.matcher(text).replaceAll("\\\\$0");
	}

	/**
	 * Write a configuration as Kafka Connect takes it.
	 * @param configuration the configuration
	 * @return a JSON object
	 */
	public static String json(Map<String, String> configuration) {
		return write(configuration);
	}

	/**
	 * Write a text with quotes.
	 * @param text the text
	 * @return a JSON text
	 */
	public static String text(String text) {
		return write(text);
	}

	private static String write(Object value) {
		try {
			return JSON.writeValueAsString(value);
		}
		catch (JsonProcessingException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
