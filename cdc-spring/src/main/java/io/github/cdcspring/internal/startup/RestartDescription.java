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

import io.github.cdcspring.Lsn;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.OffsetStoreType;
import io.github.cdcspring.settings.SnapshotMode;
import org.jspecify.annotations.Nullable;

/**
 * Says what a start does about slot and offset.
 */
final class RestartDescription {

	private final EngineSettings settings;

	private final ReplicationState now;

	private final ReplicationState then;

	private final SlotOffsetComparison comparison;

	/**
	 * @param now what stands now
	 * @param then what the start finds
	 */
	RestartDescription(EngineSettings settings, ReplicationState now, ReplicationState then,
			SlotOffsetComparison comparison) {
		this.settings = settings;
		this.now = now;
		this.then = then;
		this.comparison = comparison;
	}

	String sentence(StartDecision decision) {
		String sentence = words(decision);
		boolean again = this.then.offset() != null && this.settings.snapshotMode() == SnapshotMode.ALWAYS;
		return again
				? "Takes a new snapshot of the existing rows (cdc.snapshot.mode=always) and streams from the current WAL "
						+ "position. Changes since the offset are not delivered."
				: sentence;
	}

	private String words(StartDecision decision) {
		if (decision instanceof StartDecision.ResumeAtOffset resume) {
			return resume.advanceSlot()
					? "Advances the slot by " + behind() + " to the offset, and goes on at " + offsetLsn() + "."
					: "Goes on at the offset, " + offsetLsn() + ". The slot, " + behind() + " behind, follows.";
		}
		if (decision instanceof StartDecision.ResumeAtSlot) {
			return "Goes on at the slot, " + slotLsn() + ": what committed in the " + behind()
					+ " up to the offset is delivered a second time.";
		}
		if (decision instanceof StartDecision.AdvanceOffsetToSlot advance) {
			String bytes = this.comparison.slotAheadBytes() + " bytes";
			return advance.warn()
					? "Skips " + bytes + " of WAL, from the offset " + offsetLsn() + " to the slot " + slotLsn()
							+ ", and goes on there: transactions that committed in between are not delivered."
					: "Moves the offset by " + bytes + " to the slot, and goes on at " + slotLsn()
							+ ". Nothing to deliver lies in between: it was this consumer's driver that moved the slot.";
		}
		return (this.then.offset() != null) ? "Goes on at " + offsetLsn() + ", where slot and offset are."
				: withoutOffset();
	}

	private String withoutOffset() {
		String slot = "'" + this.settings.slot().name() + "'";
		boolean reads = this.settings.snapshotMode().readsData();
		String snapshot = "takes a snapshot of the existing rows (cdc.snapshot.mode="
				+ this.settings.snapshotMode().name().toLowerCase(Locale.ROOT) + ")";
		if (this.settings.snapshotMode() == SnapshotMode.INITIAL_ONLY) {
			return why() + snapshot + ", and ends.";
		}
		if (this.then.slot() == null) {
			return why() + (reads ? "creates slot " + slot + ", " + snapshot + ", and receives what commits after it."
					: "creates slot " + slot + " at the end of the log, and receives what commits from then on.");
		}
		return why() + (reads ? snapshot + ", and goes on at the slot, " + slotLsn() + "."
				: "goes on at the slot, " + slotLsn() + ": what the slot has passed over is not noticed.");
	}

	private String why() {
		if (this.now.offset() == null) {
			return "Finds no offset: it ";
		}
		return (this.settings.offset().store() == OffsetStoreType.MEMORY)
				? "Forgets the offset, which is in memory: it " : "Begins the unfinished snapshot anew: it ";
	}

	private String behind() {
		return this.comparison.offsetAheadBytes() + " bytes";
	}

	private @Nullable Lsn slotLsn() {
		return (this.then.slot() != null) ? this.then.slot().confirmedFlushLsn() : null;
	}

	private @Nullable Lsn offsetLsn() {
		return (this.then.offset() != null) ? this.then.offset().lsn() : null;
	}

}
