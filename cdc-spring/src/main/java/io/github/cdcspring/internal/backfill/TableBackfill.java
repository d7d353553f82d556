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

import io.github.cdcspring.TableId;
import org.jspecify.annotations.Nullable;

/**
 * A table whose existing rows are to be read, and how far that is done.
 */
final class TableBackfill {

	private final TableId table;

	private volatile @Nullable BackfillPosition handled;

	private volatile long rows;

	private volatile boolean begun;

	private volatile boolean stored;

	TableBackfill(TableId table) {
		this.table = table;
	}

	static TableBackfill resume(BackfillProgress progress) {
		TableBackfill backfill = new TableBackfill(progress.table());
		backfill.rows = progress.rows();
		backfill.handled = progress.columns().isEmpty() ? null
				: new BackfillPosition(progress.columns(), progress.values());
		backfill.begun = backfill.handled != null;
		backfill.stored = true;
		return backfill;
	}

	/** How far it is done, to be stored. */
	BackfillProgress progress() {
		BackfillPosition handled = this.handled;
		return new BackfillProgress(this.table, this.rows, (handled != null) ? handled.columns() : List.of(),
				(handled != null) ? handled.values() : List.of());
	}

	/** Its progress is stored. */
	void stored() {
		this.stored = true;
	}

	/** Whether the store knows of it. */
	boolean isStored() {
		return this.stored;
	}

	TableId table() {
		return this.table;
	}

	/**
	 * The last row of the last chunk whose rows were all handled.
	 * @return the row, {@code null} to begin with the first one
	 */
	@Nullable BackfillPosition handled() {
		return this.handled;
	}

	/** The number of rows that were delivered. */
	long rows() {
		return this.rows;
	}

	/** The first chunk is about to be read. Later requests are requests of their own. */
	void begin() {
		this.begun = true;
	}

	boolean hasBegun() {
		return this.begun;
	}

	/** A chunk was handled. */
	void handled(Chunk chunk, int delivered) {
		this.handled = chunk.end();
		this.rows += delivered;
	}

}
