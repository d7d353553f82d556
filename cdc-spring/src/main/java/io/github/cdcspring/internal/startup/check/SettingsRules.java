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
 * Judges the settings of all engines together, before anything is connected to.
 *
 */
public final class SettingsRules {

	static final List<SettingsRule> RULES = List.of(new DriverFlushWithoutSlotAuthority(),
			new SlotAuthorityWithoutSurvivingSlot(), new SlotAuthorityWithDroppedSlot(), new SlotDroppedOnStop(),
			new ManualWithoutFlusher(), new MemoryWithSnapshot(), new OffsetAuthorityWithoutDurableOffset(),
			new DriverFlushWithoutHeartbeat(), new ConnectorFlushWithoutHeartbeat(), new WhenNeededWithSlotAuthority(),
			new SnapshotAlways(), new SharedPosition(), new EphemeralOffsetFile());

	private SettingsRules() {
	}

	/**
	 * Judge engines. What is accepted is logged with its risk.
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
			CheckResult checkResult = CheckResult.on(engine, violations(engine, earlier));
			checkResult.logAccepted(engine);
			accepted.put(engine.name(), checkResult.accepted());
			if (!checkResult.refused().isEmpty()) {
				refused.put(engine.name(), checkResult.refused());
			}
			earlier.add(engine);
		}
		if (!refused.isEmpty()) {
			throw new StartRefusedException(refused);
		}
		return accepted;
	}

	private static List<Violation> violations(EngineSettings engine, Collection<EngineSettings> earlier) {
		return RULES.stream().flatMap((rule) -> rule.check(engine, earlier).stream()).toList();
	}

}
