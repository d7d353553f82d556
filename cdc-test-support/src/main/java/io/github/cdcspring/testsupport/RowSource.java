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

package io.github.cdcspring.testsupport;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A way on which the rows of changes arrive.
 */
public interface RowSource extends AutoCloseable {

	/**
	 * Wait for the next rows. Records that are not changes are skipped.
	 */
	List<Row> rows(int count);

	/**
	 * The new row of a change.
	 *
	 * @param values the natural Java values by column
	 * @param snapshot whether a snapshot read the row, and not the stream
	 */
	record Row(Map<String, @Nullable Object> values, boolean snapshot) {

	}

}
