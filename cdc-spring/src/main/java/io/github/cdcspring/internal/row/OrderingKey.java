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
import java.util.Arrays;

import io.github.cdcspring.TableId;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * A row's key as far as order goes: equal where PostgreSQL takes two keys for the same.
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
	 * The key of a row.
	 * @return the key, {@code null} where a column of it is null: NULL is no key
	 */
	static @Nullable OrderingKey of(TableId table, Struct key) {
		Object[] values = new Object[key.schema().fields().size()];
		int i = 0;
		for (Field field : key.schema().fields()) {
			Object value = key.get(field);
			if (value == null) {
				return null;
			}
			values[i++] = canonical(value);
		}
		return new OrderingKey(table, values);
	}

	/** 1.0 and 1.00 are one key, and so are 0 and -0. */
	private static Object canonical(Object value) {
		if (value instanceof BigDecimal number && !ValueFormat.isSpecial(number)) {
			return number.stripTrailingZeros();
		}
		if (value instanceof Double number) {
			return number + 0.0;
		}
		return (value instanceof Float number) ? (Object) (number + 0.0f) : value;
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

	/** The values may be confidential. */
	@Override
	public String toString() {
		return "key of " + this.table;
	}

}
