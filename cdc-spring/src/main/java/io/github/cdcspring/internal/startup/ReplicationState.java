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
 * Everything that tells where a stream stands, at one moment.
 *
 * @param server the server
 * @param slot the slot, {@code null} if there is none
 * @param offset the stored offset, {@code null} if there is none
 */
public record ReplicationState(ServerState server, @Nullable SlotState slot, @Nullable StoredOffset offset) {

	/**
	 * The same slot and server with an offset that was read after them.
	 */
	public ReplicationState withOffset(@Nullable StoredOffset offset) {
		return new ReplicationState(this.server, this.slot, offset);
	}

	/**
	 * What to remember of the slot, to be stored with an offset. Only to be asked for
	 * while everything handled is stored: up to this slot LSN, a slot that is ahead will
	 * be taken for this consumer's own doing.
	 * @param createdAtLsn the slot LSN right after this starter created the slot,
	 * {@code null} to keep what is remembered of the same slot
	 * @return the lastSeenSlot, {@code null} if there is no slot that can be streamed
	 * from
	 */
	public @Nullable LastSeenSlot lastSeenSlot(@Nullable Lsn createdAtLsn) {
		if (this.slot == null || this.slot.confirmedFlushLsn() == null || this.slot.isLost()) {
			return null;
		}
		return new LastSeenSlot(this.server.systemIdentifier(), this.server.timeline(), this.slot.name(),
				this.slot.confirmedFlushLsn(), (createdAtLsn != null) ? createdAtLsn : rememberedCreation(),
				this.slot.decodedTransactions(), this.server.startedAt());
	}

	private @Nullable Lsn rememberedCreation() {
		LastSeenSlot seen = (this.offset != null) ? this.offset.slot() : null;
		return (seen != null && this.slot != null && seen.slotName().equals(this.slot.name())
				&& seen.systemIdentifier().equals(this.server.systemIdentifier())) ? seen.createdAtLsn() : null;
	}

	/**
	 * WAL that the server keeps for the slot.
	 * @return bytes, {@code null} if there is no slot or it keeps nothing
	 */
	public @Nullable Long retainedWalBytes() {
		if (this.slot == null || this.slot.restartLsn() == null) {
			return null;
		}
		return Math.max(0, this.server.currentLsn().bytesSince(this.slot.restartLsn()));
	}

}
