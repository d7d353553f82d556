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
 * The replication slot in the hands of the application: with
 * {@code cdc.lsn-flush-mode=manual} and {@code cdc.slot.advanced-by=application} nobody
 * else moves it. The bean belongs to the default engine; those of other engines come from
 * {@link #ofEngine}.
 *
 * @since 0.1.0
 * @see <a href=
 * "https://www.postgresql.org/docs/current/view-pg-replication-slots.html">PostgreSQL:
 * confirmed_flush_lsn</a>
 */
public interface CdcSlot {

	/**
	 * Let the server forget the WAL before a position. The slot never passes what every
	 * listener has handled and the offset store holds, whatever is asked for; it moves
	 * within the flush interval, while the engine runs.
	 * @param lsn the position that the application has done with, such as that of an
	 * event
	 * @return where the slot will stand: the position asked for, or the stored offset
	 * where that is behind
	 * @throws CdcException if the slot is not the application's to move
	 */
	Lsn advance(Lsn lsn);

	/**
	 * How far the slot could be advanced now.
	 * @return the stored offset, {@link Lsn#ZERO} if nothing is stored
	 */
	Lsn stored();

	/**
	 * The slot of another engine.
	 * @param engine the engine's name
	 * @return its slot
	 * @throws CdcException if there is no such engine
	 */
	CdcSlot ofEngine(String engine);

}
