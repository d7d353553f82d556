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

import java.util.Set;
import java.util.stream.Collectors;

import io.github.cdcspring.testsupport.TestDatabase;

/**
 * The rows that a table has in the end.
 */
final class SurvivingRows {

	private SurvivingRows() {
	}

	/** The numbers that are the keys of a table's rows. */
	static Set<Long> numbers(TestDatabase database, String table) {
		String key = database.queryForText("SELECT quote_ident(a.attname) FROM pg_index i JOIN pg_attribute a "
				+ "ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] WHERE i.indisprimary AND i.indrelid = '"
				+ table + "'::regclass");
		return database.queryForTexts("SELECT " + key + " FROM " + table)
			.stream()
			.map((number) -> Long.valueOf(String.valueOf(number)))
			.collect(Collectors.toSet());
	}

}
