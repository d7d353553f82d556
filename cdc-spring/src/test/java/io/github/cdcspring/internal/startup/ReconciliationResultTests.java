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

import java.time.Instant;

import io.github.cdcspring.Lsn;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What follows from what a start found.
 */
class ReconciliationResultTests {

	@ParameterizedTest
	@CsvSource({ "SLOT_MISSING, true, false, true", "HISTORY_MISMATCH, false, true, true",
			"SLOT_RECREATED, false, false, true", "OFFSET_AHEAD, false, false, true",
			"SLOT_AHEAD, false, false, false" })
	void recoveryForgetsWhatTheSlotSendsAgain(Verdict verdict, boolean newSlot, boolean otherHistory, boolean forgets) {
		assertThat(result(verdict, new StartDecision.Recover(newSlot, otherHistory)).forgetsProcessedEvents())
			.isEqualTo(forgets);
	}

	@Test
	void anotherStartForgetsNothing() {
		assertThat(result(Verdict.OFFSET_AHEAD, new StartDecision.Refuse("history-mismatch")).forgetsProcessedEvents())
			.isFalse();
	}

	private static ReconciliationResult result(Verdict verdict, StartDecision decision) {
		ServerState server = new ServerState(180000, "18", Lsn.parse("0/1000"), false, 1, "7", "logical", 10, 10, null,
				Instant.EPOCH);
		return new ReconciliationResult(new ReplicationState(server, null, null),
				new SlotOffsetComparison(verdict, false, 0, 0, 0), decision, null);
	}

}
