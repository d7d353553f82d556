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
import java.util.stream.Collectors;

import io.github.cdcspring.TableId;
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.support.SqlQuoting;
import org.jspecify.annotations.Nullable;

/**
 * Whoever reads existing rows needs the right to.
 */
final class SnapshotRightCheck implements ServerCheck {

	@Override
	public String id() {
		return "snapshot-right";
	}

	@Override
	public @Nullable String risk() {
		return null;
	}

	@Override
	public List<Violation> check(CheckContext context) {
		List<TableFacts> unreadable = context.server()
			.tables()
			.stream()
			.filter((table) -> !table.readable() || !table.schemaUsable())
			.toList();
		if (!context.needs().snapshot() || unreadable.isEmpty()) {
			return List.of();
		}
		SettingNames settings = context.settings();
		String role = context.server().role();
		List<TableId> tables = unreadable.stream().map(TableFacts::table).toList();
		return List.of(settings.violation(id(),
				"Role '" + role + "' may not read " + TableNames.tables(tables) + ", whose rows "
						+ settings.with("snapshot.mode", context.engine().snapshotMode()) + " is to read first.",
				"Run: " + grants(unreadable, SqlQuoting.identifier(role)) + " Or set " + settings.name("snapshot.mode")
						+ "=no_data.",
				"connection.username", "snapshot.mode"));
	}

	private static String grants(List<TableFacts> unreadable, String role) {
		String schemas = unreadable.stream()
			.filter((table) -> !table.schemaUsable())
			.map((table) -> SqlQuoting.identifier(table.table().schema()))
			.distinct()
			.collect(Collectors.joining(", "));
		List<TableId> tables = unreadable.stream().filter((table) -> !table.readable()).map(TableFacts::table).toList();
		return (schemas.isEmpty() ? "" : "GRANT USAGE ON SCHEMA " + schemas + " TO " + role + ";")
				+ ((schemas.isEmpty() || tables.isEmpty()) ? "" : " ")
				+ (tables.isEmpty() ? "" : "GRANT SELECT ON " + TableNames.sql(tables) + " TO " + role + ";");
	}

}
