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
import java.util.Locale;
import java.util.stream.Collectors;

import io.github.cdcspring.TableId;
import org.jspecify.annotations.Nullable;

/**
 * Finds the column of a property: first by the exact name, then by the name in snake
 * case, finally by a comparison that ignores case and underscores.
 */
final class ColumnNames {

	private final TableId table;

	private final List<RowColumn> columns;

	ColumnNames(TableId table, List<RowColumn> columns) {
		this.table = table;
		this.columns = columns;
	}

	@Nullable RowColumn named(String column) {
		return this.columns.stream().filter((candidate) -> candidate.name().equals(column)).findFirst().orElse(null);
	}

	@Nullable RowColumn match(String property, Class<?> type) {
		RowColumn column = named(property);
		if (column == null) {
			column = named(snakeCase(property));
		}
		return (column != null) ? column : similar(property, type);
	}

	private @Nullable RowColumn similar(String property, Class<?> type) {
		List<RowColumn> similar = this.columns.stream()
			.filter((column) -> normalize(column.name()).equals(normalize(property)))
			.toList();
		if (similar.size() > 1) {
			throw new RowMappingException("Cannot map " + this.table + " to " + type.getName() + ": the columns "
					+ similar.stream().map(RowColumn::name).collect(Collectors.joining(", ")) + " all match '"
					+ property + "'.", "Name the column with @Column.");
		}
		return similar.isEmpty() ? null : similar.get(0);
	}

	private static String snakeCase(String property) {
		StringBuilder name = new StringBuilder();
		for (char character : property.toCharArray()) {
			if (Character.isUpperCase(character)) {
				name.append('_');
			}
			name.append(Character.toLowerCase(character));
		}
		return name.toString();
	}

	private static String normalize(String name) {
		return name.replace("_", "").toLowerCase(Locale.ROOT);
	}

	@Override
	public String toString() {
		return this.columns.stream().map(RowColumn::name).collect(Collectors.joining(", "));
	}

}
