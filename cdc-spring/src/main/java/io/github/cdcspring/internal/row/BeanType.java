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
import java.util.stream.Stream;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.TableId;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeanUtils;
import org.springframework.core.ResolvableType;
import org.springframework.util.ReflectionUtils;

/**
 * Binds rows to a bean through its setters. A property without a column is left alone.
 *
 * @param <T> the bean
 */
final class BeanType<T> implements RowType<T> {

	private final ValueConverters readers;

	private final Class<?> type;

	private final MethodHandle constructor;

	private final List<Setter> setters = new ArrayList<>();

	BeanType(ResolvableType type, Constructor<?> constructor, ValueConverters readers) {
		this.readers = readers;
		this.type = constructor.getDeclaringClass();
		this.constructor = handle(constructor);
		for (PropertyDescriptor property : BeanUtils.getPropertyDescriptors(this.type)) {
			Method method = property.getWriteMethod();
			if (method != null) {
				this.setters.add(new Setter(property(type, property, method), handle(method)));
			}
		}
	}

	private RowProperty property(ResolvableType type, PropertyDescriptor property, Method setter) {
		Field field = ReflectionUtils.findField(this.type, property.getName());
		Stream<@Nullable AnnotatedElement> elements = Stream.of(field, property.getReadMethod(), setter,
				setter.getParameters()[0]);
		return RowProperty.of(this.type, property.getName(),
				ResolvableType.forType(setter.getGenericParameterTypes()[0], type), elements.filter(Objects::nonNull));
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

	private RowBindingException inaccessible(String what, Exception ex) {
		return new RowBindingException("Cannot bind rows to " + this.type.getName() + ": its " + what
				+ " cannot be called (" + ex.getClass().getSimpleName() + "). Open its package to this module.");
	}

	@Override
	public RowMapping<T> plan(TableId table, List<RowColumn> columns) {
		ColumnNames names = new ColumnNames(table, columns);
		List<ColumnMapping> bound = new ArrayList<>();
		List<MethodHandle> handles = new ArrayList<>();
		for (Setter setter : this.setters) {
			RowColumn column = setter.property.find(names);
			if (column != null) {
				bound.add(setter.property.bind(table, column, this.readers));
				handles.add(setter.handle);
			}
			else if (setter.property.column() != null && !setter.property.optional()) {
				throw setter.property.unmatched(table, names);
			}
		}
		if (bound.isEmpty()) {
			throw new RowBindingException("Cannot bind " + table + " to " + this.type.getName()
					+ ": no property has a column. The columns are " + names + ". Give it setters named like them, "
					+ "or name the columns with @Column.");
		}
		return new Plan<>(table, this.type, this.constructor, bound.toArray(ColumnMapping[]::new),
				handles.toArray(MethodHandle[]::new));
	}

	private record Setter(RowProperty property, MethodHandle handle) {

	}

	private record Plan<T>(TableId table, Class<?> type, MethodHandle constructor, ColumnMapping[] columns,
			MethodHandle[] setters) implements RowMapping<T> {

		@Override
		@SuppressWarnings("unchecked")
		public T bind(Struct row, @Nullable Struct before, boolean partial, Lsn lsn) {
			try {
				Object bean = (Object) this.constructor.invokeExact();
				for (int i = 0; i < this.setters.length; i++) {
					Object value = this.columns[i].read(row, before, partial, lsn);
					this.setters[i].invokeExact(bean, value);
				}
				return (T) bean;
			}
			catch (RowBindingException | Error ex) {
				throw ex;
			}
			catch (Throwable ex) {
				throw RowTypes.refusedByType(this.table, this.type, lsn, ex);
			}
		}

	}

}
