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
 * A component of a record or a property of a bean.
 *
 * @param owner the record or bean
 * @param name its name
 * @param type its type
 * @param column the column that {@link Column @Column} names, {@code null} if the
 * property has no such annotation
 * @param optional whether the table may lack the column
 */
record RowProperty(Class<?> owner, String name, ResolvableType type, @Nullable String column, boolean optional) {

	/**
	 * Describe a property.
	 * @param elements the program elements that may have annotations of the property
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

	/** Replace the type variables of a generic record or bean by classes. */
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

	/** Several libraries have an annotation of this name: accept all of them. */
	static boolean isNullable(AnnotatedElement element) {
		return Arrays.stream(element.getAnnotations())
			.anyMatch((annotation) -> annotation.annotationType().getSimpleName().equals("Nullable"));
	}

	@Nullable RowColumn find(ColumnNames columns) {
		return (this.column != null) ? columns.named(this.column) : columns.match(this.name, this.owner);
	}

	ColumnMapping mappingFor(TableId table, RowColumn column, ValueConverters converters) {
		ColumnTarget target = converters.target(column.type(), this.type);
		if (target == null) {
			String natural = converters.naturalType(column.type()).getSimpleName();
			String wanted = this.type.resolve(Object.class).getSimpleName();
			throw new RowMappingException("Cannot map column '" + column.name() + "' (" + column.type().name() + ") of "
					+ table + " to " + this + " (" + this.type.getType().getTypeName()
					+ "): no converter exists from its natural type " + natural + ". Declare it as " + natural
					+ ", or register a Converter<" + natural + ", " + wanted + ">.");
		}
		return new ColumnMapping(table, column, target, toString(), this.type.getType());
	}

	/** A property without a column is empty, unavailable or null. */
	ColumnMapping withoutColumn(TableId table) {
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

	RowMappingException unmatched(TableId table, ColumnNames columns) {
		return new RowMappingException("Cannot map " + table + " to " + this.owner.getName() + ": no column "
				+ ((this.column != null) ? "'" + this.column + "' exists" : "matches '" + this.name + "'") + " for "
				+ this + " (" + this.type.getType().getTypeName() + "). The columns are " + columns
				+ ". Fix the name or name the column with @Column. If the table may not have the column, declare it "
				+ "@Nullable, Optional or ColumnValue.");
	}

	@Override
	public String toString() {
		return this.owner.getSimpleName() + "." + this.name;
	}

}
