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

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.debezium.connector.postgresql.PostgresSchema;
import io.debezium.relational.Column;
import io.debezium.relational.Key.KeyMapper;
import io.debezium.relational.RelationalDatabaseSchema;
import io.debezium.relational.Table;
import io.debezium.relational.TableId;

/**
 * The keys of rows in a snapshot. Debezium takes the columns that an index only includes
 * for columns of the key, and a partial index for one of all rows. A table has the key
 * that the stream gives it as soon as the stream has described it.
 */
final class SnapshotKeys implements KeyMapper {

	private final Map<List<String>, List<String>> keys;

	private final Set<List<String>> streamed = ConcurrentHashMap.newKeySet();

	/**
	 * Create the keys.
	 * @param keys the columns of the key of tables, by schema and name, where Debezium
	 * may find others
	 */
	SnapshotKeys(Map<List<String>, List<String>> keys) {
		this.keys = Map.copyOf(keys);
	}

	/**
	 * Make Debezium's schema use these keys, unless the connector names keys. Debezium
	 * takes names from its settings only as patterns, which not every name fits.
	 */
	void installIn(PostgresSchema schema) {
		try {
			Field mapper = RelationalDatabaseSchema.class.getDeclaredField("customKeysMapper");
			mapper.setAccessible(true);
			if (mapper.get(schema) == null) {
				mapper.set(schema, this);
			}
		}
		catch (ReflectiveOperationException | RuntimeException ex) {
			throw new IllegalStateException("This version of Debezium does not let the starter choose the keys of a "
					+ "snapshot. Use a version of Debezium that the starter supports.", ex);
		}
	}

	/** The stream describes a table. */
	void described(TableId table) {
		this.streamed.add(name(table));
	}

	@Override
	public List<Column> getKeyKolumns(Table table) {
		List<String> name = name(table.id());
		List<String> key = this.streamed.contains(name) ? null : this.keys.get(name);
		return (key != null) ? columns(table, key) : table.primaryKeyColumns();
	}

	/** A part of a key is none. */
	private static List<Column> columns(Table table, List<String> key) {
		List<Column> columns = new ArrayList<>();
		for (String name : key) {
			Column column = table.columnWithName(name);
			if (column == null) {
				return List.of();
			}
			columns.add(column);
		}
		return columns;
	}

	private static List<String> name(TableId table) {
		return List.of(table.schema(), table.table());
	}

}
