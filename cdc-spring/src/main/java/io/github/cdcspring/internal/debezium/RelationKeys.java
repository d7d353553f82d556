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

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

import io.debezium.connector.postgresql.connection.PostgresConnection;
import io.github.cdcspring.Lsn;

/**
 * The key columns of tables. The stream contains the primary key only as the replica
 * identity; the catalog has it as it is now, and the history as it was before.
 */
final class RelationKeys {

	private static final String PRIMARY_KEY = """
			SELECT a.attname FROM pg_catalog.pg_index i
				CROSS JOIN LATERAL unnest((i.indkey::int2[])[0:i.indnkeyatts - 1]) WITH ORDINALITY k (attnum, place)
				JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
			WHERE i.indrelid = ?::bigint::oid AND i.indisprimary
			ORDER BY k.place""";

	private final PostgresConnection connection;

	private final KeyHistory history;

	/**
	 * Create the keys.
	 * @param history the keys that the tables had before
	 */
	RelationKeys(PostgresConnection connection, KeyHistory history) {
		this.connection = connection;
		this.history = history;
	}

	/**
	 * Return the key of a table, in the order of the snapshot's key.
	 * @param commit the commit of the transaction that changes its rows
	 * @return the columns, empty if the table has no key
	 * @throws SQLException if the catalog cannot be read
	 */
	List<String> of(StreamedRelation relation, Lsn commit) throws SQLException {
		List<String> identity = relation.identity();
		if (!relation.identifiesByPrimaryKey()) {
			return fromCatalog(relation, commit);
		}
		if (identity.size() == 1) {
			return identity;
		}
		List<String> primaryKey = primaryKey(relation.oid());
		return new HashSet<>(primaryKey).equals(new HashSet<>(identity)) ? primaryKey : identity;
	}

	/**
	 * Debezium takes a unique index for the key of a table without primary key. A part of
	 * a key is none.
	 */
	private List<String> fromCatalog(StreamedRelation relation, Lsn commit) throws SQLException {
		List<String> columns = relation.columnNames();
		List<String> today = primaryKey(relation.oid());
		// The server does not mark a key of which it sends no column
		Optional<List<String>> found = (relation.hasNoPrimaryKey() && columns.containsAll(today))
				? Optional.of(List.of())
				: this.history.find(Integer.toUnsignedLong(relation.oid()), commit, columns, today);
		if (found.isEmpty()) {
			return List.of();
		}
		List<String> key = found.get();
		if (key.isEmpty()) {
			key = this.connection.readTableUniqueIndices(this.connection.connection().getMetaData(), relation.table());
			commit();
		}
		return columns.containsAll(key) ? key : List.of();
	}

	private List<String> primaryKey(int oid) throws SQLException {
		List<String> columns = new ArrayList<>();
		try (PreparedStatement statement = this.connection.connection().prepareStatement(PRIMARY_KEY)) {
			statement.setLong(1, Integer.toUnsignedLong(oid));
			try (ResultSet rows = statement.executeQuery()) {
				while (rows.next()) {
					columns.add(rows.getString(1));
				}
			}
		}
		commit();
		return columns;
	}

	private void commit() throws SQLException {
		Connection connection = this.connection.connection();
		if (!connection.getAutoCommit()) {
			connection.commit();
		}
	}

}
