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
 * Whether and when existing rows are read.
 *
 * @since 0.1.0
 */
public enum SnapshotMode {

	/** Once, if no offset is stored. */
	INITIAL,

	/** Never: receive changes only, from the slot's position. */
	NO_DATA,

	/** At each start. */
	ALWAYS,

	/** If no offset is stored or the slot is missing. */
	WHEN_NEEDED,

	/** Once, and then receive no changes. */
	INITIAL_ONLY,

	/** Once, if no offset is stored, while changes are received. */
	BACKFILL;

	/**
	 * Whether rows are read if no offset is stored.
	 * @return {@code true} unless the mode is {@link #NO_DATA}
	 */
	public boolean readsData() {
		return this != NO_DATA;
	}

	/**
	 * Whether rows are read before changes are received.
	 * @return {@code true} if changes are received only when the rows were read
	 */
	public boolean readsDataFirst() {
		return readsData() && this != BACKFILL;
	}

	/**
	 * Whether a start may read rows.
	 * @param hasOffset whether an offset is stored
	 * @return {@code true} if it may
	 */
	public boolean mayReadData(boolean hasOffset) {
		return readsData() && !((this == INITIAL || this == BACKFILL) && hasOffset);
	}

	/**
	 * Whether each start reads rows, even if an offset is stored.
	 * @return {@code true} if it does
	 */
	public boolean readsDataAtEachStart() {
		return this == ALWAYS;
	}

	/**
	 * Whether rows are read again when changes are missing.
	 * @return {@code true} if they are
	 */
	public boolean replacesMissingChanges() {
		return this == WHEN_NEEDED;
	}

	/**
	 * Whether the engine ends after the rows are read.
	 * @return {@code true} if it then receives no changes
	 */
	public boolean endsAfterSnapshot() {
		return this == INITIAL_ONLY;
	}

}
