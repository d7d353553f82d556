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

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import io.github.cdcspring.internal.row.Change;
import io.github.cdcspring.internal.row.ExactKey;
import io.github.cdcspring.internal.row.ReadEvents;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a chunk without those that the stream has changed.
 *
 * @param rows the rows
 * @param changed the keys of the other rows. The event of a change may lack values, or
 * have no listener, so these rows are read again.
 */
record UnchangedRows(List<Change> rows, List<List<String>> changed) {

	/**
	 * Compare the rows with the changes.
	 * @return the rows, {@code null} if the chunk has to be read again, because the keys
	 * do not tell which rows have changed
	 */
	static @Nullable UnchangedRows of(Chunk chunk, RecordedChanges recorded) {
		if (recorded.mayHaveChangedAnyRow()) {
			return null;
		}
		Set<ExactKey> recordedKeys = recorded.keys();
		if (recordedKeys.stream().anyMatch((key) -> !key.form().equals(chunk.form()))) {
			return null;
		}
		List<Change> rows = new ArrayList<>();
		List<List<String>> changed = new ArrayList<>();
		for (int i = 0; i < chunk.rows().size(); i++) {
			Change row = chunk.rows().get(i);
			// A change of a row whose key contains NULL may be one of any row
			ExactKey key = row.exactKeys().isEmpty() ? null : row.exactKeys().get(0);
			if (key != null && recordedKeys.contains(key)) {
				changed.add(chunk.keys().get(i));
			}
			else {
				rows.add(row);
			}
		}
		return new UnchangedRows(chunk.barriers() ? withBarriers(rows) : rows, changed);
	}

	private static List<Change> withBarriers(List<Change> rows) {
		if (!rows.isEmpty()) {
			rows.set(0, ReadEvents.barrier(rows.get(0)));
			rows.set(rows.size() - 1, ReadEvents.barrier(rows.get(rows.size() - 1)));
		}
		return rows;
	}

	/** Contains no value of a row. */
	@Override
	public String toString() {
		return this.rows.size() + " rows";
	}

}
