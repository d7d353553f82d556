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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.listener.TablePattern;
import io.github.cdcspring.internal.support.KeyIndex;
import io.github.cdcspring.offset.CapturedKey;
import io.github.cdcspring.offset.CapturedRelation;
import io.github.cdcspring.settings.EngineSettings;

/**
 * Reads in one statement which tables listeners receive, and how the server names and
 * publishes them, with their keys. A table is recognized by its OID, and its row type in
 * {@code pg_type} is written again only when the table is renamed, moved or gets another
 * owner. A table that becomes a partition may be sent under the name of its root from
 * then on.
 *
 * @see <a href= "https://www.postgresql.org/docs/current/catalogs.html">PostgreSQL:
 * system catalogs</a>
 */
public final class RelationsReader {

	private static final int SCHEMAS_SINCE = 15;

	/**
	 * The conditions on a table are those of {@link SourceStateReader}. An asynchronous
	 * commit is visible before its WAL is written, so the position is the end of what is
	 * inserted.
	 */
	private static final String QUERY = """
			WITH captured AS MATERIALIZED (
				SELECT DISTINCT c.oid FROM unnest(?::text[], ?::text[], ?::boolean[]) p (schema_like, name_like, exact)
					JOIN pg_catalog.pg_namespace n ON n.nspname LIKE p.schema_like
					JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname LIKE p.name_like
				WHERE c.relkind IN ('r', 'p') AND c.relpersistence = 'p'
					AND (p.exact OR n.nspname NOT IN ('pg_catalog', 'information_schema')
						AND n.nspname NOT LIKE E'pg\\\\_toast%%' AND NOT c.relispartition
						AND NOT (c.relname = 'spatial_ref_sys' AND EXISTS (SELECT FROM pg_catalog.pg_depend d
							WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid
								AND d.deptype = 'e'))))
			SELECT c.oid, n.nspname, c.relname, w.oid IS NOT NULL AS captured, c.relpersistence = 'p' AS permanent,
				c.relispartition AS partition, s.lsn, concat_ws(';', t.xmin, c.relowner,
					CASE WHEN p.puballtables OR e.entries IS NOT NULL THEN concat_ws(';', p.oid, p.xmin, p.pubowner,
						concat_ws('', p.pubinsert::int, p.pubupdate::int, p.pubdelete::int, p.pubtruncate::int,
							p.pubviaroot::int, to_jsonb(p) ->> 'pubgencols'),
						CASE WHEN p.puballtables THEN 'all' ELSE e.entries END,
						CASE WHEN p.pubviaroot AND c.relispartition THEN (
							SELECT 'of ' || string_agg(i.inhparent || '@' || i.xmin, ',' ORDER BY a.place)
							FROM pg_partition_ancestors(c.oid) WITH ORDINALITY a (relid, place)
								JOIN pg_catalog.pg_inherits i ON i.inhrelid = a.relid) END) END) AS state,
				k.numbers AS key_numbers, k.columns AS key_columns,
				%s AS key_streamed
			FROM (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
					ELSE pg_current_wal_insert_lsn() END) s (lsn)
				CROSS JOIN pg_catalog.pg_class c
				JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
				JOIN pg_catalog.pg_type t ON t.oid = c.reltype
				LEFT JOIN captured w ON w.oid = c.oid
				LEFT JOIN pg_catalog.pg_publication p ON p.pubname = ?::text
				LEFT JOIN LATERAL (SELECT string_agg(r.oid || r.filtered, ',' ORDER BY r.oid) AS entries
					FROM (SELECT c.oid AS relid UNION SELECT relid FROM pg_partition_ancestors(c.oid)
							WHERE c.relispartition) a
						CROSS JOIN LATERAL (SELECT pr.oid, CASE WHEN to_jsonb(pr) ->> 'prqual' IS NOT NULL
								OR to_jsonb(pr) ->> 'prattrs' IS NOT NULL THEN 'f' ELSE '' END AS filtered
							FROM pg_catalog.pg_publication_rel pr
							WHERE pr.prpubid = p.oid AND pr.prrelid = a.relid%s) r) e ON true
				LEFT JOIN LATERAL (SELECT x.indisprimary, x.indimmediate,
						array_agg(a.attnum::int ORDER BY o.place) AS numbers,
						array_agg(a.attname::text ORDER BY o.place) AS columns
					FROM (%s) x
						CROSS JOIN LATERAL unnest((x.indkey::int2[])[0:x.indnkeyatts - 1])
							WITH ORDINALITY o (attnum, place)
						JOIN pg_catalog.pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = o.attnum
					GROUP BY x.indisprimary, x.indimmediate) k ON true
			WHERE c.oid IN (SELECT oid FROM captured UNION ALL SELECT unnest(?::bigint[])::oid)
			ORDER BY c.oid""";

	private static final String BY_SCHEMA = """
			 UNION ALL SELECT pn.oid, '' FROM pg_catalog.pg_publication_namespace pn
			JOIN pg_catalog.pg_class ac ON ac.relnamespace = pn.pnnspid
			WHERE pn.pnpubid = p.oid AND ac.oid = a.relid""";

	private static final Duration TIMEOUT = Duration.ofSeconds(5);

	private final String publication;

	private final List<TablePattern> patterns;

	/**
	 * Create a reader.
	 * @param settings the engine
	 * @param patterns the tables that its listeners receive
	 */
	public RelationsReader(EngineSettings settings, List<TablePattern> patterns) {
		this.publication = settings.publication().name();
		this.patterns = List.copyOf(patterns);
	}

	/**
	 * Read the tables that listeners receive, and those that were captured before.
	 * @param connection a connection to the source database, in auto-commit mode
	 * @param recorded the tables that were captured before
	 * @return the tables
	 * @throws SQLException if they cannot be read
	 */
	public ServerRelations read(Connection connection, Collection<CapturedRelation> recorded) throws SQLException {
		boolean schemas = connection.getMetaData().getDatabaseMajorVersion() >= SCHEMAS_SINCE;
		try (PreparedStatement statement = connection
			.prepareStatement(QUERY.formatted(KeyIndex.STREAMED, schemas ? BY_SCHEMA : "", KeyIndex.QUERY))) {
			statement.setQueryTimeout((int) TIMEOUT.toSeconds());
			setPatterns(statement, 1, "text", TablePattern::schemaLike);
			setPatterns(statement, 2, "text", TablePattern::nameLike);
			setPatterns(statement, 3, "bool", TablePattern::isExact);
			statement.setString(4, this.publication);
			statement.setArray(5,
					connection.createArrayOf("bigint", recorded.stream().map(CapturedRelation::oid).toArray()));
			try (ResultSet rows = statement.executeQuery()) {
				return relations(rows);
			}
		}
	}

	private void setPatterns(PreparedStatement statement, int index, String type, Function<TablePattern, Object> value)
			throws SQLException {
		statement.setArray(index,
				statement.getConnection().createArrayOf(type, this.patterns.stream().map(value).toArray()));
	}

	private static ServerRelations relations(ResultSet rows) throws SQLException {
		List<ServerRelation> relations = new ArrayList<>();
		Lsn readAt = Lsn.ZERO;
		while (rows.next()) {
			String lsn = rows.getString("lsn");
			readAt = (lsn != null) ? Lsn.parse(lsn) : readAt;
			relations.add(new ServerRelation(
					new CapturedRelation(rows.getLong("oid"),
							new TableId(rows.getString("nspname"), rows.getString("relname")), rows.getString("state"),
							key(rows)),
					rows.getBoolean("captured"), rows.getBoolean("permanent"), rows.getBoolean("partition")));
		}
		return new ServerRelations(relations, readAt);
	}

	private static CapturedKey key(ResultSet rows) throws SQLException {
		Array numbers = rows.getArray("key_numbers");
		Array columns = rows.getArray("key_columns");
		boolean streamed = rows.getBoolean("key_streamed");
		return (numbers == null || columns == null) ? new CapturedKey(List.of(), List.of(), streamed) : new CapturedKey(
				List.of((Integer[]) numbers.getArray()), List.of((String[]) columns.getArray()), streamed);
	}

}
