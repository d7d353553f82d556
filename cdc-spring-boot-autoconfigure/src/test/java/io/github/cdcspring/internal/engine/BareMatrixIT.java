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

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import io.debezium.connector.postgresql.connection.PostgresConnection;
import io.github.cdcspring.internal.support.LowerCase;
import io.github.cdcspring.settings.OffsetStoreType;
import io.github.cdcspring.testsupport.BareEngine;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestPostgres;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.storage.MemoryOffsetBackingStore;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The control of the matrix: the same states and settings with Debezium's engine and its
 * own offset stores. The stored offset is the end of a transaction, where Debezium's WAL
 * position search, which loses rows too, plays no role.
 */
@Tag("faults")
@PostgresTest
class BareMatrixIT {

	private static final MatrixOutcome FAILS = MatrixOutcome.notStarted("fails");

	private final List<String> warnings = new CopyOnWriteArrayList<>();

	@TempDir
	private Path directory;

	@Test
	void bareEngineLosesRowsSilently() throws Exception {
		List<MatrixCell> cells = MatrixCell.all(EnumSet.of(OffsetStoreType.FILE, OffsetStoreType.MEMORY));
		Map<MatrixCell, MatrixOutcome> outcomes = new LinkedHashMap<>();
		try (MatrixLog log = MatrixLog.of(PostgresConnection.class, this.warnings);
				TestPostgres expendable = TestPostgres.start(PositionMatrixIT.REMOVES_WAL)) {
			outcomes.putAll(MatrixRun.of(cells, TestPostgres.shared(), expendable, this::run));
			// On a busy machine it fails occasionally, so repeat
			List<MatrixCell> failed = cells.stream().filter((cell) -> FAILS.equals(outcomes.get(cell))).toList();
			outcomes.putAll(MatrixRun.of(failed, TestPostgres.shared(), expendable, this::run));
		}
		assertThat(outcomes.values()).anyMatch(MatrixOutcome::losesSilently);
		MatrixPage.assertShows("control", MatrixPage.of(outcomes));
	}

	private MatrixOutcome run(MatrixCell cell, MatrixGround ground) throws Exception {
		List<String> seen = new CopyOnWriteArrayList<>();
		Map<String, String> properties = new HashMap<>(
				Map.of("slot.name", ground.name(), "publication.name", ground.name(), "topic.prefix", ground.name(),
						"snapshot.mode", "no_data", "publication.autocreate.mode", "disabled", "table.include.list",
						"public.letters", "lsn.flush.mode", LowerCase.of(cell.flushMode()), "offset.mismatch.strategy",
						LowerCase.of(cell.strategy()), "errors.max.retries", "0", "slot.max.retries", "0"));
		Path offsets = this.directory.resolve(ground.name());
		if (cell.isDurable()) {
			writeOffset(ground, offsets);
		}
		else {
			properties.put("offset.storage", MemoryOffsetBackingStore.class.getName());
		}
		try (BareEngine engine = BareEngine.launch(ground.database(), offsets, properties,
				(record) -> addLetter(record, seen))) {
			await().until(() -> ground.isStreamedFrom() || engine.hasEnded() || isWaiting(ground));
			if (isWaiting(ground)) {
				// Without its slot it fails
				ground.dropSlot();
				engine.awaitEnd();
				return MatrixOutcome.notStarted("hangs");
			}
			ground.insert("D");
			await().until(() -> seen.contains("D") || engine.hasEnded());
			if (!seen.contains("D")) {
				return FAILS;
			}
			String place = ground.place(ground.requestedLsn(), cell.isDurable());
			return MatrixOutcome.started(cell.state(), place, List.of(), seen, null);
		}
	}

	/** Debezium retries a lost slot 900 times, every two seconds. */
	private boolean isWaiting(MatrixGround ground) {
		return this.warnings.stream()
			.anyMatch((warning) -> warning.contains("'" + ground.name() + "'")
					&& warning.contains("[during attempt 2 out of 900"));
	}

	private static void writeOffset(MatrixGround ground, Path file) throws IOException {
		String key = "[\"bare\",{\"server\":\"" + ground.name() + "\"}]";
		HashMap<byte[], byte[]> offsets = new HashMap<>();
		long lsn = ground.offsetLsn().value();
		// Debezium checks by lsn_proc whether the slot still keeps the WAL
		String offset = "{\"lsn_proc\":" + lsn + ",\"messageType\":\"COMMIT\",\"lsn_commit\":" + lsn + ",\"lsn\":" + lsn
				+ ",\"ts_usec\":0}";
		offsets.put(key.getBytes(StandardCharsets.UTF_8), offset.getBytes(StandardCharsets.UTF_8));
		try (ObjectOutputStream output = new ObjectOutputStream(Files.newOutputStream(file))) {
			output.writeObject(offsets);
		}
	}

	private static void addLetter(SourceRecord record, List<String> seen) {
		if (record.value() instanceof Struct value && value.schema().field("after") != null
				&& value.getStruct("after") != null) {
			seen.add(value.getStruct("after").getString("letter"));
		}
	}

}
