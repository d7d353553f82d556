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
import io.github.cdcspring.settings.SurvivesFailover;
import org.jspecify.annotations.Nullable;

/**
 * Without {@code synchronized_standby_slots}, the primary sends changes that no standby
 * has received yet.
 */
final class SynchronizedStandbyCheck implements ServerCheck {

	private static final int SINCE = 17;

	@Override
	public String id() {
		return "synchronized-standby-slots";
	}

	@Override
	public String risk() {
		return "After a failover, the engine may have processed changes that the new primary does not have.";
	}

	@Override
	public List<Violation> check(CheckContext context) {
		ServerFacts server = context.server();
		if (context.engine().slot().survivesFailover() != SurvivesFailover.FAILOVER_SLOT || server.version() < SINCE
				|| server.standby() || !isEmpty(server.synchronizedStandbySlots())) {
			return List.of();
		}
		SettingNames settings = context.settings();
		return List.of(settings.violation(id(), settings.with("slot.survives-failover", SurvivesFailover.FAILOVER_SLOT)
				+ " needs synchronized_standby_slots on the primary, which is empty. The engine can process "
				+ "changes before a standby has them. After a failover the stored offset is then not in the history "
				+ "of the new primary, and the start is refused.",
				"On the primary, name the physical slots of the standbys: ALTER SYSTEM SET synchronized_standby_slots = "
						+ "'…'; SELECT pg_reload_conf(); Or set " + settings.name("slot.survives-failover") + "=no.",
				"slot.survives-failover"));
	}

	private static boolean isEmpty(@Nullable String slots) {
		return slots == null || slots.isBlank();
	}

}
