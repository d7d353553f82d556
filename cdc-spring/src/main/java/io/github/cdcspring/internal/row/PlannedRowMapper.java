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

import java.lang.reflect.Type;

/**
 * A binder whose plans the tables keep: what a table no longer looks like is forgotten
 * with its schema.
 *
 * @param <T> the type
 */
final class PlannedRowMapper<T> implements RowMapper<T> {

	private final Type type;

	private final RowType<T> rows;

	PlannedRowMapper(Type type, RowType<T> rows) {
		this.type = type;
		this.rows = rows;
	}

	@Override
	public Type type() {
		return this.type;
	}

	RowType<T> rows() {
		return this.rows;
	}

}
