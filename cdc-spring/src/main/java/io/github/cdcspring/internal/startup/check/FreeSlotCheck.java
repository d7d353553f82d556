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
import org.jspecify.annotations.Nullable;

/**
 * A slot that is to be created needs room.
 */
final class FreeSlotCheck implements ServerCheck {

	@Override
	public String id() {
		return "replication-slots";
	}

	@Override
	public @Nullable String risk() {
		return null;
	}

	@Override
	public List<Violation> check(CheckContext context) {
		ServerFacts server = context.server();
		if (server.slot() != null || server.slots() < server.maxSlots()) {
			return List.of();
		}
		return List.of(new Violation(id(),
				"Replication slot '" + context.slotName()
						+ "' does not exist yet, and there is no room for it: max_replication_slots is "
						+ server.maxSlots() + ", and there are " + server.slots() + ".",
				"Run: ALTER SYSTEM SET max_replication_slots = " + (server.maxSlots() + 1)
						+ "; and restart the server. Or drop a slot that nobody needs: SELECT slot_name, active, restart_lsn "
						+ "FROM pg_replication_slots; shows them."));
	}

}
