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

import java.lang.reflect.Array;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Converts PostgreSQL arrays to lists, and lists to Java arrays.
 */
final class ArrayConverters {

	private ArrayConverters() {
	}

	/**
	 * Return a converter to a list.
	 * @param type the type of the array
	 * @param element converts each element
	 * @param dimensions the number of dimensions of the target, 0 for any number
	 */
	static ValueConverter list(PostgresType type, ValueConverter element, int dimensions) {
		PostgresType elementType = type.elementType();
		char delimiter = type.delimiter();
		return (raw) -> {
			List<@Nullable Object> list = ArrayText.parse((String) raw, delimiter,
					(text) -> element.convert(elementType.parse(text)));
			if (dimensions > 0 && !list.isEmpty()) {
				checkDimensions(list, dimensions, elementType.kind());
			}
			return list;
		};
	}

	/** The natural Java value of an array; JSON elements remain text. */
	static List<@Nullable Object> natural(PostgresType type, Object raw) {
		PostgresType element = type.elementType();
		return ArrayText.parse((String) raw, type.delimiter(), (text) -> element.kind().natural(element.parse(text)));
	}

	/** The elements of an array in their raw form. */
	static List<@Nullable Object> elements(PostgresType type, Object raw) {
		return ArrayText.parse((String) raw, type.delimiter(), type.elementType()::parse);
	}

	private static void checkDimensions(Object list, int expected, PostgresTypeKind kind) {
		int dimensions = 0;
		Object level = list;
		while (dimensions < expected && level instanceof List<?> elements && !elements.isEmpty()) {
			level = elements.get(0);
			dimensions++;
		}
		if (dimensions < expected) {
			throw new ValueConversionException("the array has fewer dimensions", "Declare it as List<Object>");
		}
		// A JSON element may be a list itself
		if (level instanceof List<?> && kind != PostgresTypeKind.JSON) {
			throw new ValueConversionException("the array has more dimensions", "Declare it as List<Object>");
		}
	}

	static @Nullable Object toArray(@Nullable Object value, Class<?> type) {
		if (!(value instanceof List<?> list) || !type.isArray()) {
			return value;
		}
		Class<?> component = type.getComponentType();
		Object array = Array.newInstance(component, list.size());
		for (int i = 0; i < list.size(); i++) {
			Object element = toArray(list.get(i), component);
			if (element == null && component.isPrimitive()) {
				throw new ValueConversionException("an element is NULL, which a primitive type cannot represent",
						"Declare it as a List, or an array of the wrapper type");
			}
			if (element instanceof List<?>) {
				throw new ValueConversionException("the array has more dimensions", "Declare it as List<Object>");
			}
			Array.set(array, i, element);
		}
		return array;
	}

}
