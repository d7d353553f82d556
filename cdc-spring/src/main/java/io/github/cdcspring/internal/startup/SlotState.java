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
 * A replication slot as the server shows it. What an older server does not have is
 * {@code null}.
 *
 * @param name the slot
 * @param plugin the output plugin, {@code null} for a physical slot
 * @param database the database, {@code null} for a physical slot
 * @param slotType {@code logical} or {@code physical}
 * @param temporary whether it ends with its session
 * @param active whether somebody streams from it
 * @param activePid the server process that streams from it
 * @param restartLsn the oldest WAL that it keeps, {@code null} if it keeps none
 * @param confirmedFlushLsn the slot LSN: everything before it is never sent again
 * @param walStatus {@code reserved}, {@code extended}, {@code unreserved} or {@code lost}
 * (PostgreSQL 13)
 * @param safeWalSizeBytes the WAL in bytes that may be written until the slot is in
 * danger of being lost, {@code null} where nothing limits it (PostgreSQL 13)
 * @param twoPhase whether prepared transactions are decoded (PostgreSQL 14)
 * @param failover whether it is synchronized to standbys (PostgreSQL 17)
 * @param synced whether it came from a primary by synchronization (PostgreSQL 17)
 * @param invalidationReason why it was invalidated (PostgreSQL 17)
 * @param decodedTransactions {@code total_txns} of {@code pg_stat_replication_slots}
 * (PostgreSQL 14)
 * @param statisticsResetAt when somebody last set that counter back (PostgreSQL 14)
 * @see <a href="https://www.postgresql.org/docs/current/view-pg-replication-slots.html">
 * PostgreSQL: pg_replication_slots</a>
 */
public record SlotState(String name, @Nullable String plugin, @Nullable String database, String slotType,
		boolean temporary, boolean active, @Nullable Integer activePid, @Nullable Lsn restartLsn,
		@Nullable Lsn confirmedFlushLsn, @Nullable String walStatus, @Nullable Long safeWalSizeBytes,
		@Nullable Boolean twoPhase, @Nullable Boolean failover, @Nullable Boolean synced,
		@Nullable String invalidationReason, @Nullable Long decodedTransactions, @Nullable Instant statisticsResetAt) {

	/**
	 * Whether the server can no longer stream from it.
	 * @return {@code true} if the WAL that it needs is gone or it was invalidated
	 */
	public boolean isLost() {
		return "lost".equals(this.walStatus) || this.invalidationReason != null || this.restartLsn == null
				|| this.confirmedFlushLsn == null;
	}

}
