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
import io.github.cdcspring.internal.support.SqlQuoting;
import org.jspecify.annotations.Nullable;

/**
 * A slot that the server has given up on.
 */
final class SlotLostCheck implements ServerCheck {

	@Override
	public String id() {
		return "slot-lost";
	}

	@Override
	public @Nullable String risk() {
		return null;
	}

	@Override
	public List<Violation> check(CheckContext context) {
		SlotFacts slot = context.server().slot();
		if (slot == null || slot.lost() == null) {
			return List.of();
		}
		SettingNames settings = context.settings();
		return List.of(settings.violation(id(),
				"The server has invalidated replication slot '" + context.slotName() + "' (" + slot.lost()
						+ "): the changes since its position cannot be read any more.",
				"Run: SELECT pg_drop_replication_slot(" + SqlQuoting.literal(context.slotName())
						+ "); remove the stored position of engine '" + context.engine().name() + "', and start with "
						+ settings.name("snapshot.mode") + "=initial, which reads all rows again. "
						+ prevention(slot.lost()),
				"slot.name"));
	}

	private static String prevention(String reason) {
		return switch (reason) {
			case "rows_removed" -> "To keep it from happening again, set hot_standby_feedback = on.";
			case "wal_level_insufficient" -> "To keep it from happening again, leave wal_level at 'logical'.";
			case "idle_timeout" -> "To keep it from happening again, raise idle_replication_slot_timeout.";
			default -> "To keep it from happening again, raise max_slot_wal_keep_size.";
		};
	}

}
