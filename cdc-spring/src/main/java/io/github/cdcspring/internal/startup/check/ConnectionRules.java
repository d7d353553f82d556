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

import io.github.cdcspring.internal.startup.Steps;
import io.github.cdcspring.internal.support.LogSafe;

/**
 * Rules on the connection.
 */
final class ConnectionRules {

	static final SafetyRule<SettingsContext> DATABASE_NAME = SafetyRule.strict("database-name",
			ConnectionRules::databaseName);

	private ConnectionRules() {
	}

	/** Debezium puts the name into a URL as it is, which the driver then decodes. */
	private static void databaseName(SettingsContext context, Findings findings) {
		String database = context.engine().connection().database();
		if (database.chars().anyMatch((c) -> "%+/?".indexOf(c) >= 0)) {
			findings.add(
					"The database is named " + LogSafe.quoted(database) + ". Debezium cannot connect to a database "
							+ "with '%', '+', '/' or '?' in its name, because it does not encode the name in its URL.",
					new Steps().sql("Rename the database: run ", "ALTER DATABASE … RENAME TO …;")
						.text("Then set " + context.settings().name("connection.url") + " to the new name."),
					"connection.url", "connection.database");
		}
	}

}
