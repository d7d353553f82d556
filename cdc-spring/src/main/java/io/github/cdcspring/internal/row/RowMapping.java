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
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * How rows of one schema become objects of one type.
 *
 * @param <T> the type
 */
interface RowMapping<T> {

	/**
	 * Bind a row.
	 * @param row the row
	 * @param before the row before, which has what an update did not touch, {@code null}
	 * if there is none
	 * @param partial whether a null means that the value was not sent
	 * @param lsn where the change stands, for what is said of a failure
	 */
	T bind(Struct row, @Nullable Struct before, boolean partial, Lsn lsn);

	/** Whether a row once bound may be given to several listeners. */
	default boolean isImmutable() {
		return false;
	}

}
