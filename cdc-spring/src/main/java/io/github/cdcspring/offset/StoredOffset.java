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
import java.util.List;

import io.github.cdcspring.Lsn;
import org.jspecify.annotations.Nullable;

/**
 * A position as it is stored.
 *
 * @param lsn the end of the last transaction that was processed completely
 * @param position what Debezium needs to resume from there, as JSON text
 * @param origin the history in which the position was received, {@code null} if that is
 * not known
 * @param slot what was seen of the slot while everything processed was stored,
 * {@code null} if it was not looked at yet
 * @param relations the tables that were captured up to this position, empty if that was
 * not recorded
 * @param clean whether the engine stopped in order after this position was stored
 * @param storedAt when it was stored, to the microsecond that every store can keep
 * @since 0.1.0
 */
public record StoredOffset(Lsn lsn, String position, @Nullable OffsetOrigin origin, @Nullable LastSeenSlot slot,
		List<CapturedRelation> relations, boolean clean, Instant storedAt) {

	public StoredOffset {
		relations = List.copyOf(relations);
		storedAt = storedAt.truncatedTo(ChronoUnit.MICROS);
	}

	/**
	 * The same position with another view of the slot.
	 * @param slot what was seen of the slot while everything processed was stored
	 * @param clean whether the engine stopped in order after this position was stored
	 * @return the position
	 */
	public StoredOffset withSlot(LastSeenSlot slot, boolean clean) {
		return new StoredOffset(this.lsn, this.position, this.origin, slot, this.relations, clean, this.storedAt);
	}

	/** Contains no position, which may contain the key of a row. */
	@Override
	public String toString() {
		return "offset " + this.lsn + ", stored at " + this.storedAt;
	}

}
