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

package io.github.cdcspring.internal.row;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Parses an array in PostgreSQL's text format, such as {@code {1,NULL,"a b"}}. Several
 * dimensions are nested braces.
 *
 * @see <a href=
 * "https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO">PostgreSQL: array input
 * and output syntax</a>
 */
final class ArrayText {

	private final String text;

	private final char delimiter;

	private final Function<String, @Nullable Object> element;

	private int position;

	private ArrayText(String text, char delimiter, Function<String, @Nullable Object> element) {
		this.text = text;
		this.delimiter = delimiter;
		this.element = element;
	}

	static List<@Nullable Object> parse(String text, char delimiter, Function<String, @Nullable Object> element) {
		ArrayText array = new ArrayText(text, delimiter, element);
		// Bounds that do not start at 1 precede the array: [0:1]={1,2}
		array.position = text.indexOf('{');
		return array.list();
	}

	private List<@Nullable Object> list() {
		List<@Nullable Object> list = new ArrayList<>();
		while (true) {
			this.position++;
			char first = this.text.charAt(this.position);
			if (first == '}') {
				break;
			}
			list.add(switch (first) {
				case '{' -> list();
				case '"' -> this.element.apply(quoted());
				default -> plain();
			});
			if (this.text.charAt(this.position) == '}') {
				break;
			}
		}
		this.position++;
		return Collections.unmodifiableList(list);
	}

	private String quoted() {
		StringBuilder value = new StringBuilder();
		while (this.text.charAt(++this.position) != '"') {
			if (this.text.charAt(this.position) == '\\') {
				this.position++;
			}
			value.append(this.text.charAt(this.position));
		}
		this.position++;
		return value.toString();
	}

	private @Nullable Object plain() {
		int start = this.position;
		while (this.text.charAt(this.position) != this.delimiter && this.text.charAt(this.position) != '}') {
			this.position++;
		}
		String value = this.text.substring(start, this.position);
		return value.equals("NULL") ? null : this.element.apply(value);
	}

}
