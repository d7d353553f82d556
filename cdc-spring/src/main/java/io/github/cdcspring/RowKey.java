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

package io.github.cdcspring;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The key of a changed row: its primary key, or its replica identity if that is another
 * index.
 *
 * @param columns the names and values of the key's columns, in their order; each value
 * has the natural Java type of its column
 * @since 0.1.0
 */
public record RowKey(Map<String, @Nullable Object> columns) {

	public RowKey {
		columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
	}

	/**
	 * Return the value of a key with one column.
	 * @return the value
	 * @throws IllegalStateException if the key has several columns
	 */
	public @Nullable Object single() {
		if (this.columns.size() != 1) {
			throw new IllegalStateException("The key has the columns " + this.columns.keySet() + ". Use columns().");
		}
		return this.columns.values().iterator().next();
	}

	/** Contains column names only, because the values may be confidential. */
	@Override
	public String toString() {
		return "RowKey" + this.columns.keySet();
	}

}
