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

package io.github.cdcspring.safety;

import java.util.List;

import io.github.cdcspring.settings.OffsetStoreType;

/**
 * Two applications may keep their positions in the same place, under the same key.
 */
final class ForeignPositionCheck implements ServerCheck {

	@Override
	public String id() {
		return SharedPosition.ID;
	}

	@Override
	public String risk() {
		return "The application goes on from a position of another slot.";
	}

	@Override
	public List<Violation> check(Subject subject) {
		String made = subject.needs().positionOfSlot();
		if (made == null || made.equals(subject.slotName())) {
			return List.of();
		}
		Settings settings = subject.settings();
		String place = place(subject.engine().offset().store());
		return List.of(settings.violation(id(),
				"The stored position of engine '" + subject.engine().name() + "' was made on replication slot '" + made
						+ "', and not on '" + subject.slotName()
						+ "': another application keeps its position in the same place, or "
						+ settings.name("slot.name") + " was changed.",
				"Give this application a place of its own with " + settings.name(place)
						+ ". If the slot was changed on purpose, remove the stored position and start with "
						+ settings.name("snapshot.mode") + "=initial, which reads all rows again.",
				"slot.name", place));
	}

	private static String place(OffsetStoreType store) {
		return (store == OffsetStoreType.FILE) ? "offset.file.path" : "offset.jdbc.table";
	}

}
