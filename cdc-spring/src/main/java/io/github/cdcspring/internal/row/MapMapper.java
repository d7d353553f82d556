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
import org.jspecify.annotations.Nullable;

import org.springframework.core.ResolvableType;
import org.springframework.util.CollectionUtils;

/**
 * Maps a row to a map from column names to values.
 */
final class MapMapper extends RowMapper<Map<String, @Nullable Object>> {

	private final ValueConverters converters;

	private final ResolvableType valueType;

	MapMapper(ResolvableType type, ValueConverters converters) {
		super(type.getType());
		this.converters = converters;
		this.valueType = type.as(Map.class).getGeneric(1);
	}

	@Override
	RowMapping<Map<String, @Nullable Object>> mappingFor(TableId table, List<RowColumn> columns) {
		String[] names = columns.stream().map(RowColumn::name).toArray(String[]::new);
		ColumnMapping[] mappings = columns.stream()
			.map((column) -> columnMapping(table, column))
			.toArray(ColumnMapping[]::new);
		return new Mapping(names, mappings);
	}

	private ColumnMapping columnMapping(TableId table, RowColumn column) {
		if (this.valueType.resolve(Object.class) == Object.class) {
			ColumnTarget natural = ColumnTarget.plain(this.converters.natural(column.type()), true).forMap();
			return new ColumnMapping(table, column, natural, "Map", Object.class);
		}
		return new RowProperty(Map.class, column.name(), this.valueType, null, null, true, false, false)
			.mappingFor(table, column, this.converters);
	}

	private record Mapping(String[] names,
			ColumnMapping[] columns) implements RowMapping<Map<String, @Nullable Object>> {

		@Override
		public Map<String, @Nullable Object> map(RowValues row, @Nullable RowValues before, boolean partial, Lsn lsn) {
			Map<String, @Nullable Object> map = CollectionUtils.newLinkedHashMap(this.names.length);
			for (int i = 0; i < this.names.length; i++) {
				map.put(this.names[i], this.columns[i].value(row, before, partial, lsn));
			}
			return map;
		}

	}

}
