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
 * Makes text from outside safe for messages: it becomes one line, so that it cannot forge
 * a line of a log, and is cut if it is too long.
 */
public final class LogSafe {

	private static final int LENGTH = 120;

	private static final int TABLES = 10;

	private LogSafe() {
	}

	/**
	 * Replace characters that cannot be printed, and cut a long text.
	 * @param text the text
	 * @return the text in one line
	 */
	public static String of(Object text) {
		String whole = text.toString();
		boolean tooLong = whole.length() > LENGTH;
		String line = line(tooLong ? whole.substring(0, LENGTH) : whole);
		return tooLong ? line + "…" : line;
	}

	/**
	 * Replace characters that cannot be printed in a text of our own, which may be long.
	 * @param text the text
	 * @return the text in one line
	 */
	public static String line(Object text) {
		return text.toString().replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", "?");
	}

	/**
	 * List the names of the first ten tables in one line.
	 * @param tables the tables
	 * @return the names
	 */
	public static String tables(Collection<TableId> tables) {
		String shown = tables.stream().limit(TABLES).map(LogSafe::table).collect(Collectors.joining(", "));
		int more = tables.size() - TABLES;
		return (more > 0) ? shown + " and " + more + " more" : shown;
	}

	private static String table(TableId table) {
		String plain = table.toString();
		return plain.chars().anyMatch(Character::isISOControl) ? SqlQuoting.table(table) : plain;
	}

	/**
	 * Return a text in single quotes, safe to log.
	 * @param text the text
	 * @return the text in quotes
	 */
	public static String quoted(Object text) {
		return "'" + of(text) + "'";
	}

}
