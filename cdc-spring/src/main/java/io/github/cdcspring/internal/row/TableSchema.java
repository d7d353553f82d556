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

package io.github.cdcspring.internal.row;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.RowKey;
import io.github.cdcspring.TableId;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a table, as its events contain them, and the mappings of these columns
 * to row types. When the columns change, Debezium creates another schema, and the decoder
 * another {@code TableSchema}.
 */
final class TableSchema {

	private final TableId table;

	private final boolean fullIdentity;

	private final @Nullable Field before;

	private final @Nullable Field after;

	private final List<RowColumn> columns;

	private final List<RowColumn> outsideIdentity;

	private final @Nullable RowSize size;

	private final Map<RowMapper<?>, RowMapping<?>> mappings = new ConcurrentHashMap<>();

	private volatile @Nullable KeyColumns key;

	/**
	 * Create a schema.
	 * @param fullIdentity whether the table has {@code REPLICA IDENTITY FULL}, for a
	 * schema whose columns do not tell
	 */
	TableSchema(Schema schema, TableId table, boolean fullIdentity) {
		this.table = table;
		this.before = schema.field("before");
		this.after = schema.field("after");
		this.columns = (this.after != null) ? RowColumn.of(this.after.schema()) : List.of();
		this.outsideIdentity = this.columns.stream()
			.filter((column) -> IdentityMark.isOutside(column.field().schema()))
			.toList();
		this.fullIdentity = this.columns.stream().anyMatch((column) -> column.identity() != null)
				? this.columns.stream().noneMatch((column) -> Boolean.FALSE.equals(column.identity())) : fullIdentity;
		this.size = (this.after != null) ? RowSize.of(this.after.schema()) : null;
	}

	TableId table() {
		return this.table;
	}

	/** Whether PostgreSQL sends the whole previous row with each change. */
	boolean fullIdentity() {
		return this.fullIdentity;
	}

	/**
	 * Whether PostgreSQL sent the whole previous row with a change. Among partitions only
	 * some may have {@code REPLICA IDENTITY FULL}.
	 */
	boolean isWhole(@Nullable RowValues before) {
		return this.fullIdentity || (before != null && hasValueOutsideIdentity(before));
	}

	private boolean hasValueOutsideIdentity(RowValues before) {
		for (RowColumn column : this.outsideIdentity) {
			if (column.raw(before) != null) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Whether PostgreSQL may omit columns of a previous key.
	 * @param key the schema of the key; in Kafka, only the columns of the row tell
	 * @param incompleteKey whether it does, for schemas whose columns do not tell
	 */
	static boolean mayOmit(@Nullable Schema key, Schema envelope, boolean incompleteKey) {
		List<RowColumn> columns = (key != null) ? RowColumn.of(key) : List.of();
		if (columns.stream().allMatch((column) -> column.identity() == null)) {
			Set<String> names = columns.stream().map(RowColumn::name).collect(Collectors.toSet());
			Field row = envelope.field("after");
			columns = (row != null)
					? RowColumn.of(row.schema()).stream().filter((column) -> names.contains(column.name())).toList()
					: List.of();
		}
		return columns.stream().anyMatch((column) -> column.identity() != null)
				? columns.stream().anyMatch((column) -> Boolean.FALSE.equals(column.identity())) : incompleteKey;
	}

	@Nullable RowValues before(Struct envelope) {
		return (this.before != null) ? RowValues.of((Struct) envelope.get(this.before)) : null;
	}

	@Nullable RowValues after(Struct envelope) {
		return (this.after != null) ? RowValues.of((Struct) envelope.get(this.after)) : null;
	}

	long size(@Nullable RowValues row) {
		return (this.size != null) ? this.size.of(row) : 0;
	}

	@SuppressWarnings("unchecked")
	<T> RowMapping<T> mappingFor(RowMapper<T> mapper) {
		RowMapping<?> mapping = this.mappings.get(mapper);
		if (mapping == null) {
			mapping = mapper.mappingFor(this.table, this.columns);
			this.mappings.put(mapper, mapping);
		}
		return (RowMapping<T>) mapping;
	}

	/**
	 * The columns of these names that the table had at the time of the event. Others were
	 * added later, or dropped before.
	 */
	List<RowColumn> columns(Collection<String> names) {
		return this.columns.stream().filter((column) -> names.contains(column.name())).toList();
	}

	/**
	 * The key of a row, {@code null} if PostgreSQL did not send it: the replica identity
	 * may be an index other than the primary key. No key column is ever NULL.
	 */
	@Nullable RowKey key(RowValues key) {
		Map<String, @Nullable Object> values = new LinkedHashMap<>();
		for (RowColumn column : keyColumns(key).columns) {
			Object raw = column.raw(key);
			if (raw == null) {
				return null;
			}
			if (column.isUnreadable(raw)) {
				throw new CdcException("PostgreSQL sent the value of key column '" + column.name() + "' ("
						+ column.type().name() + ") of " + this.table + " in a form that the starter does not know. "
						+ "Report the type and the server's version as a bug.");
			}
			values.put(column.name(), natural(column.type(), raw));
		}
		return new RowKey(values);
	}

	/**
	 * The ordering key of a row, {@code null} if PostgreSQL did not send the whole key.
	 */
	@Nullable OrderingKey orderingKey(RowValues key) {
		return OrderingKey.of(this.table, keyColumns(key).columns, key);
	}

	/**
	 * The key of a row, equal only to one whose values have the same text. A key with
	 * NULL identifies no row, so it is {@code null}.
	 */
	@Nullable ExactKey exactKey(RowValues key) {
		KeyColumns columns = keyColumns(key);
		List<Object> values = new ArrayList<>(columns.columns.size());
		for (RowColumn column : columns.columns) {
			Object raw = column.raw(key);
			if (raw == null) {
				return null;
			}
			values.add((raw instanceof byte[] bytes) ? ByteBuffer.wrap(bytes) : raw);
		}
		return new ExactKey(columns.form, values);
	}

	/** Whether a key has a value that the starter could not parse. */
	boolean isUnreadable(@Nullable RowValues key) {
		if (key == null) {
			return false;
		}
		for (RowColumn column : keyColumns(key).columns) {
			Object raw = (column.unreadable() != null) ? column.raw(key) : null;
			if (raw != null && column.isUnreadable(raw)) {
				return true;
			}
		}
		return false;
	}

	private KeyColumns keyColumns(RowValues key) {
		KeyColumns columns = this.key;
		if (columns == null || columns.schema != key.schema()) {
			columns = new KeyColumns(key.schema(), RowColumn.of(key.schema()), ExactKey.form(key.schema()));
			this.key = columns;
		}
		return columns;
	}

	private static Object natural(PostgresType type, Object raw) {
		return (type.kind() == PostgresTypeKind.ARRAY) ? ArrayConverters.natural(type, raw) : type.kind().natural(raw);
	}

	/**
	 * The columns of the key.
	 *
	 * @param form the form of exact keys
	 */
	private record KeyColumns(Schema schema, List<RowColumn> columns, List<String> form) {

	}

}
