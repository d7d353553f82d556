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
import java.util.List;
import java.util.Map;
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

	private static final String MEANING = """
			SELECT t.typinput = 'pg_catalog.array_in'::regproc, EXISTS (SELECT FROM pg_catalog.pg_depend d
					JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
				WHERE d.objid IN (t.oid, t.typelem) AND d.classid = 'pg_catalog.pg_type'::regclass
					AND d.refclassid = 'pg_catalog.pg_extension'::regclass AND d.deptype = 'e'
					AND e.extname = 'hstore')
			FROM pg_catalog.pg_type t WHERE t.oid = ?::bigint::oid""";

	private final Map<String, TableColumn> columns = new HashMap<>();

	private final @Nullable ConnectionSource source;

	private final Map<Integer, Meaning> meanings = new ConcurrentHashMap<>();

	/**
	 * Create the types.
	 * @param tables the columns of the captured tables
	 * @param source the server, {@code null} to tell types that are not among the columns
	 * by their names
	 */
	ColumnTypes(Map<TableId, List<TableColumn>> tables, @Nullable ConnectionSource source) {
		this.source = source;
		tables.forEach((table, columns) -> {
			String name = table.schema() + "." + table.name();
			for (TableColumn column : columns) {
				this.columns.put(key(name, column.name()), column);
				this.meanings.put(column.typeOid(),
						new Meaning(column.type().kind() == PostgresTypeKind.ARRAY, isHstore(column.type())));
			}
		});
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
		TableColumn known = this.columns.get(key(column.dataCollection(), column.name()));
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

	private Meaning read(int oid, Meaning byName) {
		if (this.source == null) {
			return byName;
		}
		try (Connection connection = this.source.connect();
				PreparedStatement statement = connection.prepareStatement(MEANING)) {
			statement.setLong(1, Integer.toUnsignedLong(oid));
			try (ResultSet row = statement.executeQuery()) {
				// A type that was dropped since the event
				return row.next() ? new Meaning(row.getBoolean(1), row.getBoolean(2)) : byName;
			}
		}
		catch (SQLException ex) {
			throw new CdcException("The type with OID " + Integer.toUnsignedString(oid) + " cannot be read from the "
					+ "catalog (SQL state " + ex.getSQLState()
					+ "), so it is unknown whether it is an array or hstore. Check the " + "connection to the server.",
					ex);
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
