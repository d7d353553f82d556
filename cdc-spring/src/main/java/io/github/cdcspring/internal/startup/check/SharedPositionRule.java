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

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.cdcspring.internal.startup.SettingNames;
import io.github.cdcspring.internal.startup.Steps;
import io.github.cdcspring.internal.support.LogSafe;
import io.github.cdcspring.settings.EngineSettings;

/**
 * Two engines must not share a slot, nor a publication that one of them alters. Their
 * offsets are stored under their names and so never shared. Two applications with one
 * offset are not found here, but by the slot that is stored with the offset.
 */
final class SharedPositionRule {

	static final SafetyRule<SettingsContext> RULE = SafetyRule.acceptable("shared-position",
			"Of engines that share a slot, only one receives. Engines that share a publication also receive each "
					+ "other's changes and discard them.",
			SharedPositionRule::check);

	private static final int NAME_LENGTH = 63;

	private SharedPositionRule() {
	}

	private static void check(SettingsContext context, Findings findings) {
		EngineSettings engine = context.engine();
		for (EngineSettings other : context.earlier()) {
			if (!onOneServer(engine.connection(), other.connection())) {
				continue;
			}
			if (engine.slot().name().equals(other.slot().name())) {
				slot(context.settings(), other, findings);
			}
			else if (isAltered(engine, other)) {
				publication(context.settings(), other, findings);
			}
		}
	}

	private static void slot(SettingNames settings, EngineSettings other, Findings findings) {
		EngineSettings engine = settings.engine();
		findings.add("Engines '" + other.name() + "' and '" + engine.name() + "' share " + settings.slot() + " on "
				+ server(engine) + ". Only one of them can receive from it, and what that engine acknowledges is "
				+ "lost for the other.",
				new Steps().setting("Use a separate slot for each engine: set ",
						settings.with("slot.name", suffixed(engine.slot().name(), engine)), "."),
				"slot.name");
	}

	private static boolean isAltered(EngineSettings engine, EngineSettings other) {
		return engine.connection().database().equals(other.connection().database())
				&& engine.publication().name().equals(other.publication().name())
				&& (engine.publication().create() || other.publication().create());
	}

	private static void publication(SettingNames settings, EngineSettings other, Findings findings) {
		EngineSettings engine = settings.engine();
		SettingNames altering = engine.publication().create() ? settings : new SettingNames(other);
		String name = engine.publication().name();
		findings.add("Engines '" + other.name() + "' and '" + engine.name() + "' share publication '" + name
				+ "' in database '" + LogSafe.of(engine.connection().database()) + "' on " + server(engine) + ", and "
				+ altering.with("publication.create", true)
				+ " alters it. Each engine would also receive the changes of the other engine's tables and discard them.",
				new Steps().setting("Use a separate publication for each engine: set ",
						settings.with("publication.name", suffixed(name, engine)), "."),
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
