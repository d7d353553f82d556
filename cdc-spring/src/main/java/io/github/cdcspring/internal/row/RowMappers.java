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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import org.springframework.core.convert.ConversionService;

/**
 * Makes the binders for the types that an application declares for rows: records, beans,
 * and {@code Map<String, Object>}.
 *
 */
public final class RowMappers {

	private final ValueConverters readers;

	private final Map<Type, RowMapper<?>> binders = new ConcurrentHashMap<>();

	/**
	 * Create a factory.
	 * @param conversionService converts what has no form of its own in a Java type; the
	 * application's converters extend it from a column's natural type
	 * @param json reads JSON columns, {@code null} where they are text only
	 */
	public RowMappers(ConversionService conversionService, @Nullable JsonConversion json) {
		this.readers = new ValueConverters(conversionService, json);
	}

	/**
	 * The binder for a type.
	 * @param type a record, a bean, or {@code Map<String, ...>}
	 * @param <T> the type
	 * @return the binder
	 * @throws RowBindingException if rows cannot be bound to such a type
	 */
	@SuppressWarnings("unchecked")
	public <T> RowMapper<T> forType(Type type) {
		return (RowMapper<T>) this.binders.computeIfAbsent(type, this::create);
	}

	private RowMapper<?> create(Type type) {
		return new PlannedRowMapper<>(type, RowTypes.of(type, this.readers));
	}

}
