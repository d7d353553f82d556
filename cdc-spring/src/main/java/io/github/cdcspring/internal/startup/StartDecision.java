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

import io.github.cdcspring.settings.LsnFlushMode;
import io.github.cdcspring.settings.OffsetMismatchStrategy;

/**
 * What a start does about slot and offset. The decision table:
 *
 * <pre>
 *                            no_validation     trust_offset      trust_slot        trust_greater_lsn
 * IN_SYNC                    start             start             start             start
 * OFFSET_AHEAD, explained    resume at offset  resume at offset, resume at slot    resume at offset,
 *                                              advance slot                        advance slot
 * OFFSET_AHEAD, unexplained  refuse            resume at offset, refuse            resume at offset,
 *                                              advance slot                        advance slot
 * SLOT_AHEAD, explained      refuse            refuse            advance offset    advance offset
 * SLOT_AHEAD, unexplained    refuse            refuse            advance offset,   advance offset,
 *                                                                warn              warn
 * OFFSET_MISSING             start             start             start             start
 * every other verdict        refuse            refuse            refuse            refuse
 * </pre>
 *
 * {@link Recover} takes the place of a refusal if the operator has requested it.
 *
 * If {@link LsnFlushMode} leaves the slot to others, the engine does not advance it
 * either.
 */
public sealed interface StartDecision {

	/**
	 * Decide what a start does.
	 * @param comparison how slot and offset differ
	 * @param strategy how a mismatch is resolved
	 * @param flushMode who advances the slot
	 * @return the decision
	 */
	static StartDecision of(SlotOffsetComparison comparison, OffsetMismatchStrategy strategy, LsnFlushMode flushMode) {
		boolean explained = comparison.explained();
		return switch (comparison.verdict()) {
			case IN_SYNC, OFFSET_MISSING -> new Start();
			case OFFSET_AHEAD -> switch (strategy) {
				case NO_VALIDATION -> explained ? new ResumeAtOffset(false) : new Refuse("offset-ahead-unexplained");
				case TRUST_OFFSET, TRUST_GREATER_LSN -> new ResumeAtOffset(flushMode.advancesSlot());
				case TRUST_SLOT -> explained ? new ResumeAtSlot() : new Refuse("offset-ahead-unexplained");
			};
			case SLOT_AHEAD -> switch (strategy) {
				case NO_VALIDATION, TRUST_OFFSET ->
					new Refuse(explained ? "slot-ahead-explained" : "slot-ahead-unexplained");
				case TRUST_SLOT, TRUST_GREATER_LSN -> new AdvanceOffsetToSlot(!explained);
			};
			case SLOT_MISSING -> new Refuse("slot-missing");
			case SLOT_RECREATED -> new Refuse("slot-recreated");
			case SLOT_LOST -> new Refuse("slot-lost");
			case HISTORY_MISMATCH -> new Refuse("history-mismatch");
		};
	}

	/**
	 * Start where slot and offset agree or, without an offset, as the snapshot mode says.
	 */
	record Start() implements StartDecision {

	}

	/**
	 * Resume at the offset.
	 *
	 * @param advanceSlot whether to advance the slot to the offset first
	 */
	record ResumeAtOffset(boolean advanceSlot) implements StartDecision {

	}

	/**
	 * Resume at the slot, behind the offset: events in between are delivered again.
	 */
	record ResumeAtSlot() implements StartDecision {

	}

	/**
	 * Store the slot LSN as the offset and resume there: events in between are skipped.
	 *
	 * @param warn whether there may be such events
	 */
	record AdvanceOffsetToSlot(boolean warn) implements StartDecision {

	}

	/**
	 * Give up the changes since the offset: resume at a slot that can be read, and
	 * deliver the existing rows of all tables alongside.
	 *
	 * @param newSlot whether to create the slot, and to drop the present one first
	 * @param otherHistory whether the server is known not to have the changes up to the
	 * offset
	 * @param forgetsProcessed whether to forget which events were processed
	 */
	record Recover(boolean newSlot, boolean otherHistory, boolean forgetsProcessed) implements StartDecision {

		/**
		 * Decide whether to forget which events were processed. Those of a history that
		 * is given up must not pass for those of this one. A slot that was kept behind
		 * the offset sends events again whose registrations were removed already, so the
		 * later ones have to be processed again, too.
		 * @param newSlot whether to create the slot
		 * @param otherHistory whether the server is known not to have the changes up to
		 * the offset
		 * @param verdict how slot and offset differ
		 * @param begunToForget whether an interrupted start has decided to forget them
		 * @return the decision
		 */
		static Recover of(boolean newSlot, boolean otherHistory, Verdict verdict, boolean begunToForget) {
			return new Recover(newSlot, otherHistory, begunToForget || newSlot || otherHistory
					|| verdict == Verdict.SLOT_RECREATED || verdict == Verdict.OFFSET_AHEAD);
		}

	}

	/**
	 * Refuse to start.
	 *
	 * @param id the id of the refusal
	 */
	record Refuse(String id) implements StartDecision {

	}

}
