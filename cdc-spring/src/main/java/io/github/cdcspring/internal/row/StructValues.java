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
 * The values of a struct.
 */
final class StructValues implements RowValues {

	private final Struct struct;

	StructValues(Struct struct) {
		this.struct = struct;
	}

	@Override
	public Schema schema() {
		return this.struct.schema();
	}

	@Override
	public @Nullable Object get(Field field) {
		Object value = this.struct.get(field);
		return (value != null && value == field.schema().defaultValue()) ? this.struct.getWithoutDefault(field.name())
				: value;
	}

	@Override
	public Struct toStruct() {
		return this.struct;
	}

}
