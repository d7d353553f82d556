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

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import io.github.cdcspring.TableId;
import io.github.cdcspring.offset.CapturedRelation;
import org.jspecify.annotations.Nullable;

/**
 * Reads which tables were attached as partitions of captured tables, and which partitions
 * are not logged. A partition that was created as such had no rows before.
 *
 * @see <a href=
 * "https://www.postgresql.org/docs/current/catalog-pg-inherits.html">PostgreSQL:
 * pg_inherits</a>
 */
public final class PartitionsReader {

	/** {@code pg_partition_tree()} would wait for the lock of each partition. */
	private static final String TREE = """
			WITH RECURSIVE tree (oid) AS (SELECT r.oid::oid FROM unnest(?::bigint[]) r (oid)
				UNION SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN tree ON i.inhparent = tree.oid)
			""";

	private static final String UNLOGGED = TREE + """
			SELECT DISTINCT pn.nspname, pc.relname
			FROM tree
				JOIN pg_catalog.pg_class pc ON pc.oid = tree.oid AND pc.relispartition
				JOIN pg_catalog.pg_namespace pn ON pn.oid = pc.relnamespace
			WHERE pc.relkind = 'f' OR pc.relkind = 'r' AND pc.relpersistence <> 'p'""";

	/**
	 * A table and its place as a partition are entered at most three commands apart if it
	 * is created as a partition, and at least five if it is attached in the transaction
	 * that has created it. The entry of its column {@code tableoid} never changes: those
	 * of the table and of its type do, for example with its owner. {@code OFFSET 0} makes
	 * the server use the index.
	 */
	private static final String QUERY = TREE + """
			SELECT pn.nspname, pc.relname, pc.oid, i.xmin::text AS attached,
				age(i.xmin) < age(?::text::xid) AS later
			FROM tree
				JOIN pg_catalog.pg_inherits i ON i.inhparent = tree.oid
				JOIN pg_catalog.pg_class pc ON pc.oid = i.inhrelid AND pc.relispartition
				JOIN pg_catalog.pg_namespace pn ON pn.oid = pc.relnamespace
				JOIN LATERAL (SELECT c.xmin, c.cmin FROM pg_catalog.pg_attribute c
					WHERE c.attrelid = pc.oid AND c.attname = 'tableoid' OFFSET 0) a ON true
			WHERE i.xmin <> a.xmin OR i.cmin::text::bigint - a.cmin::text::bigint > 4
			ORDER BY 1, 2""";

	private static final String HEIRS = """
			WITH RECURSIVE heirs (oid) AS (
				SELECT i.inhrelid FROM unnest(?::bigint[]) r (oid) JOIN pg_catalog.pg_inherits i ON i.inhparent = r.oid::oid
					JOIN pg_catalog.pg_class c ON c.oid = i.inhparent AND c.relkind = 'r'
				UNION SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN heirs h ON i.inhparent = h.oid)
			SELECT n.nspname, c.relname
			FROM heirs h
				JOIN pg_catalog.pg_class c ON c.oid = h.oid AND c.relkind IN ('r', 'f')
				JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace""";

	/**
	 * Read the attached partitions.
	 * @param connection a connection to the source database
	 * @param captured the captured tables
	 * @param transactionId a transaction, {@code null} if there is none
	 */
	public List<Attached> read(Connection connection, Collection<CapturedRelation> captured,
			@Nullable Long transactionId) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(QUERY)) {
			statement.setArray(1,
					connection.createArrayOf("bigint", captured.stream().map(CapturedRelation::oid).toArray()));
			statement.setString(2, (transactionId != null) ? String.valueOf(transactionId & 0xFFFFFFFFL) : null);
			List<Attached> attached = new ArrayList<>();
			try (ResultSet rows = statement.executeQuery()) {
				while (rows.next()) {
					attached.add(new Attached(new TableId(rows.getString("nspname"), rows.getString("relname")),
							rows.getLong("oid") + "@" + rows.getString("attached"), rows.getBoolean("later")));
				}
			}
			return attached;
		}
	}

	/**
	 * Read which tables inherit from captured tables without being partitions of them.
	 * @param connection a connection to the source database
	 * @param captured the captured tables
	 * @return the tables, also foreign ones
	 */
	public Set<TableId> heirs(Connection connection, Collection<CapturedRelation> captured) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(HEIRS)) {
			statement.setArray(1,
					connection.createArrayOf("bigint", captured.stream().map(CapturedRelation::oid).toArray()));
			Set<TableId> heirs = new HashSet<>();
			try (ResultSet rows = statement.executeQuery()) {
				while (rows.next()) {
					heirs.add(new TableId(rows.getString("nspname"), rows.getString("relname")));
				}
			}
			return heirs;
		}
	}

	/**
	 * Read the leaf partitions whose changes are not in the WAL: unlogged and foreign
	 * tables.
	 * @param connection a connection to the source database
	 * @param captured the captured tables
	 */
	public Set<TableId> unlogged(Connection connection, Collection<CapturedRelation> captured) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(UNLOGGED)) {
			statement.setArray(1,
					connection.createArrayOf("bigint", captured.stream().map(CapturedRelation::oid).toArray()));
			Set<TableId> unlogged = new TreeSet<>();
			try (ResultSet rows = statement.executeQuery()) {
				while (rows.next()) {
					unlogged.add(new TableId(rows.getString("nspname"), rows.getString("relname")));
				}
			}
			return unlogged;
		}
	}

	/**
	 * An attached partition.
	 *
	 * @param table the partition
	 * @param key identifies the partition and when it was attached
	 * @param later whether it was attached after the transaction
	 */
	public record Attached(TableId table, String key, boolean later) {

	}

}
