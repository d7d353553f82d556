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

package io.github.cdcspring.internal.engine;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.cdcspring.internal.startup.OffsetReconciler;
import io.github.cdcspring.settings.OffsetStoreType;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import io.github.cdcspring.testsupport.TestPostgres;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every state of slot and offset, with every combination of flush mode, strategy and
 * store, compared with the written decision table.
 */
@PostgresTest
class PositionMatrixIT {

	static final Map<String, String> REMOVES_WAL = Map.of("max_slot_wal_keep_size", "1MB", "max_wal_size", "32MB",
			"min_wal_size", "32MB");

	/** Rules on settings that would refuse combinations in every state. */
	private static final String ACCEPTED = "manual-without-flusher,driver-flush-without-slot-authority,"
			+ "slot-authority-without-surviving-slot,offset-authority-without-durable-offset";

	@Test
	void everyCellDoesWhatTheTableSays(TestDatabase database, @TempDir Path directory) throws Exception {
		database.execute("CREATE TABLE letters (letter text PRIMARY KEY)");
		List<String> warnings = new CopyOnWriteArrayList<>();
		List<MatrixCell> cells = MatrixCell.all(EnumSet.allOf(OffsetStoreType.class));
		assertThat(cells).hasSize(3 * 4 * 3 * 9);
		Map<MatrixCell, MatrixOutcome> outcomes;
		int predicted;
		try (MatrixStarter starter = MatrixStarter.of(database, directory, warnings, "cdc.snapshot.mode=no_data",
				"cdc.offset.store=memory", "cdc.safety.accept=" + ACCEPTED);
				MatrixLog log = MatrixLog.of(OffsetReconciler.class, warnings);
				TestPostgres expendable = TestPostgres.start(REMOVES_WAL)) {
			outcomes = MatrixRun.of(cells, TestPostgres.shared(), expendable, starter::run);
			predicted = starter.predicted();
		}
		MatrixTable table = MatrixTable.read();
		assertThat(outcomes).hasSameSizeAs(cells);
		assertThat(outcomes.entrySet()
			.stream()
			.filter((outcome) -> !table.expected(outcome.getKey()).equals(outcome.getValue().toString()))
			.map((outcome) -> outcome.getKey() + " is '" + outcome.getValue() + "' and not '"
					+ table.expected(outcome.getKey()) + "'"))
			.isEmpty();
		assertThat(outcomes.values()).noneMatch(MatrixOutcome::losesSilently);
		assertThat(predicted).isEqualTo(cells.size());
		LoggerFactory.getLogger(PositionMatrixIT.class)
			.warn("{} of {} starts did what the preview predicted", predicted, cells.size());
		MatrixPage.assertShows("starter", MatrixPage.of(outcomes));
	}

}
