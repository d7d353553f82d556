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

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

import io.github.cdcspring.TableId;
import org.jspecify.annotations.Nullable;

/**
 * The key of a row in a canonical form: two keys are equal if PostgreSQL considers them
 * equal. The dispatcher orders events by it, and {@link KeyHash} names it for parking, so
 * both agree on which events have the same key.
 * <p>
 * A column whose type may consider different texts equal, such as {@code citext}, is not
 * part of the ordering key. Rows that differ only in such columns share a key, which is
 * slower, but keeps their order.
 */
final class OrderingKey {

	private final TableId table;

	private final Object[] values;

	private final int hash;

	private OrderingKey(TableId table, Object[] values) {
		this.table = table;
		this.values = values;
		this.hash = 31 * Arrays.deepHashCode(values) + table.hashCode();
	}

	/**
	 * Create the ordering key of a row.
	 * @param table the row's table
	 * @param columns the columns of the key
	 * @param key the row's key
	 * @return the ordering key, {@code null} if a column is NULL, which equals nothing,
	 * or could not be parsed
	 */
	static @Nullable OrderingKey of(TableId table, List<RowColumn> columns, RowValues key) {
		Object[] values = new Object[columns.size()];
		int size = 0;
		for (RowColumn column : columns) {
			Object raw = column.raw(key);
			if (raw == null || column.isUnreadable(raw)) {
				return null;
			}
			if (column.type().exactEquality()) {
				values[size++] = canonical(column.type(), raw);
			}
		}
		return new OrderingKey(table, (size == values.length) ? values : Arrays.copyOf(values, size));
	}

	private static Object canonical(PostgresType type, Object raw) {
		if (type.kind() == PostgresTypeKind.ARRAY) {
			return canonical(ArrayConverters.elements(type, raw));
		}
		// Trailing blanks of char are not significant
		return type.name().equals("bpchar") ? ((String) raw).stripTrailing() : canonical(raw);
	}

	/**
	 * Return the canonical form: 1.0 and 1.00 are equal to PostgreSQL, and so are 0 and
	 * -0. Integers have one form, so that a key stays equal when its column is widened.
	 */
	private static Object canonical(Object value) {
		if (value instanceof String || value instanceof Long || value instanceof byte[]) {
			return value;
		}
		if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
			return ((Number) value).longValue();
		}
		if (value instanceof BigDecimal number) {
			return ValueFormat.isSpecial(number) ? number : number.stripTrailingZeros();
		}
		if (value instanceof Double || value instanceof Float) {
			return ((Number) value).doubleValue() + 0.0;
		}
		if (value instanceof ByteBuffer buffer) {
			byte[] bytes = new byte[buffer.remaining()];
			buffer.duplicate().get(bytes);
			return bytes;
		}
		if (value instanceof Collection<?> elements) {
			return canonicalElements(elements);
		}
		return value;
	}

	private static @Nullable Object[] canonicalElements(Collection<? extends @Nullable Object> elements) {
		@Nullable Object[] canonical = new Object[elements.size()];
		int i = 0;
		for (Object element : elements) {
			canonical[i++] = (element != null) ? canonical(element) : null;
		}
		return canonical;
	}

	TableId table() {
		return this.table;
	}

	/**
	 * Return the canonical values of the key's columns. Each is a string, boolean, long,
	 * double, decimal number, byte array, or an array of these and of nulls.
	 */
	Object[] values() {
		return this.values;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof OrderingKey that && this.hash == that.hash && this.table.equals(that.table)
				&& Arrays.deepEquals(this.values, that.values);
	}

	@Override
	public int hashCode() {
		return this.hash;
	}

	/** Contains the table only, because the values may be confidential. */
	@Override
	public String toString() {
		return "key of " + this.table;
	}

}
