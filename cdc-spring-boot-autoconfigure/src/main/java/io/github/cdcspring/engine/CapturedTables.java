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

package io.github.cdcspring.engine;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

import io.github.cdcspring.TableId;
import io.github.cdcspring.listener.ListenerEndpoint;
import io.github.cdcspring.listener.TablePattern;
import io.github.cdcspring.safety.Violation;

/**
 * The tables that the listeners of an engine name, as the server has them.
 *
 * @param tables the tables
 * @param fullIdentity those of them whose whole row before a change is sent
 */
record CapturedTables(Set<TableId> tables, Set<TableId> fullIdentity) {

	private static final String QUERY = """
			SELECT n.nspname, c.relname, c.relreplident = 'f'
			FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
			WHERE c.relkind IN ('r', 'p') AND c.relpersistence = 'p' AND n.nspname LIKE ? AND c.relname LIKE ?
			AND (? OR n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%'
				AND NOT c.relispartition)""";

	/**
	 * Look the tables up.
	 * @param violations takes what is wrong where a listener names a table that is not
	 * there
	 */
	static CapturedTables of(Collection<ListenerEndpoint> endpoints, Connection connection,
			Consumer<Violation> violations) throws SQLException {
		CapturedTables captured = new CapturedTables(new TreeSet<>(), new TreeSet<>());
		for (ListenerEndpoint endpoint : endpoints) {
			for (TablePattern pattern : endpoint.tables()) {
				if (!captured.add(pattern, connection)) {
					violations.accept(new Violation("unknown-table",
							"The " + endpoint.describe() + " listens to '" + pattern + "', but database '"
									+ connection.getCatalog() + "' has no such table that is permanent and readable.",
							"Create the table before the application starts, or mend the name: it is written as "
									+ "PostgreSQL stores it, 'table' or 'schema.table'."));
				}
			}
		}
		return captured;
	}

	/**
	 * A partition is published through its parent, unless it is named itself.
	 */
	private boolean add(TablePattern pattern, Connection connection) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(QUERY)) {
			statement.setString(1, pattern.schemaLike());
			statement.setString(2, pattern.nameLike());
			statement.setBoolean(3, pattern.isExact());
			try (ResultSet result = statement.executeQuery()) {
				boolean found = false;
				while (result.next()) {
					found = true;
					TableId table = new TableId(result.getString(1), result.getString(2));
					this.tables.add(table);
					if (result.getBoolean(3)) {
						this.fullIdentity.add(table);
					}
				}
				return found;
			}
		}
	}

}
