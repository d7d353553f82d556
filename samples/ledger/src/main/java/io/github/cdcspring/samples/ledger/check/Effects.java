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

package io.github.cdcspring.samples.ledger.check;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

import javax.sql.DataSource;

/**
 * What the application did that must be done once.
 *
 * @param count how many effects there are
 * @param twice how many of them are there a second time
 * @param missing keys whose last change, as the mirror has it, has no effect
 */
record Effects(long count, long twice, long missing) {

	static final String CREATE = "CREATE TABLE ledger_effect (table_name text NOT NULL, key int NOT NULL, "
			+ "transaction_id bigint NOT NULL, lsn bigint NOT NULL, operation text NOT NULL)";

	static Effects read(DataSource source, DataSource mirror) throws SQLException {
		try (Connection connection = source.getConnection(); Statement statement = connection.createStatement()) {
			long count = number(statement, "SELECT count(*) FROM ledger_effect");
			long different = number(statement, "SELECT count(*) FROM (SELECT DISTINCT * FROM ledger_effect) e");
			Map<String, Long> last = new HashMap<>();
			try (ResultSet result = statement.executeQuery(
					"SELECT table_name || ' ' || key, max(lsn) FROM ledger_effect GROUP BY table_name, key")) {
				while (result.next()) {
					last.put(result.getString(1), result.getLong(2));
				}
			}
			return new Effects(count, count - different, missing(mirror, last));
		}
	}

	private static long missing(DataSource mirror, Map<String, Long> last) throws SQLException {
		long missing = 0;
		try (Connection connection = mirror.getConnection(); Statement statement = connection.createStatement()) {
			for (LedgerTable table : LedgerTable.ALL) {
				if (table.key() == null) {
					continue;
				}
				try (ResultSet result = statement
					.executeQuery("SELECT '%s ' || %s, ledger_high FROM %s WHERE ledger_high > 0"
						.formatted(table.name(), table.key(), table.name()))) {
					while (result.next()) {
						missing += (last.getOrDefault(result.getString(1), 0L) < result.getLong(2)) ? 1 : 0;
					}
				}
			}
		}
		return missing;
	}

	private static long number(Statement statement, String sql) throws SQLException {
		try (ResultSet result = statement.executeQuery(sql)) {
			result.next();
			return result.getLong(1);
		}
	}

}
