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

package io.github.cdcspring.settings;

/**
 * Who is believed where slot and stored offset disagree.
 *
 * @since 0.1.0
 */
public enum OffsetMismatchStrategy {

	/** Nobody: whatever cannot be explained is refused. */
	NO_VALIDATION,

	/** The offset: a slot ahead of it is refused, a slot behind it is advanced. */
	TRUST_OFFSET,

	/** The slot: the offset is moved to it, in either direction. */
	TRUST_SLOT,

	/** Whichever is further. */
	TRUST_GREATER_LSN;

	/**
	 * Whether a slot ahead of the offset is believed.
	 * @return {@code true} if what lies between is skipped
	 */
	public boolean believesSlotAhead() {
		return this == TRUST_SLOT || this == TRUST_GREATER_LSN;
	}

}
