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

package io.github.cdcspring;

/**
 * Lets the application advance the replication slot. With
 * {@code cdc.lsn-flush-mode=manual} and {@code cdc.slot.advanced-by=application}, only
 * the application advances it. The bean controls the slot of the default engine;
 * {@link #ofEngine} returns those of other engines.
 *
 * @since 0.1.0
 * @see <a href=
 * "https://www.postgresql.org/docs/current/view-pg-replication-slots.html">PostgreSQL:
 * confirmed_flush_lsn</a>
 */
public interface CdcSlot {

	/**
	 * Advance the slot, so that the server can remove the WAL before an LSN. The slot
	 * never advances beyond the stored offset, up to which every listener has processed
	 * the events. It advances within {@code cdc.offset.flush-interval} while the engine
	 * runs.
	 * @param lsn the LSN up to which the application no longer needs the WAL, such as
	 * that of an event
	 * @return the LSN to which the slot advances: the given one, or the stored offset if
	 * that is lower
	 * @throws CdcException if the application does not control the slot
	 */
	Lsn advance(Lsn lsn);

	/**
	 * Return the stored offset, which is how far the slot can be advanced now.
	 * @return the LSN of the offset, {@link Lsn#ZERO} if no offset is stored
	 */
	Lsn stored();

	/**
	 * Return the slot of another engine.
	 * @param engine the engine's name
	 * @return the engine's slot
	 * @throws CdcException if there is no such engine
	 */
	CdcSlot ofEngine(String engine);

}
