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

package io.github.cdcspring.internal.startup;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.row.PostgresType;
import io.github.cdcspring.internal.row.TableColumn;

/**
 * Reads the columns of tables.
 */
public final class ColumnsReader {

	private static final Duration TIMEOUT = Duration.ofSeconds(5);

	// A domain has the type of its base, whose length it may limit
	private static final String QUERY = """
			WITH RECURSIVE columns AS (
				SELECT n.nspname, c.relname, a.attnum, a.attname, a.atttypid AS declared_type,
					a.atttypid AS type, a.atttypmod AS modifier
				FROM unnest(?::text[], ?::text[]) t (schema_name, name)
					JOIN pg_catalog.pg_namespace n ON n.nspname = t.schema_name
					JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = t.name
					JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
				UNION ALL
				SELECT c.nspname, c.relname, c.attnum, c.attname, c.declared_type, d.typbasetype,
					CASE WHEN d.typtypmod >= 0 THEN d.typtypmod ELSE c.modifier END
				FROM columns c JOIN pg_catalog.pg_type d ON d.oid = c.type
				WHERE d.typtype = 'd')
			SELECT c.*, d.typname AS declared, t.typname, t.typinput = 'pg_catalog.array_in'::regproc AS is_array, EXISTS (
				SELECT FROM pg_catalog.pg_depend p JOIN pg_catalog.pg_extension e ON e.oid = p.refobjid
				WHERE p.classid = 'pg_catalog.pg_type'::regclass AND p.refclassid = 'pg_catalog.pg_extension'::regclass
					AND p.deptype = 'e' AND e.extname = 'hstore' AND p.objid IN (t.oid, t.typelem)) AS hstore
			FROM columns c
				JOIN pg_catalog.pg_type t ON t.oid = c.type
				JOIN pg_catalog.pg_type d ON d.oid = c.declared_type
			WHERE t.typtype <> 'd'
			ORDER BY c.nspname, c.relname, c.attnum""";

	private ColumnsReader() {
	}

	/**
	 * Read the columns of tables, and add them to the tables in their order.
	 * @param tables the tables
	 * @param connection a connection to the source database
	 * @throws SQLException if they cannot be read
	 */
	public static void readColumns(List<CapturedTable> tables, Connection connection) throws SQLException {
		if (tables.isEmpty()) {
			return;
		}
		Map<TableId, CapturedTable> byName = tables.stream()
			.collect(Collectors.toMap(CapturedTable::table, Function.identity()));
		try (PreparedStatement statement = connection.prepareStatement(QUERY)) {
			statement.setQueryTimeout((int) TIMEOUT.toSeconds());
			statement.setArray(1, names(tables, TableId::schema, connection));
			statement.setArray(2, names(tables, TableId::name, connection));
			try (ResultSet rows = statement.executeQuery()) {
				while (rows.next()) {
					CapturedTable table = byName.get(new TableId(rows.getString("nspname"), rows.getString("relname")));
					if (table != null) {
						table.columns().all().add(column(rows));
					}
				}
			}
		}
	}

	private static Array names(List<CapturedTable> tables, Function<TableId, String> part, Connection connection)
			throws SQLException {
		return connection.createArrayOf("text", tables.stream().map(CapturedTable::table).map(part).toArray());
	}

	private static TableColumn column(ResultSet row) throws SQLException {
		int oid = (int) row.getLong("type");
		PostgresType type = PostgresType.of(oid, row.getString("typname"), row.getBoolean("is_array"),
				row.getInt("modifier"), row.getBoolean("hstore"));
		return new TableColumn(row.getString("attname"), row.getString("declared"), oid, type);
	}

}
