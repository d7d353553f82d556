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

package io.github.cdcspring.internal.debezium;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

import io.debezium.engine.DebeziumEngine.Signal;
import io.github.cdcspring.CdcException;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.support.LogSafe;

/**
 * Existing rows of some tables, to be read in chunks while changes are received.
 *
 * @param tables the tables
 * @see <a href=
 * "https://debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-incremental-snapshots">Debezium:
 * incremental snapshots</a>
 */
record IncrementalSnapshot(Set<TableId> tables) {

	private static final String UNFIT = """
			SELECT t.nspname || '.' || t.relname, NOT has_table_privilege(c.oid, 'SELECT')
			FROM unnest(?::text[], ?::text[]) t (nspname, relname)
				LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = t.nspname
				LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = t.relname
			WHERE c.oid IS NULL OR NOT has_table_privilege(c.oid, 'SELECT')
				OR NOT EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)""";

	IncrementalSnapshot {
		tables = Set.copyOf(tables);
	}

	/**
	 * Find the tables among those that an engine captures.
	 * @param names tables with or without their schema
	 * @param captured what the engine captures
	 * @throws CdcException if one is not captured, or there is none
	 */
	static IncrementalSnapshot of(Collection<String> names, Set<TableId> captured) {
		Set<TableId> tables = new LinkedHashSet<>();
		for (String name : names) {
			List<TableId> named = captured.stream()
				.filter((table) -> table.toString().equals(name) || table.name().equals(name))
				.toList();
			if (named.size() != 1) {
				throw new CdcException(
						"'" + LogSafe.of(name) + "' " + (named.isEmpty() ? "is no table" : "is not the one table")
								+ " that is listened to. There are "
								+ captured.stream().map(TableId::toString).collect(Collectors.joining(", ")) + ".");
			}
			tables.add(named.get(0));
		}
		if (tables.isEmpty()) {
			throw new CdcException("No table is named. Name those whose existing rows are to be read.");
		}
		return new IncrementalSnapshot(tables);
	}

	/**
	 * Debezium would pass over such a table with a line in the log.
	 * @throws CdcException if the rows of a table cannot be read in chunks
	 */
	void check(Connection connection) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(UNFIT)) {
			statement.setArray(1, names(connection, this.tables.stream().map(TableId::schema).toList()));
			statement.setArray(2, names(connection, this.tables.stream().map(TableId::name).toList()));
			try (ResultSet unfit = statement.executeQuery()) {
				if (unfit.next()) {
					throw new CdcException("Table " + unfit.getString(1)
							+ (unfit.getBoolean(2) ? " cannot be read by the engine's role. Grant it SELECT."
									: " has no primary key, by which its rows could be read in chunks. Add one."));
				}
			}
		}
	}

	private static Array names(Connection connection, List<String> names) throws SQLException {
		return connection.createArrayOf("text", names.toArray());
	}

	/** In Debezium's words. */
	Signal signal() {
		String data = this.tables.stream()
			.map(DebeziumConfiguration::expression)
			.map((table) -> '"' + table.replace("\\", "\\\\") + '"')
			.collect(Collectors.joining(",", "{\"type\":\"incremental\",\"data-collections\":[", "]}"));
		return new Signal(UUID.randomUUID().toString(), "execute-snapshot", data, Map.of());
	}

	@Override
	public String toString() {
		return this.tables.stream().map(TableId::toString).sorted().collect(Collectors.joining(", "));
	}

}
