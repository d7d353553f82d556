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

import io.github.cdcspring.Lsn;
import io.github.cdcspring.offset.LastSeenSlot;
import io.github.cdcspring.offset.OffsetOrigin;
import io.github.cdcspring.offset.StoredOffset;
import org.jspecify.annotations.Nullable;

/**
 * Forms the verdict. Reads nothing but what it is given.
 */
final class OffsetComparator {

	private final ServerState server;

	private final @Nullable SlotState slot;

	private final @Nullable StoredOffset offset;

	private final @Nullable LastSeenSlot seen;

	private final TimelineHistory history;

	OffsetComparator(ReplicationState positions, TimelineHistory history) {
		this.server = positions.server();
		this.slot = positions.slot();
		this.offset = positions.offset();
		this.seen = (this.offset != null) ? this.offset.slot() : null;
		this.history = history;
	}

	SlotOffsetComparison difference() throws SQLException {
		if (this.offset == null) {
			return difference((this.slot != null && this.slot.isLost()) ? Verdict.SLOT_LOST : Verdict.OFFSET_MISSING,
					false);
		}
		Lsn shared = sharedHistory();
		if (shared == null || this.offset.lsn().isAfter(shared)) {
			return difference(Verdict.HISTORY_MISMATCH, false);
		}
		if (this.slot == null) {
			return difference(Verdict.SLOT_MISSING, false);
		}
		Lsn slotLsn = this.slot.confirmedFlushLsn();
		if (this.slot.isLost() || slotLsn == null) {
			return difference(Verdict.SLOT_LOST, false);
		}
		if (slotLsn.equals(this.offset.lsn())) {
			// Nothing lies between, whoever made the slot
			return difference(Verdict.IN_SYNC, true);
		}
		if (new SlotIdentity(this.server, this.slot, this.offset).isRecreated(this.history)) {
			return difference(Verdict.SLOT_RECREATED, false);
		}
		return slotLsn.isAfter(this.offset.lsn()) ? difference(Verdict.SLOT_AHEAD, isExplainedGap(slotLsn, shared))
				: difference(Verdict.OFFSET_AHEAD, isExplainedTail(slotLsn));
	}

	/**
	 * The end of the history that the server has in common with what the offset was
	 * stored over, {@code null} if they have none.
	 */
	private @Nullable Lsn sharedHistory() throws SQLException {
		// A standby may not have replayed yet what its primary sent
		Lsn end = this.server.inRecovery() ? new Lsn(-1) : this.server.currentLsn();
		OffsetOrigin origin = (this.offset != null) ? this.offset.origin() : null;
		if (isOnFormerTimeline()) {
			return null;
		}
		if (origin == null) {
			return end;
		}
		if (!origin.systemIdentifier().equals(this.server.systemIdentifier())
				|| origin.timeline() > this.server.timeline()) {
			return null;
		}
		if (origin.timeline() == this.server.timeline()) {
			return end;
		}
		return this.history.endsBefore(this.server.timeline()).get(origin.timeline());
	}

	/**
	 * A server never returns to a lower timeline, so this one was left behind by a
	 * failover or restored from an image.
	 */
	private boolean isOnFormerTimeline() {
		LastSeenSlot seen = seenOfSlot();
		return seen != null && seen.systemIdentifier().equals(this.server.systemIdentifier())
				&& seen.timeline() > this.server.timeline();
	}

	/**
	 * The slot has not moved past where it was while everything handled was stored: its
	 * driver moved it there, over WAL that it does not capture.
	 */
	private boolean isExplainedGap(Lsn slotLsn, Lsn shared) {
		LastSeenSlot seen = seenOfSlot();
		return seen != null && !slotLsn.isAfter(seen.confirmedFlushLsn()) && !slotLsn.isAfter(shared);
	}

	/**
	 * Storing comes before flushing. Nobody can move a slot back, but a server that was
	 * interrupted may remember an older slot LSN: it does not write each one to disk.
	 */
	private boolean isExplainedTail(Lsn slotLsn) {
		LastSeenSlot seen = seenOfSlot();
		return seen != null && (!seen.confirmedFlushLsn().isAfter(slotLsn) || !isServerUninterrupted());
	}

	/**
	 * What is remembered of the slot, {@code null} if it is of one with another name.
	 */
	private @Nullable LastSeenSlot seenOfSlot() {
		LastSeenSlot seen = this.seen;
		return (seen != null && this.slot != null && seen.slotName().equals(this.slot.name())) ? seen : null;
	}

	private boolean isServerUninterrupted() {
		return this.seen != null && this.server.startedAt().equals(this.seen.serverStartedAt());
	}

	private SlotOffsetComparison difference(Verdict verdict, boolean explained) {
		Lsn slotLsn = (this.slot != null) ? this.slot.confirmedFlushLsn() : null;
		Lsn offsetLsn = (this.offset != null) ? this.offset.lsn() : null;
		Lsn handled = (offsetLsn != null) ? offsetLsn : slotLsn;
		return new SlotOffsetComparison(verdict, explained, ahead(slotLsn, offsetLsn), ahead(offsetLsn, slotLsn),
				ahead(this.server.currentLsn(), handled));
	}

	private static long ahead(@Nullable Lsn lsn, @Nullable Lsn of) {
		return (lsn != null && of != null && lsn.isAfter(of)) ? lsn.bytesSince(of) : 0;
	}

}
