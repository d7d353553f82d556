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
 * How slot and stored offset differ.
 */
public enum Verdict {

	/** Slot LSN and offset LSN are equal. */
	IN_SYNC,

	/** The slot is ahead: the server never sends again what committed in between. */
	SLOT_AHEAD,

	/** The offset is ahead: the server sends again what committed in between. */
	OFFSET_AHEAD,

	/** No offset is stored. */
	OFFSET_MISSING,

	/** An offset is stored, but the slot does not exist. */
	SLOT_MISSING,

	/** The slot was dropped and created again under the same name. */
	SLOT_RECREATED,

	/** The server invalidated the slot: the WAL that it needs is gone. */
	SLOT_LOST,

	/**
	 * The offset belongs to another cluster, or to WAL that is not part of this server's
	 * history.
	 */
	HISTORY_MISMATCH

}
