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

package io.github.cdcspring.internal.listener;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

import io.github.cdcspring.TableId;
import org.jspecify.annotations.Nullable;

/**
 * A pattern for the tables of a listener: {@code orders} (in schema {@code public}),
 * {@code sales.orders}, or {@code sales.*}, {@code public.order_*} and {@code *.*}, where
 * {@code *} stands for any number of characters. Names are case-sensitive and as
 * PostgreSQL stores them. A name that contains a dot, a star or a double quote, or begins
 * or ends with a blank, needs double quotes, and its own double quotes are doubled:
 * {@code "odd.schema"."ta*ble"}. A star in quotes is not a wildcard.
 *
 * @param schema the schema's part of the pattern
 * @param name the table's part of the pattern
 * @param qualified whether the text named the schema; plays no role in equality
 */
public record TablePattern(Part schema, Part name, boolean qualified) {

	private static final Part PUBLIC = new Part(List.of("public"));

	/**
	 * Parse a pattern.
	 * @param text the pattern
	 * @return the pattern
	 * @throws IllegalArgumentException if the text is not a pattern; the message says why
	 */
	public static TablePattern parse(String text) {
		List<Part> parts = new ArrayList<>(2);
		int start = 0;
		while (start <= text.length()) {
			int end = endOfPart(text, start);
			parts.add(parsePart(text, text.substring(start, end)));
			start = end + 1;
		}
		return switch (parts.size()) {
			case 1 -> new TablePattern(PUBLIC, parts.get(0), false);
			case 2 -> new TablePattern(parts.get(0), parts.get(1), true);
			default -> throw malformed(text, "it has " + parts.size() + " parts, not schema and table");
		};
	}

	private static int endOfPart(String text, int start) {
		boolean quoted = false;
		for (int i = start; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c == '"') {
				quoted = !quoted;
			}
			else if (c == '.' && !quoted) {
				return i;
			}
		}
		if (quoted) {
			throw malformed(text, "a double quote is not closed");
		}
		return text.length();
	}

	private static Part parsePart(String text, String part) {
		if (part.indexOf('\0') >= 0) {
			throw malformed(text, "names in PostgreSQL cannot contain NUL characters");
		}
		boolean quoted = part.length() > 1 && part.startsWith("\"") && part.endsWith("\"");
		String name = quoted ? part.substring(1, part.length() - 1) : part;
		if (name.isBlank()) {
			throw malformed(text, "a name is empty");
		}
		if ((quoted ? name.replace("\"\"", "") : name).indexOf('"') >= 0) {
			throw malformed(text, "double quotes must enclose a whole name and be doubled within it");
		}
		if (quoted) {
			return new Part(List.of(name.replace("\"\"", "\"")));
		}
		if (!name.equals(name.strip())) {
			throw malformed(text, "a name that starts or ends with a blank needs double quotes");
		}
		return new Part(List.of(name.split("\\*+", -1)));
	}

	private static IllegalArgumentException malformed(String text, String why) {
		String shown = (text.length() > 100) ? text.substring(0, 100) + "..." : text;
		return new IllegalArgumentException("'" + shown + "' is not a table pattern: " + why);
	}

	/**
	 * Patterns are equal if they match the same tables.
	 */
	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof TablePattern that && this.schema.equals(that.schema) && this.name.equals(that.name);
	}

	@Override
	public int hashCode() {
		return Objects.hash(this.schema, this.name);
	}

	/**
	 * Return whether the pattern matches a table.
	 * @param table the table
	 * @return {@code true} if it does
	 */
	public boolean matches(TableId table) {
		return this.schema.matches(table.schema()) && this.name.matches(table.name());
	}

	/**
	 * Return whether the pattern names one table.
	 * @return {@code true} if it has no wildcard
	 */
	public boolean isExact() {
		return this.schema.isExact() && this.name.isExact();
	}

	/**
	 * The one table that this names.
	 * @return the table
	 * @throws IllegalStateException if this has a wildcard
	 */
	public TableId toTableId() {
		if (!isExact()) {
			throw new IllegalStateException("'" + this + "' does not name one table");
		}
		return new TableId(this.schema.literals().get(0), this.name.literals().get(0));
	}

	/**
	 * The schema's part for SQL's {@code LIKE}, to be bound as a parameter.
	 * @return the pattern, with backslashes as the escape
	 */
	public String schemaLike() {
		return this.schema.like();
	}

	/**
	 * The table's part for SQL's {@code LIKE}, to be bound as a parameter.
	 * @return the pattern, with backslashes as the escape
	 */
	public String nameLike() {
		return this.name.like();
	}

	/** The pattern in its text form, which {@link #parse} reads. */
	@Override
	public String toString() {
		return this.schema + "." + this.name;
	}

	/**
	 * The pattern of a schema's or a table's name.
	 *
	 * @param literals what stands around the wildcards; one literal where there is no
	 * wildcard
	 */
	public record Part(List<String> literals) {

		public Part {
			literals = List.copyOf(literals);
		}

		boolean isExact() {
			return this.literals.size() == 1;
		}

		/** Takes time linear in the name, whatever the pattern: no regular expression. */
		boolean matches(String name) {
			String first = this.literals.get(0);
			if (isExact()) {
				return name.equals(first);
			}
			String last = this.literals.get(this.literals.size() - 1);
			int end = name.length() - last.length();
			if (end < first.length() || !name.startsWith(first) || !name.endsWith(last)) {
				return false;
			}
			int at = first.length();
			for (String literal : this.literals.subList(1, this.literals.size() - 1)) {
				int found = name.indexOf(literal, at);
				if (found < 0 || found + literal.length() > end) {
					return false;
				}
				at = found + literal.length();
			}
			return true;
		}

		String like() {
			return this.literals.stream()
				.map((literal) -> literal.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_"))
				.collect(Collectors.joining("%"));
		}

		@Override
		public String toString() {
			String text = String.join("*", this.literals);
			return (isExact() && isQuotingNeeded(text)) ? "\"" + text.replace("\"", "\"\"") + "\"" : text;
		}

		private static boolean isQuotingNeeded(String name) {
			return name.indexOf('.') >= 0 || name.indexOf('*') >= 0 || name.indexOf('"') >= 0
					|| !name.equals(name.strip());
		}

	}

}
