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

import java.util.Collection;
import java.util.List;

import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.SurvivesFailover;

/**
 * A slot is taken for the truth that may be gone after a failover.
 */
final class SlotAuthorityWithoutSurvivingSlot implements SettingsRule {

	@Override
	public String id() {
		return "slot-authority-without-surviving-slot";
	}

	@Override
	public String risk() {
		return "After a failover the slot may begin anew, and the changes in between are skipped.";
	}

	@Override
	public List<Violation> check(EngineSettings engine, Collection<EngineSettings> earlier) {
		if (!engine.offsetMismatchStrategy().believesSlotAhead()
				|| engine.slot().survivesFailover() != SurvivesFailover.NO) {
			return List.of();
		}
		SettingNames settings = new SettingNames(engine);
		return List.of(settings.violation(id(), settings.strategy() + " takes " + settings.slot()
				+ " for the truth, but with " + settings.with("slot.survives-failover", "no")
				+ " it may be gone after a failover: one that is created anew begins where the server is then, and the changes in between would be skipped.",
				"Make the slot survive and declare how: " + settings.name("slot.survives-failover")
						+ "=failover_slot (PostgreSQL 17 or later, with a standby that synchronizes slots) or patroni (a permanent slot). Else set "
						+ settings.name("offset-mismatch-strategy") + " to no_validation or trust_offset.",
				"offset-mismatch-strategy", "slot.survives-failover"));
	}

}
