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

/**
 * A slot is taken for the truth that is dropped at each stop.
 */
final class SlotAuthorityWithDroppedSlot implements SettingsRule {

	@Override
	public String id() {
		return "slot-authority-with-dropped-slot";
	}

	@Override
	public String risk() {
		return "Changes made while the application is down are skipped.";
	}

	@Override
	public List<Violation> check(EngineSettings engine, Collection<EngineSettings> earlier) {
		if (!engine.offsetMismatchStrategy().believesSlotAhead() || !SlotDroppedOnStop.isSet(engine)) {
			return List.of();
		}
		SettingNames settings = new SettingNames(engine);
		return List.of(settings.violation(id(), settings.strategy() + " takes " + settings.slot()
				+ " for the truth, but " + settings.with("debezium.slot.drop.on.stop", "true")
				+ " drops it at each stop: the next one begins where the server is then, and the changes made while the application was down would be skipped.",
				"Remove " + settings.name("debezium.slot.drop.on.stop") + ".", "offset-mismatch-strategy",
				"debezium.slot.drop.on.stop"));
	}

}
