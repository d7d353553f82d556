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

import java.util.List;

import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * A column of a row.
 *
 * @param field where its value stands
 * @param type its type
 * @param unavailable the mark for a value that was not sent, {@code null} if there is
 * none
 */
record RowColumn(Field field, PostgresType type, @Nullable Object unavailable) {

	static List<RowColumn> of(Schema row) {
		return row.fields().stream().map(RowColumn::of).toList();
	}

	static RowColumn of(Field field) {
		PostgresType type = PostgresType.of(field.schema());
		return new RowColumn(field, type, type.kind().unavailable());
	}

	String name() {
		return this.field.name();
	}

	/** The value as it is: Connect gives a column's default for NULL. */
	@Nullable Object raw(Struct row) {
		Object raw = row.get(this.field);
		return (raw != null && raw == this.field.schema().defaultValue()) ? row.getWithoutDefault(name()) : raw;
	}

}
