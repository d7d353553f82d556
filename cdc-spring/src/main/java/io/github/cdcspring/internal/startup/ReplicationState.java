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

import io.github.cdcspring.Lsn;
import io.github.cdcspring.offset.LastSeenSlot;
import io.github.cdcspring.offset.StoredOffset;
import org.jspecify.annotations.Nullable;

/**
 * The positions of a stream at one moment.
 *
 * @param server the server
 * @param slot the slot, {@code null} if it does not exist
 * @param offset the stored offset, {@code null} if there is none
 */
public record ReplicationState(ServerState server, @Nullable SlotState slot, @Nullable StoredOffset offset) {

	/**
	 * The same server and slot with a stored offset.
	 * @param offset the offset, {@code null} if there is none
	 */
	public ReplicationState withOffset(@Nullable StoredOffset offset) {
		return new ReplicationState(this.server, this.slot, offset);
	}

	/**
	 * The slot LSN.
	 * @return the LSN, {@code null} if the slot does not exist or has none
	 */
	public @Nullable Lsn slotLsn() {
		return (this.slot != null) ? this.slot.confirmedFlushLsn() : null;
	}

	/**
	 * The offset LSN.
	 * @return the LSN, {@code null} if no offset is stored
	 */
	public @Nullable Lsn offsetLsn() {
		return (this.offset != null) ? this.offset.lsn() : null;
	}

	/**
	 * Whether the counter of the slot tells that it was created again.
	 * @param seen how the slot was seen before, {@code null} if it was not
	 */
	public boolean isSlotRecreatedSince(@Nullable LastSeenSlot seen) {
		return this.slot != null && new SlotIdentity(this.server, this.slot, this.offset, seen).isCounterSetBack();
	}

	/**
	 * What to remember of the slot, to be stored with an offset. Valid only while
	 * everything processed is stored: a slot that is ahead up to this LSN is then
	 * explained by this consumer's own driver.
	 * @param created whether the slot is new, and nothing was flushed to it; otherwise
	 * what is remembered of its creation is kept
	 * @return the slot, {@code null} if it does not exist or cannot be streamed from
	 */
	public @Nullable LastSeenSlot lastSeenSlot(boolean created) {
		if (this.slot == null || this.slot.confirmedFlushLsn() == null || this.slot.isLost()) {
			return null;
		}
		return new LastSeenSlot(this.server.systemIdentifier(), this.server.timeline(), this.slot.name(),
				this.slot.confirmedFlushLsn(), created ? this.slot.restartLsn() : rememberedCreation(),
				this.slot.decodedTransactions(), this.server.startedAt());
	}

	private @Nullable Lsn rememberedCreation() {
		LastSeenSlot seen = (this.offset != null) ? this.offset.slot() : null;
		return (seen != null && this.slot != null && seen.slotName().equals(this.slot.name())
				&& seen.systemIdentifier().equals(this.server.systemIdentifier())) ? seen.createdAtLsn() : null;
	}

	/**
	 * The WAL that the server keeps for the slot.
	 * @return bytes, {@code null} if the slot does not exist or keeps nothing
	 */
	public @Nullable Long retainedWalBytes() {
		if (this.slot == null || this.slot.restartLsn() == null) {
			return null;
		}
		return Math.max(0, this.server.currentLsn().bytesSince(this.slot.restartLsn()));
	}

}
