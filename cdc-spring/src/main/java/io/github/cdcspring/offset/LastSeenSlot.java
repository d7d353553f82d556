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

package io.github.cdcspring.offset;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

import io.github.cdcspring.Lsn;
import org.jspecify.annotations.Nullable;

/**
 * What was last seen of the replication slot and its server, kept to tell at the next
 * start whether it is still the same one and who moved it.
 *
 * @param systemIdentifier the cluster, from {@code IDENTIFY_SYSTEM}
 * @param timeline the timeline, from {@code IDENTIFY_SYSTEM}
 * @param slotName the slot
 * @param confirmedFlushLsn the slot LSN at a moment when everything handled was stored
 * @param createdAtLsn the {@code restart_lsn} of the slot when nothing had been received
 * from it yet, {@code null} if it was not seen then
 * @param decodedTransactions {@code total_txns} of {@code pg_stat_replication_slots},
 * {@code null} where the server does not have it
 * @param serverStartedAt since when the server's memory and statistics went on without a
 * break, by the server's clock; {@code null} if not known
 * @since 0.1.0
 */
public record LastSeenSlot(String systemIdentifier, int timeline, String slotName, Lsn confirmedFlushLsn,
		@Nullable Lsn createdAtLsn, @Nullable Long decodedTransactions, @Nullable Instant serverStartedAt) {

	public LastSeenSlot {
		serverStartedAt = (serverStartedAt != null) ? serverStartedAt.truncatedTo(ChronoUnit.MICROS) : null;
	}

}
