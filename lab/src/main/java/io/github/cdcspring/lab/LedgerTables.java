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

	/** The table that the lab writes to; its amount counts the changes of the row. */
	static final String EXTRA = "ledger_extra";

	/** Writes a row and changes those before it. */
	static final String WRITE = "INSERT INTO ledger_extra (id, note, amount) VALUES (:n, 'lab', 1); "
			+ "UPDATE ledger_extra SET amount = amount + 1 WHERE id BETWEEN :n - 3 AND :n - 1";

	private static final int ACCOUNTS = 100;

	private LedgerTables() {
	}

	/**
	 * Prepare everything for a least-privilege role, as the documentation describes it.
	 * @param publication the publication's name
	 */
	static void grant(TestDatabase database, String publication, String role, String password) {
		database.execute("CREATE ROLE " + role + " WITH LOGIN REPLICATION PASSWORD '" + password + "'",
				"GRANT CONNECT ON DATABASE " + database.name() + " TO " + role,
				"GRANT USAGE ON SCHEMA public TO " + role,
				"GRANT SELECT ON pgbench_accounts, pgbench_branches, pgbench_tellers, pgbench_history, ledger_extra TO "
						+ role,
				"CREATE SCHEMA " + role + " AUTHORIZATION " + role);
		publish(database, publication);
	}

	/** Create the publication. */
	static void publish(TestDatabase database, String name) {
		database.execute("CREATE PUBLICATION " + name + " FOR TABLE pgbench_accounts, pgbench_branches, "
				+ "pgbench_tellers, pgbench_history, ledger_extra WITH (publish_via_partition_root = true)");
	}

	static void create(TestDatabase database) throws SQLException {
		try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
			TpcbClient.createTables(connection, 1, ACCOUNTS);
			statement.execute("CREATE TABLE ledger_extra (id int PRIMARY KEY, note text, amount numeric(12, 2), "
					+ "changed_at timestamptz DEFAULT clock_timestamp())");
		}
	}

}
