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

import io.github.cdcspring.TableId;
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.support.SqlQuoting;

/**
 * Rows that are hidden from the role are missing in its snapshot.
 */
final class SnapshotRowSecurityCheck implements ServerCheck {

	@Override
	public String id() {
		return "snapshot-row-security";
	}

	@Override
	public String risk() {
		return "The snapshot leaves out the rows that are hidden from the role.";
	}

	@Override
	public List<Violation> check(CheckContext context) {
		List<TableId> hidden = context.server()
			.tables()
			.stream()
			.filter(TableFacts::rowSecurity)
			.map(TableFacts::table)
			.toList();
		if (!context.needs().snapshot() || hidden.isEmpty()) {
			return List.of();
		}
		SettingNames settings = context.settings();
		String role = context.server().role();
		return List.of(settings.violation(id(),
				"Row security hides rows of " + TableNames.tables(hidden) + " from role '" + role + "': "
						+ settings.with("snapshot.mode", context.engine().snapshotMode())
						+ " would leave them out, though their changes arrive later.",
				"Run as a superuser: ALTER ROLE " + SqlQuoting.identifier(role) + " WITH BYPASSRLS; Or set "
						+ settings.name("snapshot.mode") + "=no_data.",
				"connection.username", "snapshot.mode"));
	}

}
