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
import io.github.cdcspring.internal.debezium.OffsetJson;
import io.github.cdcspring.offset.LastSeenSlot;
import io.github.cdcspring.offset.OffsetOrigin;
import io.github.cdcspring.offset.StoredOffset;
import org.jspecify.annotations.Nullable;

/**
 * How slot and stored offset differ.
 *
 * @param verdict the difference
 * @param explained whether it has a known, harmless cause; {@code true} for
 * {@link Verdict#IN_SYNC}, either for {@link Verdict#SLOT_AHEAD} and
 * {@link Verdict#OFFSET_AHEAD}, {@code false} for every other verdict
 * @param slotAheadBytes how far the slot is ahead of the offset in bytes, 0 if it is not
 * @param offsetAheadBytes how far the offset is ahead of the slot in bytes, 0 if it is
 * not
 * @param lagBytes how far the server is ahead in bytes: of the offset, or of the slot if
 * no offset is stored
 */
public record SlotOffsetComparison(Verdict verdict, boolean explained, long slotAheadBytes, long offsetAheadBytes,
		long lagBytes) {

	/**
	 * Compare slot, offset and server.
	 * @param state the three
	 * @param history where the ancestors of the server's timeline end
	 * @return the difference
	 * @throws SQLException if the history cannot be read
	 */
	public static SlotOffsetComparison of(ReplicationState state, TimelineHistory history) throws SQLException {
		return new Comparator(state, history).compare();
	}

	/**
	 * The same positions, of which it is known that the server does not have the offset.
	 */
	SlotOffsetComparison withOtherHistory() {
		return new SlotOffsetComparison(Verdict.HISTORY_MISMATCH, false, this.slotAheadBytes, this.offsetAheadBytes,
				this.lagBytes);
	}

	private static SlotOffsetComparison of(Verdict verdict, boolean explained, ReplicationState state) {
		Lsn slotLsn = state.slotLsn();
		Lsn offsetLsn = state.offsetLsn();
		return new SlotOffsetComparison(verdict, explained, ahead(slotLsn, offsetLsn), ahead(offsetLsn, slotLsn),
				ahead(state.server().currentLsn(), (offsetLsn != null) ? offsetLsn : slotLsn));
	}

	private static long ahead(@Nullable Lsn lsn, @Nullable Lsn of) {
		return (lsn != null && of != null && lsn.isAfter(of)) ? lsn.bytesSince(of) : 0;
	}

	/**
	 * Finds the verdict from nothing but what it is given.
	 */
	private static final class Comparator {

		private final ReplicationState state;

		private final ServerState server;

		private final @Nullable LastSeenSlot seen;

		private final TimelineHistory history;

		Comparator(ReplicationState state, TimelineHistory history) {
			this.state = state;
			this.server = state.server();
			this.seen = (state.offset() != null) ? state.offset().slot() : null;
			this.history = history;
		}

		SlotOffsetComparison compare() throws SQLException {
			SlotState slot = this.state.slot();
			StoredOffset offset = this.state.offset();
			if (offset == null) {
				return is((slot != null && slot.isLost()) ? Verdict.SLOT_LOST : Verdict.OFFSET_MISSING, false);
			}
			Lsn shared = endOfSharedHistory();
			if (shared == null || offset.lsn().isAfter(shared)) {
				return is(Verdict.HISTORY_MISMATCH, false);
			}
			if (slot == null) {
				return is(Verdict.SLOT_MISSING, false);
			}
			Lsn slotLsn = slot.confirmedFlushLsn();
			if (slot.isLost() || slotLsn == null) {
				return is(Verdict.SLOT_LOST, false);
			}
			if (slotLsn.equals(offset.lsn())) {
				// Nothing lies in between, even if the slot was recreated
				return is(Verdict.IN_SYNC, true);
			}
			LastSeenSlot seen = lastSeen(slot);
			if (new SlotIdentity(this.server, slot, offset).isRecreated(this.history)) {
				return is(Verdict.SLOT_RECREATED, false);
			}
			return slotLsn.isAfter(offset.lsn())
					? is(Verdict.SLOT_AHEAD, seen != null && isExplainedSlotAhead(slotLsn, seen, shared))
					: is(Verdict.OFFSET_AHEAD, seen != null && isExplainedOffsetAhead(slotLsn, seen));
		}

		private SlotOffsetComparison is(Verdict verdict, boolean explained) {
			return of(verdict, explained, this.state);
		}

		/**
		 * The end of the history that the server shares with the stored offset,
		 * {@code null} if they share none.
		 */
		private @Nullable Lsn endOfSharedHistory() throws SQLException {
			// A standby may not yet have replayed what its primary sent
			Lsn end = this.server.inRecovery() ? new Lsn(-1) : this.server.currentLsn();
			OffsetOrigin origin = (this.state.offset() != null) ? this.state.offset().origin() : null;
			if (isOnFormerTimeline() || isOnOtherBranch()) {
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
		 * What is remembered of the slot, {@code null} if it is about a slot with another
		 * name.
		 */
		private @Nullable LastSeenSlot lastSeen(SlotState slot) {
			return (this.seen != null && this.seen.slotName().equals(slot.name())) ? this.seen : null;
		}

		/**
		 * Whether a failover left this server behind, or it was restored from an image: a
		 * server never returns to a lower timeline.
		 */
		private boolean isOnFormerTimeline() {
			LastSeenSlot seen = (this.state.slot() != null) ? lastSeen(this.state.slot()) : null;
			return seen != null && seen.systemIdentifier().equals(this.server.systemIdentifier())
					&& seen.timeline() > this.server.timeline();
		}

		/**
		 * Whether the offset was received on a timeline that has the number of one of the
		 * server's, but began elsewhere.
		 */
		private boolean isOnOtherBranch() throws SQLException {
			StoredOffset offset = this.state.offset();
			String start = (offset != null) ? new OffsetJson(offset.position()).timelineStart() : null;
			OffsetOrigin origin = (offset != null) ? offset.origin() : null;
			return start != null && origin != null && origin.systemIdentifier().equals(this.server.systemIdentifier())
					&& TimelineStart.parse(start).isOtherThanIn(this.server.timeline(), this.history);
		}

		/**
		 * The slot has not passed the LSN at which it was seen while everything processed
		 * was stored: this engine's driver advanced it, over WAL without captured
		 * changes.
		 */
		private boolean isExplainedSlotAhead(Lsn slotLsn, LastSeenSlot seen, Lsn shared) {
			return !slotLsn.isAfter(seen.confirmedFlushLsn()) && !slotLsn.isAfter(shared);
		}

		/**
		 * The engine stores before it flushes. A slot never moves back, but after an
		 * interruption the server may restore an older slot LSN: it does not write each
		 * one to disk.
		 */
		private boolean isExplainedOffsetAhead(Lsn slotLsn, LastSeenSlot seen) {
			return !seen.confirmedFlushLsn().isAfter(slotLsn) || !isServerUninterrupted(seen);
		}

		private boolean isServerUninterrupted(LastSeenSlot seen) {
			return this.server.startedAt().equals(seen.serverStartedAt());
		}

	}

}
