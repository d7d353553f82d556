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

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;

import javax.sql.DataSource;

/**
 * Count and sum of one table.
 *
 * @param rows the count
 * @param sum the sum of the table's balance
 */
record Totals(long rows, BigDecimal sum) {

	static Map<LedgerTable, Totals> ofSource(DataSource source) throws SQLException {
		return read(source, false);
	}

	static Map<LedgerTable, Totals> ofMirror(DataSource mirror) throws SQLException {
		return read(mirror, true);
	}

	private static Map<LedgerTable, Totals> read(DataSource database, boolean mirror) throws SQLException {
		Map<LedgerTable, Totals> totals = new LinkedHashMap<>();
		try (Connection connection = database.getConnection(); Statement statement = connection.createStatement()) {
			for (LedgerTable table : LedgerTable.ALL) {
				try (ResultSet result = statement.executeQuery("SELECT count(*), coalesce(sum(%s), 0)::numeric FROM %s"
					.formatted(table.sum(), mirror ? table.inMirror() : table.name()))) {
					result.next();
					totals.put(table, new Totals(result.getLong(1), result.getBigDecimal(2)));
				}
			}
		}
		return totals;
	}

}
