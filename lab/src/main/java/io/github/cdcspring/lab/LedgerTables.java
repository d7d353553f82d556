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

package io.github.cdcspring.lab;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

import io.github.cdcspring.testsupport.TestDatabase;
import io.github.cdcspring.testsupport.TpcbClient;

/**
 * The tables that the ledger sample listens to, with few rows.
 */
final class LedgerTables {

	private static final int ACCOUNTS = 100;

	private LedgerTables() {
	}

	static void create(TestDatabase database) throws SQLException {
		try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
			TpcbClient.createTables(connection, 1, ACCOUNTS);
			statement.execute("CREATE TABLE ledger_extra (id int PRIMARY KEY, note text, amount numeric(12, 2), "
					+ "changed_at timestamptz DEFAULT clock_timestamp())");
		}
	}

}
