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

import io.github.cdcspring.internal.startup.ReplicationSlot;
import io.github.cdcspring.internal.startup.SettingNames;
import io.github.cdcspring.internal.startup.Steps;
import io.github.cdcspring.settings.EngineSettings;

/**
 * Rules on strategies that trust the slot, and on slots that do not last.
 */
final class SlotAuthorityRules {

	static final SafetyRule<SettingsContext> WITHOUT_SURVIVING_SLOT = SafetyRule.acceptable(
			"slot-authority-without-surviving-slot",
			"After a failover the slot may be recreated, and the changes in between are skipped.",
			SlotAuthorityRules::withoutSurvivingSlot);

	static final SafetyRule<SettingsContext> WITH_DROPPED_SLOT = SafetyRule.acceptable(
			"slot-authority-with-dropped-slot", "Changes made while the application is down are skipped.",
			SlotAuthorityRules::withDroppedSlot);

	static final SafetyRule<SettingsContext> SLOT_DROPPED_ON_STOP = SafetyRule.acceptable("slot-dropped-on-stop",
			"Changes made while the application is down are lost, or the next start is refused.",
			SlotAuthorityRules::slotDroppedOnStop);

	static final SafetyRule<SettingsContext> WHEN_NEEDED = SafetyRule.acceptable("when-needed-with-slot-authority",
			"Changes are skipped where a snapshot was expected to replace them.", SlotAuthorityRules::whenNeeded);

	private static final String DROP_ON_STOP = "slot.drop.on.stop";

	private SlotAuthorityRules() {
	}

	private static void withoutSurvivingSlot(SettingsContext context, Findings findings) {
		SettingNames settings = context.settings();
		EngineSettings engine = context.engine();
		if (engine.offsetMismatchStrategy().trustsSlotAhead() && !engine.slot().survivesFailover().isDeclared()) {
			findings.add(settings.strategy() + " trusts " + settings.slot() + ", but with "
					+ settings.with("slot.survives-failover", engine.slot().survivesFailover())
					+ " the slot may be gone after a failover. A recreated slot begins at the server's current position, "
					+ "so the changes in between would be skipped.",
					new Steps().text("Make the slot survive a failover and declare how: set "
							+ settings.name("slot.survives-failover")
							+ " to failover_slot (PostgreSQL 17 or later, with a standby that synchronizes slots) or "
							+ "to patroni (a permanent slot).")
						.or()
						.text("Or set " + settings.name("offset-mismatch-strategy")
								+ " to no_validation or trust_offset."),
					"offset-mismatch-strategy", "slot.survives-failover");
		}
	}

	private static void withDroppedSlot(SettingsContext context, Findings findings) {
		SettingNames settings = context.settings();
		EngineSettings engine = context.engine();
		if (engine.offsetMismatchStrategy().trustsSlotAhead() && isSlotDroppedOnStop(engine)) {
			findings.add(settings.strategy() + " trusts " + settings.slot() + ", but " + dropOnStop(settings)
					+ " drops it at each stop. The next slot begins at the server's current position, so changes "
					+ "made while the application is down would be skipped.",
					"Remove " + settings.name("debezium." + DROP_ON_STOP) + ".", "offset-mismatch-strategy",
					"debezium." + DROP_ON_STOP);
		}
	}

	private static void slotDroppedOnStop(SettingsContext context, Findings findings) {
		SettingNames settings = context.settings();
		EngineSettings engine = context.engine();
		if (isSlotDroppedOnStop(engine)) {
			findings.add(dropOnStop(settings) + " drops " + settings.slot()
					+ " at each stop, so the server keeps no changes while the application is down. They are lost, or "
					+ "the next start finds an offset without its slot and is refused.",
					new Steps().text("Remove " + settings.name("debezium." + DROP_ON_STOP) + ".")
						.sql("To drop a slot that is no longer needed, run once: ",
								new ReplicationSlot(engine).dropStatement()),
					"debezium." + DROP_ON_STOP);
		}
	}

	private static void whenNeeded(SettingsContext context, Findings findings) {
		SettingNames settings = context.settings();
		EngineSettings engine = context.engine();
		if (engine.snapshotMode().replacesMissingChanges() && engine.offsetMismatchStrategy().trustsSlotAhead()) {
			findings.add(settings.snapshotMode() + " reads all rows again when changes are missing, but "
					+ settings.strategy()
					+ " moves the offset to a slot that is ahead. The snapshot that would replace the skipped changes "
					+ "is never taken.",
					new Steps().setting(
							"Set " + settings.name("offset-mismatch-strategy")
									+ " to no_validation or trust_offset, or set ",
							settings.name("snapshot.mode") + "=initial", "."),
					"snapshot.mode", "offset-mismatch-strategy");
		}
	}

	private static String dropOnStop(SettingNames settings) {
		return settings.with("debezium." + DROP_ON_STOP, "true");
	}

	/** As Debezium parses it. */
	private static boolean isSlotDroppedOnStop(EngineSettings engine) {
		return Boolean.parseBoolean(engine.debezium().getOrDefault(DROP_ON_STOP, "").trim());
	}

}
