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

import java.lang.reflect.AnnotatedElement;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

import io.github.cdcspring.Column;
import io.github.cdcspring.ColumnValue;
import io.github.cdcspring.TableId;
import org.jspecify.annotations.Nullable;

import org.springframework.core.ResolvableType;

/**
 * A record's component or a bean's property.
 *
 * @param owner the record or bean
 * @param name its name
 * @param type its type
 * @param column the column that {@link Column @Column} names, {@code null} without
 * @param optional whether it may do without a column
 */
record RowProperty(Class<?> owner, String name, ResolvableType type, @Nullable String column, boolean optional) {

	/**
	 * Find out about a property.
	 * @param elements what may carry its annotations
	 */
	static RowProperty of(Class<?> owner, String name, ResolvableType type, Stream<AnnotatedElement> elements) {
		String column = null;
		Class<?> wanted = type.resolve(Object.class);
		boolean optional = wanted == Optional.class || wanted == ColumnValue.class;
		for (AnnotatedElement element : elements.toList()) {
			Column annotation = element.getAnnotation(Column.class);
			column = (annotation != null) ? annotation.value() : column;
			optional |= isNullable(element);
		}
		return new RowProperty(owner, name, resolved(type), column, optional);
	}

	/** With classes in place of the type variables of a generic record or bean. */
	private static ResolvableType resolved(ResolvableType type) {
		Class<?> raw = type.resolve();
		if (raw == null) {
			return type;
		}
		if (raw.isArray()) {
			return ResolvableType.forArrayComponent(resolved(type.getComponentType()));
		}
		ResolvableType[] generics = type.getGenerics();
		return (generics.length == 0) ? ResolvableType.forClass(raw) : ResolvableType.forClassWithGenerics(raw,
				Arrays.stream(generics).map(RowProperty::resolved).toArray(ResolvableType[]::new));
	}

	/** Any annotation of that name: there are many. */
	static boolean isNullable(AnnotatedElement element) {
		return Arrays.stream(element.getAnnotations())
			.anyMatch((annotation) -> annotation.annotationType().getSimpleName().equals("Nullable"));
	}

	@Nullable RowColumn find(ColumnNames columns) {
		return (this.column != null) ? columns.named(this.column) : columns.of(this.name, this.owner);
	}

	ColumnMapping bind(TableId table, RowColumn column, ValueConverters readers) {
		ColumnTarget target = readers.target(column.type(), this.type);
		if (target == null) {
			String natural = readers.naturalType(column.type()).getSimpleName();
			String wanted = this.type.resolve(Object.class).getSimpleName();
			throw new RowBindingException("Cannot bind column '" + column.name() + "' (" + column.type().name()
					+ ") of " + table + " to " + this + " (" + this.type.getType().getTypeName()
					+ "): nothing converts its natural type " + natural + " to it. Declare it as " + natural
					+ ", or register a Converter<" + natural + ", " + wanted + ">.");
		}
		return new ColumnMapping(table, column, target, toString(), this.type.getType());
	}

	/** Without a column: empty, unavailable or null. */
	ColumnMapping absent(TableId table) {
		Object value = null;
		if (this.type.resolve() == Optional.class) {
			value = Optional.empty();
		}
		else if (this.type.resolve() == ColumnValue.class) {
			value = ColumnValue.unavailable();
		}
		return new ColumnMapping(table, null, new ColumnTarget((raw) -> raw, true, null, value), toString(),
				this.type.getType());
	}

	RowBindingException unmatched(TableId table, ColumnNames columns) {
		return new RowBindingException("Cannot bind " + table + " to " + this.owner.getName() + ": there is no column "
				+ ((this.column != null) ? "'" + this.column + "'" : "like '" + this.name + "'") + " for " + this + " ("
				+ this.type.getType().getTypeName() + "). The columns are " + columns
				+ ". Correct the name, name the column with @Column, or declare it @Nullable, Optional or ColumnValue "
				+ "if the table may lack the column.");
	}

	@Override
	public String toString() {
		return this.owner.getSimpleName() + "." + this.name;
	}

}
