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

import java.beans.PropertyDescriptor;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

import io.github.cdcspring.ColumnValue;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.TableId;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeanUtils;
import org.springframework.core.ResolvableType;
import org.springframework.util.ReflectionUtils;

/**
 * Maps rows to a bean through its setters. Properties without a column keep their value.
 *
 * @param <T> the bean
 */
final class BeanMapper<T> extends RowMapper<T> {

	private final ValueConverters converters;

	private final Class<?> beanType;

	private final MethodHandle constructor;

	private final List<Setter> setters = new ArrayList<>();

	BeanMapper(ResolvableType type, Constructor<?> constructor, ValueConverters converters) {
		super(type.getType());
		this.converters = converters;
		this.beanType = constructor.getDeclaringClass();
		this.constructor = handle(constructor);
		for (PropertyDescriptor property : BeanUtils.getPropertyDescriptors(this.beanType)) {
			Method method = property.getWriteMethod();
			if (method != null) {
				List<AnnotatedElement> elements = elements(property, method);
				Class<?> wanted = property.getPropertyType();
				RowProperty described = property(type, property.getName(), method, elements);
				boolean column = wanted != Optional.class && wanted != ColumnValue.class && !described.noColumn();
				this.setters.add(new Setter(described, handle(method), column));
			}
		}
	}

	private List<AnnotatedElement> elements(PropertyDescriptor property, Method setter) {
		Field field = ReflectionUtils.findField(this.beanType, property.getName());
		Stream<@Nullable AnnotatedElement> elements = Stream.of(field, property.getReadMethod(), setter,
				setter.getParameters()[0]);
		return elements.filter(Objects::nonNull).toList();
	}

	private RowProperty property(ResolvableType type, String name, Method setter, List<AnnotatedElement> elements) {
		return RowProperty.of(this.beanType, name, ResolvableType.forType(setter.getGenericParameterTypes()[0], type),
				elements.stream());
	}

	private MethodHandle handle(Constructor<?> constructor) {
		try {
			constructor.setAccessible(true);
			return MethodHandles.lookup().unreflectConstructor(constructor).asType(MethodType.methodType(Object.class));
		}
		catch (IllegalAccessException | RuntimeException ex) {
			throw inaccessible("constructor", ex);
		}
	}

	private MethodHandle handle(Method setter) {
		try {
			setter.setAccessible(true);
			return MethodHandles.lookup()
				.unreflect(setter)
				.asType(MethodType.methodType(void.class, Object.class, Object.class));
		}
		catch (IllegalAccessException | RuntimeException ex) {
			throw inaccessible("method " + setter.getName(), ex);
		}
	}

	private RowMappingException inaccessible(String member, Exception ex) {
		return new RowMappingException("Cannot map rows to " + this.beanType.getName() + ": its " + member
				+ " cannot be called (" + ex.getClass().getSimpleName() + ").", "Open its package to this module.");
	}

	@Override
	RowMapping<T> mappingFor(TableId table, List<RowColumn> columns) {
		ColumnNames names = new ColumnNames(table, columns);
		List<ColumnMapping> mappings = new ArrayList<>();
		List<MethodHandle> handles = new ArrayList<>();
		for (Setter setter : this.setters) {
			RowColumn column = setter.property.find(names, this.converters);
			if (column != null) {
				mappings.add(setter.property.mappingFor(table, column, this.converters));
				handles.add(setter.handle);
			}
			else if (setter.property.column() != null && !setter.property.optional()) {
				throw setter.property.unmatched(table, names, this.converters);
			}
		}
		if (mappings.isEmpty()) {
			throw new RowMappingException(
					"Cannot map " + table + " to " + this.beanType.getName()
							+ ": no property matches a column. The columns are " + names + ".",
					"Add setters for these columns, or name the columns with @Column.");
		}
		return new Mapping<>(table, this.beanType, this.constructor, mappings.toArray(ColumnMapping[]::new),
				handles.toArray(MethodHandle[]::new));
	}

	@Override
	List<String> unmatchedProperties(TableId table, List<RowColumn> columns) {
		ColumnNames names = new ColumnNames(table, columns);
		return this.setters.stream()
			.filter((setter) -> setter.column && setter.property.find(names, this.converters) == null)
			.map((setter) -> setter.property.name())
			.toList();
	}

	private record Setter(RowProperty property, MethodHandle handle, boolean column) {

	}

	private record Mapping<T>(TableId table, Class<?> type, MethodHandle constructor, ColumnMapping[] columns,
			MethodHandle[] setters) implements RowMapping<T> {

		@Override
		@SuppressWarnings("unchecked")
		public T map(RowValues row, @Nullable RowValues before, boolean partial, Lsn lsn) {
			try {
				Object bean = (Object) this.constructor.invokeExact();
				for (int i = 0; i < this.setters.length; i++) {
					Object value = this.columns[i].value(row, before, partial, lsn);
					this.setters[i].invokeExact(bean, value);
				}
				return (T) bean;
			}
			catch (RowMappingException | Error ex) {
				throw ex;
			}
			catch (Throwable ex) {
				throw RowMappingException.thrownBy(this.type, this.table, lsn, ex);
			}
		}

	}

}
