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

package io.github.cdcspring.internal.startup;

/**
 * How slot and stored offset stand to each other.
 *
 */
public enum Verdict {

	/** Slot LSN and offset LSN are the same. */
	IN_SYNC,

	/** The slot is ahead: what committed in between will never be sent again. */
	SLOT_AHEAD,

	/** The offset is ahead: what committed in between will be sent again. */
	OFFSET_AHEAD,

	/** No offset is stored. */
	OFFSET_MISSING,

	/** An offset is stored, and the slot does not exist. */
	SLOT_MISSING,

	/** The slot is another one of the same name. */
	SLOT_RECREATED,

	/** The slot was invalidated: the WAL that it needs is gone. */
	SLOT_LOST,

	/**
	 * The offset belongs to another cluster, or to WAL that is not in this one's history.
	 */
	HISTORY_MISMATCH

}
