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

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;

import io.github.cdcspring.CdcBackfill.Condition;
import io.github.cdcspring.CdcException;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.support.LogSafe;

/**
 * A request to read the existing rows of some tables alongside the stream.
 *
 * @param tables the tables, in the order in which they are read
 */
public record BackfillRequest(Set<TableId> tables) {

	private static final String UNSUITABLE = """
			SELECT t.nspname || '.' || t.relname, CASE WHEN pg_is_in_recovery() THEN 'standby'
				WHEN c.oid IS NULL THEN 'missing'
				WHEN NOT has_table_privilege(c.oid, 'SELECT') THEN 'right'
				WHEN row_security_active(c.oid) THEN 'security'
				WHEN to_jsonb(pr) ->> 'prqual' IS NOT NULL THEN 'filter'
				WHEN c.relkind = 'p' AND NOT EXISTS (SELECT FROM pg_catalog.pg_index i
					WHERE i.indrelid = c.oid AND i.indisprimary AND i.indisvalid) THEN 'key' END AS problem
			FROM unnest(?::text[], ?::text[]) t (nspname, relname)
				LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = t.nspname
				LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = t.relname
				LEFT JOIN pg_catalog.pg_publication pub ON pub.pubname = ?::text
				LEFT JOIN pg_catalog.pg_publication_rel pr ON pr.prpubid = pub.oid AND pr.prrelid = c.oid""";

	/** The server sends logical messages since this version. */
	public static final int MESSAGES_SINCE = 14;

	public BackfillRequest {
		tables = Collections.unmodifiableSet(new LinkedHashSet<>(tables));
	}

	/**
	 * Create a request for tables that an engine captures.
	 * @param names the tables, with or without their schema
	 * @param captured the tables that the engine captures
	 * @return the request
	 * @throws CdcException if a table is not captured, or no table is given
	 */
	public static BackfillRequest of(Collection<String> names, Set<TableId> captured) {
		Set<TableId> tables = new LinkedHashSet<>();
		for (String name : names) {
			List<TableId> named = captured.stream()
				.filter((table) -> table.toString().equals(name) || table.name().equals(name))
				.toList();
			if (named.size() != 1) {
				throw new CdcException(
						"'" + LogSafe.of(name) + "' " + (named.isEmpty() ? "is not a captured table" : "is ambiguous")
								+ ", so no existing rows of it can be read. Use one of "
								+ captured.stream().map(TableId::toString).collect(Collectors.joining(", ")) + ".");
			}
			tables.add(named.get(0));
		}
		if (tables.isEmpty()) {
			throw new CdcException("No table is given, so there is nothing to read. Name the tables.");
		}
		return new BackfillRequest(tables);
	}

	/**
	 * Check the tables.
	 * @param connection a connection to the source database
	 * @param publication the engine's publication
	 * @throws CdcException if the rows of a table cannot be read
	 * @throws SQLException if they cannot be checked
	 */
	public void check(Connection connection, String publication) throws SQLException {
		int version = connection.getMetaData().getDatabaseMajorVersion();
		if (version < MESSAGES_SINCE) {
			throw new CdcException("PostgreSQL " + version + " sends no logical messages, which mark the place of the "
					+ "rows in the stream, so the existing rows of " + LogSafe.tables(this.tables)
					+ " cannot be read alongside it. Upgrade the server to PostgreSQL 14 or later.");
		}
		try (PreparedStatement statement = connection.prepareStatement(UNSUITABLE)) {
			statement.setArray(1, names(connection, this.tables.stream().map(TableId::schema).toList()));
			statement.setArray(2, names(connection, this.tables.stream().map(TableId::name).toList()));
			statement.setString(3, publication);
			try (ResultSet rows = statement.executeQuery()) {
				while (rows.next()) {
					String problem = rows.getString("problem");
					if (problem != null) {
						throw new CdcException(describe(rows.getString(1), problem));
					}
				}
			}
		}
	}

	/**
	 * Check the conditions that the rows have to meet.
	 * @param connection a connection whose session reads rows
	 * @param where the conditions
	 * @param publication the engine's publication
	 * @param included whether the application receives a column of a table
	 * @return the tables with the conditions, whose values have the server's form
	 * @throws CdcException if the stream of a table has no such column, or a value cannot
	 * be read
	 * @throws SQLException if they cannot be checked
	 */
	public Map<TableId, List<Condition>> check(Connection connection, List<Condition> where, String publication,
			BiPredicate<TableId, String> included) throws SQLException {
		Map<TableId, List<Condition>> checked = new LinkedHashMap<>();
		for (TableId table : this.tables) {
			checked.put(table,
					where.isEmpty() ? where
							: new Conditions(where)
								.check(connection, BackfillTable.read(connection, table, publication, included))
								.all());
		}
		return checked;
	}

	private static String describe(String table, String problem) {
		return switch (problem) {
			case "standby" ->
				"The server is a standby, where no watermark can be written, so the existing rows of table " + table
						+ " cannot be read. Connect the engine to the primary.";
			case "missing" -> "Table " + table + " does not exist, so no existing rows of it can be read. Restart the "
					+ "engine, which then looks for its tables again.";
			case "right" ->
				"Table " + table + " cannot be read by the engine's role, so no existing rows of it can be read. "
						+ "Grant the role SELECT on the whole table.";
			case "security" -> "Row-level security hides rows of table " + table
					+ " from the engine's role, so a backfill would lack them. Grant the role BYPASSRLS.";
			case "filter" -> filtered(table);
			default ->
				"Table " + table + " is partitioned and has no primary key, so its rows have no order in which they "
						+ "can be read. Add a primary key.";
		};
	}

	/** Why a table cannot be read whose publication has a row filter. */
	static String filtered(String table) {
		return "The publication leaves out rows of table " + LogSafe.of(table) + " (row filter), so a backfill "
				+ "would contain rows that the stream does not. Remove the row filter from the publication.";
	}

	private static Array names(Connection connection, List<String> names) throws SQLException {
		return connection.createArrayOf("text", names.toArray());
	}

}
