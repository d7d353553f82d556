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

package io.github.cdcspring.internal.backfill;

import java.util.List;

/**
 * The rows of a chunk that were delivered, and those that were left to the stream.
 *
 * @param count how many were delivered
 * @param changed the keys of the rows that the stream has changed. The event of a change
 * may lack values, or have no listener, so these rows are read again.
 */
record DeliveredRows(int count, List<List<String>> changed) {

	DeliveredRows {
		changed = List.copyOf(changed);
	}

	/** Contains no value of a row. */
	@Override
	public String toString() {
		return this.count + " rows";
	}

}
