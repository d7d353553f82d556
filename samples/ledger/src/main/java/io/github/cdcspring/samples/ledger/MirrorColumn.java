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

package io.github.cdcspring.samples.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * One column of a mirrored table. A batch is sent as one array a column, which spares the
 * server a statement a row.
 *
 * @param name the column
 * @param type the type of an element of the array
 * @param value takes the value from a row
 * @param <T> the type of a row
 */
record MirrorColumn<T>(String name, String type, Function<T, @Nullable Object> value) {

	void bind(Connection connection, PreparedStatement statement, int index, List<? extends T> rows)
			throws SQLException {
		@Nullable Object[] values = new Object[rows.size()];
		for (int i = 0; i < values.length; i++) {
			values[i] = this.value.apply(rows.get(i));
		}
		statement.setArray(index, connection.createArrayOf(this.type, values));
	}

	static String names(List<? extends MirrorColumn<?>> columns) {
		return columns.stream().map(MirrorColumn::name).collect(Collectors.joining(", "));
	}

	static String arrays(List<? extends MirrorColumn<?>> columns) {
		return columns.stream().map((column) -> "?::" + column.type() + "[]").collect(Collectors.joining(", "));
	}

}
