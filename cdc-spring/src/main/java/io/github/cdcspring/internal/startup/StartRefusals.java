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

import java.util.Objects;

import io.github.cdcspring.ActionStep;
import io.github.cdcspring.Gap;
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.offset.StoredOffset;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;

/**
 * The texts of the refusals that come from slot and offset: both positions, what lies in
 * between, and what to do.
 */
final class StartRefusals {

	private final EngineSettings settings;

	private final ReplicationState found;

	private final SlotOffsetComparison comparison;

	private final SettingNames names;

	private final ActionStep forgetOffset;

	private final @Nullable StoredOffset stored;

	/**
	 * Create the texts for one start.
	 * @param settings the engine
	 * @param found the positions that the start found
	 * @param comparison how they differ
	 * @param stored the offset in the store, {@code null} if there is none. That of the
	 * positions may be what this process has processed.
	 * @param forgetOffset how to remove the stored offset
	 */
	StartRefusals(EngineSettings settings, ReplicationState found, SlotOffsetComparison comparison,
			@Nullable StoredOffset stored, ActionStep forgetOffset) {
		this.settings = settings;
		this.stored = stored;
		this.found = found;
		this.comparison = comparison;
		this.names = new SettingNames(settings);
		this.forgetOffset = forgetOffset;
	}

	/**
	 * The violation for a refusal.
	 * @param id the id of the refusal
	 */
	Violation of(String id) {
		return switch (id) {
			case "slot-ahead-explained" -> slotAheadExplained(id);
			case "slot-ahead-unexplained" -> slotAheadUnexplained(id);
			case "offset-ahead-unexplained" -> offsetAheadUnexplained(id);
			case "slot-missing" -> slotMissing(id);
			case "slot-recreated" -> slotRecreated(id);
			case "slot-lost" -> slotLost(id);
			case DecodingState.RULE -> decodingStateMissing(id);
			case "history-mismatch" -> historyMismatch(id);
			case Recovery.BLOCKED -> recoveryBlocked(id);
			default -> throw new IllegalArgumentException("There is no refusal '" + id + "'");
		};
	}

	private Violation slotAheadExplained(String id) {
		return new Violation(id, slotAhead()
				+ " This engine's own driver advanced the slot over WAL without captured changes, so no event is lost. "
				+ "But " + this.names.strategy() + " does not accept a slot that is ahead of the offset.",
				new Steps()
					.setting("Set ", this.names.name("offset-mismatch-strategy") + "=trust_greater_lsn",
							" and declare with " + this.names.name("slot.survives-failover")
									+ " whether the slot survives a failover.")
					.or()
					.setting("Or set ", this.names.name("lsn-flush-mode") + "=connector", ".")
					.or()
					.setting("To accept this difference once, set ", acceptGap(), ".")
					.list());
	}

	private Violation slotAheadUnexplained(String id) {
		return new Violation(id, slotAhead()
				+ " No known cause explains it: another process advanced the slot, or another consumer received from "
				+ "it. The server never sends again what committed in between, so the engine would skip it silently.",
				restore(id, new Steps(), "To receive the missing changes,").or()
					.setting("If you know that no missing change matters, set ", acceptGap(), " for one start.")
					.list());
	}

	private Violation offsetAheadUnexplained(String id) {
		return new Violation(id,
				"The stored offset " + this.found.offsetLsn() + " is " + this.comparison.offsetAheadBytes()
						+ " bytes ahead of " + slotAt() + ", and no known cause explains it. The slot may have been "
						+ "recreated or restored from a backup, and would lack what committed before its creation.",
				restore(id,
						new Steps()
							.setting("If slot and offset belong together, set ",
									this.names.name("offset-mismatch-strategy") + "=trust_offset", ".")
							.or(),
						"Otherwise")
					.list());
	}

	private Violation slotMissing(String id) {
		return new Violation(id,
				"Replication slot '" + slotName() + "' does not exist, but an offset is stored at "
						+ this.found.offsetLsn()
						+ ". No slot has kept the changes since then, and a new slot would not send them.",
				restore(id, new Steps()
					.text("If the slot should exist, check that the engine connects to the right server and database.")
					.or(), "Otherwise").list());
	}

	private Violation slotRecreated(String id) {
		return new Violation(id, "Replication slot '" + slotName() + "' at " + this.found.slotLsn()
				+ " is not the slot that the stored offset " + this.found.offsetLsn()
				+ " comes from: it was dropped and created again. It does not contain what committed in between.",
				restore(id, new Steps(), "To receive the missing changes,").list());
	}

	private Violation slotLost(String id) {
		return new Violation(id, "Replication slot '" + slotName() + "' is lost (" + lostReason()
				+ "): the server removed WAL that the slot needs, so the changes since "
				+ ((this.found.offset() != null) ? this.found.offsetLsn() : this.found.slotLsn()) + " cannot be sent.",
				restore(id, new Steps()
					.text("Raise max_slot_wal_keep_size or idle_replication_slot_timeout to prevent a repetition."),
						"Then")
					.list());
	}

	private Violation decodingStateMissing(String id) {
		return new Violation(id, DecodingState.problem(Objects.requireNonNull(this.found.slot())),
				restore(id, new Steps(), "To receive what may be missing,").or()
					.setting("If nothing was ever received from the slot, or nothing that may be missing matters, set ",
							this.names.name("safety.accept") + "=" + DecodingState.RULE,
							" until restart_lsn has moved.")
					.list());
	}

	private Violation historyMismatch(String id) {
		return new Violation(id, "The stored offset " + this.found.offsetLsn() + HistoryMismatch.of(this.found),
				restore(id, new Steps().text("Connect to the server that the offset belongs to.").or(),
						"If this server is the right one,")
					.list());
	}

	/** A new snapshot, or less than that. */
	private Steps restore(String id, Steps steps, String beginning) {
		newSnapshot(steps, beginning);
		if (this.stored != null && this.names.obstacleToRecovery(this.found.server()) == null) {
			boolean found = this.stored.equals(this.found.offset());
			String server = id.equals(Recovery.HISTORY_MISMATCH) ? this.found.server().systemIdentifier() : null;
			steps
				.add(this.names.recovery(found ? new EngineSettings.RecoveredOffset(this.stored.lsn(), server) : null));
		}
		return steps;
	}

	private Steps newSnapshot(Steps steps, String beginning) {
		ReplicationSlot slot = (this.found.slot() != null) ? new ReplicationSlot(this.settings) : null;
		return steps.forget(beginning, slot, this.forgetOffset)
			.text("Start the application again, to take a new snapshot as " + this.names.snapshotMode() + " says.");
	}

	private Violation recoveryBlocked(String id) {
		return new Violation(id,
				"A recovery from the stored offset " + this.found.offsetLsn()
						+ " has begun on this server, and this start cannot continue it: "
						+ this.names.obstacleToRecovery(this.found.server())
						+ ". The slot may be a new one, which would not send the changes since the offset.",
				newSnapshot(
						new Steps().text("Remove this obstacle, and start the engine again to continue the recovery.")
							.or(),
						"Otherwise")
					.list());
	}

	private String slotAhead() {
		return "Replication slot '" + slotName() + "' at " + this.found.slotLsn() + " is "
				+ this.comparison.slotAheadBytes() + " bytes ahead of the stored offset " + this.found.offsetLsn()
				+ ".";
	}

	private String slotAt() {
		return "replication slot '" + slotName() + "' at " + this.found.slotLsn();
	}

	private String acceptGap() {
		return this.names.with("safety.accept-gap",
				new Gap(Objects.requireNonNull(this.found.offsetLsn()), Objects.requireNonNull(this.found.slotLsn())));
	}

	private @Nullable String lostReason() {
		SlotState slot = this.found.slot();
		String reason = (slot != null) ? slot.lostReason() : null;
		if (reason == null && slot != null && slot.restartLsn() != null) {
			return "the server no longer has the WAL from " + slot.restartLsn() + " on";
		}
		return (reason != null) ? reason : "it has no restart_lsn";
	}

	private String slotName() {
		return this.settings.slot().name();
	}

}
