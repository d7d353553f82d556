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

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiPredicate;

import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.row.PostgresType;
import io.github.cdcspring.internal.row.TableColumn;
import io.github.cdcspring.internal.support.KeyIndex;

/**
 * A table as the server has it while a chunk is read.
 *
 * @param table the table
 * @param partitioned whether it has partitions
 * @param filtered whether the publication leaves out some of its rows
 * @param primaryKey whether its key is a primary key, which orders its rows
 * @param identified whether a key without NULL belongs to one row only
 * @param columns the columns that the stream contains
 * @param key the columns of the key that the stream's events have
 * @param order the columns of the key with everything that their order depends on
 * @param operators the schemas of the operators that compare the columns of the key
 */
record BackfillTable(TableId table, boolean partitioned, boolean filtered, boolean primaryKey, boolean identified,
		List<TableColumn> columns, List<TableColumn> key, List<String> order, List<String> operators) {

	/**
	 * The columns, with the published ones and the key marked. A column of a domain has
	 * the name of the domain, as in the stream.
	 */
	private static final String QUERY = """
			WITH RECURSIVE relation AS (
				SELECT c.oid, c.relkind = 'p' AS partitioned, k.indisprimary AND k.indisvalid AS primary_key,
					k.indisvalid AND k.indpred IS NULL AS identified, k.indclass::oid[] AS classes,
					(k.indkey::int2[])[0:k.indnkeyatts - 1] AS key
				FROM pg_catalog.pg_class c
					JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
					LEFT JOIN LATERAL (""" + KeyIndex.QUERY
			+ """
					) k ON true
						WHERE n.nspname = ?::text AND c.relname = ?::text),
					columns AS (
						SELECT a.attnum, a.attname, a.attgenerated, a.attcollation, a.atttypid AS declared_type, a.atttypid AS type,
							a.atttypmod AS modifier
						FROM relation r JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0
							AND NOT a.attisdropped
						UNION ALL
						SELECT c.attnum, c.attname, c.attgenerated, c.attcollation, c.declared_type, d.typbasetype,
							CASE WHEN d.typtypmod >= 0 THEN d.typtypmod ELSE c.modifier END
						FROM columns c JOIN pg_catalog.pg_type d ON d.oid = c.type
						WHERE d.typtype = 'd')
					SELECT r.partitioned, coalesce(r.primary_key, false) AS primary_key,
						coalesce(r.identified, false) AS identified, to_jsonb(pr) ->> 'prqual' IS NOT NULL AS filtered,
						concat_ws(' ', c.attname, r.oid, c.attnum, c.type, c.attcollation) AS key_order, c.attname, c.type, c.modifier,
						d.typname AS declared, pg_catalog.scale(1::pg_catalog.money::pg_catalog.numeric) AS money_digits,
						t.typinput = 'pg_catalog.array_in'::regproc AS is_array, e.typdelim, k.place, (
							SELECT n.nspname FROM pg_catalog.pg_opclass oc
								JOIN pg_catalog.pg_amop ao ON ao.amopfamily = oc.opcfamily AND ao.amopstrategy = 5
									AND ao.amoplefttype = oc.opcintype AND ao.amoprighttype = oc.opcintype
								JOIN pg_catalog.pg_operator o ON o.oid = ao.amopopr
								JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
							WHERE oc.oid = r.classes[k.place - 1]) AS operators, EXISTS (
							SELECT FROM pg_catalog.pg_depend p JOIN pg_catalog.pg_extension x ON x.oid = p.refobjid
							WHERE p.classid = 'pg_catalog.pg_type'::regclass
								AND p.refclassid = 'pg_catalog.pg_extension'::regclass
								AND p.deptype = 'e' AND x.extname = 'hstore' AND p.objid IN (t.oid, t.typelem)) AS hstore,
						CASE WHEN to_jsonb(pr) ->> 'prattrs' IS NOT NULL
							THEN to_jsonb(pr) ->> 'prattrs' ~ (E'\\\\m' || c.attnum || E'\\\\M')
							ELSE c.attgenerated = '' OR c.attgenerated = 's'
								AND current_setting('server_version_num')::int >= 180000
								AND coalesce(to_jsonb(pub) ->> 'pubgencols', 's') = 's' END AS sent
					FROM relation r CROSS JOIN columns c
						JOIN pg_catalog.pg_type t ON t.oid = c.type
						JOIN pg_catalog.pg_type d ON d.oid = c.declared_type
						LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem
						LEFT JOIN LATERAL unnest(r.key) WITH ORDINALITY k (attnum, place) ON k.attnum = c.attnum
						LEFT JOIN pg_catalog.pg_publication pub ON pub.pubname = ?::text
						LEFT JOIN pg_catalog.pg_publication_rel pr ON pr.prpubid = pub.oid AND pr.prrelid = r.oid
					WHERE t.typtype <> 'd'
					ORDER BY c.attnum""";

	/**
	 * Read a table.
	 * @param included whether the application receives a column
	 * @return the table; without columns if it does not exist
	 */
	static BackfillTable read(Connection connection, TableId table, String publication,
			BiPredicate<TableId, String> included) throws SQLException {
		List<TableColumn> columns = new ArrayList<>();
		Map<Integer, TableColumn> key = new TreeMap<>();
		Map<Integer, String> order = new TreeMap<>();
		Map<Integer, String> operators = new TreeMap<>();
		boolean partitioned = false;
		boolean filtered = false;
		boolean identified = false;
		boolean primaryKey = false;
		boolean wholeKey = true;
		try (PreparedStatement statement = connection.prepareStatement(QUERY)) {
			statement.setString(1, table.schema());
			statement.setString(2, table.name());
			statement.setString(3, publication);
			try (ResultSet rows = statement.executeQuery()) {
				while (rows.next()) {
					partitioned = rows.getBoolean("partitioned");
					filtered = rows.getBoolean("filtered");
					primaryKey = rows.getBoolean("primary_key");
					identified = rows.getBoolean("identified");
					TableColumn column = column(rows);
					boolean sent = rows.getBoolean("sent");
					int place = rows.getInt("place");
					if (place > 0) {
						key.put(place, column);
						order.put(place, rows.getString("key_order"));
						operators.put(place, Objects.requireNonNullElse(rows.getString("operators"), "pg_catalog"));
						wholeKey &= sent;
					}
					if (sent && included.test(table, column.name())) {
						columns.add(column);
					}
				}
			}
		}
		// A part of a key is none
		return new BackfillTable(table, partitioned, filtered, primaryKey && wholeKey, identified && wholeKey, columns,
				wholeKey ? List.copyOf(key.values()) : List.of(), List.copyOf(order.values()),
				List.copyOf(operators.values()));
	}

	private static TableColumn column(ResultSet row) throws SQLException {
		int oid = (int) row.getLong("type");
		String declared = row.getString("declared");
		PostgresType declaredType = PostgresType.of(oid, declared, row.getBoolean("is_array"), row.getInt("modifier"),
				row.getBoolean("hstore"));
		PostgresType type = declaredType.isMoney() ? declaredType.withMoneyDigits(row.getInt("money_digits"))
				: declaredType;
		String delimiter = row.getString("typdelim");
		return new TableColumn(row.getString("attname"), declared, oid,
				(type.element() != null && delimiter != null) ? type.withDelimiter(delimiter.charAt(0)) : type);
	}

}
