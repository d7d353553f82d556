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
import java.sql.Types;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.debezium.spi.converter.RelationalColumn;
import io.github.cdcspring.CdcException;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.row.PostgresType;
import io.github.cdcspring.internal.row.PostgresTypeKind;
import io.github.cdcspring.internal.row.TableColumn;
import io.github.cdcspring.internal.support.ConnectionSource;
import org.jspecify.annotations.Nullable;

/**
 * The types of columns by their OID. In a snapshot, Debezium looks up a type by its name,
 * first in the schema of the table, and may find another type of that name. The types of
 * extensions have no fixed OID, so it depends on the catalog what an OID means.
 */
final class ColumnTypes {

	private static final String HSTORE = "hstore";

	/**
	 * Types of applications and extensions have this OID or a higher one.
	 * @see <a href=
	 * "https://github.com/postgres/postgres/blob/master/src/include/access/transam.h">PostgreSQL:
	 * FirstNormalObjectId</a>
	 */
	private static final int FIRST_OWN_OID = 16_384;

	private static final String MEANS = """
			t.typinput = 'pg_catalog.array_in'::regproc AS is_array, EXISTS (SELECT FROM pg_catalog.pg_depend p
					JOIN pg_catalog.pg_extension e ON e.oid = p.refobjid
				WHERE p.objid IN (t.oid, t.typelem) AND p.classid = 'pg_catalog.pg_type'::regclass
					AND p.refclassid = 'pg_catalog.pg_extension'::regclass AND p.deptype = 'e'
					AND e.extname = 'hstore') AS hstore""";

	private static final String MEANING = """
			SELECT %s FROM pg_catalog.pg_type t WHERE t.oid = ?::bigint::oid""".formatted(MEANS);

	/** A domain has the type of its base. */
	private static final String COLUMNS = """
			WITH RECURSIVE columns AS (
				SELECT a.attname, a.atttypid AS declared_type, a.atttypid AS type
				FROM pg_catalog.pg_namespace n
					JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid
					JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
				WHERE n.nspname || '.' || c.relname = ?
				UNION ALL
				SELECT c.attname, c.declared_type, d.typbasetype
				FROM columns c JOIN pg_catalog.pg_type d ON d.oid = c.type
				WHERE d.typtype = 'd')
			SELECT c.attname, d.typname AS declared, t.oid, t.typname, %s
			FROM columns c
				JOIN pg_catalog.pg_type t ON t.oid = c.type
				JOIN pg_catalog.pg_type d ON d.oid = c.declared_type
			WHERE t.typtype <> 'd'""".formatted(MEANS);

	private final Map<String, TableColumn> columns = new HashMap<>();

	private final @Nullable ConnectionSource source;

	private final @Nullable SourceConnections connections;

	private final Set<String> read = new HashSet<>();

	private final Map<Integer, Meaning> meanings = new ConcurrentHashMap<>();

	/**
	 * Create the types.
	 * @param tables the columns of the captured tables
	 * @param source the server, {@code null} to tell types that are not among the columns
	 * by their names
	 */
	ColumnTypes(Map<TableId, List<TableColumn>> tables, @Nullable ConnectionSource source) {
		this.source = source;
		this.connections = null;
		tables.forEach((table, columns) -> {
			String name = table.schema() + "." + table.name();
			columns.forEach((column) -> add(name, column));
		});
	}

	/**
	 * Create the types of tables that become known only as Debezium reads them.
	 * @param connections tell the types
	 */
	ColumnTypes(SourceConnections connections) {
		this.source = null;
		this.connections = connections;
	}

	private void add(String table, TableColumn column) {
		this.columns.put(key(table, column.name()), column);
		this.meanings.put(column.typeOid(),
				new Meaning(column.type().kind() == PostgresTypeKind.ARRAY, isHstore(column.type())));
	}

	private static String key(String table, String column) {
		return table + "\n" + column;
	}

	private static boolean isHstore(PostgresType type) {
		return type.kind() == PostgresTypeKind.HSTORE || type.element() == PostgresTypeKind.HSTORE;
	}

	/**
	 * Return the type of a column.
	 * @param column the column, as Debezium describes it
	 * @return the type
	 */
	PostgresType of(RelationalColumn column) {
		int length = column.length().orElse(0);
		String name = name(column);
		TableColumn known = confused(column);
		if (known != null) {
			return PostgresType.of(known.typeOid(), known.type().name(), known.type().kind() == PostgresTypeKind.ARRAY,
					length, isHstore(known.type()));
		}
		Meaning meaning = meaning(column, name);
		return PostgresType.of(column.nativeType(), name, meaning.array, length, meaning.hstore);
	}

	/**
	 * Debezium tells arrays by the names of their types, of which another schema may have
	 * one as well. The name of a domain says nothing about its base type.
	 */
	private Meaning meaning(RelationalColumn column, String name) {
		Meaning meaning = this.meanings.get(column.nativeType());
		if (meaning != null) {
			return meaning;
		}
		boolean array = column.jdbcType() == Types.ARRAY;
		if (!array && !name.startsWith("_") && isBuiltIn(column.nativeType())) {
			return Meaning.SCALAR;
		}
		meaning = read(column.nativeType(), new Meaning(array, name.endsWith(HSTORE)));
		this.meanings.put(column.nativeType(), meaning);
		return meaning;
	}

	private static boolean isBuiltIn(int oid) {
		return Integer.compareUnsigned(oid, FIRST_OWN_OID) < 0;
	}

	/** The driver names the types of columns with a sequence in a way of its own. */
	private static String name(RelationalColumn column) {
		String name = PostgresType.unqualified(column.typeName());
		return switch (name) {
			case "smallserial" -> "int2";
			case "serial" -> "int4";
			case "bigserial" -> "int8";
			default -> name;
		};
	}

	/**
	 * The column as the catalog has it, if Debezium took its type for another one. The
	 * stream tells OIDs, also those of a type that came after the start.
	 */
	private @Nullable TableColumn confused(RelationalColumn column) {
		if (column.charsetName() != null) {
			return null;
		}
		String table = column.dataCollection();
		if (this.connections != null && this.read.add(table)) {
			this.connections.query((connection) -> readColumns(connection, table));
		}
		TableColumn known = this.columns.get(key(table, column.name()));
		return (known != null && known.typeOid() != column.nativeType()
				&& known.declaredType().equals(PostgresType.unqualified(column.typeName()))) ? known : null;
	}

	/**
	 * Return the OID of a column's type.
	 * @param column the column, as Debezium describes it
	 * @return the OID; for a domain, that of its base type
	 */
	int oid(RelationalColumn column) {
		TableColumn known = confused(column);
		return (known != null) ? known.typeOid() : column.nativeType();
	}

	private @Nullable Void readColumns(Connection connection, String table) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
			statement.setString(1, table);
			try (ResultSet row = statement.executeQuery()) {
				while (row.next()) {
					int oid = (int) row.getLong("oid");
					add(table, new TableColumn(row.getString("attname"), row.getString("declared"), oid, PostgresType
						.of(oid, row.getString("typname"), row.getBoolean("is_array"), 0, row.getBoolean("hstore"))));
				}
			}
		}
		return null;
	}

	private Meaning read(int oid, Meaning byName) {
		if (this.connections != null) {
			Meaning meaning = this.connections.query((connection) -> meaning(connection, oid));
			return (meaning != null) ? meaning : byName;
		}
		if (this.source == null) {
			return byName;
		}
		try (Connection connection = this.source.connect()) {
			Meaning meaning = meaning(connection, oid);
			return (meaning != null) ? meaning : byName;
		}
		catch (SQLException ex) {
			throw new CdcException("The type with OID " + Integer.toUnsignedString(oid) + " cannot be read from the "
					+ "catalog (SQL state " + ex.getSQLState()
					+ "), so it is unknown whether it is an array or hstore. Check the " + "connection to the server.",
					ex);
		}
	}

	private static @Nullable Meaning meaning(Connection connection, int oid) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(MEANING)) {
			statement.setLong(1, Integer.toUnsignedLong(oid));
			try (ResultSet row = statement.executeQuery()) {
				// None for a type that was dropped since the event
				return row.next() ? new Meaning(row.getBoolean("is_array"), row.getBoolean("hstore")) : null;
			}
		}
	}

	/**
	 * What an OID means.
	 *
	 * @param array whether the type is an array
	 * @param hstore whether the type, or that of the array's elements, belongs to the
	 * extension {@code hstore}
	 */
	private record Meaning(boolean array, boolean hstore) {

		static final Meaning SCALAR = new Meaning(false, false);

	}

}
