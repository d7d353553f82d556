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

import org.jspecify.annotations.Nullable;

/**
 * The history in which a position was received. It belongs to the position, not to the
 * slot, which may have been seen later and on a newer timeline.
 *
 * @param systemIdentifier the cluster, from {@code IDENTIFY_SYSTEM}
 * @param timeline the timeline, from {@code IDENTIFY_SYSTEM}
 * @param transactionId the last transaction that was processed, with its epoch;
 * {@code null} if no transaction was processed yet, as after a snapshot
 * @since 0.1.0
 */
public record OffsetOrigin(String systemIdentifier, int timeline, @Nullable Long transactionId) {

	private static final long TRANSACTION_IDS = 1L << 32;

	/**
	 * Return the history after a further transaction.
	 * @param transaction the transaction as in the stream, which has the lower half of
	 * its id
	 * @param known a transaction of the cluster whose whole id is known
	 * @return the history
	 */
	public OffsetOrigin after(long transaction, long known) {
		return withTransaction(nearest(transaction, known));
	}

	private OffsetOrigin withTransaction(@Nullable Long transactionId) {
		return new OffsetOrigin(this.systemIdentifier, this.timeline, transactionId);
	}

	/**
	 * The stream has the lower half of a transaction id; the other half is that of the
	 * nearest id.
	 */
	private static long nearest(long transaction, long known) {
		long candidate = known - Math.floorMod(known, TRANSACTION_IDS) + Math.floorMod(transaction, TRANSACTION_IDS);
		if (candidate - known > TRANSACTION_IDS / 2) {
			return candidate - TRANSACTION_IDS;
		}
		return (known - candidate > TRANSACTION_IDS / 2) ? candidate + TRANSACTION_IDS : candidate;
	}

}
