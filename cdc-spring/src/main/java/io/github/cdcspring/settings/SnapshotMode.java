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
 * Whether the rows that exist at the first start are read.
 *
 * @since 0.1.0
 */
public enum SnapshotMode {

	/** Once, where no offset is stored. */
	INITIAL,

	/** Never: changes only, from the slot's position. */
	NO_DATA,

	/** At each start. */
	ALWAYS,

	/** Where no offset is stored or the slot is gone. */
	WHEN_NEEDED,

	/** Once, and then nothing more. */
	INITIAL_ONLY;

	/**
	 * Whether rows are read where no offset is stored.
	 * @return {@code true} unless the mode is {@link #NO_DATA}
	 */
	public boolean readsData() {
		return this != NO_DATA;
	}

}
