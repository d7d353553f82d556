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

package io.github.cdcspring.internal.debezium;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cdcspring.CdcBackfill.Condition;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.backfill.BackfillProgress;
import io.github.cdcspring.offset.OffsetStoreException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Debezium's offset as JSON text.
 */
class OffsetJsonTests {

	private static final Lsn LSN = new Lsn(4711);

	@Test
	void writesTheValuesOfDebezium() {
		Map<String, Object> offset = new LinkedHashMap<>();
		offset.put("lsn", Long.MAX_VALUE);
		offset.put("txId", 742L);
		offset.put("snapshot", "INITIAL");
		offset.put("last_snapshot_record", true);
		assertThat(OffsetJson.of(offset).text()).isEqualTo(
				"{\"lsn\":9223372036854775807,\"txId\":742,\"snapshot\":\"INITIAL\",\"last_snapshot_record\":true}");
	}

	@Test
	void findsAnIncompleteSnapshot() {
		assertThat(new OffsetJson("{\"snapshot\":\"INITIAL\"}").isInSnapshot()).isTrue();
		assertThat(new OffsetJson("{ \"snapshot\" : \"INITIAL\", \"snapshot_completed\" : false }").isInSnapshot())
			.isTrue();
		assertThat(new OffsetJson("{\"snapshot\":\"INITIAL\",\"snapshot_completed\":true}").isInSnapshot()).isFalse();
		assertThat(new OffsetJson("{\"snapshot\":\"INITIAL\",\"last_snapshot_record\":true}").isInSnapshot()).isFalse();
		assertThat(OffsetJson.at(LSN).isInSnapshot()).isFalse();
	}

	@Test
	void movesToAnotherLsn() {
		assertThat(new OffsetJson("{\"lsn\":1,\"lsn_commit\":2,\"other\":\"\\\"lsn\\\":3\"}").movedTo(LSN).text())
			.isEqualTo("{\"lsn\":4711,\"lsn_commit\":4711,\"other\":\"\\\"lsn\\\":3\"}");
		assertThat(new OffsetJson("{\"lsn\":1}").movedTo(LSN)).isEqualTo(OffsetJson.at(LSN));
		assertThat(new OffsetJson("{\"lsn\":1}").withGeneration(5).movedTo(LSN).generation()).isEqualTo(5);
	}

	@Test
	void keepsTheProgressOfABackfill() {
		List<BackfillProgress> progress = List.of(
				new BackfillProgress(new TableId("public", "b"), "copy", Instant.EPOCH, 0, true, List.of(), List.of(),
						List.of()),
				new BackfillProgress(new TableId("public", "a"), null, Instant.ofEpochMilli(1_700_000_000_123L), 7,
						false, List.of("id", "part"), List.of("1", "x \"y\""),
						List.of(new Condition("status", "in", List.of("x", "\"")),
								new Condition("id", "is null", List.of()))));
		OffsetJson offset = OffsetJson.of(Map.of("lsn", 1L, "lsn_commit", 2L)).with(progress);
		assertThat(offset.backfill()).isEqualTo(progress);
		assertThat(offset.movedTo(LSN).backfill()).isEqualTo(progress);
		assertThat(OffsetJson.at(LSN).backfill()).isEmpty();
		assertThat(offset.with(progress.subList(0, 1)).backfill()).isEqualTo(progress.subList(0, 1));
		assertThat(offset.with(List.of()).text()).doesNotContain("backfill");
		assertThat(progress.toString()).doesNotContain("x");
	}

	/** It reads the tables below this name, and would read all their rows. */
	@Test
	void versionThatKnowsNoConditionsDoesNotSeeARequestForSomeRows() throws Exception {
		List<BackfillProgress> progress = List.of(
				new BackfillProgress(new TableId("public", "whole"), null, Instant.EPOCH, 0, false, List.of(),
						List.of(), List.of()),
				new BackfillProgress(new TableId("public", "part"), null, Instant.EPOCH, 7, false, List.of("id"),
						List.of("1"), List.of(new Condition("id", ">", List.of("5")))));
		String text = new OffsetJson("{\"lsn\":1}").with(progress).text();
		assertThat(new ObjectMapper().readTree(text).path("cdc_backfill").asText()).contains("whole")
			.doesNotContain("part");
		assertThat(new OffsetJson(text).backfill()).isEqualTo(progress);
		assertThat(new OffsetJson("{\"lsn\":1}").with(progress.subList(1, 2)).text())
			.doesNotContain("\"cdc_backfill\"");
	}

	@Test
	void refusesAConditionOfALaterVersion() {
		OffsetJson offset = new OffsetJson(
				"{\"lsn\":1,\"cdc_backfill_where\":\"[{\\\"schema\\\":\\\"public\\\",\\\"table\\\":"
						+ "\\\"a\\\",\\\"where\\\":[{\\\"column\\\":\\\"id\\\",\\\"operator\\\":\\\"like\\\",\\\"values\\\":[\\\"s3cr3t\\\"]}]}]\"}");
		assertThatExceptionOfType(OffsetStoreException.class).isThrownBy(offset::backfill)
			.withMessage(
					"The stored offset has a condition of a backfill that this version does not know, so it cannot "
							+ "choose the rows. Start the version that stored it, or remove cdc_backfill_where from the offset "
							+ "and request the backfill again.")
			.withStackTraceContaining("unknown operator")
			.satisfies((ex) -> assertThat(ex).hasStackTraceContaining("IllegalArgumentException"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "[]", "{", "null", "7" })
	void refusesAnOffsetThatIsDamaged(String text) {
		assertThatExceptionOfType(OffsetStoreException.class).isThrownBy(() -> new OffsetJson(text).isInSnapshot())
			.withMessage("The stored offset is damaged: its position is not a JSON object. "
					+ "Restore the offset, or remove it to start as cdc.snapshot.mode says.");
	}

}
