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
import java.util.Map;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.offset.LastSeenSlot;
import io.github.cdcspring.offset.OffsetOrigin;
import io.github.cdcspring.offset.StoredOffset;
import org.jspecify.annotations.Nullable;

/**
 * Whether a slot is the one that was last seen under its name. PostgreSQL gives a slot no
 * identity, so only evidence against it can be found.
 */
final class SlotIdentity {

	private final ServerState server;

	private final SlotState slot;

	private final @Nullable StoredOffset offset;

	private final @Nullable LastSeenSlot seen;

	SlotIdentity(ServerState server, SlotState slot, @Nullable StoredOffset offset) {
		this(server, slot, offset, (offset != null) ? offset.slot() : null);
	}

	SlotIdentity(ServerState server, SlotState slot, @Nullable StoredOffset offset, @Nullable LastSeenSlot seen) {
		this.server = server;
		this.slot = slot;
		this.offset = offset;
		this.seen = (seen != null && seen.slotName().equals(slot.name())) ? seen : null;
	}

	/**
	 * Whether the slot is provably another one.
	 * @throws SQLException if the history cannot be looked up
	 */
	boolean isRecreated(TimelineHistory history) throws SQLException {
		return isBehindItsCreation() || isCounterSetBack() || isCreatedAfterFailover(history);
	}

	/** A slot never moves back behind the point of its creation. */
	private boolean isBehindItsCreation() {
		Lsn slotLsn = this.slot.confirmedFlushLsn();
		return this.seen != null && this.seen.createdAtLsn() != null && slotLsn != null
				&& this.seen.createdAtLsn().isAfter(slotLsn);
	}

	/**
	 * The counter of a slot restarts only if it is reset, or if the server loses its
	 * statistics. The server records both.
	 */
	boolean isCounterSetBack() {
		LastSeenSlot seen = this.seen;
		if (seen == null) {
			return false;
		}
		Long before = seen.decodedTransactions();
		Long now = this.slot.decodedTransactions();
		return before != null && now != null && now < before && this.slot.statisticsResetAt() == null
				&& this.server.startedAt().equals(seen.serverStartedAt());
	}

	/**
	 * A slot that survives a failover was on the standby before the promotion, so it is
	 * not past the end of the former timeline. This consumer has not moved it since: it
	 * records the new timeline before it receives from it.
	 */
	private boolean isCreatedAfterFailover(TimelineHistory history) throws SQLException {
		int last = lastTimeline();
		Lsn slotLsn = this.slot.confirmedFlushLsn();
		if (slotLsn == null || last == 0 || last >= this.server.timeline()) {
			return false;
		}
		Lsn end = endOfLastTimeline(history.endsBefore(this.server.timeline()));
		return end != null && (slotLsn.isAfter(end) || isUnexplainedAndNotSynced(slotLsn));
	}

	/**
	 * A failover slot that the standby did not get by synchronization is not the one of
	 * the former primary. A slot that is not ahead of what was seen or stored skips
	 * nothing, so that one needs no identity: it may be the older state of a former
	 * primary.
	 */
	private boolean isUnexplainedAndNotSynced(Lsn slotLsn) {
		return Boolean.TRUE.equals(this.slot.failover()) && Boolean.FALSE.equals(this.slot.synced())
				&& this.offset != null && slotLsn.isAfter(this.offset.lsn())
				&& (this.seen == null || slotLsn.isAfter(this.seen.confirmedFlushLsn()));
	}

	/** The last timeline on which this consumer had the slot, 0 if that is not known. */
	private int lastTimeline() {
		return Math.max(timelineOfSlot(), timelineOfOffset());
	}

	/** Of the two timelines, the later one that is in the server's history. */
	private @Nullable Lsn endOfLastTimeline(Map<Integer, Lsn> ends) {
		int earlier = Math.min(timelineOfSlot(), timelineOfOffset());
		Lsn end = ends.get(lastTimeline());
		return (end != null) ? end : ends.get(earlier);
	}

	private int timelineOfSlot() {
		return (this.seen != null && this.seen.systemIdentifier().equals(this.server.systemIdentifier()))
				? this.seen.timeline() : 0;
	}

	private int timelineOfOffset() {
		OffsetOrigin origin = (this.offset != null) ? this.offset.origin() : null;
		return (origin != null && origin.systemIdentifier().equals(this.server.systemIdentifier())) ? origin.timeline()
				: 0;
	}

}
