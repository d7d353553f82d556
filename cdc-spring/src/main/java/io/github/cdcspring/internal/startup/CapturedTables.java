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
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;

import io.github.cdcspring.TableId;
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.listener.ListenerEndpoint;
import io.github.cdcspring.internal.listener.TablePattern;
import io.github.cdcspring.internal.support.LogSafe;

/**
 * The tables that the listeners of an engine name, as the server has them.
 *
 * @param tables the tables
 * @param fullIdentity those of them whose whole row before a change is sent
 */
public record CapturedTables(Set<TableId> tables, Set<TableId> fullIdentity) {

	private static final String QUERY = """
			SELECT p.place, n.nspname, c.relname, c.relreplident = 'f'
			FROM unnest(?::text[], ?::text[], ?::boolean[]) WITH ORDINALITY p (schema_like, name_like, exact, place)
				JOIN pg_catalog.pg_namespace n ON n.nspname LIKE p.schema_like
				JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname LIKE p.name_like
			WHERE c.relkind IN ('r', 'p') AND c.relpersistence = 'p'
			AND (p.exact OR n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%'
				AND NOT c.relispartition)""";

	/**
	 * Look the tables up, in one round trip.
	 * @param violations takes what is wrong where a listener names a table that is not
	 * there
	 */
	static CapturedTables of(Collection<ListenerEndpoint> endpoints, Connection connection,
			Consumer<Violation> violations) throws SQLException {
		List<TablePattern> patterns = endpoints.stream().flatMap((endpoint) -> endpoint.tables().stream()).toList();
		CapturedTables captured = new CapturedTables(new TreeSet<>(), new TreeSet<>());
		Set<Integer> found = captured.add(patterns, connection);
		int place = 0;
		for (ListenerEndpoint endpoint : endpoints) {
			for (TablePattern pattern : endpoint.tables()) {
				if (!found.contains(++place)) {
					violations.accept(new Violation("unknown-table",
							"The " + endpoint.describe() + " listens to '" + LogSafe.of(pattern) + "', but database '"
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
	 * @return the places of the patterns that a table was found for, from 1 on
	 */
	private Set<Integer> add(List<TablePattern> patterns, Connection connection) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(QUERY)) {
			statement.setArray(1, array("text", patterns, TablePattern::schemaLike, connection));
			statement.setArray(2, array("text", patterns, TablePattern::nameLike, connection));
			statement.setArray(3, array("bool", patterns, TablePattern::isExact, connection));
			try (ResultSet result = statement.executeQuery()) {
				Set<Integer> found = new HashSet<>();
				while (result.next()) {
					found.add(result.getInt(1));
					TableId table = new TableId(result.getString(2), result.getString(3));
					this.tables.add(table);
					if (result.getBoolean(4)) {
						this.fullIdentity.add(table);
					}
				}
				return found;
			}
		}
	}

	private static Array array(String type, List<TablePattern> patterns, Function<TablePattern, Object> value,
			Connection connection) throws SQLException {
		return connection.createArrayOf(type, patterns.stream().map(value).toArray());
	}

}
