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

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.support.LogSafe;
import io.github.cdcspring.settings.EngineSettings;

/**
 * Two engines with one slot, or with one publication that one of them rewrites. Their
 * stored positions have the engines' names as keys and so are apart; that those of two
 * applications are not cannot be seen here, but in the slot that a position was made on.
 */
final class SharedPosition implements SettingsRule {

	private static final int NAME_LENGTH = 63;

	@Override
	public String id() {
		return "shared-position";
	}

	@Override
	public String risk() {
		return "Of engines with one slot only one receives; of engines with one publication each may take the other's "
				+ "tables out of it, whose changes are then lost.";
	}

	@Override
	public List<Violation> check(EngineSettings engine, Collection<EngineSettings> earlier) {
		List<Violation> violations = new ArrayList<>();
		for (EngineSettings other : earlier) {
			if (!onOneServer(engine.connection(), other.connection())) {
				continue;
			}
			if (engine.slot().name().equals(other.slot().name())) {
				violations.add(slot(engine, other));
			}
			else if (isRewritten(engine, other)) {
				violations.add(publication(engine, other));
			}
		}
		return violations;
	}

	private Violation slot(EngineSettings engine, EngineSettings other) {
		SettingNames settings = new SettingNames(engine);
		return settings.violation(id(),
				"Engines '" + other.name() + "' and '" + engine.name() + "' both have " + settings.slot() + " on "
						+ server(engine) + ": only one can receive from it, and what that one acknowledges is gone "
						+ "for the other.",
				"Give each its own slot, such as " + settings.with("slot.name", suffixed(engine.slot().name(), engine))
						+ ".",
				"slot.name");
	}

	private static boolean isRewritten(EngineSettings engine, EngineSettings other) {
		return engine.connection().database().equals(other.connection().database())
				&& engine.publication().name().equals(other.publication().name())
				&& (engine.publication().create() || other.publication().create());
	}

	private Violation publication(EngineSettings engine, EngineSettings other) {
		SettingNames settings = new SettingNames(engine);
		SettingNames rewriter = engine.publication().create() ? settings : new SettingNames(other);
		String name = engine.publication().name();
		return settings.violation(id(),
				"Engines '" + other.name() + "' and '" + engine.name() + "' both have publication '" + name
						+ "' in database '" + LogSafe.of(engine.connection().database()) + "' on " + server(engine)
						+ ", and " + rewriter.with("publication.create", true)
						+ " keeps it to one engine's tables: changes of the other's would be lost.",
				"Give each its own publication, such as " + settings.with("publication.name", suffixed(name, engine))
						+ ".",
				"publication.name", "publication.create");
	}

	private static String suffixed(String name, EngineSettings engine) {
		String suffix = "_" + engine.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
		return name.substring(0, Math.max(1, Math.min(name.length(), NAME_LENGTH - suffix.length()))) + suffix;
	}

	private static String server(EngineSettings engine) {
		return LogSafe.of(engine.connection().hosts()) + ":" + engine.connection().port();
	}

	private static boolean onOneServer(EngineSettings.Connection one, EngineSettings.Connection other) {
		Set<String> servers = servers(one);
		return servers(other).stream().anyMatch(servers::contains);
	}

	private static Set<String> servers(EngineSettings.Connection connection) {
		return Stream.of((connection.hosts() + ":" + connection.port()).split(","))
			.map((server) -> server.toLowerCase(Locale.ROOT)
				.replaceFirst("^(127\\.0\\.0\\.1|\\[?::1]?):", "localhost:"))
			.collect(Collectors.toSet());
	}

}
