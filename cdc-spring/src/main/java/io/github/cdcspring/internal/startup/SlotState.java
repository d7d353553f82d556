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

import java.time.Instant;

import io.github.cdcspring.Lsn;
import org.jspecify.annotations.Nullable;

/**
 * A replication slot as the server has it. A value that an older server does not have is
 * {@code null}.
 *
 * @param name the slot
 * @param plugin the output plugin, {@code null} for a physical slot
 * @param database the database, {@code null} for a physical slot
 * @param temporary whether the slot ends with its session
 * @param active whether a server process streams from the slot
 * @param activePid the server process that streams from the slot
 * @param restartLsn the oldest WAL that the slot keeps, {@code null} if it keeps none
 * @param confirmedFlushLsn the slot LSN: the server never sends again what committed
 * before it
 * @param walStatus {@code reserved}, {@code extended}, {@code unreserved} or {@code lost}
 * (PostgreSQL 13)
 * @param safeWalSizeBytes the WAL in bytes that can still be written before the slot may
 * be lost, {@code null} without a limit (PostgreSQL 13)
 * @param failover whether the slot is synchronized to standbys (PostgreSQL 17)
 * @param synced whether the slot was synchronized from a primary (PostgreSQL 17)
 * @param invalidationReason why the server invalidated the slot (PostgreSQL 16)
 * @param decodedTransactions {@code total_txns} of {@code pg_stat_replication_slots}
 * (PostgreSQL 14)
 * @param consumer the client that receives from the slot, {@code null} if none does
 * @param statisticsResetAt when that counter was last reset (PostgreSQL 14)
 * @see <a href="https://www.postgresql.org/docs/current/view-pg-replication-slots.html">
 * PostgreSQL: pg_replication_slots</a>
 */
public record SlotState(String name, @Nullable String plugin, @Nullable String database, boolean temporary,
		boolean active, @Nullable Integer activePid, @Nullable Lsn restartLsn, @Nullable Lsn confirmedFlushLsn,
		@Nullable String walStatus, @Nullable Long safeWalSizeBytes, @Nullable Boolean failover,
		@Nullable Boolean synced, @Nullable String invalidationReason, @Nullable Long decodedTransactions,
		@Nullable SlotConsumer consumer, @Nullable Instant statisticsResetAt) {

	/**
	 * Whether the server can no longer stream from the slot.
	 * @return {@code true} if it removed WAL that the slot needs, or invalidated the slot
	 */
	public boolean isLost() {
		return lostReason() != null || this.restartLsn == null || this.confirmedFlushLsn == null;
	}

	/**
	 * Why the server can no longer stream from the slot.
	 * @return the server's word for it, {@code null} if it says nothing
	 */
	public @Nullable String lostReason() {
		if (this.invalidationReason != null) {
			return this.invalidationReason;
		}
		return "lost".equals(this.walStatus) ? "wal_status is lost" : null;
	}

}
