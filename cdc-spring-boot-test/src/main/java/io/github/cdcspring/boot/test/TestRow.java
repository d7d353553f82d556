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

package io.github.cdcspring.boot.test;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.cdcspring.Column;
import org.jspecify.annotations.Nullable;

/**
 * A row that a test makes.
 *
 * @param columns the values by the names of their columns
 */
record TestRow(Map<String, TestValue> columns) {

	TestRow {
		columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
	}

	/**
	 * Read a row.
	 * @param row a record or a {@code Map}
	 * @throws IllegalArgumentException if it is something else, or has a value that no
	 * column has
	 */
	static TestRow of(Object row) {
		Map<String, TestValue> columns = new LinkedHashMap<>();
		if (row instanceof Map<?, ?> map) {
			map.forEach((name, value) -> columns.put(String.valueOf(name), TestValue.of(String.valueOf(name), value)));
		}
		else if (row instanceof Record) {
			for (RecordComponent component : row.getClass().getRecordComponents()) {
				String name = columnOf(component);
				columns.put(name, TestValue.of(name, component.getType(), value(row, component)));
			}
		}
		else {
			throw new IllegalArgumentException(
					"A row of type " + row.getClass().getName() + " has no columns. Use a record or a Map.");
		}
		return new TestRow(columns);
	}

	private static String columnOf(RecordComponent component) {
		Column column = component.getAnnotation(Column.class);
		if (column != null) {
			return column.value();
		}
		StringBuilder name = new StringBuilder();
		for (char character : component.getName().toCharArray()) {
			if (Character.isUpperCase(character)) {
				name.append('_');
			}
			name.append(Character.toLowerCase(character));
		}
		return name.toString();
	}

	private static @Nullable Object value(Object row, RecordComponent component) {
		try {
			Method accessor = component.getAccessor();
			accessor.setAccessible(true);
			return accessor.invoke(row);
		}
		catch (IllegalAccessException | InvocationTargetException ex) {
			throw new IllegalArgumentException(
					"Component '" + component.getName() + "' of " + row.getClass().getName() + " cannot be read", ex);
		}
	}

	/**
	 * Return the values of some columns.
	 * @throws IllegalArgumentException if the row lacks one of them
	 */
	Map<String, @Nullable Object> values(List<String> names) {
		Map<String, @Nullable Object> values = new LinkedHashMap<>();
		for (String name : names) {
			values.put(name, value(name).value());
		}
		return values;
	}

	/**
	 * Return the value of a column.
	 * @throws IllegalArgumentException if the row lacks the column
	 */
	TestValue value(String name) {
		TestValue value = this.columns.get(name);
		if (value == null) {
			throw new IllegalArgumentException(
					"The row has no column '" + name + "'. It has " + this.columns.keySet() + ".");
		}
		return value;
	}

}
