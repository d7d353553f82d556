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

import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeanUtils;
import org.springframework.core.ResolvableType;
import org.springframework.core.convert.ConversionService;
import org.springframework.core.convert.support.GenericConversionService;

/**
 * Creates the mappers for the row types that an application declares: records, immutable
 * classes with one constructor, beans and {@code Map<String, Object>}.
 */
public final class RowMappers {

	private final ValueConverters converters;

	private final Map<Type, RowMapper<?>> mappers = new ConcurrentHashMap<>();

	/**
	 * Create a factory for an application without converters of its own.
	 * @param conversionService converts a column's natural Java type to types that the
	 * starter does not know
	 * @param json converts JSON columns, {@code null} to offer them as text only
	 */
	public RowMappers(ConversionService conversionService, @Nullable JsonConversion json) {
		this(conversionService, new GenericConversionService(), json);
	}

	/**
	 * Create a factory.
	 * @param conversionService converts a column's natural Java type to types that the
	 * starter does not know: by Spring's converters and those of the application
	 * @param applicationConverters those of the application only; they may convert what
	 * Spring's converters would change, and labels to enums
	 * @param json converts JSON columns, {@code null} to offer them as text only
	 */
	public RowMappers(ConversionService conversionService, GenericConversionService applicationConverters,
			@Nullable JsonConversion json) {
		this.converters = new ValueConverters(conversionService, applicationConverters, json);
	}

	/**
	 * Return the mapper for a type. All calls with one type return the same mapper.
	 * @param type a record, a bean, or {@code Map<String, ...>}
	 * @param <T> the type
	 * @return the mapper
	 * @throws RowMappingException if rows cannot be mapped to such a type
	 */
	@SuppressWarnings("unchecked")
	public <T> RowMapper<T> mapperFor(Type type) {
		return (RowMapper<T>) this.mappers.computeIfAbsent(type, this::create);
	}

	private RowMapper<?> create(Type type) {
		ResolvableType resolvable = ResolvableType.forType(type);
		Class<?> target = resolvable.resolve(Object.class);
		if (target == Map.class) {
			return new MapMapper(resolvable, this.converters);
		}
		if (BeanUtils.isSimpleValueType(target) || target.isArray() || Modifier.isAbstract(target.getModifiers())
				|| target.getName().startsWith("java.")) {
			throw unsuitable(type, "it is not a row type");
		}
		RowConstructor constructor = RowConstructor.find(resolvable);
		return (constructor != null) ? new ConstructorMapper<>(resolvable, constructor, this.converters)
				: new BeanMapper<>(resolvable, noArgumentConstructor(target), this.converters);
	}

	private static Constructor<?> noArgumentConstructor(Class<?> target) {
		try {
			return target.getDeclaredConstructor();
		}
		catch (NoSuchMethodException ex) {
			throw unsuitable(target, "it has neither exactly one constructor nor one without parameters");
		}
	}

	private static RowMappingException unsuitable(Type type, String problem) {
		return new RowMappingException("Cannot map rows to " + type.getTypeName() + ": " + problem + ".",
				"Declare a record, an immutable class with one constructor, a bean with setters, or Map<String, Object>.");
	}

}
