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

import java.net.URI;
import java.time.Duration;
import java.util.regex.Pattern;

import io.github.cdcspring.internal.support.LogSafe;
import io.github.cdcspring.settings.ConnectorManagement;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.EngineSource;
import org.jspecify.annotations.Nullable;

import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Reads how events are received from Kafka.
 */
final class KafkaSettingsReader {

	/**
	 * What Kafka allows in the name of a topic. Debezium cuts names after 249 characters,
	 * and schema and table have up to 63.
	 */
	private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1,121}");

	private static final Pattern REFERENCE = Pattern.compile("[\\w.-]+:[^{}\\s]+");

	private KafkaSettingsReader() {
	}

	static EngineSettings.@Nullable Kafka read(EngineProperties properties, Environment environment, String slot) {
		CdcEngineProperties own = properties.own();
		if (own.getSource() != EngineSource.KAFKA) {
			return null;
		}
		String prefix = topicPrefix(properties, slot);
		return new EngineSettings.Kafka(prefix, groupId(properties, environment), own.getKafka().getOrder(),
				maxOutage(properties), connect(properties, prefix));
	}

	private static EngineSettings.Kafka.@Nullable Connect connect(EngineProperties properties, String prefix) {
		CdcKafkaProperties.Connect own = properties.own().getKafka().getConnect();
		URI url = own.getUrl();
		if (url == null || own.getManage() == ConnectorManagement.NONE) {
			return null;
		}
		if (!EngineSettingsReader.isHttpUrl(url)) {
			throw new InvalidCdcPropertyException(properties.name("kafka.connect.url"),
					"is not a URL of Kafka Connect's REST API: it must have the form http://host:port, without a user.",
					"Set it to the 'listeners' of a worker.");
		}
		String connector = own.getConnector();
		return new EngineSettings.Kafka.Connect(url, StringUtils.hasText(connector) ? connector : prefix,
				own.getManage(), passwordReference(properties), login(properties));
	}

	private static Duration maxOutage(EngineProperties properties) {
		Duration outage = properties.own().getKafka().getMaxOutage();
		if (outage.isNegative()) {
			throw new InvalidCdcPropertyException(properties.name("kafka.max-outage"), "is negative.",
					"Set the longest outage that the application must survive, or zero to not check the topics.");
		}
		return outage;
	}

	/** A password itself is never printed. */
	private static String passwordReference(EngineProperties properties) {
		String reference = properties.own().getKafka().getConnect().getPasswordReference();
		if (!REFERENCE.matcher(reference).matches()) {
			throw new InvalidCdcPropertyException(properties.name("kafka.connect.password-reference"),
					"does not say where the worker finds the password.",
					"Write the name of a provider of configurations, a colon, and the place, as in "
							+ "env:DATABASE_PASSWORD or file:/etc/connect/shop.properties:password, without ${ and }.");
		}
		return reference;
	}

	private static EngineSettings.Kafka.Connect.@Nullable Login login(EngineProperties properties) {
		CdcKafkaProperties.Connect own = properties.own().getKafka().getConnect();
		String username = own.getUsername();
		String password = own.getPassword();
		if (username == null && password == null) {
			return null;
		}
		if (username == null || password == null || username.contains(":")) {
			throw new InvalidCdcPropertyException(
					properties.name("kafka.connect." + ((username != null) ? "password" : "username")),
					"does not make a login: Kafka Connect needs a user without a colon, and a password.",
					"Set both 'username' and 'password', or none of them.");
		}
		return new EngineSettings.Kafka.Connect.Login(username, password);
	}

	/** An engine with the name of its own slot has a connector of its own. */
	private static String topicPrefix(EngineProperties properties, String slot) {
		String own = properties.own().getKafka().getTopicPrefix();
		String prefix = (own != null) ? own : slot;
		if (!TOPIC.matcher(prefix).matches()) {
			throw new InvalidCdcPropertyException(properties.name("kafka.topic-prefix"),
					"is " + LogSafe.quoted(prefix) + ", which cannot be the beginning of a topic's name.",
					"Use at most 121 letters, digits, dots, underscores and dashes, as 'topic.prefix' of the connector "
							+ "does.");
		}
		return prefix;
	}

	private static String groupId(EngineProperties properties, Environment environment) {
		String own = properties.own().getKafka().getGroupId();
		if (StringUtils.hasText(own)) {
			return own;
		}
		String suffix = properties.isDefault() ? "" : "-" + properties.engine();
		String root = properties.root().getKafka().getGroupId();
		if (StringUtils.hasText(root)) {
			return root + suffix;
		}
		String application = environment.getProperty("spring.application.name");
		if (StringUtils.hasText(application)) {
			// Other consumers of the application may use its name, or
			// spring.kafka.consumer.group-id
			return application + "-cdc" + suffix;
		}
		throw new InvalidCdcPropertyException(properties.name("kafka.group-id"),
				"is not set, and the application has no name: two applications with the same group would share the "
						+ "events, so that each receives a part.",
				"Set it, or 'spring.application.name', to a name that only the instances of this application have.");
	}

}
