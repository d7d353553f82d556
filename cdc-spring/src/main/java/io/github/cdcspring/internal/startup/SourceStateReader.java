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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;

import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.listener.TablePattern;
import io.github.cdcspring.internal.startup.ReplicationCommands.SystemIdentity;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Reads server, publication, captured tables and slot in one round trip, in a read-only
 * transaction. Needs PostgreSQL 13 or later.
 *
 * @see <a href= "https://www.postgresql.org/docs/current/catalogs.html">PostgreSQL:
 * system catalogs</a>
 */
public final class SourceStateReader {

	private static final String TIMEOUT = "SET LOCAL statement_timeout = '5s'";

	// A column that an older server does not have is NULL in the JSON form of a row
	private static final String COVERED = """
			SELECT t.schemaname, t.tablename, to_jsonb(t) ->> 'rowfilter' AS rowfilter,
				to_jsonb(pr) ->> 'prattrs' IS NOT NULL AS columns
			FROM pg_catalog.pg_publication_tables t
				JOIN pg_catalog.pg_publication p ON p.pubname = t.pubname
				JOIN pg_catalog.pg_namespace n ON n.nspname = t.schemaname
				JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = t.tablename
				LEFT JOIN pg_catalog.pg_publication_rel pr ON pr.prpubid = p.oid AND pr.prrelid = c.oid
			WHERE t.pubname = ?::text""";

	// A partition is published through its root, unless a pattern names it exactly.
	// pg_partition_tree() would wait for the lock of each partition.
	private static final String TABLES = """
			WITH captured AS MATERIALIZED (
				SELECT c.oid, n.nspname, c.relname, array_agg(p.place::int) AS patterns,
					c.relkind = 'p' AS partitioned, has_schema_privilege(n.oid, 'USAGE') AS schema_usable,
					NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
						AND NOT a.attisdropped AND NOT has_column_privilege(c.oid, a.attnum, 'SELECT')) AS readable,
					pg_has_role(c.relowner, 'USAGE') AS owned, row_security_active(c.oid) AS row_security
				FROM unnest(?::text[], ?::text[], ?::boolean[])
						WITH ORDINALITY p (schema_like, name_like, exact, place)
					JOIN pg_catalog.pg_namespace n ON n.nspname LIKE p.schema_like
					JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname LIKE p.name_like
				WHERE c.relkind IN ('r', 'p') AND c.relpersistence = 'p'
					AND (p.exact OR n.nspname NOT IN ('pg_catalog', 'information_schema')
						AND n.nspname NOT LIKE E'pg\\\\_toast%' AND NOT c.relispartition
						AND NOT (c.relname = 'spatial_ref_sys' AND EXISTS (SELECT FROM pg_catalog.pg_depend d
							WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')))
				GROUP BY c.oid, n.oid, n.nspname, c.relname, c.relkind, c.relowner)
			SELECT t.*, u.unsent, u.unsent_key, r.distance > 0 AS ancestor, r.distance = -1 AS heir,
				r.distance = -2 AS namesake, r.distance = 0 AND (rc.relkind = 'f' OR rc.relpersistence <> 'p') AS unlogged,
				r.leaf, rn.nspname AS relative_schema, rc.relname AS relative,
				rc.relreplident = 'f' AS full_identity, ARRAY(SELECT a.attname::text FROM pg_catalog.pg_index i
						CROSS JOIN LATERAL unnest((i.indkey::int2[])[0:i.indnkeyatts - 1]) c (attnum)
						JOIN pg_catalog.pg_attribute a ON a.attrelid = rc.oid AND a.attnum = c.attnum
					WHERE i.indrelid = rc.oid AND i.indisvalid AND i.indimmediate
					AND (rc.relreplident = 'd' AND i.indisprimary OR rc.relreplident = 'i' AND i.indisreplident))
					AS identity,
				rc.relreplident = 'i' AND EXISTS (SELECT FROM pg_catalog.pg_index k
						CROSS JOIN LATERAL unnest((k.indkey::int2[])[0:k.indnkeyatts - 1]) c (attnum)
					WHERE k.indrelid = rc.oid AND k.indisunique AND NOT k.indisreplident
					AND (k.indisprimary OR NOT EXISTS (SELECT FROM pg_catalog.pg_index p
						WHERE p.indrelid = rc.oid AND p.indisprimary))
					AND NOT EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = rc.oid AND i.indisreplident
						AND c.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1]))) AS incomplete_key,
				EXISTS (SELECT FROM pg_catalog.pg_attribute g WHERE g.attrelid = rc.oid AND g.attgenerated = 's'
					AND NOT g.attisdropped AND current_setting('server_version_num')::int >= 180000
					AND (rc.relreplident = 'f' OR EXISTS (SELECT FROM pg_catalog.pg_index i
						WHERE i.indrelid = rc.oid AND g.attnum = ANY (i.indkey)
						AND (rc.relreplident = 'd' AND i.indisprimary OR rc.relreplident = 'i' AND i.indisreplident))))
					AS stored_identity,
				EXISTS (SELECT FROM pg_catalog.pg_attribute g WHERE g.attrelid = rc.oid AND g.attgenerated = 'v'
					AND NOT g.attisdropped AND rc.relreplident = 'f') AS virtual_identity
			FROM captured t
				CROSS JOIN LATERAL (SELECT t.oid, 0 AS distance, NOT t.partitioned AS leaf
					UNION ALL SELECT a.relid, a.distance, false
						FROM pg_partition_ancestors(t.oid) WITH ORDINALITY a (relid, distance)
						WHERE a.relid <> t.oid
					UNION ALL SELECT h.oid, CASE WHEN t.partitioned THEN 0 ELSE -1 END, t.partitioned
						FROM (WITH RECURSIVE heirs (oid) AS (
							SELECT inhrelid FROM pg_catalog.pg_inherits WHERE inhparent = t.oid
							UNION SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN heirs ON i.inhparent = heirs.oid)
						SELECT oid FROM heirs) h
							JOIN pg_catalog.pg_class hc ON hc.oid = h.oid AND NOT (t.partitioned AND hc.relkind = 'p')
					UNION ALL SELECT sc.oid, -2, false
						FROM pg_catalog.pg_class sc JOIN pg_catalog.pg_namespace sn ON sn.oid = sc.relnamespace
						WHERE strpos(t.nspname || t.relname, '.') > 0 AND sc.oid <> t.oid
							AND sn.nspname || '.' || sc.relname = t.nspname || '.' || t.relname) r (oid, distance, leaf)
				JOIN pg_catalog.pg_class rc ON rc.oid = r.oid
					AND (rc.relkind IN ('r', 'p') OR rc.relkind = 'f' AND r.distance IN (0, -1))
				JOIN pg_catalog.pg_namespace rn ON rn.oid = rc.relnamespace
				LEFT JOIN pg_catalog.pg_publication p ON p.pubname = ?::text
				LEFT JOIN pg_catalog.pg_publication_rel pr ON pr.prpubid = p.oid AND pr.prrelid = t.oid
				CROSS JOIN LATERAL (SELECT coalesce(array_agg(a.attname::text ORDER BY a.attnum), '{}') AS unsent,
						coalesce(array_agg(a.attname::text ORDER BY a.attnum) FILTER (WHERE a.attgenerated <> '' AND EXISTS (
							SELECT FROM pg_catalog.pg_index k WHERE k.indrelid = t.oid AND k.indisprimary
								AND a.attnum = ANY ((k.indkey::int2[])[0:k.indnkeyatts - 1]))), '{}') AS unsent_key
					FROM pg_catalog.pg_attribute a
					WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
						AND NOT CASE WHEN to_jsonb(pr) ->> 'prattrs' IS NOT NULL
							THEN to_jsonb(pr) ->> 'prattrs' ~ (E'\\\\m' || a.attnum || E'\\\\M')
							ELSE a.attgenerated = '' OR a.attgenerated = 's'
								AND current_setting('server_version_num')::int >= 180000
								AND coalesce(to_jsonb(p) ->> 'pubgencols', 's') = 's' END) u
			ORDER BY t.nspname, t.relname, r.distance, rn.nspname, rc.relname""";

	private static final String SESSION = """
			SELECT r.rolname AS role, current_database() AS database, current_setting('server_encoding') AS encoding,
				pg_backend_pid() AS pid, current_schemas(false)::text[] AS search_path,
				ARRAY(SELECT ARRAY[u.name, n.nspname] FROM unnest(?::text[]) u (name)
					JOIN pg_catalog.pg_class c ON c.oid = to_regclass(quote_ident(u.name))
						AND c.relkind IN ('r', 'p', 'f')
					JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace)::text[] AS schemas,
				(SELECT count(*) FROM pg_catalog.pg_replication_slots) AS slots,
				(SELECT count(*) FROM pg_catalog.pg_stat_replication) AS senders,
				r.rolsuper OR r.rolreplication OR EXISTS (SELECT FROM pg_catalog.pg_roles m
					WHERE m.rolname IN ('rds_replication', 'rds_superuser') AND pg_has_role(r.oid, m.oid, 'MEMBER'))
					AS replication,
				has_database_privilege(r.oid, current_database(), 'CREATE') AS create_in_database,
				%s AS lists_decoding_states,
				p.oid IS NOT NULL AS has_publication, p.puballtables, p.pubinsert, p.pubupdate, p.pubdelete,
				p.pubtruncate, p.pubviaroot, coalesce(to_jsonb(p) ->> 'pubgencols', 'n') = 's' AS stored_columns,
				pg_has_role(r.oid, p.pubowner, 'USAGE') AS owned
			FROM pg_catalog.pg_roles r
				LEFT JOIN pg_catalog.pg_publication p ON p.pubname = ?::text
			WHERE r.rolname = current_user""".formatted(DecodingState.MAY_LIST);

	private final EngineSettings settings;

	private final List<TablePattern> patterns;

	private final ReplicationStateReader replication;

	/**
	 * Create a reader.
	 * @param settings the engine
	 * @param patterns the tables that its listeners receive
	 * @param replication reads server and slot
	 */
	public SourceStateReader(EngineSettings settings, List<TablePattern> patterns, ReplicationStateReader replication) {
		this.settings = settings;
		this.patterns = patterns;
		this.replication = replication;
	}

	/**
	 * Read the state.
	 * @param connection a connection to the source database, in no transaction
	 * @return the state
	 * @throws SQLException if it cannot be read
	 */
	public SourceState read(Connection connection) throws SQLException {
		SourceState state = this.replication.identified(connection,
				(identity) -> readInTransaction(connection, identity));
		SourceState.Session session = state.session();
		return (session.replication() || session.pooled() || !this.replication.canReplicate()) ? state
				: state.withSession(session.withReplication());
	}

	private SourceState readInTransaction(Connection connection, @Nullable SystemIdentity identity)
			throws SQLException {
		boolean autoCommit = connection.getAutoCommit();
		connection.setAutoCommit(false);
		connection.setReadOnly(true);
		try {
			return read(connection, identity);
		}
		finally {
			connection.rollback();
			connection.setReadOnly(false);
			connection.setAutoCommit(autoCommit);
		}
	}

	private SourceState read(Connection connection, @Nullable SystemIdentity identity) throws SQLException {
		String sql = String.join(";\n", TIMEOUT, COVERED, TABLES, SESSION,
				ReplicationStateReader.query(connection, identity));
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			statement.setString(1, this.settings.publication().name());
			statement.setArray(2, patterns("text", TablePattern::schemaLike, connection));
			statement.setArray(3, patterns("text", TablePattern::nameLike, connection));
			statement.setArray(4, patterns("bool", TablePattern::isExact, connection));
			statement.setString(5, this.settings.publication().name());
			statement.setArray(6, unqualified(connection));
			statement.setString(7, this.settings.publication().name());
			statement.setString(8, this.settings.slot().name());
			statement.execute();
			Map<TableId, String> filters = filters(next(statement));
			Set<Integer> matched = new HashSet<>();
			List<CapturedTable> tables = tables(next(statement), matched);
			ResultSet session = row(next(statement));
			SourceState.Usage usage = new SourceState.Usage(session.getInt("slots"), session.getInt("senders"));
			SourceState.Session role = session(session, connection);
			PublicationState publication = publication(session, filters);
			ReplicationState state = ReplicationStateReader.state(row(next(statement)), identity);
			return new SourceState(state.server(), usage, role, state.slot(), publication, tables, unmatched(matched));
		}
	}

	private Array patterns(String type, Function<TablePattern, Object> value, Connection connection)
			throws SQLException {
		return connection.createArrayOf(type, this.patterns.stream().map(value).toArray());
	}

	private Array unqualified(Connection connection) throws SQLException {
		return connection.createArrayOf("text",
				this.patterns.stream()
					.filter((pattern) -> !pattern.qualified() && pattern.isExact())
					.map((pattern) -> pattern.toTableId().name())
					.toArray());
	}

	private List<TablePattern> unmatched(Set<Integer> matched) {
		return IntStream.range(0, this.patterns.size())
			.filter((place) -> !matched.contains(place + 1))
			.mapToObj(this.patterns::get)
			.toList();
	}

	private static ResultSet next(PreparedStatement statement) throws SQLException {
		statement.getMoreResults();
		return statement.getResultSet();
	}

	private static ResultSet row(ResultSet result) throws SQLException {
		result.next();
		return result;
	}

	private static Map<TableId, String> filters(ResultSet result) throws SQLException {
		Map<TableId, String> filters = new TreeMap<>();
		while (result.next()) {
			String rows = result.getString("rowfilter");
			List<String> words = new ArrayList<>();
			if (rows != null) {
				words.add("rows where " + rows);
			}
			if (result.getBoolean("columns")) {
				words.add("some columns");
			}
			filters.put(table(result, "schemaname", "tablename"), String.join(", and of them ", words));
		}
		return filters;
	}

	/**
	 * Read the tables: a row for the table itself, each of its leaf partitions, and each
	 * of its ancestors.
	 * @param matched takes the places of the patterns that match a table, from 1
	 */
	private static List<CapturedTable> tables(ResultSet result, Set<Integer> matched) throws SQLException {
		Map<TableId, CapturedTable> tables = new LinkedHashMap<>();
		while (result.next()) {
			TableId id = table(result, "nspname", "relname");
			CapturedTable table = tables.get(id);
			if (table == null) {
				table = table(id, result);
				tables.put(id, table);
				matched.addAll(Arrays.asList((Integer[]) result.getArray("patterns").getArray()));
			}
			TableId relative = table(result, "relative_schema", "relative");
			if (result.getBoolean("namesake")) {
				table.namesakes().add(relative);
			}
			else if (result.getBoolean("heir")) {
				table.heirs().add(relative);
			}
			else if (result.getBoolean("ancestor")) {
				table.ancestors().add(relative);
			}
			else if (result.getBoolean("unlogged")) {
				table.unlogged().add(relative);
			}
			else {
				table.parts()
					.add(new CapturedTable.Part(relative, result.getBoolean("leaf"), result.getBoolean("full_identity"),
							texts(result, "identity"), result.getBoolean("incomplete_key"),
							result.getBoolean("stored_identity"), result.getBoolean("virtual_identity")));
			}
		}
		return List.copyOf(tables.values());
	}

	private static CapturedTable table(TableId id, ResultSet row) throws SQLException {
		return new CapturedTable(id, row.getBoolean("partitioned"),
				new CapturedTable.Rights(row.getBoolean("schema_usable"), row.getBoolean("readable"),
						row.getBoolean("owned"), row.getBoolean("row_security")),
				new CapturedTable.Relatives(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>()),
				new CapturedTable.Columns(new ArrayList<>(), texts(row, "unsent"), texts(row, "unsent_key")),
				new ArrayList<>());
	}

	/**
	 * A pooler gives the driver a process id of its own.
	 */
	private static SourceState.Session session(ResultSet row, Connection connection) throws SQLException {
		boolean pooled = connection.unwrap(PGConnection.class).getBackendPID() != row.getInt("pid");
		return new SourceState.Session(row.getString("role"), row.getString("database"), row.getString("encoding"),
				row.getBoolean("replication"), row.getBoolean("create_in_database"), pooled,
				List.of((String[]) row.getArray("search_path").getArray()), row.getBoolean("lists_decoding_states"),
				schemas(row.getArray("schemas")));
	}

	private static Map<String, String> schemas(Array pairs) throws SQLException {
		Map<String, String> schemas = new TreeMap<>();
		for (Object pair : (Object[]) pairs.getArray()) {
			String[] nameAndSchema = (String[]) pair;
			schemas.put(nameAndSchema[0], nameAndSchema[1]);
		}
		return schemas;
	}

	private static @Nullable PublicationState publication(ResultSet row, Map<TableId, String> filters)
			throws SQLException {
		if (!row.getBoolean("has_publication")) {
			return null;
		}
		Set<String> operations = new LinkedHashSet<>();
		for (String operation : List.of("insert", "update", "delete", "truncate")) {
			if (row.getBoolean("pub" + operation)) {
				operations.add(operation);
			}
		}
		return new PublicationState(row.getBoolean("puballtables"), operations, row.getBoolean("pubviaroot"),
				row.getBoolean("stored_columns"), row.getBoolean("owned"), filters);
	}

	private static List<String> texts(ResultSet row, String column) throws SQLException {
		return List.of((String[]) row.getArray(column).getArray());
	}

	private static TableId table(ResultSet row, String schema, String name) throws SQLException {
		return new TableId(row.getString(schema), row.getString(name));
	}

}
