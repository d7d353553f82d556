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

import java.util.Locale;
import java.util.Set;

/**
 * How slot and offset can differ when an application starts. Row A was processed before.
 * B commits where the state says, and C after that, while the application is down. D
 * commits when it runs.
 */
enum MatrixState {

	/** Slot and offset are equal. */
	IN_SYNC("CD"),

	/**
	 * The driver advanced the slot over WAL of other tables, and the engine recorded it.
	 */
	SLOT_AHEAD_EXPLAINED("CD"),

	/** Another process advanced the slot over B. */
	SLOT_AHEAD_UNEXPLAINED("BCD"),

	/** B was processed and stored, but not yet flushed to the slot. */
	OFFSET_AHEAD_AFTER_KILL("CD"),

	/** B was processed and stored, but from another slot. */
	OFFSET_AHEAD_UNEXPLAINED("CD"),

	/** The slot was dropped; B and C committed without it. */
	SLOT_DROPPED("BCD"),

	/** The slot was dropped, B committed, and the slot was created again. */
	SLOT_RECREATED("BCD"),

	/** The server removed WAL that the slot needs, including B and C. */
	SLOT_INVALIDATED("BCD"),

	/** The offset comes from another cluster, and its LSN is after B. */
	OTHER_CLUSTER("BCD");

	private final String unprocessed;

	MatrixState(String unprocessed) {
		this.unprocessed = unprocessed;
	}

	/** The rows that are not yet processed when D is committed. */
	Set<String> unprocessed() {
		return Set.of(this.unprocessed.split(""));
	}

	boolean isSlotAhead() {
		return this == SLOT_AHEAD_EXPLAINED || this == SLOT_AHEAD_UNEXPLAINED;
	}

	@Override
	public String toString() {
		return name().toLowerCase(Locale.ROOT).replace('_', ' ');
	}

}
