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

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import io.debezium.connector.common.CdcSourceTaskContext;
import io.debezium.connector.postgresql.PostgresConnectorConfig;
import io.debezium.connector.postgresql.PostgresSchema;
import io.debezium.connector.postgresql.PostgresType;
import io.debezium.connector.postgresql.TypeRegistry;
import io.debezium.relational.Column;
import io.debezium.relational.Table;
import io.debezium.relational.TableEditor;
import io.debezium.relational.TableId;
import io.github.cdcspring.CdcException;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.row.IdentityMark;
import io.github.cdcspring.offset.CapturedRelation;
import org.jspecify.annotations.Nullable;

/**
 * The tables of the stream, each as it was when its changes were written: with its name
 * and its replica identity of then. Debezium keeps the former name of a table that is no
 * longer captured under its new name, and reads keys from today's catalog.
 * <p>
 * If the publication sends changes of partitions as those of their root, the server
 * describes the root and then the partition before the first change of the partition, and
 * names only the root in the changes. What a change contains is up to the partition, so
 * the mark of a column depends on all partitions that were described.
 */
final class StreamedTables extends PostgresSchema {

	private final PostgresSchema schema;

	private final StreamedColumns columns;

	private final SnapshotKeys snapshotKeys;

	private final RelationKeys keys;

	/** The names of the captured tables. */
	private final Map<Integer, TableId> captured = new HashMap<>();

	private final Map<Integer, StreamedRelation> relations = new HashMap<>();

	private final Map<Integer, Shown> shown = new HashMap<>();

	/** The partitions of each root. */
	private final Map<Integer, Set<Integer>> partitions = new HashMap<>();

	private @Nullable TypeRegistry types;

	/** Where the transaction that is received commits. */
	private Lsn commit = Lsn.ZERO;

	/** The last two relations that were described since the last change. */
	private int described;

	private int describedBefore;

	/**
	 * Create the tables.
	 * @param context the context of Debezium's task
	 * @param schema the schema of Debezium's task, from which it creates its events
	 * @param columns which columns the changes have
	 * @param snapshotKeys the keys of rows in a snapshot
	 * @param keys finds the keys
	 * @param captured the captured tables, empty if only their names are known
	 */
	// Debezium's schema does the conversions
	@SuppressWarnings("NullAway")
	StreamedTables(CdcSourceTaskContext<PostgresConnectorConfig> context, PostgresSchema schema,
			StreamedColumns columns, SnapshotKeys snapshotKeys, RelationKeys keys, List<CapturedRelation> captured) {
		super(context, null, null, null, null);
		this.schema = schema;
		this.columns = columns;
		this.snapshotKeys = snapshotKeys;
		this.keys = keys;
		captured.forEach((relation) -> this.captured.put((int) relation.oid(),
				new TableId(null, relation.table().schema(), relation.table().name())));
	}

	/**
	 * The server describes a table.
	 * @param streamed the table
	 * @param types the types of the database
	 * @throws SQLException if the catalog cannot be read
	 */
	void described(StreamedRelation streamed, TypeRegistry types) throws SQLException {
		StreamedRelation relation = inSchema(streamed);
		this.types = types;
		this.describedBefore = this.described;
		this.described = relation.oid();
		this.relations.put(relation.oid(), relation);
		if (isFilteredOut(relation.table())) {
			this.shown.remove(relation.oid());
		}
		else {
			this.columns.described(relation.table(), relation.columnNames());
			this.snapshotKeys.described(relation.table());
			show(relation, this.keys.of(relation, this.commit), types);
		}
	}

	/**
	 * A schema that is renamed and renamed back leaves no trace in the catalog. Debezium
	 * would discard what was written meanwhile, because the schema has another name.
	 */
	private StreamedRelation inSchema(StreamedRelation streamed) {
		TableId captured = this.captured.get(streamed.oid());
		return (captured != null && captured.table().equals(streamed.table().table())) ? streamed.named(captured)
				: streamed;
	}

	/**
	 * The server begins to send a transaction.
	 * @param commit the position of its commit
	 */
	void begins(Lsn commit) {
		this.commit = commit;
		other();
	}

	/**
	 * The server sends something else than the description of a table or a change of a
	 * row, so the descriptions before belong to no later change.
	 */
	void other() {
		this.described = 0;
		this.describedBefore = 0;
	}

	/**
	 * The server sends a change of a row.
	 * @param oid the table that the change names
	 */
	void changed(int oid) {
		int partition = this.described;
		boolean root = this.describedBefore == oid && partition != 0 && partition != oid;
		this.described = 0;
		this.describedBefore = 0;
		if (!root) {
			return;
		}
		this.partitions.computeIfAbsent(oid, (key) -> new HashSet<>()).add(partition);
		StreamedRelation relation = this.relations.get(oid);
		Shown shown = this.shown.get(oid);
		TypeRegistry types = this.types;
		if (relation != null && types != null && shown != null && !shown.identity.equals(identity(relation))) {
			show(relation, shown.table.primaryKeyColumnNames(), types);
		}
	}

	/**
	 * The columns that the server sends of previous rows. A partition with FULL sends
	 * more.
	 */
	private Identity identity(StreamedRelation relation) {
		Set<Integer> partitions = this.partitions.getOrDefault(relation.oid(), Set.of());
		if (partitions.isEmpty()) {
			return new Identity(Set.copyOf(relation.identity()), Set.of());
		}
		Set<String> always = new HashSet<>(relation.columnNames());
		Set<String> sometimes = new HashSet<>();
		for (Integer partition : partitions) {
			StreamedRelation described = this.relations.get(partition);
			if (described != null) {
				always.retainAll(described.identity());
				if (!described.identifiesByAllColumns()) {
					sometimes.addAll(described.identity());
				}
			}
		}
		sometimes.removeAll(always);
		return new Identity(always, sometimes);
	}

	private void show(StreamedRelation relation, List<String> key, TypeRegistry types) {
		Identity identity = identity(relation);
		this.shown.put(relation.oid(), show(relation.oid(), table(relation, key, identity, types), identity));
	}

	private Shown show(int oid, Table table, Identity identity) {
		this.schema.applySchemaChangesForTable(oid, table);
		return new Shown(table, identity, this.schema.tableFor(table.id()));
	}

	/**
	 * Debezium asks for the table of a change. It may have replaced the table by that of
	 * today's catalog, which knows no replica identity.
	 */
	@Override
	public @Nullable Table tableFor(int oid) {
		Shown shown = this.shown.get(oid);
		if (shown == null) {
			return null;
		}
		Table current = this.schema.tableFor(shown.table.id());
		if (current != shown.installed
				&& (current == null || current.retrieveColumnNames().equals(shown.table.retrieveColumnNames()))) {
			this.shown.put(oid, show(oid, shown.table, shown.identity));
		}
		return shown.table;
	}

	private static Table table(StreamedRelation relation, List<String> key, Identity identity, TypeRegistry types) {
		Set<String> names = new HashSet<>();
		List<Column> columns = new ArrayList<>();
		for (StreamedRelation.Column column : relation.columns()) {
			if (!names.add(column.name().toLowerCase(Locale.ROOT))) {
				throw new CdcException("Table " + relation.table() + " has several columns '" + column.name()
						+ "' whose names differ only in upper and lower case, which Debezium cannot tell apart. "
						+ "Rename one of them.");
			}
			columns.add(column(column, identity.mark(column.name(), key), types));
		}
		TableEditor table = Table.editor().tableId(relation.table()).addColumns(columns);
		return table.setPrimaryKeyNames(key).create();
	}

	private static Column column(StreamedRelation.Column column, String mark, TypeRegistry types) {
		PostgresType type = types.get(column.type());
		PostgresType root = type.getRootType();
		boolean modified = column.modifier() != TypeRegistry.NO_TYPE_MODIFIER && type.getTypeInfo() != null;
		int length = modified ? type.getTypeInfo().getPrecision(type.getOid(), column.modifier())
				: type.getDefaultLength();
		int scale = modified ? type.getTypeInfo().getScale(type.getOid(), column.modifier()) : type.getDefaultScale();
		String expression = (length == type.getDefaultLength() && scale == 0) ? type.getName()
				: type.getName() + "(" + length + "," + scale + ")";
		return Column.editor()
			.name(column.name())
			.jdbcType(root.getJdbcId())
			.nativeType(root.getOid())
			.optional(true)
			.type(type.getName(), expression)
			.length(length)
			.scale(scale)
			.charsetName(mark)
			.create();
	}

	/**
	 * A table as Debezium has it.
	 *
	 * @param table the table
	 * @param identity the columns that the server sends of previous rows
	 * @param installed the copy in Debezium's schema
	 */
	private record Shown(Table table, Identity identity, @Nullable Table installed) {

	}

	/**
	 * The columns that the server sends of previous rows.
	 *
	 * @param always those of each row
	 * @param sometimes those of the rows of some partitions, which send other columns
	 */
	private record Identity(Set<String> always, Set<String> sometimes) {

		String mark(String column, List<String> key) {
			if (this.sometimes.contains(column)) {
				return IdentityMark.OF_SOME_PARTITIONS;
			}
			boolean sent = this.always.contains(column);
			return (sent && key.contains(column)) ? IdentityMark.NONE : IdentityMark.of(sent);
		}

	}

}
