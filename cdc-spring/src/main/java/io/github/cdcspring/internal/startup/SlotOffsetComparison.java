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

import java.sql.SQLException;

/**
 * The difference between slot and stored offset.
 *
 * @param verdict what it is
 * @param explained whether it provably comes from this consumer's own doing; {@code true}
 * where there is nothing to explain, {@code false} for every verdict but
 * {@link Verdict#IN_SYNC}, {@link Verdict#SLOT_AHEAD} and {@link Verdict#OFFSET_AHEAD}
 * @param slotAheadBytes how far the slot is ahead of the offset, 0 if it is not
 * @param offsetAheadBytes how far the offset is ahead of the slot, 0 if it is not
 * @param lagBytes how far the server is ahead of what was handled: of the offset, or of
 * the slot where there is no offset
 */
public record SlotOffsetComparison(Verdict verdict, boolean explained, long slotAheadBytes, long offsetAheadBytes,
		long lagBytes) {

	/**
	 * Compare slot, offset and server.
	 * @param positions the three
	 * @param history where to look up a timeline that is not the remembered one
	 * @return the difference
	 * @throws SQLException if the history cannot be looked up
	 */
	public static SlotOffsetComparison of(ReplicationState positions, TimelineHistory history) throws SQLException {
		return new OffsetComparator(positions, history).difference();
	}

}
