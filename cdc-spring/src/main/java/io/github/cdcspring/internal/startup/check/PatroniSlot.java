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

import io.github.cdcspring.ActionStep;
import io.github.cdcspring.internal.startup.SettingNames;
import io.github.cdcspring.internal.startup.Steps;
import io.github.cdcspring.settings.SurvivesFailover;
import org.jspecify.annotations.Nullable;

/**
 * Asks Patroni whether it keeps the slot through a failover.
 *
 * @see <a href=
 * "https://patroni.readthedocs.io/en/latest/dynamic_configuration.html">Patroni: dynamic
 * configuration, slots</a>
 */
final class PatroniSlot {

	/** Where Patroni looks for permanent slots: it uses the first that is not empty. */
	private static final List<String> KEYS = List.of("permanent_replication_slots", "permanent_slots", "slots");

	private final DeclaredSlot slot;

	private final PatroniConfiguration configuration;

	PatroniSlot(DeclaredSlot slot) {
		this.slot = slot;
		this.configuration = new PatroniConfiguration(slot.engine().slot().patroniUrls());
	}

	void check(Findings findings) {
		try {
			check(this.configuration.read(), findings);
		}
		catch (PatroniConfiguration.UnreadableException ex) {
			SettingNames settings = this.slot.settings();
			findings.addAs(this.slot.rule(),
					settings.with("slot.survives-failover", SurvivesFailover.PATRONI) + " cannot be verified: "
							+ ex.getMessage() + ".",
					new Steps()
						.text("Set " + settings.name("slot.patroni-url") + " to the REST API of a running Patroni.")
						.or()
						.text("Or remove it to rely on your declaration alone."),
					"slot.patroni-url");
		}
	}

	private void check(Map<String, Object> configuration, Findings findings) {
		String key = KEYS.stream().filter((name) -> !map(configuration, name).isEmpty()).findFirst().orElse("slots");
		if (configuration.get("standby_cluster") instanceof Map) {
			add("this is a standby cluster, for which Patroni keeps physical slots only.",
					new Steps().text("Connect to the primary cluster and set "
							+ this.slot.settings().name("slot.patroni-url") + " to its Patroni."),
					findings);
			return;
		}
		if ("false".equals(text(map(configuration, "postgresql"), "use_slots", "true"))) {
			add("postgresql.use_slots is false in Patroni's configuration.",
					new Steps().text("Run patronictl edit-config and set postgresql.use_slots to true."), findings);
			return;
		}
		String mismatch = mismatch(map(configuration, key));
		if (mismatch != null) {
			add(mismatch,
					new Steps().code(ActionStep.Language.YAML, "Run patronictl edit-config and write:%n".formatted(),
							"%s:%n  %s:%n    type: logical%n    database: %s%n    plugin: pgoutput%n".formatted(key,
									this.slot.engine().slot().name(), quoted(database())),
							""),
					findings);
		}
	}

	/**
	 * What is wrong with the slot's entry. Patroni takes an entry without a type for a
	 * logical slot, and ignores it without database and plugin.
	 */
	private @Nullable String mismatch(Map<?, ?> slots) {
		if (!slots.containsKey(this.slot.engine().slot().name())) {
			return "Patroni's configuration has no permanent slot of this name.";
		}
		Map<?, ?> entry = (slots.get(this.slot.engine().slot().name()) instanceof Map<?, ?> map) ? map
				: Map.of("type", "physical");
		if (!"logical".equals(text(entry, "type", "logical"))) {
			return "Patroni's configuration has it as a physical slot.";
		}
		if (!database().equals(text(entry, "database", ""))) {
			return "Patroni's configuration has it for database '" + text(entry, "database", "") + "', not '"
					+ database() + "'.";
		}
		if (!"pgoutput".equals(text(entry, "plugin", ""))) {
			return "Patroni's configuration has it for plugin '" + text(entry, "plugin", "") + "', not 'pgoutput'.";
		}
		return null;
	}

	private void add(String problem, Steps steps, Findings findings) {
		findings.addAs(this.slot.rule(), this.slot.doesNotHold() + problem + " " + this.slot.consequence(), steps,
				"slot.survives-failover", "slot.patroni-url");
	}

	private String database() {
		return this.slot.database();
	}

	private static Map<?, ?> map(Map<?, ?> map, String key) {
		return (map.get(key) instanceof Map<?, ?> value) ? value : Map.of();
	}

	private static String text(Map<?, ?> map, String key, String fallback) {
		Object value = map.get(key);
		return (value != null) ? value.toString() : fallback;
	}

	private static String quoted(String name) {
		return '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
	}

}
