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
 * Reads the text of {@code json} and {@code jsonb} columns.
 *
 */
public interface JsonConversion {

	/**
	 * The type that a JSON column has where nothing else is asked for.
	 * @return the type
	 */
	Class<?> naturalType();

	/**
	 * Prepare for one type.
	 * @param type what JSON is to become
	 * @return the reader
	 */
	Reader readerFor(Type type);

	/**
	 * Reads JSON as one type.
	 */
	@FunctionalInterface
	interface Reader {

		/**
		 * Read a JSON text.
		 * @param json the text
		 * @return the value, {@code null} for JSON's {@code null} where the type has no
		 * other form of it
		 */
		@Nullable Object read(String json);

	}

}
