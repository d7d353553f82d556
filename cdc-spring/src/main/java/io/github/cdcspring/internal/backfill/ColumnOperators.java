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

package io.github.cdcspring.internal.backfill;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

import io.github.cdcspring.CdcBackfill.Condition;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.support.SqlQuoting;
import org.jspecify.annotations.Nullable;

/**
 * The operators by which the columns of a table are compared. The session finds those of
 * the server's own types only. Those of other types, such as {@code citext}, are named
 * with their schema: without it, the server would compare such a column as text.
 */
final class ColumnOperators {

	/** The schema of the server's own operators. */
	static final String SERVER = "pg_catalog";

	/**
	 * The operators belong to the default operator class of the type, or of the type that
	 * a domain is based on.
	 */
	private static final String QUERY = """
			WITH RECURSIVE columns AS (
				SELECT a.attnum, a.attname, pg_catalog.format_type(a.atttypid, -1) AS declared, a.atttypid AS type
				FROM pg_catalog.pg_attribute a
				WHERE a.attrelid = ?::text::regclass AND a.attnum > 0 AND NOT a.attisdropped
				UNION ALL
				SELECT c.attnum, c.attname, c.declared, d.typbasetype
				FROM columns c JOIN pg_catalog.pg_type d ON d.oid = c.type AND d.typtype = 'd')
			SELECT c.attname, c.declared, pg_catalog.format_type(c.type, -1) AS base, (
				SELECT n.nspname FROM pg_catalog.pg_opclass oc
					JOIN pg_catalog.pg_am am ON am.oid = oc.opcmethod AND am.amname IN ('btree', 'hash')
					JOIN pg_catalog.pg_amop ao ON ao.amopfamily = oc.opcfamily
						AND ao.amopstrategy = CASE am.amname WHEN 'btree' THEN 3 ELSE 1 END
						AND ao.amoplefttype = oc.opcintype AND ao.amoprighttype = oc.opcintype
					JOIN pg_catalog.pg_operator o ON o.oid = ao.amopopr
					JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
				WHERE oc.opcintype = c.type AND oc.opcdefault
				ORDER BY am.amname LIMIT 1) AS operators
			FROM columns c JOIN pg_catalog.pg_type t ON t.oid = c.type AND t.typtype <> 'd'
			ORDER BY c.attnum""";

	private final Map<String, String> types = new HashMap<>();

	private final Map<String, String> bases = new HashMap<>();

	private final Map<String, String> schemas = new HashMap<>();

	private ColumnOperators() {
	}

	static ColumnOperators read(Connection connection, TableId table) throws SQLException {
		ColumnOperators operators = new ColumnOperators();
		try (PreparedStatement statement = connection.prepareStatement(QUERY)) {
			statement.setString(1, SqlQuoting.table(table));
			try (ResultSet rows = statement.executeQuery()) {
				while (rows.next()) {
					String schema = rows.getString("operators");
					operators.types.put(rows.getString("attname"), rows.getString("declared"));
					operators.bases.put(rows.getString("attname"), rows.getString("base"));
					operators.schemas.put(rows.getString("attname"), (schema != null) ? schema : SERVER);
				}
			}
		}
		return operators;
	}

	/** The name of the type of a column, {@code null} if there is no such column. */
	@Nullable String type(String column) {
		return this.types.get(column);
	}

	/** A condition as SQL, whose values are parameters. */
	String compare(Condition condition) {
		String column = SqlQuoting.identifier(condition.column());
		int values = condition.values().size();
		if (values == 0) {
			return column + " " + condition.operator();
		}
		String schema = this.schemas.getOrDefault(condition.column(), SERVER);
		boolean in = condition.operator().equals("in");
		if (schema.equals(SERVER)) {
			String right = in ? "(" + String.join(", ", Collections.nCopies(values, "?")) + ")" : "?";
			return column + " " + condition.operator() + " " + right;
		}
		String value = "CAST(? AS " + this.bases.get(condition.column()) + ")";
		String right = in ? "ANY (ARRAY[" + String.join(", ", Collections.nCopies(values, value)) + "])" : value;
		return column + " " + named(schema, in ? "=" : condition.operator()) + " " + right;
	}

	/** An operator that is found without the search path. */
	static String named(String schema, String operator) {
		return "OPERATOR(" + SqlQuoting.identifier(schema) + "." + operator + ")";
	}

}
