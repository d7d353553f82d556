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

import org.jspecify.annotations.Nullable;

/**
 * What a store holds for a key: the epoch, and the position once one was saved.
 */
record OffsetRow(long epoch, @Nullable StoredOffset offset) {

	/**
	 * The row of an instance that takes over. The time keeps epochs apart if the row was
	 * deleted or restored from an older copy meanwhile.
	 */
	static OffsetRow takenOver(@Nullable OffsetRow before, long nowMicros) {
		long next = (before != null) ? Math.max(before.epoch + 1, nowMicros) : nowMicros;
		return new OffsetRow(next, (before != null) ? before.offset : null);
	}

	void verify(OffsetKey key, long epoch) {
		if (this.epoch != epoch) {
			throw new OffsetFencedException(key, epoch, this.epoch);
		}
	}

}
