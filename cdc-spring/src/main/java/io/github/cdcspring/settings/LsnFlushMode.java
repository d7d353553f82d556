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
 * Who advances the replication slot.
 *
 * @since 0.1.0
 */
public enum LsnFlushMode {

	/** The application or another program advances the slot; the engine never does. */
	MANUAL,

	/** Debezium advances the slot to the end of the last transaction that is stored. */
	CONNECTOR,

	/**
	 * Debezium advances the slot, and the PostgreSQL driver does so on keepalives while
	 * no event is in flight. This ends WAL growth while captured tables are idle, but
	 * leaves the slot ahead of the stored offset.
	 */
	CONNECTOR_AND_DRIVER;

	/**
	 * Whether the engine advances the slot.
	 * @return {@code false} if it leaves the slot to others
	 */
	public boolean advancesSlot() {
		return this != MANUAL;
	}

	/**
	 * Whether the PostgreSQL driver advances the slot too, past the stored offset.
	 * @return {@code true} if it does
	 */
	public boolean isFlushedByDriver() {
		return this == CONNECTOR_AND_DRIVER;
	}

}
