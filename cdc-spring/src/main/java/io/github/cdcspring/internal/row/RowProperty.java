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
import java.lang.reflect.Array;
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
 * @param mapped the column that an annotation of JPA or Spring Data names, {@code null}
 * if the property has no such annotation
 * @param optional whether the table may lack the column
 * @param notNull whether NULL is refused, although the type is not primitive
 * @param noColumn whether an annotation of JPA or Spring Data, or {@code transient}, says
 * that the property is no column
 */
record RowProperty(Class<?> owner, String name, ResolvableType type, @Nullable String column, @Nullable String mapped,
		boolean optional, boolean notNull, boolean noColumn) {

	/**
	 * Describe a property.
	 * @param elements the program elements that may have annotations of the property
	 */
	static RowProperty of(Class<?> owner, String name, ResolvableType type, Stream<AnnotatedElement> elements) {
		String column = null;
		String mapped = null;
		Class<?> wanted = type.resolve(Object.class);
		boolean noColumn = false;
		boolean optional = wanted == Optional.class || wanted == ColumnValue.class;
		for (AnnotatedElement element : elements.toList()) {
			String own = MappedNames.ownColumn(element);
			column = (own != null) ? own : column;
			String other = MappedNames.mappedColumn(element);
			mapped = (other != null) ? other : mapped;
			optional |= isNullable(element);
			noColumn |= MappedNames.isNoColumn(element);
		}
		return new RowProperty(owner, name, resolved(type), column, mapped, optional, false,
				noColumn && column == null);
	}

	/**
	 * A parameter of a Kotlin constructor, whose type or default says what it accepts.
	 */
	RowProperty ofKotlin(boolean mayBeMissing) {
		return new RowProperty(this.owner, this.name, this.type, this.column, this.mapped,
				this.optional || mayBeMissing, !this.optional && !mayBeMissing, this.noColumn);
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

	/**
	 * Find the column. If another library names one that the property cannot take, the
	 * library converts it: the property never takes another column of its own name. If
	 * the table has no such column, the library may fill the property in another way.
	 */
	@Nullable RowColumn find(ColumnNames columns, ValueConverters converters) {
		if (this.column != null) {
			return columns.named(this.column);
		}
		if (this.noColumn) {
			return null;
		}
		RowColumn mapped = findMapped(columns);
		if (mapped == null) {
			return columns.match(this.name, this.owner);
		}
		return (converters.target(mapped.type(), this.type) != null) ? mapped : null;
	}

	private @Nullable RowColumn findMapped(ColumnNames columns) {
		if (this.mapped == null) {
			return null;
		}
		String exact = MappedNames.unquoted(this.mapped);
		return exact.equals(this.mapped) ? columns.match(exact, this.owner) : columns.named(exact);
	}

	ColumnMapping mappingFor(TableId table, RowColumn column, ValueConverters converters) {
		ColumnTarget target = converters.target(column.type(), this.type);
		if (target == null) {
			throw unconvertible(table, column, converters);
		}
		return new ColumnMapping(table, column, this.notNull ? target.notNull() : target, toString(),
				this.type.getType());
	}

	private RowMappingException unconvertible(TableId table, RowColumn column, ValueConverters converters) {
		String natural = converters.naturalType(column.type()).getSimpleName();
		String wanted = this.type.resolve(Object.class).getSimpleName();
		return new RowMappingException(
				"Cannot map column '" + column.name() + "' (" + column.type().name() + ") of " + table + " to " + this
						+ " (" + this.type.getType().getTypeName() + "): no converter exists from its natural type "
						+ natural + ".",
				"Declare it as " + natural + ", or register a Converter<" + natural + ", " + wanted + ">.");
	}

	/** Whether the property needs no column. */
	boolean mayLackColumn() {
		return this.optional || (this.noColumn && !this.notNull);
	}

	/** A property without a column is empty, unavailable, null or zero. */
	ColumnMapping withoutColumn(TableId table) {
		Object value = null;
		if (this.type.resolve() == Optional.class) {
			value = Optional.empty();
		}
		else if (this.type.resolve() == ColumnValue.class) {
			value = ColumnValue.unavailable();
		}
		else if (this.type.resolve(Object.class).isPrimitive()) {
			value = Array.get(Array.newInstance(this.type.resolve(Object.class), 1), 0);
		}
		return new ColumnMapping(table, null, new ColumnTarget((raw) -> raw, true, null, value), toString(),
				this.type.getType());
	}

	/** Why {@link #find} finds no column. */
	RowMappingException unmatched(TableId table, ColumnNames columns, ValueConverters converters) {
		RowColumn mapped = (this.column == null) ? findMapped(columns) : null;
		if (mapped != null) {
			return unconvertible(table, mapped, converters);
		}
		return new RowMappingException("Cannot map " + table + " to " + this.owner.getName() + ": no column "
				+ ((this.column != null) ? "'" + this.column + "' exists" : "matches '" + this.name + "'") + " for "
				+ this + " (" + this.type.getType().getTypeName() + "). The columns are " + columns + ".",
				"Fix the name or name the column with @Column. If the table may not have the column, declare it "
						+ "@Nullable, Optional or ColumnValue.");
	}

	@Override
	public String toString() {
		return this.owner.getSimpleName() + "." + this.name;
	}

}
