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

package io.github.cdcspring.internal.backfill;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.github.cdcspring.internal.row.TableColumn;
import io.github.cdcspring.internal.support.SqlQuoting;

/**
 * Compares the key of a row in the order of its index. The session finds the operators of
 * the server's own types only. Those of other types, such as {@code citext}, are named
 * with their schema: without it, the server would compare such a key as text.
 */
final class KeyComparison {

	private final List<String> columns;

	private final List<String> schemas;

	KeyComparison(BackfillTable table) {
		this.columns = table.key().stream().map(TableColumn::name).map(SqlQuoting::identifier).toList();
		this.schemas = table.operators();
	}

	private boolean isOfServer() {
		return this.schemas.stream().allMatch(ColumnOperators.SERVER::equals);
	}

	/** The condition that a row follows another one, whose values are parameters. */
	String follows() {
		return compare(">", ">");
	}

	/**
	 * The condition that a row does not follow another one, whose values are parameters.
	 */
	String doesNotFollow() {
		return compare("<", "<=");
	}

	private String compare(String operator, String lastOperator) {
		if (isOfServer()) {
			return "(" + String.join(", ", this.columns) + ") " + lastOperator + " " + parameters();
		}
		int last = this.columns.size() - 1;
		String condition = compare(last, lastOperator);
		for (int i = last - 1; i >= 0; i--) {
			condition = "(" + compare(i, operator) + " OR " + compare(i, "=") + " AND " + condition + ")";
		}
		// The index finds the place by the first column only
		return (last > 0) ? compare(0, operator + "=") + " AND " + condition : condition;
	}

	/**
	 * Return the values of the parameters of {@link #follows} or {@link #doesNotFollow}.
	 * @param key the key of the other row
	 */
	List<String> valuesToCompare(List<String> key) {
		if (isOfServer()) {
			return key;
		}
		List<String> values = new ArrayList<>();
		if (key.size() > 1) {
			values.add(key.get(0));
		}
		for (int i = 0; i < key.size(); i++) {
			values.add(key.get(i));
			if (i < key.size() - 1) {
				values.add(key.get(i));
			}
		}
		return values;
	}

	/**
	 * The condition that a row has one of some keys, whose values are parameters.
	 * @param keys how many keys
	 */
	String isOneOf(int keys) {
		if (isOfServer()) {
			return "(" + String.join(", ", this.columns) + ") IN ("
					+ String.join(", ", Collections.nCopies(keys, parameters())) + ")";
		}
		String one = IntStream.range(0, this.columns.size())
			.mapToObj((i) -> compare(i, "="))
			.collect(Collectors.joining(" AND ", "(", ")"));
		return "(" + String.join(" OR ", Collections.nCopies(keys, one)) + ")";
	}

	private String parameters() {
		return "(" + String.join(", ", Collections.nCopies(this.columns.size(), "?")) + ")";
	}

	private String compare(int column, String operator) {
		return this.columns.get(column) + " " + ColumnOperators.named(this.schemas.get(column), operator) + " ?";
	}

}
