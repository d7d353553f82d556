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

package io.github.cdcspring.internal.support;

import java.util.Collection;
import java.util.stream.Collectors;

import io.github.cdcspring.TableId;

/**
 * Names and texts as SQL takes them, for statements that cannot bind them as parameters
 * and for those that are shown to be pasted. The one place where anything is quoted.
 *
 * @see <a href=
 * "https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS">PostgreSQL:
 * identifiers</a>
 */
public final class SqlQuoting {

	private SqlQuoting() {
	}

	/**
	 * An identifier, always in double quotes, and in one line whatever it holds.
	 * @param name the name, as PostgreSQL stores it
	 * @return the name as SQL takes it
	 * @throws IllegalArgumentException for a NUL character, which no name in PostgreSQL
	 * has
	 */
	public static String identifier(String name) {
		String quoted = '"' + withoutNul(name).replace("\"", "\"\"") + '"';
		return isOneLine(name) ? quoted : "U&" + escaped(quoted.replace("\\", "\\\\"), "\\%04X");
	}

	/**
	 * A table with its schema.
	 * @param table the table
	 * @return the table as SQL takes it
	 */
	public static String table(TableId table) {
		return identifier(table.schema()) + "." + identifier(table.name());
	}

	/**
	 * Tables with their schemas, separated by commas.
	 * @param tables the tables
	 * @return the tables as SQL takes them
	 */
	public static String tables(Collection<TableId> tables) {
		return tables.stream().map(SqlQuoting::table).collect(Collectors.joining(", "));
	}

	/**
	 * A text, with backslashes told as what they are whatever
	 * {@code standard_conforming_strings} is.
	 * @param text the text
	 * @return the text as SQL takes it
	 * @throws IllegalArgumentException for a NUL character, which no text in PostgreSQL
	 * has
	 */
	public static String literal(String text) {
		String quoted = "'" + withoutNul(text).replace("'", "''") + "'";
		boolean plain = text.indexOf('\\') < 0 && isOneLine(text);
		return plain ? quoted : "E" + escaped(quoted.replace("\\", "\\\\"), "\\u%04X");
	}

	private static boolean isOneLine(String text) {
		return text.chars().noneMatch(SqlQuoting::isControl);
	}

	private static boolean isControl(int c) {
		return Character.isISOControl(c) || c == '\u2028' || c == '\u2029';
	}

	private static String escaped(String text, String form) {
		StringBuilder escaped = new StringBuilder();
		text.chars().forEach((c) -> escaped.append(isControl(c) ? form.formatted(c) : String.valueOf((char) c)));
		return escaped.toString();
	}

	private static String withoutNul(String text) {
		if (text.indexOf('\0') >= 0) {
			throw new IllegalArgumentException("PostgreSQL has no text with a NUL character");
		}
		return text;
	}

}
