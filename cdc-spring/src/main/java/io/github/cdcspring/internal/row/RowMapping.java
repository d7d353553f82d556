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

import io.github.cdcspring.Lsn;
import org.jspecify.annotations.Nullable;

/**
 * Maps the rows of one table, as long as its columns do not change, to one type.
 *
 * @param <T> the type
 */
interface RowMapping<T> {

	/**
	 * Map a row.
	 * @param row the row
	 * @param before the previous row, which contains the values that an update did not
	 * change, {@code null} if there is none
	 * @param partial whether {@code null} means that PostgreSQL did not send the value
	 * @param lsn the position of the change, for error messages
	 * @return an object of the type
	 * @throws RowMappingException if a value cannot be converted
	 */
	T map(RowValues row, @Nullable RowValues before, boolean partial, Lsn lsn);

	/**
	 * The mappings of the columns, one for each property.
	 */
	ColumnMapping[] columns();

}
