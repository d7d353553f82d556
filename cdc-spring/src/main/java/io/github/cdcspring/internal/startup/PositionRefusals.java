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

import java.util.Locale;

import io.github.cdcspring.Gap;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.offset.StoredOffset;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;

/**
 * What a refusal for the sake of positions says: the two places, what lies between, and
 * the ways on.
 *
 */
public final class PositionRefusals {

	private final EngineSettings settings;

	private final ReplicationState positions;

	private final SlotOffsetComparison comparison;

	private final String newSnapshot;

	/**
	 * Create the texts for one engine.
	 * @param settings the engine
	 * @param positions what was read
	 * @param comparison how slot and offset differ
	 * @param forgetOffset how the stored offset is removed, in words
	 */
	public PositionRefusals(EngineSettings settings, ReplicationState positions, SlotOffsetComparison comparison,
			String forgetOffset) {
		this.settings = settings;
		this.positions = positions;
		this.comparison = comparison;
		this.newSnapshot = "stop the application, "
				+ ((positions.slot() != null)
						? "run SELECT pg_drop_replication_slot('" + settings.slot().name() + "'), " : "")
				+ forgetOffset + ", and start again, which takes the snapshot that cdc.snapshot.mode asks for";
	}

	/**
	 * The violation for a refusal.
	 * @param id the id of the refusal, as the decision gives it
	 * @return what is wrong and what cures it
	 */
	public Violation of(String id) {
		return switch (id) {
			case "slot-ahead-explained" -> explainedGap(id);
			case "slot-ahead-unexplained" -> unexplainedGap(id);
			case "offset-ahead-unexplained" -> unexplainedTail(id);
			case "slot-missing" -> new Violation(id,
					"Replication slot '" + slotName() + "' does not exist, but an offset is stored at " + offsetLsn()
							+ ": the changes since then are not kept by any slot, and a new slot would not send them.",
					"If the slot should be there, look for the right server or database. Otherwise " + this.newSnapshot
							+ ".");
			case "slot-recreated" -> new Violation(id,
					"Replication slot '" + slotName() + "' at " + slotLsn() + " is not the one that the offset at "
							+ offsetLsn()
							+ " was read from: it was dropped and created again, and the changes committed "
							+ "in between were never in it.",
					"To receive what was missed, " + this.newSnapshot + ".");
			case "slot-lost" -> new Violation(id,
					"Replication slot '" + slotName() + "' is lost (" + lostReason()
							+ "): the server removed the WAL that it needs, so the changes since "
							+ ((offsetLsn() != null) ? offsetLsn() : slotLsn()) + " cannot be sent.",
					"Raise max_slot_wal_keep_size or idle_replication_slot_timeout so that it does not happen again. "
							+ "Then " + this.newSnapshot + ".");
			case "history-mismatch" -> new Violation(id, "The offset at " + offsetLsn() + otherHistory(),
					"Connect to the server that the offset belongs to. If this one is right, " + this.newSnapshot
							+ ".");
			default -> throw new IllegalArgumentException("There is no refusal '" + id + "'");
		};
	}

	private Violation explainedGap(String id) {
		return new Violation(id,
				gapInWords()
						+ " It was made by this consumer itself: its driver flushed the slot over WAL that it does "
						+ "not capture. No event is lost, but cdc.offset-mismatch-strategy=" + strategy()
						+ " does not believe a slot that is ahead.",
				"Set cdc.offset-mismatch-strategy=trust_greater_lsn with cdc.slot.survives-failover as it is true for "
						+ "your server, or cdc.lsn-flush-mode=connector; to pass this gap once, set cdc.safety.accept-gap="
						+ gap() + ".");
	}

	private Violation unexplainedGap(String id) {
		return new Violation(id, gapInWords()
				+ " Nothing explains it: somebody else advanced the slot, or another consumer received from "
				+ "it. Transactions that committed in between will never be sent again, and the engine would skip "
				+ "them in silence.",
				"To receive what was missed, " + this.newSnapshot
						+ ". If you know that nothing of value is missed, set cdc.safety.accept-gap=" + gap()
						+ " for this one start.");
	}

	private Violation unexplainedTail(String id) {
		return new Violation(id,
				"The stored offset " + offsetLsn() + " is " + this.comparison.offsetAheadBytes()
						+ " bytes ahead of replication slot '" + slotName() + "' at " + slotLsn()
						+ ", and nothing explains it: the slot may be another one, or restored from a backup, and lack "
						+ "changes that committed before it was made.",
				"If slot and offset do belong together, set cdc.offset-mismatch-strategy=trust_offset. Otherwise "
						+ this.newSnapshot + ".");
	}

	private String gapInWords() {
		return "Replication slot '" + slotName() + "' at " + slotLsn() + " is " + this.comparison.slotAheadBytes()
				+ " bytes ahead of the stored offset " + offsetLsn() + ".";
	}

	private Gap gap() {
		Lsn slotLsn = slotLsn();
		StoredOffset offset = this.positions.offset();
		return new Gap((offset != null) ? offset.lsn() : Lsn.ZERO, (slotLsn != null) ? slotLsn : Lsn.ZERO);
	}

	private String otherHistory() {
		StoredOffset offset = this.positions.offset();
		String here = this.positions.server().systemIdentifier();
		if (offset != null && offset.slot() != null && !offset.slot().systemIdentifier().equals(here)) {
			return " was stored over another cluster: system identifier " + offset.slot().systemIdentifier()
					+ ", and this server is " + here + ".";
		}
		return " is not in the history of this server, which is on timeline " + this.positions.server().timeline()
				+ " at " + this.positions.server().currentLsn()
				+ ": the server was restored from a backup, or it was promoted before it had received that far.";
	}

	private String lostReason() {
		SlotState slot = this.positions.slot();
		if (slot == null) {
			return "gone";
		}
		if (!slot.isLost()) {
			return "the server no longer has the WAL from " + slot.restartLsn() + " on";
		}
		return (slot.invalidationReason() != null) ? slot.invalidationReason() : "wal_status " + slot.walStatus();
	}

	private String slotName() {
		return this.settings.slot().name();
	}

	private String strategy() {
		return this.settings.offsetMismatchStrategy().name().toLowerCase(Locale.ROOT);
	}

	private @Nullable Lsn slotLsn() {
		SlotState slot = this.positions.slot();
		return (slot != null) ? slot.confirmedFlushLsn() : null;
	}

	private @Nullable Lsn offsetLsn() {
		StoredOffset offset = this.positions.offset();
		return (offset != null) ? offset.lsn() : null;
	}

}
