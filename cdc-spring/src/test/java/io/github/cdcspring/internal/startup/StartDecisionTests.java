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

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.github.cdcspring.settings.LsnFlushMode;
import io.github.cdcspring.settings.OffsetMismatchStrategy;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class StartDecisionTests {

	// The documented table: no_validation, trust_offset, trust_slot, trust_greater_lsn
	private static final String TABLE = """
			IN_SYNC          true  | start                        | start                      | start                        | start
			OFFSET_AHEAD     true  | offset                       | offset+advance slot        | slot                         | offset+advance slot
			OFFSET_AHEAD     false | no: offset-ahead-unexplained | offset+advance slot        | no: offset-ahead-unexplained | offset+advance slot
			SLOT_AHEAD       true  | no: slot-ahead-explained     | no: slot-ahead-explained   | advance offset               | advance offset
			SLOT_AHEAD       false | no: slot-ahead-unexplained   | no: slot-ahead-unexplained | advance offset+warn          | advance offset+warn
			OFFSET_MISSING   false | start                        | start                      | start                        | start
			SLOT_MISSING     false | no: slot-missing             | no: slot-missing           | no: slot-missing             | no: slot-missing
			SLOT_RECREATED   false | no: slot-recreated           | no: slot-recreated         | no: slot-recreated           | no: slot-recreated
			SLOT_LOST        false | no: slot-lost                | no: slot-lost              | no: slot-lost                | no: slot-lost
			HISTORY_MISMATCH false | no: history-mismatch         | no: history-mismatch       | no: history-mismatch         | no: history-mismatch
			""";

	@TestFactory
	List<DynamicTest> followsTheTable() {
		List<DynamicTest> tests = new ArrayList<>();
		TABLE.lines().map((line) -> line.split("\\|")).forEach((cells) -> {
			String[] head = cells[0].strip().split(" +");
			SlotOffsetComparison comparison = new SlotOffsetComparison(Verdict.valueOf(head[0]),
					Boolean.parseBoolean(head[1]), 0, 0, 0);
			for (OffsetMismatchStrategy strategy : OffsetMismatchStrategy.values()) {
				String expected = cells[1 + strategy.ordinal()].strip();
				for (LsnFlushMode mode : LsnFlushMode.values()) {
					tests.add(DynamicTest.dynamicTest(cells[0].strip() + " " + strategy + " " + mode, () -> {
						StartDecision decision = StartDecision.of(comparison, strategy, mode);
						// In manual mode the engine never advances the slot
						assertThat(inWords(decision)).isEqualTo(
								(mode == LsnFlushMode.MANUAL) ? expected.replace("+advance slot", "") : expected);
					}));
				}
			}
		});
		return tests;
	}

	@Test
	void coversEveryVerdict() {
		assertThat(TABLE.lines().map((line) -> line.split(" ")[0]).distinct())
			.containsExactlyInAnyOrderElementsOf(Arrays.stream(Verdict.values()).map(Enum::name).toList());
		assertThat(Arrays.stream(OffsetMismatchStrategy.values()).map(Enum::name)).containsExactly("NO_VALIDATION",
				"TRUST_OFFSET", "TRUST_SLOT", "TRUST_GREATER_LSN");
	}

	@ParameterizedTest
	@CsvSource({ "true, false, SLOT_MISSING, true", "false, true, HISTORY_MISMATCH, true",
			"false, false, SLOT_RECREATED, true", "false, false, OFFSET_AHEAD, true",
			"false, false, SLOT_AHEAD, false" })
	void recoveryForgetsWhatTheSlotSendsAgain(boolean newSlot, boolean otherHistory, Verdict verdict, boolean forgets) {
		assertThat(StartDecision.Recover.of(newSlot, otherHistory, verdict, false).forgetsProcessed())
			.isEqualTo(forgets);
		assertThat(StartDecision.Recover.of(newSlot, otherHistory, verdict, true).forgetsProcessed()).isTrue();
	}

	private static String inWords(StartDecision decision) {
		if (decision instanceof StartDecision.Start) {
			return "start";
		}
		if (decision instanceof StartDecision.ResumeAtOffset resume) {
			return resume.advanceSlot() ? "offset+advance slot" : "offset";
		}
		if (decision instanceof StartDecision.ResumeAtSlot) {
			return "slot";
		}
		if (decision instanceof StartDecision.AdvanceOffsetToSlot advance) {
			return advance.warn() ? "advance offset+warn" : "advance offset";
		}
		return "no: " + ((StartDecision.Refuse) decision).id();
	}

}
