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

import java.util.List;
import java.util.Map;

import io.github.cdcspring.Gap;
import io.github.cdcspring.internal.listener.TablePattern;
import io.github.cdcspring.internal.support.LogSafe;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;

/**
 * What a rule on the connector looks at.
 *
 * @param engine the engine
 * @param kafka its settings for Kafka
 * @param connect how Kafka Connect is reached
 * @param tables the tables of the engine's listeners
 * @param running the configuration of the connector, which may contain secrets;
 * {@code null} if there is no such connector
 * @param position the slot and the offset of the connector, {@code null} if one of both
 * is not known
 * @param topics the topics
 */
record ConnectorContext(EngineSettings engine, EngineSettings.Kafka kafka, EngineSettings.Kafka.Connect connect,
		List<TablePattern> tables, @Nullable Map<String, String> running, @Nullable ConnectorPosition position,
		TopicStates topics) implements RuleContext {

	/** The connector in a sentence. */
	String connector() {
		return "Connector " + LogSafe.quoted(this.connect.connector()) + " of Kafka Connect";
	}

	/** Whether the operator has accepted this one gap. */
	boolean accepts(Gap gap) {
		return gap.equals(this.engine.safety().acceptGap());
	}

	/** Whether there is something to compare. */
	boolean exists() {
		return this.running != null;
	}

	/**
	 * A property of the connector.
	 * @return the value, empty if it is not set, or {@code null} if a provider of
	 * configurations knows it
	 */
	@Nullable String value(String property) {
		String value = (this.running != null) ? this.running.getOrDefault(property, "") : "";
		return value.contains("${") ? null : value.strip();
	}

	/** A command that changes the configuration of the connector. */
	String change(Map<String, String> configuration) {
		return command("PATCH", this.connect.connectorUrl() + "/config", ConnectorConfiguration.json(configuration));
	}

	/** A command that creates the connector, which then does not run yet. */
	String creation(Map<String, String> configuration) {
		return command("POST", this.connect.connectorsUrl(),
				ConnectorConfiguration.creation(this.connect.connector(), configuration));
	}

	/** A command that has the connector run. */
	String resumption() {
		return "curl -X PUT" + login() + " " + this.connect.connectorUrl() + "/resume";
	}

	private String command(String method, String url, String json) {
		return "curl -X " + method + login() + " -H 'Content-Type: application/json' " + url + " -d '"
				+ json.replace("'", "'\\''") + "'";
	}

	private String login() {
		return (this.connect.login() != null) ? " -u \"$CONNECT_USER:$CONNECT_PASSWORD\"" : "";
	}

}
