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
 * How slot and offset can stand to each other when an application starts. Row A was
 * handled before; B was committed where the state says; C was committed after that, while
 * the application was down; D comes when it runs.
 */
enum MatrixState {

	/** Slot and offset are at the same place. */
	IN_SYNC("CD"),

	/** The slot was moved over WAL of other tables, and was seen there. */
	SLOT_AHEAD_EXPLAINED("CD"),

	/** Somebody else advanced the slot over B. */
	SLOT_AHEAD_UNEXPLAINED("BCD"),

	/** B was handled and stored; the slot did not hear of it. */
	OFFSET_AHEAD_AFTER_KILL("CD"),

	/** B was handled and stored, but from another slot. */
	OFFSET_AHEAD_UNEXPLAINED("CD"),

	/** Somebody dropped the slot; B and C were committed without it. */
	SLOT_DROPPED("BCD"),

	/** Somebody dropped the slot, B was committed, somebody created it again. */
	SLOT_RECREATED("BCD"),

	/** The server removed WAL that the slot needs, B and C with it. */
	SLOT_INVALIDATED("BCD"),

	/** The offset comes from another cluster, and its number lies behind B. */
	OTHER_CLUSTER("BCD");

	private final String unhandled;

	MatrixState(String unhandled) {
		this.unhandled = unhandled;
	}

	/** The rows that nobody has handled yet when D is there. */
	Set<String> unhandled() {
		return Set.of(this.unhandled.split(""));
	}

	boolean isSlotAhead() {
		return this == SLOT_AHEAD_EXPLAINED || this == SLOT_AHEAD_UNEXPLAINED;
	}

	@Override
	public String toString() {
		return name().toLowerCase(Locale.ROOT).replace('_', ' ');
	}

}
