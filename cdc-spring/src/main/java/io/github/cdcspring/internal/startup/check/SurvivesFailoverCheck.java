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

import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.SurvivesFailover;

/**
 * What the operator declares about failovers has to be so.
 */
final class SurvivesFailoverCheck implements ServerCheck {

	@Override
	public String id() {
		return "survives-failover";
	}

	@Override
	public String risk() {
		return "After a failover the slot is gone, and the changes until it is created anew are not sent.";
	}

	@Override
	public List<Violation> check(CheckContext context) {
		if (context.engine().slot().survivesFailover() != SurvivesFailover.FAILOVER_SLOT) {
			return List.of();
		}
		ServerFacts server = context.server();
		SlotFacts slot = server.slot();
		if (server.version() < SINCE) {
			return List.of(violation(context, "PostgreSQL " + server.version() + " has no failover slots.",
					"Upgrade the server to PostgreSQL " + SINCE + " or later."));
		}
		if (slot == null || slot.failover() || slot.plugin() == null) {
			return List.of();
		}
		return List.of(violation(context, "it was created without failover, so that no standby gets it.",
				"Stop whoever reads the slot and run in a shell: psql '" + connection(context)
						+ " replication=database' -c 'ALTER_REPLICATION_SLOT " + context.slotName()
						+ " (FAILOVER true);'"));
	}

	private static final int SINCE = 17;

	/**
	 * The id under which a false declaration is refused: that of the rule which relies on
	 * it, where one does.
	 */
	static String idFor(CheckContext context) {
		return context.engine().offsetMismatchStrategy().believesSlotAhead() ? "slot-authority-without-surviving-slot"
				: "survives-failover";
	}

	private static Violation violation(CheckContext context, String problem, String cure) {
		SettingNames settings = context.settings();
		return settings.violation(idFor(context),
				settings.with("slot.survives-failover", SurvivesFailover.FAILOVER_SLOT)
						+ " is not so for replication slot '" + context.slotName() + "': " + problem + " "
						+ consequence(context),
				cure + " Or set " + settings.name("slot.survives-failover") + "=no.", "slot.survives-failover");
	}

	static String consequence(CheckContext context) {
		return context.engine().offsetMismatchStrategy().believesSlotAhead()
				? "After a failover the changes until it is created anew would be skipped, because "
						+ context.settings().strategy() + " takes the slot for the truth."
				: "After a failover it would be gone.";
	}

	private static String connection(CheckContext context) {
		EngineSettings.Connection connection = context.engine().connection();
		return "host=" + connection.hosts().replaceAll(":\\d+", "") + " port=" + connection.port() + " dbname="
				+ connection.database();
	}

}
