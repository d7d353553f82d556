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

import java.lang.reflect.Type;

import org.jspecify.annotations.Nullable;

/**
 * Converts the text of {@code json} and {@code jsonb} columns.
 */
public interface JsonConversion {

	/**
	 * Return the type of a JSON column's values in maps and {@code Object} properties.
	 * @return the type
	 */
	Class<?> naturalType();

	/**
	 * Return a converter to a type.
	 * @param type the type
	 * @return the converter
	 */
	Converter converterFor(Type type);

	/**
	 * Converts JSON to one type.
	 */
	@FunctionalInterface
	interface Converter {

		/**
		 * Convert a JSON text.
		 * @param json the text
		 * @return the value, {@code null} for JSON's {@code null} unless the type has an
		 * object for it
		 */
		@Nullable Object convert(String json);

	}

}
