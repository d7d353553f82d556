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

package io.github.cdcspring.engine;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.cdcspring.settings.OffsetStoreType;
import io.github.cdcspring.test.BareEngine;
import io.github.cdcspring.test.PostgresTest;
import io.github.cdcspring.test.TestPostgres;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.storage.MemoryOffsetBackingStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The control of the matrix: the same states under the same settings, with Debezium's
 * engine and its own offset stores. Its stored position stands at the end of a
 * transaction, where its search of the log, which loses rows too, is not in play.
 */
@PostgresTest
class BareMatrixIT {

	@TempDir
	private Path directory;

	@Test
	void bareEngineLosesRowsInSilence() throws Exception {
		List<MatrixCell> cells = MatrixCell.all(EnumSet.of(OffsetStoreType.FILE, OffsetStoreType.MEMORY));
		Map<MatrixCell, MatrixOutcome> outcomes;
		try (TestPostgres expendable = TestPostgres.start(PositionMatrixIT.REMOVES_WAL)) {
			outcomes = MatrixRun.of(cells, TestPostgres.shared(), expendable, this::run);
		}
		assertThat(outcomes.values()).anyMatch(MatrixOutcome::losesInSilence);
		MatrixPage.assertShows("control", MatrixPage.of(outcomes));
	}

	private MatrixOutcome run(MatrixCell cell, MatrixGround ground) throws Exception {
		List<String> seen = new CopyOnWriteArrayList<>();
		Map<String, String> properties = new HashMap<>(Map.of("slot.name", ground.name(), "publication.name",
				ground.name(), "topic.prefix", ground.name(), "snapshot.mode", "no_data", "publication.autocreate.mode",
				"disabled", "table.include.list", "public.letters", "lsn.flush.mode",
				MatrixCell.lower(cell.flushMode()), "offset.mismatch.strategy", MatrixCell.lower(cell.strategy()),
				"errors.max.retries", "0", "slot.max.retries", "0"));
		Path offsets = this.directory.resolve(ground.name());
		if (cell.isDurable()) {
			writeOffset(ground, offsets);
		}
		else {
			properties.put("offset.storage", MemoryOffsetBackingStore.class.getName());
		}
		try (BareEngine engine = BareEngine.start(ground.database(), offsets, properties,
				(record) -> addLetter(record, seen))) {
			ground.insert("D");
			await().until(() -> seen.contains("D") || engine.hasEnded());
			if (!seen.contains("D")) {
				return MatrixOutcome.notStarted("fails " + engine.error());
			}
			String place = ground.place(ground.requestedLsn(), cell.isDurable());
			return MatrixOutcome.started(cell.state(), place, List.of(), seen, false);
		}
	}

	private static void writeOffset(MatrixGround ground, Path file) throws IOException {
		String key = "[\"bare\",{\"server\":\"" + ground.name() + "\"}]";
		HashMap<byte[], byte[]> offsets = new HashMap<>();
		offsets.put(key.getBytes(StandardCharsets.UTF_8), ground.offset().position().getBytes(StandardCharsets.UTF_8));
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
