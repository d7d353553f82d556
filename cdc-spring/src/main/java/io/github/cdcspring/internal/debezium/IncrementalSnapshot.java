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
import io.github.cdcspring.internal.support.SqlQuoting;

/**
 * A request to read the existing rows of some tables in chunks alongside the stream.
 *
 * @param tables the tables
 * @see <a href=
 * "https://debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-incremental-snapshots">Debezium:
 * incremental snapshots</a>
 */
record IncrementalSnapshot(Set<TableId> tables) {

	private static final String UNSUITABLE = """
			SELECT t.nspname || '.' || t.relname, NOT has_table_privilege(c.oid, 'SELECT'), g.generated
			FROM unnest(?::text[], ?::text[]) t (nspname, relname)
				LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = t.nspname
				LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = t.relname
				LEFT JOIN pg_catalog.pg_publication p ON p.pubname = ?::text
				LEFT JOIN pg_catalog.pg_publication_rel pr ON pr.prpubid = p.oid AND pr.prrelid = c.oid
				CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute a
					WHERE a.attrelid = c.oid AND NOT a.attisdropped AND a.attgenerated = 's'
						AND current_setting('server_version_num')::int >= 180000
						AND CASE WHEN to_jsonb(pr) ->> 'prattrs' IS NOT NULL
							THEN to_jsonb(pr) ->> 'prattrs' ~ ('\\m' || a.attnum || '\\M')
							ELSE to_jsonb(p) ->> 'pubgencols' = 's' END)) g (generated)
			WHERE c.oid IS NULL OR NOT has_table_privilege(c.oid, 'SELECT') OR g.generated
				OR NOT EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)""";

	IncrementalSnapshot {
		tables = Set.copyOf(tables);
	}

	/**
	 * Create a request for tables that an engine captures.
	 * @param names the tables, with or without their schema
	 * @param captured the tables that the engine captures
	 * @throws CdcException if a table is not captured, or no table is given
	 */
	static IncrementalSnapshot of(Collection<String> names, Set<TableId> captured) {
		Set<TableId> tables = new LinkedHashSet<>();
		for (String name : names) {
			List<TableId> named = captured.stream()
				.filter((table) -> table.toString().equals(name) || table.name().equals(name))
				.toList();
			if (named.size() != 1) {
				throw new CdcException(
						"'" + LogSafe.of(name) + "' " + (named.isEmpty() ? "is not a captured table" : "is ambiguous")
								+ ", so no snapshot of it can be taken. Use one of "
								+ captured.stream().map(TableId::toString).collect(Collectors.joining(", ")) + ".");
			}
			tables.add(named.get(0));
		}
		if (tables.isEmpty()) {
			throw new CdcException(
					"No table is given, so there is nothing to read. Name the tables to take a snapshot of.");
		}
		return new IncrementalSnapshot(tables);
	}

	/**
	 * Check the tables, because Debezium would skip an unsuitable one with a log line
	 * only. It also leaves generated columns out, which the stream may contain.
	 * @param publication the engine's publication
	 * @throws CdcException if the rows of a table cannot be read in chunks
	 */
	void check(Connection connection, String publication) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(UNSUITABLE)) {
			statement.setArray(1, names(connection, this.tables.stream().map(TableId::schema).toList()));
			statement.setArray(2, names(connection, this.tables.stream().map(TableId::name).toList()));
			statement.setString(3, publication);
			try (ResultSet unsuitable = statement.executeQuery()) {
				if (unsuitable.next()) {
					throw new CdcException("Table " + unsuitable.getString(1) + problem(unsuitable, publication));
				}
			}
		}
	}

	private static String problem(ResultSet unsuitable, String publication) throws SQLException {
		if (unsuitable.getBoolean(2)) {
			return " cannot be read by the engine's role, so no snapshot of it can be taken. Grant the role SELECT.";
		}
		if (unsuitable.getBoolean(3)) {
			return " has a generated column that the stream contains. Debezium leaves it out of a snapshot alongside the "
					+ "stream, so none can be taken. Take a new snapshot of all tables, or run: ALTER PUBLICATION "
					+ SqlQuoting.identifier(publication) + " SET (publish_generated_columns = none);";
		}
		return " has no primary key, so its rows cannot be read in chunks. Add a primary key.";
	}

	private static Array names(Connection connection, List<String> names) throws SQLException {
		return connection.createArrayOf("text", names.toArray());
	}

	/** The request as Debezium's signal. */
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
