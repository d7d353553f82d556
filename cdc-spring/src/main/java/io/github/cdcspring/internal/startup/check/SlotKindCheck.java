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
 * A slot of this name may be somebody else's.
 */
final class SlotKindCheck implements ServerCheck {

	@Override
	public String id() {
		return "slot-kind";
	}

	@Override
	public @Nullable String risk() {
		return null;
	}

	@Override
	public List<Violation> check(CheckContext context) {
		SlotFacts slot = context.server().slot();
		String foreign = (slot != null) ? foreign(slot, context.server().database()) : null;
		if (foreign == null) {
			return List.of();
		}
		SettingNames settings = context.settings();
		return List.of(settings.violation(id(),
				"Replication slot '" + context.slotName() + "' is not one that this engine can read: " + foreign + ".",
				"Set " + settings.name("slot.name") + " to a name that is free. Or, if nobody needs that slot, run: "
						+ "SELECT pg_drop_replication_slot(" + SqlQuoting.literal(context.slotName()) + ");",
				"slot.name"));
	}

	private static @Nullable String foreign(SlotFacts slot, String database) {
		if (slot.plugin() == null) {
			return "it is a physical one";
		}
		if (slot.temporary()) {
			return "it is a temporary one of another session";
		}
		if (!"pgoutput".equals(slot.plugin())) {
			return "its plugin is '" + slot.plugin() + "', and not 'pgoutput'";
		}
		return database.equals(slot.database()) ? null
				: "it belongs to database '" + slot.database() + "', and not '" + database + "'";
	}

}
