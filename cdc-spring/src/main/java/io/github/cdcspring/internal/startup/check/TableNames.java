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

import java.util.Collection;
import java.util.stream.Collectors;

import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.support.SqlQuoting;

/**
 * Lists of tables, for people and for SQL.
 */
final class TableNames {

	private static final int SHOWN = 10;

	private TableNames() {
	}

	/**
	 * For people: in one line, and not too many.
	 */
	static String tables(Collection<TableId> tables) {
		String shown = tables.stream().limit(SHOWN).map(TableNames::table).collect(Collectors.joining(", "));
		int more = tables.size() - SHOWN;
		return (more > 0) ? shown + " and " + more + " more" : shown;
	}

	private static String table(TableId table) {
		String plain = table.toString();
		return plain.chars().anyMatch(Character::isISOControl) ? SqlQuoting.table(table) : plain;
	}

	/**
	 * For SQL: whole.
	 */
	static String sql(Collection<TableId> tables) {
		return tables.stream().map(SqlQuoting::table).collect(Collectors.joining(", "));
	}

}
