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
 * Finds the column of a property: by its very name, in snake case, and at last whatever
 * the case and the underscores.
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

	@Nullable RowColumn of(String property, Class<?> type) {
		RowColumn column = named(property);
		if (column == null) {
			column = named(snakeCase(property));
		}
		return (column != null) ? column : alike(property, type);
	}

	private @Nullable RowColumn alike(String property, Class<?> type) {
		List<RowColumn> alike = this.columns.stream()
			.filter((column) -> bare(column.name()).equals(bare(property)))
			.toList();
		if (alike.size() > 1) {
			throw new RowBindingException("Cannot bind " + this.table + " to " + type.getName() + ": the columns "
					+ alike.stream().map(RowColumn::name).collect(Collectors.joining(", ")) + " all match '" + property
					+ "'. Name the column with @Column.");
		}
		return alike.isEmpty() ? null : alike.get(0);
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

	private static String bare(String name) {
		return name.replace("_", "").toLowerCase(Locale.ROOT);
	}

	@Override
	public String toString() {
		return this.columns.stream().map(RowColumn::name).collect(Collectors.joining(", "));
	}

}
