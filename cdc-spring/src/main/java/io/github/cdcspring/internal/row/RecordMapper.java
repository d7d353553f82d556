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

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.TableId;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

import org.springframework.core.ResolvableType;

/**
 * Maps rows to a record through its canonical constructor.
 *
 * @param <T> the record
 */
final class RecordMapper<T> extends RowMapper<T> {

	private final ValueConverters converters;

	private final Class<?> recordType;

	private final List<RowProperty> components;

	private final MethodHandle constructor;

	RecordMapper(ResolvableType type, ValueConverters converters) {
		super(type.getType());
		this.converters = converters;
		this.recordType = type.resolve(Object.class);
		Constructor<?> constructor = canonicalConstructor(this.recordType);
		this.components = components(type, constructor);
		this.constructor = spread(constructor);
	}

	private static Constructor<?> canonicalConstructor(Class<?> type) {
		Class<?>[] parameters = Arrays.stream(type.getRecordComponents())
			.map(RecordComponent::getType)
			.toArray(Class<?>[]::new);
		try {
			return type.getDeclaredConstructor(parameters);
		}
		catch (NoSuchMethodException ex) {
			throw new IllegalStateException("A record has its canonical constructor", ex);
		}
	}

	private static List<RowProperty> components(ResolvableType type, Constructor<?> constructor) {
		Class<?> owner = constructor.getDeclaringClass();
		List<RowProperty> properties = new ArrayList<>();
		RecordComponent[] components = owner.getRecordComponents();
		for (int i = 0; i < components.length; i++) {
			RecordComponent component = components[i];
			properties.add(RowProperty.of(owner, component.getName(),
					ResolvableType.forType(component.getGenericType(), type), Stream.of(component,
							component.getAnnotatedType(), component.getAccessor(), constructor.getParameters()[i])));
		}
		return properties;
	}

	private static MethodHandle spread(Constructor<?> constructor) {
		try {
			constructor.setAccessible(true);
			return MethodHandles.lookup()
				.unreflectConstructor(constructor)
				.asSpreader(Object[].class, constructor.getParameterCount())
				.asType(MethodType.methodType(Object.class, Object[].class));
		}
		catch (IllegalAccessException | RuntimeException ex) {
			throw new RowMappingException("Cannot map rows to " + constructor.getDeclaringClass().getName()
					+ ": its constructor cannot be called (" + ex.getClass().getSimpleName()
					+ "). Open its package to this module.");
		}
	}

	@Override
	RowMapping<T> mappingFor(TableId table, List<RowColumn> columns) {
		ColumnNames names = new ColumnNames(table, columns);
		List<ColumnMapping> mappings = new ArrayList<>();
		for (RowProperty component : this.components) {
			RowColumn column = component.find(names);
			if (column == null && !component.optional()) {
				throw component.unmatched(table, names);
			}
			mappings.add((column != null) ? component.mappingFor(table, column, this.converters)
					: component.withoutColumn(table));
		}
		return new Mapping<>(table, this.recordType, mappings.toArray(ColumnMapping[]::new), this.constructor);
	}

	private record Mapping<T>(TableId table, Class<?> type, ColumnMapping[] columns,
			MethodHandle constructor) implements RowMapping<T> {

		@Override
		@SuppressWarnings("unchecked")
		public T map(Struct row, @Nullable Struct before, boolean partial, Lsn lsn) {
			ColumnMapping[] columns = this.columns;
			@Nullable Object[] arguments = new Object[columns.length];
			for (int i = 0; i < columns.length; i++) {
				arguments[i] = columns[i].value(row, before, partial, lsn);
			}
			try {
				return (T) (Object) this.constructor.invokeExact(arguments);
			}
			catch (Error ex) {
				throw ex;
			}
			catch (Throwable ex) {
				throw RowMappingException.thrownBy(this.type, this.table, lsn, ex);
			}
		}

	}

}
