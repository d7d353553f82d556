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

import org.jspecify.annotations.Nullable;

/**
 * Rows of a table that one reader delivers, and how far that is done.
 */
final class KeyRange {

	private final @Nullable List<String> order;

	private final @Nullable BackfillPosition after;

	private final @Nullable BackfillPosition end;

	private final boolean last;

	private @Nullable BackfillPosition handled;

	private long rows;

	private boolean begun;

	private boolean done;

	private KeyRange(@Nullable List<String> order, @Nullable BackfillPosition after, @Nullable BackfillPosition end,
			boolean last) {
		this.order = order;
		this.after = after;
		this.end = end;
		this.last = last;
		this.handled = after;
	}

	/**
	 * All rows that follow.
	 * @param after the row after which they begin, {@code null} for all
	 */
	static KeyRange after(@Nullable BackfillPosition after) {
		return new KeyRange(null, after, null, true);
	}

	/**
	 * A part of a table that several readers read.
	 * @param order what the order of its rows depends on
	 * @param after the row after which it begins, {@code null} for the first one
	 * @param end its last row, {@code null} if it contains all that follow
	 */
	static KeyRange part(List<String> order, @Nullable BackfillPosition after, @Nullable BackfillPosition end) {
		return new KeyRange(order, after, end, end == null);
	}

	/** Whether its ends would be others in this order. */
	boolean isOutOf(List<String> order) {
		return this.order != null && !this.order.equals(order);
	}

	/** The row after which it begins, {@code null} for the first one. */
	@Nullable BackfillPosition after() {
		return this.after;
	}

	/** Its last row, {@code null} if it contains all that follow. */
	@Nullable BackfillPosition end() {
		return this.end;
	}

	/** Whether no range follows. */
	boolean isLast() {
		return this.last;
	}

	/** The row after which the next chunk begins, {@code null} for the first one. */
	@Nullable BackfillPosition handled() {
		return this.handled;
	}

	/** A chunk was handled. */
	void handled(Chunk chunk, int delivered) {
		this.handled = (chunk.last() && this.end != null) ? this.end : chunk.end();
		this.rows += delivered;
		this.begun = true;
		this.done = chunk.last();
	}

	boolean hasBegun() {
		return this.begun;
	}

	boolean isDone() {
		return this.done;
	}

	/** The rows that were delivered since this was last asked. */
	long takeRows() {
		long rows = this.rows;
		this.rows = 0;
		return rows;
	}

}
