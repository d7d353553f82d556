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

import java.util.List;

import org.apache.kafka.connect.data.Schema;

/**
 * The key of a row. Two of them are equal only if the server's texts are.
 *
 * @param form the names of the columns and the types of their values
 * @param values the values, none of which is NULL
 */
public record ExactKey(List<String> form, List<Object> values) {

	public ExactKey {
		form = List.copyOf(form);
		values = List.copyOf(values);
	}

	/** The form of the keys that have a schema. */
	static List<String> form(Schema key) {
		return key.fields().stream().map((field) -> field.name() + " " + field.schema().type()).toList();
	}

	/** Contains no value, because the key may be confidential. */
	@Override
	public String toString() {
		return "a key of " + this.form;
	}

}
