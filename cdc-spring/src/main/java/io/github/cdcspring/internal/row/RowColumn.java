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
import org.jspecify.annotations.Nullable;

/**
 * A column of a row.
 *
 * @param field the field that contains the column's value
 * @param type the column's type
 * @param unavailable the mark for a value that PostgreSQL did not send, {@code null} if
 * it always sends values of this type
 * @param unreadable the mark for a value that the starter could not parse, {@code null}
 * if there is none for this type
 * @param identity whether the column belongs to the replica identity that the table had
 * when the change was written, {@code null} if that is not known
 */
record RowColumn(Field field, PostgresType type, @Nullable Object unavailable, @Nullable Object unreadable,
		@Nullable Boolean identity) {

	static List<RowColumn> of(Schema row) {
		return row.fields().stream().map(RowColumn::of).toList();
	}

	static RowColumn of(Field field) {
		PostgresType type = PostgresType.of(field.schema());
		return new RowColumn(field, type, type.kind().unavailable(), type.kind().unreadable(),
				IdentityMark.of(field.schema()));
	}

	String name() {
		return this.field.name();
	}

	/** Marks are compared by identity, but numbers by value: they have no equal value. */
	boolean isUnreadable(Object raw) {
		Object unreadable = this.unreadable;
		return unreadable != null && (raw == unreadable
				|| ((unreadable instanceof Integer || unreadable instanceof Long) && raw.equals(unreadable)));
	}

	@Nullable Object raw(RowValues row) {
		return row.get(this.field);
	}

}
