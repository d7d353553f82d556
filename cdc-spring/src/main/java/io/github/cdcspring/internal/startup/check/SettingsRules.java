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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.settings.EngineSettings;

/**
 * Checks the settings of all engines together, before anything connects.
 */
public final class SettingsRules {

	static final List<SafetyRule<SettingsContext>> RULES = List.of(FlushModeRules.DRIVER_WITHOUT_SLOT_AUTHORITY,
			SlotAuthorityRules.WITHOUT_SURVIVING_SLOT, SlotAuthorityRules.WITH_DROPPED_SLOT,
			SlotAuthorityRules.SLOT_DROPPED_ON_STOP, FlushModeRules.MANUAL_WITHOUT_FLUSHER,
			OffsetStoreRules.MEMORY_WITH_SNAPSHOT, OffsetStoreRules.OFFSET_AUTHORITY_WITHOUT_DURABLE_OFFSET,
			FlushModeRules.DRIVER_WITHOUT_HEARTBEAT, FlushModeRules.CONNECTOR_WITHOUT_HEARTBEAT,
			SlotAuthorityRules.WHEN_NEEDED, SnapshotModeRules.ALWAYS, SharedPositionRule.RULE,
			OffsetStoreRules.EPHEMERAL_FILE, ConnectionRules.DATABASE_NAME);

	private SettingsRules() {
	}

	/**
	 * Check the engines. Log each accepted rule with its risk.
	 * @param engines the settings of all engines of the application
	 * @return the accepted risks by engine, an entry for each engine
	 * @throws StartRefusedException with every violation of every engine that is not
	 * accepted
	 */
	public static Map<String, List<AcceptedRisk>> check(Collection<EngineSettings> engines) {
		Map<String, List<AcceptedRisk>> accepted = new LinkedHashMap<>();
		Map<String, List<Violation>> refused = new LinkedHashMap<>();
		List<EngineSettings> earlier = new ArrayList<>();
		for (EngineSettings engine : engines) {
			CheckResult result = CheckResult.of(engine, violations(new SettingsContext(engine, earlier)));
			result.logAccepted(engine);
			accepted.put(engine.name(), result.accepted());
			if (!result.refused().isEmpty()) {
				refused.put(engine.name(), result.refused());
			}
			earlier.add(engine);
		}
		if (!refused.isEmpty()) {
			throw new StartRefusedException(refused);
		}
		return accepted;
	}

	private static List<Violation> violations(SettingsContext context) {
		return RULES.stream().flatMap((rule) -> rule.check(context).stream()).toList();
	}

}
