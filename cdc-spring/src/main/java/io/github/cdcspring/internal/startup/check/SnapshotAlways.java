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
 * With {@code always}, Debezium streams from the current WAL position after each
 * snapshot, not from the stored offset.
 */
final class SnapshotAlways implements SettingsRule {

	@Override
	public String id() {
		return "snapshot-always";
	}

	@Override
	public String risk() {
		return "Each start and reconnect skips the changes since the stored offset.";
	}

	@Override
	public List<Violation> check(EngineSettings engine, Collection<EngineSettings> earlier) {
		if (engine.snapshotMode() != SnapshotMode.ALWAYS) {
			return List.of();
		}
		SettingNames settings = new SettingNames(engine);
		return List.of(settings.violation(id(), settings.with("snapshot.mode", engine.snapshotMode())
				+ " streams from the current WAL position after each snapshot, at each reconnect too. The changes "
				+ "since the stored offset are never delivered: deleted rows stay, and updates arrive only as rows "
				+ "that were read.",
				"Set " + settings.name("snapshot.mode")
						+ "=initial. To read rows again, request a snapshot while the engine runs.",
				"snapshot.mode"));
	}

}
