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

import java.net.URI;
import java.util.List;
import java.util.Map;

import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.settings.SurvivesFailover;
import org.jspecify.annotations.Nullable;

/**
 * Asks Patroni whether the slot is one that it keeps through a failover.
 *
 * @see <a href=
 * "https://patroni.readthedocs.io/en/latest/dynamic_configuration.html">Patroni: dynamic
 * configuration, slots</a>
 */
final class PatroniSlot {

	/** Where Patroni looks for permanent slots; the first that is not empty counts. */
	private static final List<String> KEYS = List.of("permanent_replication_slots", "permanent_slots", "slots");

	private final CheckContext context;

	private final URI url;

	private PatroniSlot(CheckContext context, URI url) {
		this.context = context;
		this.url = url;
	}

	static List<Violation> check(CheckContext context) {
		URI url = context.engine().slot().patroniUrl();
		if (url == null || context.engine().slot().survivesFailover() != SurvivesFailover.PATRONI) {
			return List.of();
		}
		return new PatroniSlot(context, url).check();
	}

	private List<Violation> check() {
		PatroniConfiguration configuration = new PatroniConfiguration(this.url);
		try {
			return judge(configuration.read());
		}
		catch (PatroniConfiguration.UnreadableException ex) {
			SettingNames settings = this.context.settings();
			return List.of(settings.violation(SurvivesFailoverCheck.idFor(this.context),
					"Whether " + settings.with("slot.survives-failover", SurvivesFailover.PATRONI)
							+ " is so is not known: " + configuration.url() + " " + ex.getMessage() + ".",
					"Set " + settings.name("slot.patroni-url")
							+ " to the REST API of a Patroni that runs. Or remove it, which leaves it to your word alone.",
					"slot.patroni-url"));
		}
	}

	private List<Violation> judge(Map<String, Object> configuration) {
		String key = KEYS.stream().filter((name) -> !map(configuration, name).isEmpty()).findFirst().orElse("slots");
		String slot = this.context.slotName();
		if (configuration.get("standby_cluster") instanceof Map) {
			return List.of(violation("this is a standby cluster, for which Patroni keeps physical slots only.",
					"Connect to the primary cluster and set " + this.context.settings().name("slot.patroni-url")
							+ " to its Patroni."));
		}
		if ("false".equals(text(map(configuration, "postgresql"), "use_slots", "true"))) {
			return List.of(violation("postgresql.use_slots is false in Patroni's configuration.",
					"Run patronictl edit-config and set postgresql.use_slots to true."));
		}
		String mismatch = mismatch(map(configuration, key), slot);
		if (mismatch == null) {
			return List.of();
		}
		String database = this.context.server().database();
		return List.of(violation(mismatch,
				"Run patronictl edit-config and write:%n%s:%n  %s:%n    type: logical%n".formatted(key, slot)
						+ "    database: %s%n    plugin: pgoutput%n".formatted(quoted(database))));
	}

	/**
	 * What is wrong with the entry; Patroni takes one without a type for a logical one,
	 * and ignores it without database and plugin.
	 */
	private @Nullable String mismatch(Map<?, ?> slots, String slot) {
		if (!slots.containsKey(slot)) {
			return "Patroni's configuration has no permanent slot of this name.";
		}
		Map<?, ?> entry = (slots.get(slot) instanceof Map<?, ?> map) ? map : Map.of("type", "physical");
		if (!"logical".equals(text(entry, "type", "logical"))) {
			return "Patroni's configuration has it as a physical one.";
		}
		String database = this.context.server().database();
		if (!database.equals(text(entry, "database", ""))) {
			return "Patroni's configuration has it for database '" + text(entry, "database", "") + "', and not for '"
					+ database + "'.";
		}
		if (!"pgoutput".equals(text(entry, "plugin", ""))) {
			return "Patroni's configuration has it for plugin '" + text(entry, "plugin", "")
					+ "', and not for 'pgoutput'.";
		}
		return null;
	}

	private Violation violation(String problem, String cure) {
		SettingNames settings = this.context.settings();
		return settings.violation(SurvivesFailoverCheck.idFor(this.context),
				settings.with("slot.survives-failover", SurvivesFailover.PATRONI) + " is not so for replication slot '"
						+ this.context.slotName() + "': " + problem + " "
						+ SurvivesFailoverCheck.consequence(this.context),
				cure, "slot.survives-failover", "slot.patroni-url");
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
