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

import java.util.List;
import java.util.stream.Collectors;

import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.SnapshotMode;
import org.jspecify.annotations.Nullable;

/**
 * What a restart of the application would do now, after an orderly stop.
 *
 * @param decision what it would do about slot and offset, {@code null} if the server
 * would be refused or another instance receives
 * @param refusals why it would refuse to start, empty if it would start or go on standby
 * @param sentence the same in words
 */
public record RestartPreview(@Nullable StartDecision decision, List<Violation> refusals, String sentence) {

	public RestartPreview {
		refusals = List.copyOf(refusals);
	}

	/**
	 * A restart that refuses to start.
	 */
	static RestartPreview refused(@Nullable StartDecision decision, List<Violation> refusals) {
		return new RestartPreview(decision, refusals,
				refusals.stream()
					.map((violation) -> "[" + violation.rule() + "]: " + violation.problem() + " " + violation.action())
					.collect(Collectors.joining(" And ", "Is refused ", "")));
	}

	/**
	 * A restart that enters standby.
	 * @param slot the slot, which another instance receives from
	 */
	static RestartPreview standby(SlotState slot) {
		return new RestartPreview(null, List.of(), "Enters standby: server process " + slot.activePid()
				+ " receives from slot '" + slot.name() + "'. Takes over when that process ends.");
	}

	/**
	 * A restart that starts.
	 * @param now the positions now
	 * @param then the positions that the start will find
	 * @param comparison how those differ
	 */
	static RestartPreview started(EngineSettings settings, ReplicationState now, ReplicationState then,
			SlotOffsetComparison comparison, StartDecision decision) {
		return new RestartPreview(decision, List.of(),
				new Description(settings, now, then, comparison).sentence(decision));
	}

	/**
	 * Describes what a start does about slot and offset.
	 */
	private record Description(EngineSettings settings, ReplicationState now, ReplicationState then,
			SlotOffsetComparison comparison) {

		String sentence(StartDecision decision) {
			boolean again = this.then.offset() != null && this.settings.snapshotMode().readsDataAtEachStart();
			return again
					? "Takes a new snapshot of the existing rows (" + snapshotMode()
							+ ") and streams from the current WAL position. Changes since the offset are not delivered."
					: words(decision);
		}

		private String words(StartDecision decision) {
			if (decision instanceof StartDecision.ResumeAtOffset resume) {
				return resume.advanceSlot()
						? "Advances the slot by " + offsetAhead() + " to the offset and resumes at "
								+ this.then.offsetLsn() + "."
						: "Resumes at the offset, " + this.then.offsetLsn() + ". The slot is " + offsetAhead()
								+ " behind and will follow.";
			}
			if (decision instanceof StartDecision.ResumeAtSlot) {
				return "Resumes at the slot, " + this.then.slotLsn() + ": what committed in the " + offsetAhead()
						+ " up to the offset is delivered again.";
			}
			if (decision instanceof StartDecision.AdvanceOffsetToSlot advance) {
				return advance.warn()
						? "Skips " + slotAhead() + " of WAL, from the offset " + this.then.offsetLsn() + " to the slot "
								+ this.then.slotLsn()
								+ ", and resumes there: transactions that committed in between are not delivered."
						: "Advances the offset by " + slotAhead() + " to the slot and resumes at " + this.then.slotLsn()
								+ ". No event is skipped: this engine's driver advanced the slot over other WAL.";
			}
			if (decision instanceof StartDecision.Recover recover) {
				return "Recovers from the offset " + this.then.offsetLsn() + ": resumes at "
						+ (recover.newSlot() ? "a new slot" : "the slot, " + this.then.slotLsn())
						+ ", and delivers the existing rows alongside the stream. Changes in between are not delivered.";
			}
			if (this.then.offset() != null && this.settings.snapshotMode().endsAfterSnapshot()) {
				return "Ends: the existing rows were delivered (" + snapshotMode()
						+ "), and no changes are received after them. To read the rows again, remove the offset.";
			}
			return (this.then.offset() != null) ? "Resumes at " + this.then.offsetLsn() + ", where slot and offset are."
					: withoutOffset();
		}

		private String withoutOffset() {
			SnapshotMode mode = this.settings.snapshotMode();
			String slot = "slot '" + this.settings.slot().name() + "'";
			String snapshot = "takes a snapshot of the existing rows (" + snapshotMode() + ")";
			String backfill = mode.readsData() ? ", while it delivers the existing rows (" + snapshotMode() + ")" : "";
			if (mode.endsAfterSnapshot()) {
				return why() + snapshot + " and ends.";
			}
			if (this.then.slot() == null) {
				return why() + "creates " + slot
						+ (mode.readsDataFirst() ? ", " + snapshot + ", and receives what commits after it."
								: " at the end of the WAL and receives what commits from then on" + backfill + ".");
			}
			return why() + (mode.readsDataFirst() ? snapshot + " and resumes at the slot, " + this.then.slotLsn() + "."
					: "resumes at the slot, " + this.then.slotLsn() + backfill
							+ ". Changes that the slot has already passed are not noticed.");
		}

		private String why() {
			if (this.now.offset() == null) {
				return "Finds no offset: it ";
			}
			return this.settings.offset().store().isDurable() ? "Repeats the unfinished snapshot: it "
					: "Loses the offset, which is in memory: it ";
		}

		private String snapshotMode() {
			return new SettingNames(this.settings).snapshotMode();
		}

		private String offsetAhead() {
			return this.comparison.offsetAheadBytes() + " bytes";
		}

		private String slotAhead() {
			return this.comparison.slotAheadBytes() + " bytes";
		}

	}

}
