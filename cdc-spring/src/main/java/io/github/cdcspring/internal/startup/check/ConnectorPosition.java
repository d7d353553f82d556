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

package io.github.cdcspring.internal.startup.check;

import java.util.Objects;

import io.github.cdcspring.Gap;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.startup.HistoryMismatch;
import io.github.cdcspring.internal.startup.ReplicationState;
import io.github.cdcspring.internal.startup.SlotOffsetComparison;
import io.github.cdcspring.internal.startup.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * The slot and the offset that Kafka Connect has stored.
 *
 * @param found both, the offset being Kafka Connect's
 * @param comparison how they differ
 * @param kafkaEnd the highest LSN of an event in the topics, {@code null} if there is
 * none, or the connector is running and may have sent what follows a gap
 * @param skipped what the connector has skipped already, {@code null} if it has noted
 * nothing
 */
public record ConnectorPosition(ReplicationState found, SlotOffsetComparison comparison, @Nullable Lsn kafkaEnd,
		@Nullable Gap skipped) {

	/**
	 * Whether the connector can continue without a loss. A slot that is ahead of the
	 * offset has not passed what the topics have.
	 */
	public boolean isContinuous() {
		return switch (this.comparison.verdict()) {
			case IN_SYNC, OFFSET_AHEAD, OFFSET_MISSING -> true;
			case SLOT_AHEAD -> this.comparison.explained()
					|| this.kafkaEnd != null && !Objects.requireNonNull(this.found.slotLsn()).isAfter(this.kafkaEnd);
			case SLOT_MISSING, SLOT_RECREATED, SLOT_LOST, HISTORY_MISMATCH -> false;
		};
	}

	/**
	 * How far the slot is ahead of both the offset and the topics.
	 * @return bytes of WAL that neither the server nor Kafka delivers
	 */
	public long missingBytes() {
		return isContinuous() ? 0 : this.comparison.slotAheadBytes();
	}

	/**
	 * What a restart of the connector would do.
	 * @return a sentence
	 */
	public String onRestart() {
		if (!isContinuous()) {
			return "Cannot continue without a loss: " + problem() + ".";
		}
		String again = " Events of the " + this.comparison.lagBytes()
				+ " bytes of WAL after the offset are sent, some of them again.";
		return switch (this.comparison.verdict()) {
			case OFFSET_MISSING ->
				"Starts as its 'snapshot.mode' says, because Kafka Connect has no offset to continue at.";
			case SLOT_AHEAD -> "Continues at the slot, " + this.found.slotLsn()
					+ ". The topics contain what lies between it and the offset." + again;
			default -> "Continues at the offset, " + this.found.offsetLsn() + "." + again;
		};
	}

	/**
	 * Why the connector cannot continue.
	 */
	String problem() {
		String slot = (this.found.slot() != null) ? "replication slot '" + this.found.slot().name() + "'"
				: "its replication slot";
		return switch (this.comparison.verdict()) {
			case SLOT_MISSING -> slot + " does not exist";
			case SLOT_LOST -> slot + " has lost WAL that it needs";
			case SLOT_RECREATED -> slot + " is at " + this.found.slotLsn()
					+ ", past the timeline of the offset: it was created again, or advanced, after a failover. The server "
					+ "never sends again what committed in between";
			case HISTORY_MISMATCH ->
				"the offset " + this.found.offsetLsn() + withoutStop(HistoryMismatch.of(this.found));
			default -> slot + " is at " + this.found.slotLsn() + ", "
					+ ((this.kafkaEnd != null) ? "and the topics have events up to " + this.kafkaEnd
							: "and the topics have no event that was written before the connector ran again")
					+ ". The server never sends again what committed in between";
		};
	}

	private static String withoutStop(String sentence) {
		return sentence.substring(0, sentence.length() - 1);
	}

	/** Whether the server does not have what the offset is the end of. */
	boolean isOfOtherHistory() {
		return this.comparison.verdict() == Verdict.HISTORY_MISMATCH;
	}

	/**
	 * What lies between the offset and a slot that is ahead, and the connector notes as
	 * skipped when it runs: it does not know the topics.
	 * @return the gap, {@code null} if the slot is not ahead
	 */
	public @Nullable Gap gap() {
		Lsn offset = this.found.offsetLsn();
		Lsn slot = this.found.slotLsn();
		return switch (this.comparison.verdict()) {
			case SLOT_AHEAD, SLOT_RECREATED ->
				(offset != null && slot != null && slot.isAfter(offset)) ? new Gap(offset, slot) : null;
			default -> null;
		};
	}

}
