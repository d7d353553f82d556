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
 * How a mismatch between slot and stored offset is resolved.
 *
 * @since 0.1.0
 */
public enum OffsetMismatchStrategy {

	/** Refuse to start unless the mismatch is explained and no event is skipped. */
	NO_VALIDATION,

	/** Trust the offset: advance a slot that is behind, refuse a slot that is ahead. */
	TRUST_OFFSET,

	/** Trust the slot: move the offset to it, forward or back. */
	TRUST_SLOT,

	/** Trust whichever is ahead, and advance the other. */
	TRUST_GREATER_LSN;

	/**
	 * Whether a slot that is ahead of the offset is trusted.
	 * @return {@code true} if the events in between are skipped
	 */
	public boolean trustsSlotAhead() {
		return this == TRUST_SLOT || this == TRUST_GREATER_LSN;
	}

	/**
	 * Whether the stored offset alone is trusted.
	 * @return {@code true} if a start needs a durable offset
	 */
	public boolean needsDurableOffset() {
		return this == TRUST_OFFSET;
	}

	/**
	 * Whether a start may resume behind the offset.
	 * @return {@code true} if it delivers events again that the offset has passed
	 */
	public boolean mayResumeBehindOffset() {
		return this == TRUST_SLOT;
	}

}
