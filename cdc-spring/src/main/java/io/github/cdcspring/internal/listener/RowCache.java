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

package io.github.cdcspring.internal.listener;

import java.util.Arrays;
import java.util.List;

import io.github.cdcspring.internal.row.Change;
import io.github.cdcspring.internal.row.RowMapper;
import org.jspecify.annotations.Nullable;

import org.springframework.core.ResolvableType;

/**
 * The change in hand and its rows. A record is bound at most once however many parameters
 * take it; what a listener could change is bound for each anew. One object serves all
 * changes of a chain, so that an event costs no allocation here.
 */
final class RowCache {

	private static final Object UNBOUND = new Object();

	private final RowMapper<?>[] binders;

	private final boolean[] shared;

	private final @Nullable Object[] before;

	private final @Nullable Object[] after;

	private @Nullable Change change;

	RowCache(List<RowMapper<?>> binders) {
		this.binders = binders.toArray(RowMapper<?>[]::new);
		this.shared = new boolean[binders.size()];
		for (int slot = 0; slot < this.shared.length; slot++) {
			this.shared[slot] = ResolvableType.forType(this.binders[slot].type()).resolve(Object.class).isRecord();
		}
		this.before = new Object[binders.size()];
		this.after = new Object[binders.size()];
	}

	void set(Change change) {
		this.change = change;
		Arrays.fill(this.before, UNBOUND);
		Arrays.fill(this.after, UNBOUND);
	}

	/** Let go of the rows, which may be large, while no change is in hand. */
	void clear() {
		this.change = null;
		Arrays.fill(this.before, null);
		Arrays.fill(this.after, null);
	}

	Change change() {
		Change change = this.change;
		if (change == null) {
			throw new IllegalStateException("No change is in hand");
		}
		return change;
	}

	@Nullable Object before(int slot) {
		if (!this.shared[slot]) {
			return change().before(this.binders[slot]);
		}
		Object row = this.before[slot];
		if (row == UNBOUND) {
			row = change().before(this.binders[slot]);
			this.before[slot] = row;
		}
		return row;
	}

	@Nullable Object after(int slot) {
		if (!this.shared[slot]) {
			return change().after(this.binders[slot]);
		}
		Object row = this.after[slot];
		if (row == UNBOUND) {
			row = change().after(this.binders[slot]);
			this.after[slot] = row;
		}
		return row;
	}

}
