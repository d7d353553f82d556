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

package io.github.cdcspring.internal.support;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import org.jspecify.annotations.Nullable;

/**
 * Where a table of the starter is, or would be created.
 *
 * @param schema the schema, {@code null} if the search path leads to none
 * @param usable whether the role may use the schema
 * @param present whether the table exists
 * @param database identifies the database among all servers
 */
record TablePlace(@Nullable String schema, boolean usable, boolean present, String database) {

	/** The start of the server tells servers apart, and every role may read it. */
	private static final String DATABASE = "current_database() || '@' || extract(epoch FROM pg_postmaster_start_time())";

	private static final String PLACE = "SELECT n.nspname, has_schema_privilege(n.oid, 'USAGE') AS usable, EXISTS ("
			+ "SELECT FROM pg_catalog.pg_class c WHERE c.relnamespace = n.oid AND c.relname = ?) AS present"
			+ " FROM regexp_split_to_table(coalesce(?, current_setting('search_path')), '\\s*,\\s*')"
			+ " WITH ORDINALITY p (name, place) JOIN pg_catalog.pg_namespace n"
			+ " ON n.nspname = CASE btrim(p.name, '\"') WHEN '$user' THEN current_user::text ELSE btrim(p.name, '\"') END"
			+ " ORDER BY present DESC, place LIMIT 1";

	/**
	 * Find a table. An unqualified one is where it exists on the search path, or else in
	 * the first schema of the search path, which the role need not be able to use.
	 */
	static TablePlace find(TableName table, Connection connection) throws SQLException {
		String database = database(connection);
		try (PreparedStatement statement = connection.prepareStatement(PLACE)) {
			statement.setString(1, table.name());
			statement.setString(2, table.schema());
			try (ResultSet row = statement.executeQuery()) {
				return row.next() ? new TablePlace(row.getString(1), row.getBoolean("usable"),
						row.getBoolean("present"), database) : new TablePlace(null, false, false, database);
			}
		}
	}

	/**
	 * Identify the database of a connection.
	 */
	static String database(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement();
				ResultSet row = statement.executeQuery("SELECT " + DATABASE)) {
			row.next();
			return row.getString(1);
		}
	}

}
