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

package io.github.cdcspring.lab;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.github.cdcspring.testsupport.TestDatabase;

/**
 * The rows that a table has in the end.
 */
final class SurvivingRows {

	private SurvivingRows() {
	}

	/** The rows of the ledger's table, with the number of changes of each. */
	static Map<Long, Integer> changes(TestDatabase database) {
		Map<Long, Integer> changes = new HashMap<>();
		database.queryForTexts("SELECT id || ' ' || amount::int FROM " + LedgerTables.EXTRA).forEach((row) -> {
			String[] words = String.valueOf(row).split(" ");
			changes.put(Long.valueOf(words[0]), Integer.valueOf(words[1]));
		});
		return changes;
	}

	/** The keys of a table's rows, each with the one change that wrote it. */
	static Map<Long, Integer> numbers(TestDatabase database, String table) {
		String key = database.queryForText("SELECT quote_ident(a.attname) FROM pg_index i JOIN pg_attribute a "
				+ "ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] WHERE i.indisprimary AND i.indrelid = '"
				+ table + "'::regclass");
		return database.queryForTexts("SELECT " + key + " FROM " + table)
			.stream()
			.map((number) -> Long.valueOf(String.valueOf(number)))
			.collect(Collectors.toMap(Function.identity(), (number) -> 1));
	}

}
