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

import io.github.cdcspring.internal.startup.SettingNames;
import io.github.cdcspring.internal.startup.Steps;

/**
 * Rules on snapshot modes that lose changes.
 */
final class SnapshotModeRules {

	static final SafetyRule<SettingsContext> ALWAYS = SafetyRule.acceptable("snapshot-always",
			"Each start and reconnect skips the changes since the stored offset.", SnapshotModeRules::always);

	private SnapshotModeRules() {
	}

	/** Debezium streams from the current WAL position after each snapshot. */
	private static void always(SettingsContext context, Findings findings) {
		SettingNames settings = context.settings();
		if (context.engine().snapshotMode().readsDataAtEachStart()) {
			findings.add(
					settings.snapshotMode() + " streams from the current WAL position after each snapshot, at each "
							+ "reconnect too. The changes since the stored offset are never delivered: deleted rows "
							+ "stay, and updates arrive only as rows that were read.",
					new Steps().setting("Set ", settings.name("snapshot.mode") + "=initial", ".")
						.text("To read rows again, request a snapshot while the engine runs."),
					"snapshot.mode");
		}
	}

}
