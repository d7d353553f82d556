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

import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * Values that were read from a table. A row and its key share them. They are not in a
 * struct, because Kafka Connect validates each value that it puts there, and first
 * creates a part of the error message.
 */
final class ReadValues implements RowValues {

	private final Schema schema;

	private final @Nullable Object[] values;

	private final int[] places;

	/**
	 * Create the values.
	 * @param schema the schema
	 * @param values the values that contain those of the schema
	 * @param places the index of the value of each field
	 */
	ReadValues(Schema schema, @Nullable Object[] values, int[] places) {
		this.schema = schema;
		this.values = values;
		this.places = places;
	}

	@Override
	public Schema schema() {
		return this.schema;
	}

	@Override
	public @Nullable Object get(Field field) {
		return this.values[this.places[field.index()]];
	}

	@Override
	public Struct toStruct() {
		Struct struct = new Struct(this.schema);
		for (Field field : this.schema.fields()) {
			struct.put(field, get(field));
		}
		return struct;
	}

}
