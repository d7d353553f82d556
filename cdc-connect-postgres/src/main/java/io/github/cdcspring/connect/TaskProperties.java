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

package io.github.cdcspring.connect;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import io.debezium.config.Configuration;
import io.debezium.connector.postgresql.PostgresConnector;
import io.github.cdcspring.Gap;
import io.github.cdcspring.internal.debezium.ColumnConverter;
import io.github.cdcspring.internal.debezium.SlotSnapshotter;
import io.github.cdcspring.internal.startup.DecodingState;

/**
 * The properties with which Debezium's task runs: those of the connector, and those for
 * the conversion of values.
 */
final class TaskProperties {

	/** The names that the starter gives the settings. */
	static final String ACCEPT = "cdc.safety.accept";

	static final String ACCEPT_GAP = "cdc.safety.accept-gap";

	private static final String CONNECTOR_CLASS = "connector.class";

	private static final String PLUGIN = "plugin.name";

	private static final String OPTIONS = "driver.options";

	private static final String HEADERS = "extended.headers.enabled";

	/** Options of the session are added to those of the connector. */
	private static final Set<String> MERGED = Set.of(OPTIONS);

	/** The stream's filter of columns reads the copies. */
	private static final Map<String, String> COLUMNS = Map.of("column.include.list", "cdc.column.include.list",
			"column.exclude.list", "cdc.column.exclude.list");

	private static final String HEARTBEAT = "heartbeat.action.query";

	/**
	 * The statement of a heartbeat is one of the user's own, on a connection of its own.
	 * It finds its tables by the search path of database, role and connection.
	 */
	private static final String OWN_PATH = "RESET search_path; ";

	private static final String SNAPSHOT_MODE = "snapshot.mode";

	private static final String CUSTOM_SNAPSHOT = "snapshot.mode.custom.name";

	private static final String WHEN_NEEDED = "when_needed";

	/** Snapshot modes that read the existing rows if there is no offset. */
	private static final Set<String> INITIAL = Set.of("initial", WHEN_NEEDED);

	private static final String SKIPS = "it would skip changes without an error";

	private static final List<Refusal> REFUSALS = List.of(
			new Refusal("slot.drop.on.stop", "true"::equals,
					"a restart would create another slot, and the changes before it would be lost"),
			new Refusal("event.processing.failure.handling.mode", (value) -> !value.equals("fail"),
					"an event that cannot be processed would be lost"),
			new Refusal("snapshot.max.threads", (value) -> !value.equals("1"),
					"its threads read under different snapshots, so rows would not fit together"),
			new Refusal("offset.mismatch.strategy", Set.of("trust_slot", "trust_greater_lsn")::contains, SKIPS),
			new Refusal(SNAPSHOT_MODE, "always"::equals,
					"each restart would skip the changes between the stored offset and its snapshot"),
			new Refusal(SNAPSHOT_MODE, Set.of("configuration_based", "custom")::contains,
					"the stream would begin after the snapshot, and skip changes before it"),
			new Refusal(CUSTOM_SNAPSHOT, (value) -> true, "the connector sets it itself"),
			new Refusal("sourceinfo.struct.maker", (value) -> true,
					"the connector and its consumers read Debezium's own structure"),
			new Refusal("transaction.metadata.factory", (value) -> true,
					"the connector recognizes the end of a transaction by Debezium's own structure"));

	private TaskProperties() {
	}

	/**
	 * Complete the properties of a connector. Each call returns the properties of another
	 * run.
	 */
	static Map<String, String> of(Configuration connector) {
		Map<String, String> properties = ColumnConverter.conversionProperties(connector.getString(OPTIONS));
		// Debezium looks up services by the class of its own connector
		properties.put(CONNECTOR_CLASS, PostgresConnector.class.getName());
		properties.put(PLUGIN, "pgoutput");
		COLUMNS.forEach((name, copy) -> {
			if (connector.hasKey(name)) {
				properties.put(copy, connector.getString(name));
			}
		});
		properties.put(HEADERS, connector.getString(HEADERS, "false"));
		String heartbeat = connector.getString(HEARTBEAT);
		if (heartbeat != null && !heartbeat.startsWith(OWN_PATH)) {
			properties.put(HEARTBEAT, OWN_PATH + heartbeat);
		}
		return properties;
	}

	/**
	 * Return the properties of a connector that the task cannot work with.
	 * @return the name of each property, and why it is refused
	 */
	static Map<String, String> refused(Map<String, String> connector) {
		Map<String, String> required = ColumnConverter.conversionProperties(null);
		ColumnConverter.discard(required);
		required.put(PLUGIN, "pgoutput");
		Map<String, String> refused = new LinkedHashMap<>();
		required.forEach((name, value) -> {
			String other = connector.get(name);
			if (other != null && !other.equals(value) && !MERGED.contains(name)) {
				refused.put(name, "'" + name + "' cannot be set, because the connector sets it itself: other values "
						+ "lose or change what PostgreSQL sent. Remove the property.");
			}
		});
		REFUSALS.forEach((refusal) -> {
			String value = connector.get(refusal.name);
			if (value != null && refusal.values.test(normal(value))) {
				refused.put(refusal.name, "'" + refusal.name + "' cannot have this value, because " + refusal.reason
						+ ". Remove the property, or choose another value.");
			}
		});
		String accepted = connector.get(ACCEPT);
		if (accepted != null && !accepted.equals(DecodingState.RULE)) {
			refused.put(ACCEPT, "'" + ACCEPT + "' of a connector accepts '" + DecodingState.RULE
					+ "' only. Write that, or remove the property.");
		}
		String gap = connector.get(ACCEPT_GAP);
		if (gap != null) {
			try {
				Gap.parse(gap);
			}
			catch (IllegalArgumentException ex) {
				refused.put(ACCEPT_GAP, "'" + ACCEPT_GAP + "' is not a gap. Write two LSNs, such as "
						+ "0/16B3748-0/16B4A10, or remove the property.");
			}
		}
		return refused;
	}

	/**
	 * The properties of a snapshot. Debezium's own modes stream from the position of the
	 * snapshot, and skip what is in the slot before it. A change that an earlier run has
	 * sent, and that was undone since, would then never be undone downstream.
	 * @param connector the properties of the connector
	 * @param offset whether there is an offset from which the stream can start
	 * @param slot whether the slot exists
	 */
	static Map<String, String> snapshot(Configuration connector, boolean offset, boolean slot) {
		String mode = normal(connector.getString(SNAPSHOT_MODE, "initial"));
		return (INITIAL.contains(mode) && !offset && slot)
				? Map.of(SNAPSHOT_MODE, "custom", CUSTOM_SNAPSHOT, SlotSnapshotter.NAME) : Map.of();
	}

	/** Whether a start without a slot takes a snapshot, even if an offset is stored. */
	static boolean isSnapshotWhenNeeded(Configuration connector) {
		return normal(connector.getString(SNAPSHOT_MODE, "initial")).equals(WHEN_NEEDED);
	}

	private static String normal(String value) {
		return value.strip().toLowerCase(Locale.ROOT);
	}

	/**
	 * Values of a property with which changes are lost.
	 *
	 * @param name the name of the property
	 * @param values the values, in lower case
	 * @param reason continues a sentence after "because"
	 */
	private record Refusal(String name, Predicate<String> values, String reason) {

	}

}
