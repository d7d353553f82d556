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

package io.github.cdcspring.internal.actuate;

import org.jspecify.annotations.Nullable;

/**
 * Result of a replay or a discard.
 *
 * @param delivered how many events were delivered
 * @param discarded how many events were discarded
 * @param failure how the next event failed, which stays parked
 * @param refused why nothing was done, and what to do about it
 */
public record ParkedEventOutcome(@Nullable Integer delivered, @Nullable Integer discarded, @Nullable String failure,
		@Nullable String refused) {

	@Override
	public String toString() {
		if (this.discarded != null) {
			return this.discarded + " discarded";
		}
		return this.delivered + " delivered" + ((this.failure != null) ? ", then " + this.failure : "");
	}

}
