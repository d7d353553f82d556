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

import java.lang.reflect.Type;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;

import io.github.cdcspring.TableId;

/**
 * Maps rows to one type of the application. {@link RowMappers} creates one mapper for
 * each type.
 *
 * @param <T> the type
 */
public abstract sealed class RowMapper<T> permits ConstructorMapper, BeanMapper, MapMapper {

	private final Type type;

	RowMapper(Type type) {
		this.type = type;
	}

	/**
	 * Return the type to which this mapper maps rows.
	 * @return the type
	 */
	public final Type type() {
		return this.type;
	}

	/**
	 * Match the type's properties to the columns of a table.
	 * @param table the table
	 * @param columns the columns, as the table has them at the time of an event
	 * @return the mapping, which is valid until the table's columns change
	 * @throws RowMappingException if the type does not fit the columns
	 */
	abstract RowMapping<T> mappingFor(TableId table, List<RowColumn> columns);

	/**
	 * Find the properties that keep their initial value, because the table has no column
	 * for them.
	 */
	List<String> unmatchedProperties(TableId table, List<RowColumn> columns) {
		return List.of();
	}

	/**
	 * Check whether rows of a table can be mapped, before any arrives.
	 * @param table the table
	 * @param columns its columns
	 * @return the properties that keep their initial value, because the table has no
	 * column for them
	 * @throws RowMappingException if the type does not fit the columns
	 */
	public final List<String> check(TableId table, List<TableColumn> columns) {
		List<RowColumn> found = rowColumns(columns);
		mappingFor(table, found);
		return unmatchedProperties(table, found);
	}

	/**
	 * Check whether deleted rows of a table can be mapped, before any arrives.
	 * @param table the table
	 * @param columns its columns
	 * @param sent the names of the columns that the server sends of a deleted row
	 * @throws RowMappingException if the type needs a value of another column
	 */
	public final void checkDeleted(TableId table, List<TableColumn> columns, Collection<String> sent) {
		for (ColumnMapping mapping : mappingFor(table, rowColumns(columns)).columns()) {
			mapping.checkDeleted(sent);
		}
	}

	private static List<RowColumn> rowColumns(List<TableColumn> columns) {
		return IntStream.range(0, columns.size())
			.mapToObj((position) -> columns.get(position).toRowColumn(position))
			.toList();
	}

}
