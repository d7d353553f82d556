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
import io.github.cdcspring.settings.SnapshotMode;

/**
 * The snapshot that would close a gap is never taken.
 */
final class WhenNeededWithSlotAuthority implements SettingsRule {

	@Override
	public String id() {
		return "when-needed-with-slot-authority";
	}

	@Override
	public String risk() {
		return "A gap is skipped where a snapshot was expected to close it.";
	}

	@Override
	public List<Violation> check(EngineSettings engine, Collection<EngineSettings> earlier) {
		if (engine.snapshotMode() != SnapshotMode.WHEN_NEEDED || !engine.offsetMismatchStrategy().believesSlotAhead()) {
			return List.of();
		}
		SettingNames settings = new SettingNames(engine);
		return List.of(settings.violation(id(), settings.with("snapshot.mode", engine.snapshotMode())
				+ " is to read all rows again where changes are missing, but " + settings.strategy()
				+ " moves the offset to a slot that is ahead: the snapshot that would close the gap is never taken.",
				"Set " + settings.name("offset-mismatch-strategy") + " to no_validation or trust_offset, or "
						+ settings.name("snapshot.mode") + "=initial.",
				"snapshot.mode", "offset-mismatch-strategy"));
	}

}
