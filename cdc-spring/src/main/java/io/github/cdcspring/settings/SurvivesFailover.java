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
 * The operator's declaration whether the slot survives a failover.
 *
 * @since 0.1.0
 */
public enum SurvivesFailover {

	/** The slot does not survive, or it is unknown. */
	NO,

	/** Patroni keeps the slot as a permanent slot. */
	PATRONI,

	/** PostgreSQL 17 or later synchronizes the slot to a standby. */
	FAILOVER_SLOT;

	/**
	 * Whether the slot is declared to survive.
	 * @return {@code true} unless it is {@link #NO}
	 */
	public boolean isDeclared() {
		return this != NO;
	}

	/**
	 * Whether the slot is to be a failover slot of PostgreSQL.
	 * @return {@code true} if it is created with {@code failover => true}
	 */
	public boolean isFailoverSlot() {
		return this == FAILOVER_SLOT;
	}

}
