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

import java.util.List;
import java.util.Map;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.TableId;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

import org.springframework.core.ResolvableType;
import org.springframework.util.CollectionUtils;

/**
 * Binds rows to a map from the column's name to its value.
 */
final class MapType implements RowType<Map<String, @Nullable Object>> {

	private final ValueConverters readers;

	private final ResolvableType values;

	MapType(ResolvableType type, ValueConverters readers) {
		this.readers = readers;
		this.values = type.as(Map.class).getGeneric(1);
	}

	@Override
	public RowMapping<Map<String, @Nullable Object>> plan(TableId table, List<RowColumn> columns) {
		String[] names = columns.stream().map(RowColumn::name).toArray(String[]::new);
		ColumnMapping[] bound = columns.stream().map((column) -> bind(table, column)).toArray(ColumnMapping[]::new);
		return new Plan(names, bound);
	}

	private ColumnMapping bind(TableId table, RowColumn column) {
		if (this.values.resolve(Object.class) == Object.class) {
			ColumnTarget natural = ColumnTarget.plain(this.readers.natural(column.type()), true).forMap();
			return new ColumnMapping(table, column, natural, "Map", Object.class);
		}
		return new RowProperty(Map.class, column.name(), this.values, null, true).bind(table, column, this.readers);
	}

	private record Plan(String[] names, ColumnMapping[] columns) implements RowMapping<Map<String, @Nullable Object>> {

		@Override
		public Map<String, @Nullable Object> bind(Struct row, @Nullable Struct before, boolean partial, Lsn lsn) {
			Map<String, @Nullable Object> map = CollectionUtils.newLinkedHashMap(this.names.length);
			for (int i = 0; i < this.names.length; i++) {
				map.put(this.names[i], this.columns[i].read(row, before, partial, lsn));
			}
			return map;
		}

	}

}
