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

package io.github.cdcspring.offset;

import java.util.List;

/**
 * The key of a captured table: its primary key, or the unique index that stands in for
 * it.
 *
 * @param numbers the {@code attnum} of its columns in {@code pg_attribute}, in the order
 * of the key; empty if the table has no key
 * @param columns the names of these columns
 * @param streamed whether the stream names the key, or that there is none, because the
 * primary key is the replica identity
 * @since 0.1.0
 */
public record CapturedKey(List<Integer> numbers, List<String> columns, boolean streamed) {

	public CapturedKey {
		numbers = List.copyOf(numbers);
		columns = List.copyOf(columns);
	}

}
