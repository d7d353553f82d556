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

import io.github.cdcspring.internal.startup.StartDecision.AdvanceOffsetToSlot;
import io.github.cdcspring.internal.startup.StartDecision.Refuse;
import io.github.cdcspring.internal.startup.StartDecision.ResumeAtOffset;
import io.github.cdcspring.internal.startup.StartDecision.ResumeAtSlot;
import io.github.cdcspring.internal.startup.StartDecision.Start;
import io.github.cdcspring.settings.LsnFlushMode;
import io.github.cdcspring.settings.OffsetMismatchStrategy;

/**
 * The decision table:
 *
 * <pre>
 *                       no_validation     trust_offset      trust_slot         trust_greater_lsn
 * IN_SYNC               start             start             start              start
 * OFFSET_AHEAD, explained       resume at offset  resume at offset, resume at slot     resume at offset,
 *                                         advance slot                         advance slot
 * OFFSET_AHEAD, not explained   refuse            resume at offset, refuse             resume at offset,
 *                                         advance slot                         advance slot
 * SLOT_AHEAD, explained        refuse            refuse            advance offset     advance offset
 * SLOT_AHEAD, not explained    refuse            refuse            advance offset,    advance offset,
 *                                                           warn               warn
 * OFFSET_MISSING             start             start             start              start
 * anything else         refuse            refuse            refuse             refuse
 * </pre>
 *
 */
public final class StartDecisions {

	private StartDecisions() {
	}

	/**
	 * Decide what a start does.
	 * @param comparison the difference between slot and offset
	 * @param strategy who is believed
	 * @param flushMode who advances the slot: in {@link LsnFlushMode#MANUAL} not the
	 * starter
	 * @return the decision
	 */
	public static StartDecision decide(SlotOffsetComparison comparison, OffsetMismatchStrategy strategy,
			LsnFlushMode flushMode) {
		boolean explained = comparison.explained();
		boolean advanceSlot = flushMode != LsnFlushMode.MANUAL;
		return switch (comparison.verdict()) {
			case IN_SYNC, OFFSET_MISSING -> new Start();
			case OFFSET_AHEAD -> switch (strategy) {
				case NO_VALIDATION -> explained ? new ResumeAtOffset(false) : new Refuse("offset-ahead-unexplained");
				case TRUST_OFFSET, TRUST_GREATER_LSN -> new ResumeAtOffset(advanceSlot);
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

}
