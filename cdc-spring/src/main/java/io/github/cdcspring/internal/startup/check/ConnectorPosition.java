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
 * none
 */
public record ConnectorPosition(ReplicationState found, SlotOffsetComparison comparison, @Nullable Lsn kafkaEnd) {

	/**
	 * Whether the connector can continue without a loss. A slot that is ahead of the
	 * offset has not passed what the topics have.
	 */
	boolean isContinuous() {
		return switch (this.comparison.verdict()) {
			case IN_SYNC, OFFSET_AHEAD, OFFSET_MISSING -> true;
			case SLOT_AHEAD -> this.comparison.explained()
					|| this.kafkaEnd != null && !Objects.requireNonNull(this.found.slotLsn()).isAfter(this.kafkaEnd);
			case SLOT_MISSING, SLOT_RECREATED, SLOT_LOST, HISTORY_MISMATCH -> false;
		};
	}

	/** The gap, {@code null} if another one cannot be accepted. */
	@Nullable Gap gap() {
		Lsn offset = this.found.offsetLsn();
		Lsn slot = this.found.slotLsn();
		return (this.comparison.verdict() == Verdict.SLOT_AHEAD && offset != null && slot != null)
				? new Gap(offset, slot) : null;
	}

}
