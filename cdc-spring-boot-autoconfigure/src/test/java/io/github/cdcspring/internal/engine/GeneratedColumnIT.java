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

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.Operation;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Stored generated columns are received from snapshot and stream alike.
 */
@PostgresTest
class GeneratedColumnIT {

	@Test
	void arriveFromSnapshotAndStream(TestDatabase database) {
		Assumptions.assumeTrue(
				Integer.parseInt(String.valueOf(database.queryForText("SHOW server_version_num"))) >= 180_000,
				"Before, no generated column is published");
		database.execute(
				"CREATE TABLE notes (id int PRIMARY KEY, part int, twice int GENERATED ALWAYS AS (part * 2) STORED)",
				"ALTER TABLE notes REPLICA IDENTITY FULL", "INSERT INTO notes VALUES (1, 5)");
		try (TestApplication application = TestApplication.run(database, Notes.class)) {
			Notes notes = application.bean(Notes.class);
			await().until(() -> notes.received.size() == 1);
			database.execute("UPDATE notes SET part = 6", "INSERT INTO notes VALUES (2, 7)");
			await().until(() -> notes.received.size() == 3);
			assertThat(notes.received).containsExactly(new Note(1, 5, 10), new Note(1, 6, 12), new Note(2, 7, 14));
		}
	}

	record Note(int id, int part, int twice) {

	}

	static class Notes {

		final List<Note> received = new CopyOnWriteArrayList<>();

		@CdcListener(tables = "notes", operations = { Operation.READ, Operation.CREATE, Operation.UPDATE })
		void on(Note note) {
			this.received.add(note);
		}

	}

}
