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

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.cdcspring.CdcBackfill.Condition;
import org.jspecify.annotations.Nullable;

/**
 * Reads conditions such as {@code created_at >= '2026-01-01' and status = 'open'}. That
 * is no SQL: a condition consists of a column, an operator and values, and only
 * {@code and} joins them. Nothing of the text becomes part of a statement. Messages
 * contain the place and no values.
 */
public final class ConditionParser {

	private static final int MAX_CONDITIONS = 20;

	private static final int MAX_VALUES = 1_000;

	private static final Pattern SPACE = Pattern.compile("[ \\t\\r\\n]*+");

	private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_$]*+");

	private static final Pattern QUOTED_NAME = Pattern.compile("\"((?:[^\"]|\"\")++)\"");

	private static final Pattern TEXT = Pattern.compile("'((?:[^']|'')*+)'");

	private static final Pattern NUMBER = Pattern.compile("-?[0-9]++(?:[.][0-9]++)?(?![A-Za-z0-9_.$'\"])");

	private static final Pattern COMPARISON = Pattern.compile("<=|>=|<>|=|<|>");

	private static final Set<String> KEYWORDS = Set.of("and", "or", "not", "in", "is", "null", "between", "like",
			"exists", "select", "true", "false");

	private final String text;

	private int place;

	private ConditionParser(String text) {
		this.text = text;
	}

	/**
	 * Read conditions.
	 * @param text the text
	 * @return the conditions, at least one
	 * @throws IllegalArgumentException if they cannot be read
	 */
	public static List<Condition> parse(String text) {
		return new ConditionParser(text).conditions();
	}

	private List<Condition> conditions() {
		List<Condition> conditions = new ArrayList<>();
		do {
			conditions.add(condition());
			if (conditions.size() > MAX_CONDITIONS) {
				throw wrong("no more than " + MAX_CONDITIONS + " conditions");
			}
		}
		while (keyword("and"));
		skipSpace();
		if (this.place < this.text.length()) {
			throw wrong("'and' or the end");
		}
		return conditions;
	}

	private Condition condition() {
		String column = column();
		if (keyword("is")) {
			boolean not = keyword("not");
			if (!keyword("null")) {
				throw wrong("'null'");
			}
			return new Condition(column, not ? "is not null" : "is null", List.of());
		}
		if (keyword("in")) {
			return new Condition(column, "in", list());
		}
		Matcher operator = next(COMPARISON);
		if (operator == null) {
			throw wrong("one of the operators =, <>, <, <=, >, >=, in, is null, is not null");
		}
		return new Condition(column, operator.group(), List.of(value()));
	}

	private String column() {
		Matcher quoted = next(QUOTED_NAME);
		if (quoted != null) {
			return quoted.group(1).replace("\"\"", "\"");
		}
		int start = this.place;
		Matcher name = next(NAME);
		if (name == null || KEYWORDS.contains(name.group().toLowerCase(Locale.ROOT))) {
			this.place = start;
			throw wrong("the name of a column, in double quotes if it is a keyword or has other characters than "
					+ "letters, digits and _");
		}
		return name.group();
	}

	private List<String> list() {
		if (!symbol('(')) {
			throw wrong("a list of values in parentheses");
		}
		List<String> values = new ArrayList<>();
		do {
			values.add(value());
			if (values.size() > MAX_VALUES) {
				throw wrong("no more than " + MAX_VALUES + " values");
			}
		}
		while (symbol(','));
		if (!symbol(')')) {
			throw wrong("',' or ')'");
		}
		return values;
	}

	private String value() {
		Matcher text = next(TEXT);
		if (text != null) {
			return text.group(1).replace("''", "'");
		}
		Matcher number = next(NUMBER);
		if (number == null) {
			throw wrong("a number, or a text in single quotes");
		}
		return number.group();
	}

	private boolean keyword(String keyword) {
		int start = this.place;
		Matcher name = next(NAME);
		if (name != null && name.group().equalsIgnoreCase(keyword)) {
			return true;
		}
		this.place = start;
		return false;
	}

	private boolean symbol(char symbol) {
		skipSpace();
		boolean found = this.place < this.text.length() && this.text.charAt(this.place) == symbol;
		this.place += found ? 1 : 0;
		return found;
	}

	private @Nullable Matcher next(Pattern pattern) {
		skipSpace();
		Matcher matcher = pattern.matcher(this.text).region(this.place, this.text.length());
		matcher.useTransparentBounds(true);
		if (!matcher.lookingAt()) {
			return null;
		}
		this.place = matcher.end();
		return matcher;
	}

	private void skipSpace() {
		Matcher space = SPACE.matcher(this.text).region(this.place, this.text.length());
		if (space.lookingAt()) {
			this.place = space.end();
		}
	}

	private IllegalArgumentException wrong(String expected) {
		return new IllegalArgumentException(
				"The conditions cannot be read at character " + (this.place + 1) + ", where they need " + expected
						+ ". Write them like \"created_at >= '2026-01-01' and " + "status = 'open'\".");
	}

}
