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
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.cdcspring.internal.row.SourceRecordJson.Values;
import org.apache.kafka.common.utils.ByteUtils;
import org.apache.kafka.connect.data.ConnectSchema;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * Writes values as bytes, which only their schema explains, and reads them. Each value
 * begins with a number: 0 for {@code null}, then those of the marks, and from
 * {@value #VALUE} on the size of what follows, if it has one.
 */
final class BinaryValues {

	private static final int VALUE = 16;

	/** A mark is told by its identity. The order is part of the format. */
	private static final List<Object> MARKS = List.of(ValueFormat.UNAVAILABLE_TEXT, ValueFormat.UNAVAILABLE_BYTES,
			ValueFormat.UNAVAILABLE_NUMBER, ValueFormat.NAN, ValueFormat.INFINITY, ValueFormat.MINUS_INFINITY,
			ValueFormat.UNREADABLE_NUMBER, ValueFormat.UNREADABLE_BYTES, ValueFormat.UNREADABLE_TEXT);

	private static final Map<Object, Integer> MARK_NUMBERS = new IdentityHashMap<>();

	static {
		for (int i = 0; i < MARKS.size(); i++) {
			MARK_NUMBERS.put(MARKS.get(i), i + 1);
		}
	}

	private BinaryValues() {
	}

	/**
	 * Write a value.
	 * @param head the bytes before it
	 */
	static byte[] write(byte[] head, Schema schema, @Nullable Object value) {
		Writer writer = new Writer(head);
		writer.write(schema, value);
		return writer.written();
	}

	/**
	 * Read a value.
	 * @param bytes the value, and nothing else
	 */
	static @Nullable Object read(ByteBuffer bytes, Schema schema) {
		Object value = new Reader(bytes).read(schema);
		if (bytes.hasRemaining()) {
			throw damaged();
		}
		return value;
	}

	private static UnreadableJsonException damaged() {
		return new UnreadableJsonException("it is damaged");
	}

	private static final class Writer {

		private static final int INITIAL_SIZE = 512;

		/** No number takes more. */
		private static final int NUMBER = 10;

		private ByteBuffer bytes;

		Writer(byte[] head) {
			this.bytes = ByteBuffer.allocate(head.length + INITIAL_SIZE);
			this.bytes.put(head);
		}

		byte[] written() {
			return Arrays.copyOf(this.bytes.array(), this.bytes.position());
		}

		void write(Schema schema, @Nullable Object value) {
			if (value == null) {
				head(0);
				return;
			}
			Integer mark = MARK_NUMBERS.get(value);
			if (mark != null) {
				head(mark);
				return;
			}
			switch (schema.type()) {
				case BOOLEAN -> size(((Boolean) value) ? 1 : 0);
				case INT8, INT16, INT32, INT64 -> {
					size(0);
					number((value instanceof Date date) ? date.getTime() : ((Number) value).longValue());
				}
				case FLOAT32 -> {
					size(Float.BYTES);
					this.bytes.putFloat((Float) value);
				}
				case FLOAT64 -> {
					size(Double.BYTES);
					this.bytes.putDouble((Double) value);
				}
				case STRING -> bytes(((String) value).getBytes(StandardCharsets.UTF_8));
				case BYTES -> {
					if (value instanceof BigDecimal decimal) {
						bytes(decimal.unscaledValue().toByteArray());
						number(decimal.scale());
					}
					else {
						bytes(PostgresTypeKind.bytes(value));
					}
				}
				case STRUCT -> struct((Struct) value);
				case ARRAY -> {
					List<?> values = (List<?>) value;
					size(values.size());
					values.forEach((each) -> write(schema.valueSchema(), each));
				}
				case MAP -> {
					Map<?, ?> values = (Map<?, ?>) value;
					size(values.size());
					values.forEach((key, each) -> {
						write(schema.keySchema(), key);
						write(schema.valueSchema(), each);
					});
				}
			}
		}

		private void struct(Struct struct) {
			size(0);
			for (Field field : struct.schema().fields()) {
				write(field.schema(), Values.get(struct, field));
			}
		}

		private void size(int size) {
			head(VALUE + size);
		}

		/** Numbers of a fixed size may follow. */
		private void head(int head) {
			reserve(NUMBER + Double.BYTES);
			ByteUtils.writeUnsignedVarint(head, this.bytes);
		}

		private void number(long number) {
			reserve(NUMBER);
			ByteUtils.writeVarlong(number, this.bytes);
		}

		private void bytes(byte[] value) {
			size(value.length);
			reserve(value.length);
			this.bytes.put(value);
		}

		private void reserve(int length) {
			if (this.bytes.remaining() < length) {
				int size = this.bytes.position();
				ByteBuffer larger = ByteBuffer
					.wrap(Arrays.copyOf(this.bytes.array(), Math.max(2 * size, size + length)));
				this.bytes = larger.position(size);
			}
		}

	}

	private record Reader(ByteBuffer bytes) {

		@Nullable Object read(Schema schema) {
			int head = ByteUtils.readUnsignedVarint(this.bytes);
			if (head == 0) {
				return null;
			}
			if (head < VALUE) {
				return mark(schema, head);
			}
			int size = head - VALUE;
			return switch (schema.type()) {
				case BOOLEAN -> integer(size, 0, 1) == 1;
				case INT8 -> (byte) number(Byte.MIN_VALUE, Byte.MAX_VALUE);
				case INT16 -> (short) number(Short.MIN_VALUE, Short.MAX_VALUE);
				case INT32 -> Values.isTemporal(schema) ? date() : (int) number(Integer.MIN_VALUE, Integer.MAX_VALUE);
				case INT64 -> Values.isTemporal(schema) ? date() : number(Long.MIN_VALUE, Long.MAX_VALUE);
				case FLOAT32 -> this.bytes.getFloat();
				case FLOAT64 -> this.bytes.getDouble();
				case STRING -> new String(bytes(size), StandardCharsets.UTF_8);
				case BYTES -> Decimal.LOGICAL_NAME.equals(schema.name()) ? decimal(size) : bytes(size);
				case STRUCT -> struct(schema);
				case ARRAY -> array(schema, size);
				case MAP -> map(schema, size);
			};
		}

		private static Object mark(Schema schema, int number) {
			if (number > MARKS.size()) {
				throw damaged();
			}
			Object mark = MARKS.get(number - 1);
			ConnectSchema.validateValue(schema, mark);
			return mark;
		}

		private Date date() {
			return new Date(number(Long.MIN_VALUE, Long.MAX_VALUE));
		}

		private long number(long min, long max) {
			return integer(ByteUtils.readVarlong(this.bytes), min, max);
		}

		private static long integer(long value, long min, long max) {
			if (value < min || value > max) {
				throw damaged();
			}
			return value;
		}

		private BigDecimal decimal(int size) {
			BigInteger unscaled = new BigInteger(bytes(size));
			return new BigDecimal(unscaled, (int) number(Integer.MIN_VALUE, Integer.MAX_VALUE));
		}

		private byte[] bytes(int size) {
			byte[] bytes = new byte[require(size)];
			this.bytes.get(bytes);
			return bytes;
		}

		/** Nothing is reserved for what cannot follow: each value takes a byte. */
		private int require(int size) {
			if (size > this.bytes.remaining()) {
				throw damaged();
			}
			return size;
		}

		private Struct struct(Schema schema) {
			Struct struct = new Struct(schema);
			for (Field field : schema.fields()) {
				Object value = read(field.schema());
				if (value != null) {
					struct.put(field, value);
				}
			}
			return struct;
		}

		private List<@Nullable Object> array(Schema schema, int size) {
			List<@Nullable Object> values = new ArrayList<>(require(size));
			for (int i = 0; i < size; i++) {
				values.add(read(schema.valueSchema()));
			}
			return values;
		}

		private Map<@Nullable Object, @Nullable Object> map(Schema schema, int size) {
			Map<@Nullable Object, @Nullable Object> values = new LinkedHashMap<>();
			for (int i = 0; i < require(size); i++) {
				values.put(read(schema.keySchema()), read(schema.valueSchema()));
			}
			return values;
		}

	}

}
