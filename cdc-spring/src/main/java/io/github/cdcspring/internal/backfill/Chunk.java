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

import io.github.cdcspring.internal.row.Change;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a table that were read under one snapshot.
 *
 * @param snapshot the snapshot
 * @param rows the rows
 * @param keys the keys of the rows, as the server's text
 * @param form the form of their exact keys, empty if a key may belong to several rows
 * @param barriers whether no other event may be delivered together with the rows, as
 * their keys may have another form than those in the stream
 * @param again whether the rows are read again, because the stream has changed them
 * @param end the last row, or the row after which the chunk began if it has none;
 * {@code null} to begin with the first one
 * @param first whether no rows precede
 * @param last whether no rows follow
 */
record Chunk(TransactionSnapshot snapshot, List<Change> rows, List<List<String>> keys, List<String> form,
		boolean barriers, boolean again, @Nullable BackfillPosition end, boolean first, boolean last) {

	/** Contains no value of a row. */
	@Override
	public String toString() {
		return this.rows.size() + " rows";
	}

}
