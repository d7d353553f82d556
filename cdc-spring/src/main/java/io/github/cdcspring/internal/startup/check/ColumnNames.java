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

package io.github.cdcspring.internal.startup.check;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.github.cdcspring.internal.row.TableColumn;

/**
 * Names of columns as Debezium tells them apart: without quotes around them, and in lower
 * case.
 */
final class ColumnNames {

	private static final String QUOTES = "\"'`";

	private ColumnNames() {
	}

	/**
	 * The names that Debezium takes for the same.
	 */
	static List<String> alike(List<TableColumn> columns) {
		Map<String, List<String>> names = columns.stream()
			.map(TableColumn::name)
			.collect(Collectors.groupingBy((name) -> unquoted(name).toLowerCase(Locale.ROOT), TreeMap::new,
					Collectors.toList()));
		return names.values().stream().filter((alike) -> alike.size() > 1).flatMap(List::stream).toList();
	}

	/**
	 * The names that Debezium changes.
	 */
	static List<String> quoted(List<TableColumn> columns) {
		return columns.stream().map(TableColumn::name).filter((name) -> !name.equals(unquoted(name))).toList();
	}

	private static String unquoted(String name) {
		int last = name.length() - 1;
		if (last < 1 || name.charAt(0) != name.charAt(last) || QUOTES.indexOf(name.charAt(0)) < 0) {
			return name;
		}
		String quote = name.substring(0, 1);
		return name.substring(1, last).replace(quote + quote, quote);
	}

}
