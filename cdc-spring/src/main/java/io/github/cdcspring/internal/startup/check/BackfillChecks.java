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

import io.github.cdcspring.internal.backfill.BackfillRequest;
import io.github.cdcspring.internal.startup.Steps;
import io.github.cdcspring.settings.SnapshotMode;

/**
 * Checks on reading existing rows alongside the stream.
 */
final class BackfillChecks {

	static final SafetyRule<CheckContext> SNAPSHOT = SafetyRule.strict("snapshot-backfill", BackfillChecks::snapshot);

	private BackfillChecks() {
	}

	private static void snapshot(CheckContext context, Findings findings) {
		if (!context.needs().snapshot() || context.engine().snapshotMode() != SnapshotMode.BACKFILL) {
			return;
		}
		int version = context.source().server().majorVersion();
		String mode = context.settings().snapshotMode();
		String initial = context.settings().name("snapshot.mode") + "=initial";
		if (version < BackfillRequest.MESSAGES_SINCE) {
			findings.add(
					mode + " marks the place of existing rows in the stream by logical messages, which PostgreSQL "
							+ version + " does not send. No existing row would be delivered.",
					new Steps().setting(
							"Upgrade the server to PostgreSQL " + BackfillRequest.MESSAGES_SINCE + " or later, or set ",
							initial, "."),
					"snapshot.mode");
		}
		else if (context.source().server().inRecovery()) {
			findings.add(mode
					+ " marks the place of existing rows in the stream by logical messages, which cannot be written "
					+ "on a standby. No existing row would be delivered.",
					new Steps().setting("Connect the engine to the primary, or set ", initial, "."), "snapshot.mode");
		}
	}

}
