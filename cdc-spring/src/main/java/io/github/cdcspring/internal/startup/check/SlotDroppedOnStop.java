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
import io.github.cdcspring.internal.support.SqlQuoting;
import io.github.cdcspring.settings.EngineSettings;

/**
 * The slot is dropped at each stop.
 */
final class SlotDroppedOnStop implements SettingsRule {

	@Override
	public String id() {
		return "slot-dropped-on-stop";
	}

	@Override
	public String risk() {
		return "Changes made while the application is down are lost, or the next start is refused.";
	}

	@Override
	public List<Violation> check(EngineSettings engine, Collection<EngineSettings> earlier) {
		if (!isSet(engine)) {
			return List.of();
		}
		SettingNames settings = new SettingNames(engine);
		return List.of(settings.violation(id(), settings.with("debezium.slot.drop.on.stop", "true") + " drops "
				+ settings.slot()
				+ " at each stop: the server then keeps nothing for the time the application is down, so that the changes made meanwhile are lost, or the next start finds an offset without its slot and is refused.",
				"Remove " + settings.name("debezium.slot.drop.on.stop")
						+ ". To be rid of a slot that nobody needs any more, run once: SELECT pg_drop_replication_slot("
						+ SqlQuoting.literal(engine.slot().name()) + ");",
				"debezium.slot.drop.on.stop"));
	}

	/** As Debezium reads it. */
	static boolean isSet(EngineSettings engine) {
		return Boolean.parseBoolean(engine.debezium().getOrDefault("slot.drop.on.stop", "").trim());
	}

}
