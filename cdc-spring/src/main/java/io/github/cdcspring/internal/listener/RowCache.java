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
 * The event that is being delivered, and its rows. A record is mapped once and shared by
 * all parameters of its type; mutable rows are mapped for each parameter. Reused for all
 * events of a thread, so that an event needs no allocation here.
 */
final class RowCache {

	private static final Object NOT_MAPPED = new Object();

	private final RowMapper<?>[] mappers;

	private final boolean[] shared;

	private final @Nullable Object[] before;

	private final @Nullable Object[] after;

	private @Nullable Change change;

	RowCache(List<RowMapper<?>> mappers) {
		this.mappers = mappers.toArray(RowMapper<?>[]::new);
		this.shared = new boolean[mappers.size()];
		for (int index = 0; index < this.shared.length; index++) {
			this.shared[index] = ResolvableType.forType(this.mappers[index].type()).resolve(Object.class).isRecord();
		}
		this.before = new Object[mappers.size()];
		this.after = new Object[mappers.size()];
	}

	void set(Change change) {
		this.change = change;
		Arrays.fill(this.before, NOT_MAPPED);
		Arrays.fill(this.after, NOT_MAPPED);
	}

	/** Release the event and its rows, which can be large. */
	void clear() {
		this.change = null;
		Arrays.fill(this.before, null);
		Arrays.fill(this.after, null);
	}

	Change change() {
		Change change = this.change;
		if (change == null) {
			throw new IllegalStateException("No event is being delivered");
		}
		return change;
	}

	@Nullable Object before(int index) {
		if (!this.shared[index]) {
			return change().before(this.mappers[index]);
		}
		Object row = this.before[index];
		if (row == NOT_MAPPED) {
			row = change().before(this.mappers[index]);
			this.before[index] = row;
		}
		return row;
	}

	@Nullable Object after(int index) {
		if (!this.shared[index]) {
			return change().after(this.mappers[index]);
		}
		Object row = this.after[index];
		if (row == NOT_MAPPED) {
			row = change().after(this.mappers[index]);
			this.after[index] = row;
		}
		return row;
	}

}
