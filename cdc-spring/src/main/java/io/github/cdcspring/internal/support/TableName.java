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

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The name of a table of the starter, with or without its schema. Takes what people name
 * tables and refuses the rest, so that quoting is the second fence and not the only one.
 *
 * @param schema the schema, {@code null} for the first one of the search path
 * @param name the table
 */
public record TableName(@Nullable String schema, String name) {

	private static final Pattern IDENTIFIER = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_$-]*");

	// NAMEDATALEN - 1: the server cuts longer names short without an error
	private static final int MAX_BYTES = 63;

	/**
	 * Read a name.
	 * @param use what the table is, such as {@code offset table}
	 * @param text {@code table} or {@code schema.table}, as the server stores them: not
	 * quoted, upper and lower case told apart
	 * @return the name
	 * @throws IllegalArgumentException if it is not the name of a table
	 */
	public static TableName parse(String use, String text) {
		String[] parts = text.split("\\.", -1);
		if (parts.length > 2) {
			throw notATable(use, text);
		}
		for (String part : parts) {
			if (!IDENTIFIER.matcher(part).matches() || part.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
				throw notATable(use, text);
			}
		}
		return (parts.length == 1) ? new TableName(null, parts[0]) : new TableName(parts[0], parts[1]);
	}

	private static IllegalArgumentException notATable(String use, String text) {
		String shown = (text.length() > MAX_BYTES) ? text.substring(0, MAX_BYTES) + "..." : text;
		return new IllegalArgumentException(("'%s' cannot be the %s: give 'table' or 'schema.table', each of "
				+ "letters, digits, '_', '-' and '$', beginning with a letter or '_', at most %d bytes, without quotes")
			.formatted(shown.replaceAll("\\p{Cntrl}", "?"), use, MAX_BYTES));
	}

	/**
	 * The name as SQL takes it.
	 * @return the name, in double quotes
	 */
	public String quoted() {
		return (this.schema != null) ? SqlQuoting.identifier(this.schema) + "." + SqlQuoting.identifier(this.name)
				: SqlQuoting.identifier(this.name);
	}

	@Override
	public String toString() {
		return (this.schema != null) ? this.schema + "." + this.name : this.name;
	}

}
