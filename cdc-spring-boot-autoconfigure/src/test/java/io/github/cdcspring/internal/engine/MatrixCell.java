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

package io.github.cdcspring.internal.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import io.github.cdcspring.internal.support.LowerCase;
import io.github.cdcspring.settings.LsnFlushMode;
import io.github.cdcspring.settings.OffsetMismatchStrategy;
import io.github.cdcspring.settings.OffsetStoreType;

/**
 * One state with one combination of settings.
 */
record MatrixCell(MatrixState state, LsnFlushMode flushMode, OffsetStoreType store, OffsetMismatchStrategy strategy) {

	static List<MatrixCell> all(Set<OffsetStoreType> stores) {
		List<MatrixCell> cells = new ArrayList<>();
		for (MatrixState state : MatrixState.values()) {
			for (LsnFlushMode flushMode : LsnFlushMode.values()) {
				for (OffsetStoreType store : stores) {
					for (OffsetMismatchStrategy strategy : OffsetMismatchStrategy.values()) {
						cells.add(new MatrixCell(state, flushMode, store, strategy));
					}
				}
			}
		}
		return cells;
	}

	boolean isDurable() {
		return this.store != OffsetStoreType.MEMORY;
	}

	/** A name for the slot, the publication, and what belongs to the store. */
	String name() {
		return "m%d%d%d%d".formatted(this.state.ordinal(), this.flushMode.ordinal(), this.store.ordinal(),
				this.strategy.ordinal());
	}

	@Override
	public String toString() {
		return this.state + " / " + LowerCase.of(this.flushMode) + " / " + LowerCase.of(this.store) + " / "
				+ LowerCase.of(this.strategy);
	}

}
