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

package io.github.cdcspring.internal.startup.check;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

import io.github.cdcspring.TableId;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;

/**
 * Reads everything that the checks want in one round trip, in a transaction that the
 * server itself keeps from changing anything.
 *
 * @see <a href= "https://www.postgresql.org/docs/current/catalogs.html">PostgreSQL:
 * system catalogs</a>
 */
final class ServerReading {

	private static final String TIMEOUT = "SET LOCAL statement_timeout = '5s'";

	// what a server does not have yet is NULL in the JSON form of a row
	private static final String SERVER = """
			SELECT current_setting('wal_level') AS wal_level, pg_is_in_recovery() AS standby,
				r.rolname AS role, current_database() AS database,
				current_setting('max_replication_slots')::int AS max_slots,
				(SELECT count(*) FROM pg_catalog.pg_replication_slots) AS slots,
				current_setting('max_wal_senders')::int AS max_senders,
				current_setting('synchronized_standby_slots', true) AS synchronized_standby_slots,
				(SELECT count(*) FROM pg_catalog.pg_stat_replication) AS senders,
				r.rolsuper OR r.rolreplication OR EXISTS (SELECT FROM pg_catalog.pg_roles m
					WHERE m.rolname IN ('rds_replication', 'rds_superuser') AND pg_has_role(r.oid, m.oid, 'MEMBER'))
					AS replication,
				has_database_privilege(r.oid, current_database(), 'CREATE') AS create_in_database,
				p.oid IS NOT NULL AS has_publication, p.puballtables, p.pubinsert, p.pubupdate, p.pubdelete,
				p.pubtruncate, p.pubviaroot, pg_has_role(r.oid, p.pubowner, 'USAGE') AS owned,
				s.slot_name IS NOT NULL AS has_slot, s.plugin, s.database AS slot_database, s.temporary, s.active,
				coalesce(to_jsonb(s) ->> 'invalidation_reason',
					CASE WHEN s.wal_status = 'lost' THEN 'wal_status is lost' END,
					CASE WHEN (to_jsonb(s) ->> 'conflicting')::boolean THEN 'conflict with recovery' END) AS lost,
				(to_jsonb(s) ->> 'failover')::boolean AS failover, (to_jsonb(s) ->> 'synced')::boolean AS synced
			FROM pg_catalog.pg_roles r
				LEFT JOIN pg_catalog.pg_publication p ON p.pubname = ?::text
				LEFT JOIN pg_catalog.pg_replication_slots s ON s.slot_name = ?::text
			WHERE r.rolname = current_user""";

	private static final String COVERED = """
			SELECT t.schemaname, t.tablename, to_jsonb(t) ->> 'rowfilter' AS rowfilter,
				to_jsonb(pr) ->> 'prattrs' IS NOT NULL AS columns
			FROM pg_catalog.pg_publication_tables t
				JOIN pg_catalog.pg_publication p ON p.pubname = t.pubname
				JOIN pg_catalog.pg_namespace n ON n.nspname = t.schemaname
				JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = t.tablename
				LEFT JOIN pg_catalog.pg_publication_rel pr ON pr.prpubid = p.oid AND pr.prrelid = c.oid
			WHERE t.pubname = ?::text""";

	private static final String LISTENED = """
			FROM unnest(?::text[], ?::text[]) t (nspname, relname)
				JOIN pg_catalog.pg_namespace n ON n.nspname = t.nspname
				JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = t.relname
			""";

	private static final String TABLES = """
			SELECT n.nspname, c.relname, c.relkind = 'p' AS partitioned,
				has_schema_privilege(n.oid, 'USAGE') AS schema_usable,
				NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
					AND NOT a.attisdropped AND NOT has_column_privilege(c.oid, a.attnum, 'SELECT')) AS readable,
				row_security_active(c.oid) AS row_security, pg_has_role(c.relowner, 'USAGE') AS owned,
				pg_get_userbyid(c.relowner) AS owner
			""" + LISTENED + "ORDER BY 1, 2";

	private static final String ANCESTORS = """
			SELECT n.nspname, c.relname, an.nspname AS ancestor_schema, ac.relname AS ancestor
			""" + LISTENED + """
				CROSS JOIN LATERAL pg_partition_ancestors(c.oid) WITH ORDINALITY a (oid, place)
				JOIN pg_catalog.pg_class ac ON ac.oid = a.oid
				JOIN pg_catalog.pg_namespace an ON an.oid = ac.relnamespace
			WHERE c.relispartition AND a.oid <> c.oid ORDER BY a.place""";

	private static final String PARTS = """
			SELECT n.nspname, c.relname, pn.nspname AS part_schema, pc.relname AS part, part.isleaf,
				pc.relreplident = 'f' AS full_identity, EXISTS (SELECT FROM pg_catalog.pg_index i
					WHERE i.indrelid = pc.oid AND i.indisvalid AND i.indimmediate
					AND (pc.relreplident = 'd' AND i.indisprimary OR pc.relreplident = 'i' AND i.indisreplident))
					AS key_identity
			""" + LISTENED + """
				CROSS JOIN LATERAL (SELECT c.oid, c.relkind <> 'p' UNION ALL
					SELECT p.relid, true FROM pg_partition_tree(c.oid) p
					WHERE p.isleaf AND c.relkind = 'p' AND p.relid <> c.oid) part (oid, isleaf)
				JOIN pg_catalog.pg_class pc ON pc.oid = part.oid AND pc.relkind IN ('r', 'p')
				JOIN pg_catalog.pg_namespace pn ON pn.oid = pc.relnamespace
			ORDER BY pn.nspname, pc.relname""";

	private final EngineSettings engine;

	private final Map<TableId, TableNeeds> needs = new TreeMap<>();

	private final Connection connection;

	ServerReading(EngineSettings engine, ServerNeeds needs, Connection connection) {
		this.engine = engine;
		this.connection = connection;
		needs.tables().forEach((table) -> this.needs.put(table.table(), table));
	}

	ServerFacts read() throws SQLException {
		boolean autoCommit = this.connection.getAutoCommit();
		this.connection.setAutoCommit(false);
		this.connection.setReadOnly(true);
		try {
			return readAll();
		}
		finally {
			this.connection.rollback();
			this.connection.setReadOnly(false);
			this.connection.setAutoCommit(autoCommit);
		}
	}

	private ServerFacts readAll() throws SQLException {
		String sql = String.join(";\n", TIMEOUT, COVERED, TABLES, ANCESTORS, PARTS, SERVER);
		try (PreparedStatement statement = this.connection.prepareStatement(sql)) {
			Array schemas = names(TableId::schema);
			Array tables = names(TableId::name);
			statement.setString(1, this.engine.publication().name());
			for (int i = 2; i < 8; i += 2) {
				statement.setArray(i, schemas);
				statement.setArray(i + 1, tables);
			}
			statement.setString(8, this.engine.publication().name());
			statement.setString(9, this.engine.slot().name());
			statement.execute();
			Map<TableId, String> filters = filters(next(statement));
			Map<TableId, TableFacts> rows = tables(next(statement));
			ancestors(next(statement), rows);
			parts(next(statement), rows);
			ResultSet server = next(statement);
			server.next();
			return server(server, filters, List.copyOf(rows.values()));
		}
	}

	private Array names(Function<TableId, String> name) throws SQLException {
		return this.connection.createArrayOf("text", this.needs.keySet().stream().map(name).toArray());
	}

	private static ResultSet next(PreparedStatement statement) throws SQLException {
		statement.getMoreResults();
		return statement.getResultSet();
	}

	private static Map<TableId, String> filters(ResultSet result) throws SQLException {
		Map<TableId, String> filters = new TreeMap<>();
		while (result.next()) {
			String rows = result.getString("rowfilter");
			List<String> words = new ArrayList<>();
			if (rows != null) {
				words.add("the rows for which " + rows);
			}
			if (result.getBoolean("columns")) {
				words.add("some columns");
			}
			filters.put(table(result, "schemaname", "tablename"), String.join(", and of them ", words));
		}
		return filters;
	}

	private Map<TableId, TableFacts> tables(ResultSet result) throws SQLException {
		Map<TableId, TableFacts> tables = new LinkedHashMap<>();
		while (result.next()) {
			TableId table = table(result, "nspname", "relname");
			TableNeeds needs = this.needs.get(table);
			if (needs != null) {
				tables.put(table,
						new TableFacts(needs, result.getBoolean("partitioned"), result.getBoolean("schema_usable"),
								result.getBoolean("readable"), result.getBoolean("row_security"),
								result.getBoolean("owned"), result.getString("owner"), new ArrayList<>(),
								new ArrayList<>(), new ArrayList<>(), new ArrayList<>()));
			}
		}
		return tables;
	}

	private static void ancestors(ResultSet result, Map<TableId, TableFacts> rows) throws SQLException {
		while (result.next()) {
			TableFacts table = rows.get(table(result, "nspname", "relname"));
			if (table != null) {
				table.ancestors().add(table(result, "ancestor_schema", "ancestor"));
			}
		}
	}

	private static void parts(ResultSet result, Map<TableId, TableFacts> rows) throws SQLException {
		while (result.next()) {
			TableFacts table = rows.get(table(result, "nspname", "relname"));
			if (table == null) {
				continue;
			}
			TableId part = table(result, "part_schema", "part");
			boolean full = result.getBoolean("full_identity");
			if (!full) {
				table.withoutFullIdentity().add(part);
			}
			if (result.getBoolean("isleaf")) {
				table.leaves().add(part);
				if (!full && !result.getBoolean("key_identity")) {
					table.withoutIdentity().add(part);
				}
			}
		}
	}

	private ServerFacts server(ResultSet row, Map<TableId, String> filters, List<TableFacts> tables)
			throws SQLException {
		return new ServerFacts(this.connection.getMetaData().getDatabaseMajorVersion(), row.getString("wal_level"),
				row.getBoolean("standby"), row.getString("role"), row.getString("database"), row.getInt("max_slots"),
				row.getInt("slots"), row.getInt("max_senders"), row.getInt("senders"), row.getBoolean("replication"),
				row.getBoolean("create_in_database"), publication(row, filters), slot(row), tables,
				row.getString("synchronized_standby_slots"));
	}

	private static @Nullable PublicationFacts publication(ResultSet row, Map<TableId, String> filters)
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
		return new PublicationFacts(row.getBoolean("puballtables"), operations, row.getBoolean("pubviaroot"),
				row.getBoolean("owned"), filters);
	}

	private static @Nullable SlotFacts slot(ResultSet row) throws SQLException {
		if (!row.getBoolean("has_slot")) {
			return null;
		}
		return new SlotFacts(row.getString("plugin"), row.getString("slot_database"), row.getBoolean("temporary"),
				row.getBoolean("active"), row.getString("lost"), row.getBoolean("failover"), row.getBoolean("synced"));
	}

	private static TableId table(ResultSet row, String schema, String name) throws SQLException {
		return new TableId(row.getString(schema), row.getString(name));
	}

}
