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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.debezium.connector.postgresql.connection.PostgresConnection;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.support.KeyIndex;

/**
 * The key columns of tables. The stream contains the key only as the replica identity;
 * the catalog has it as it is now, and the history as it was before.
 */
final class RelationKeys {

	/** The columns of the key, and whether it is a primary key. */
	private static final String KEYS = """
			SELECT n.nspname, c.relname, k.indisprimary, k.indimmediate, %s AS streamed,
				ARRAY(SELECT a.attname::text
				FROM unnest((k.indkey::int2[])[0:k.indnkeyatts - 1]) WITH ORDINALITY o (attnum, place)
					JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = o.attnum
				ORDER BY o.place) AS columns
			FROM pg_catalog.pg_class c
				JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
				CROSS JOIN LATERAL (%s) k""".formatted(KeyIndex.STREAMED, KeyIndex.QUERY);

	private static final String OF_TABLE = KEYS + " WHERE c.oid = ?::bigint::oid";

	/** Those that Debezium may not find. */
	private static final String OF_SNAPSHOT = KEYS
			+ " WHERE c.relkind IN ('r', 'p') AND c.relhasindex AND (NOT k.indisprimary OR k.indnkeyatts < k.indnatts)";

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
		return inOrder(identity, key(relation.oid()).columns);
	}

	/** The stream names the columns of an index in the order of the table. */
	private static List<String> inOrder(List<String> identity, List<String> key) {
		return new HashSet<>(key).equals(new HashSet<>(identity)) ? key : identity;
	}

	/**
	 * The keys of a snapshot, where Debezium may find others.
	 * @return the columns by schema and name of the table
	 * @throws SQLException if the catalog cannot be read
	 */
	Map<List<String>, List<String>> ofSnapshot() throws SQLException {
		Map<List<String>, List<String>> keys = new HashMap<>();
		try (PreparedStatement statement = this.connection.connection().prepareStatement(OF_SNAPSHOT);
				ResultSet rows = statement.executeQuery()) {
			while (rows.next()) {
				keys.put(List.of(rows.getString("nspname"), rows.getString("relname")), columns(rows));
			}
		}
		commit();
		return keys;
	}

	/**
	 * A unique index stands in for a primary key. A part of a key is none.
	 */
	private List<String> fromCatalog(StreamedRelation relation, Lsn commit) throws SQLException {
		List<String> columns = relation.columnNames();
		Key today = key(relation.oid());
		Optional<KeyHistory.Key> found = this.history.find(Integer.toUnsignedLong(relation.oid()), commit,
				new KeyHistory.Key(today.columns, today.streamed),
				(key) -> columns.containsAll(key.columns()) && !(relation.hasNoPrimaryKey() && isMarked(key, today)));
		if (found.isEmpty()) {
			return List.of();
		}
		KeyHistory.Key key = found.get();
		// There was no primary key if there is none today
		boolean index = !today.primary && today.columns.equals(key.columns());
		return (relation.identifiesByIndex() && index) ? inOrder(relation.identity(), key.columns()) : key.columns();
	}

	/**
	 * Whether the server marks the key in the description of a table with the default
	 * replica identity. It does not mark a key of which it sends no column.
	 */
	private static boolean isMarked(KeyHistory.Key key, Key today) {
		return !key.columns().isEmpty()
				&& (key.streamed() || (today.primary && today.immediate && today.columns.equals(key.columns())));
	}

	private Key key(int oid) throws SQLException {
		Key key = Key.NONE;
		try (PreparedStatement statement = this.connection.connection().prepareStatement(OF_TABLE)) {
			statement.setLong(1, Integer.toUnsignedLong(oid));
			try (ResultSet rows = statement.executeQuery()) {
				if (rows.next()) {
					key = new Key(rows.getBoolean("indisprimary"), rows.getBoolean("indimmediate"),
							rows.getBoolean("streamed"), columns(rows));
				}
			}
		}
		commit();
		return key;
	}

	private static List<String> columns(ResultSet row) throws SQLException {
		return List.of((String[]) row.getArray("columns").getArray());
	}

	private void commit() throws SQLException {
		Connection connection = this.connection.connection();
		if (!connection.getAutoCommit()) {
			connection.commit();
		}
	}

	/**
	 * The key of a table as the catalog has it.
	 *
	 * @param primary whether it is a primary key
	 * @param immediate whether it is not deferrable
	 * @param streamed whether the stream names it
	 * @param columns its columns
	 */
	private record Key(boolean primary, boolean immediate, boolean streamed, List<String> columns) {

		static final Key NONE = new Key(false, true, true, List.of());

	}

}
