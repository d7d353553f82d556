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
import java.util.Collection;
import java.util.Map;

import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Estimates the size of a row in memory. It examines only the columns that can be large,
 * and copies nothing. Debezium's own estimate takes more than a microsecond per event.
 */
final class RowSize {

	private static final int FIELD = 24;

	private static final int OBJECT = 48;

	private final int fixed;

	private final Field[] variable;

	private RowSize(int fixed, Field[] variable) {
		this.fixed = fixed;
		this.variable = variable;
	}

	static RowSize of(Schema row) {
		return new RowSize(OBJECT + FIELD * row.fields().size(),
				row.fields()
					.stream()
					.filter((field) -> !field.schema().type().isPrimitive() || isText(field))
					.toArray(Field[]::new));
	}

	private static boolean isText(Field field) {
		return field.schema().type() == Schema.Type.STRING || field.schema().type() == Schema.Type.BYTES;
	}

	long of(@Nullable RowValues row) {
		if (row == null) {
			return 0;
		}
		long size = this.fixed;
		for (Field field : this.variable) {
			size += ofValue(row.get(field));
		}
		return size;
	}

	private static long ofValue(@Nullable Object value) {
		if (value instanceof String text) {
			return OBJECT + text.length();
		}
		if (value instanceof byte[] bytes) {
			return OBJECT + bytes.length;
		}
		if (value instanceof ByteBuffer buffer) {
			return OBJECT + buffer.remaining();
		}
		if (value instanceof BigDecimal number) {
			return OBJECT + number.precision() / 2;
		}
		if (value instanceof Collection<?> elements) {
			return ofElements(elements);
		}
		if (value instanceof Map<?, ?> map) {
			return ofElements(map.keySet()) + ofElements(map.values());
		}
		return (value != null) ? OBJECT : 0;
	}

	private static long ofElements(Collection<?> elements) {
		long size = OBJECT;
		for (Object element : elements) {
			size += FIELD + ofValue(element);
		}
		return size;
	}

}
