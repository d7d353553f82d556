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

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.Operation;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Snapshot and stream show the same columns: generated columns and those that the
 * publication leaves out appear in both or in neither.
 */
@PostgresTest
class GeneratedColumnIT {

	@Test
	void arriveFromSnapshotAndStream(TestDatabase database) {
		database.grantOwnership();
		assumeVersion(database, "Before, no generated column is published");
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

	@Test
	void areLeftOutOfTheSnapshotIfTheStreamLacksThem(TestDatabase database) {
		database.execute(
				"CREATE TABLE notes (id int PRIMARY KEY, part int, twice int GENERATED ALWAYS AS (part * 2) STORED)",
				"CREATE PUBLICATION pub FOR TABLE notes WITH (publish_via_partition_root)",
				"INSERT INTO notes VALUES (1, 5)");
		assertThatSnapshotAndStreamShow(database, "cdc.publication.name=pub", "id", "part");
	}

	@Test
	void areLeftOutOfABackfillIfTheStreamLacksThem(TestDatabase database) {
		database.execute(
				"CREATE TABLE notes (id int PRIMARY KEY, part int, twice int GENERATED ALWAYS AS (part * 2) STORED)",
				"CREATE PUBLICATION pub FOR TABLE notes WITH (publish_via_partition_root)",
				"INSERT INTO notes VALUES (1, 5)");
		try (TestApplication application = TestApplication.run(database, Rows.class, "cdc.snapshot.mode=no_data",
				"cdc.publication.name=pub")) {
			Rows rows = application.bean(Rows.class);
			database.execute("INSERT INTO notes VALUES (2, 7)");
			await().until(() -> rows.received.size() == 1);
			application.engine().backfill().start("notes");
			await().until(() -> rows.received.stream().anyMatch((row) -> Integer.valueOf(5).equals(row.get("part"))));
			database.execute("UPDATE notes SET part = 8 WHERE id = 1");
			await().until(() -> rows.received.stream().anyMatch((row) -> Integer.valueOf(8).equals(row.get("part"))));
			assertThat(rows.received).allSatisfy((row) -> assertThat(row).containsOnlyKeys("id", "part"));
		}
	}

	@Test
	void backfillContainsThemIfTheStreamDoes(TestDatabase database) {
		database.grantOwnership();
		assumeVersion(database, "Before, no generated column is published");
		database.execute(
				"CREATE TABLE notes (id int PRIMARY KEY, part int, twice int GENERATED ALWAYS AS (part * 2) STORED)",
				"INSERT INTO notes VALUES (1, 5)");
		try (TestApplication application = TestApplication.run(database, Notes.class, "cdc.snapshot.mode=no_data")) {
			Notes notes = application.bean(Notes.class);
			application.engine().backfill().start("notes");
			await().until(() -> notes.received.size() == 1);
			database.execute("UPDATE notes SET part = 6");
			await().until(() -> notes.received.size() == 2);
			assertThat(notes.received).containsExactly(new Note(1, 5, 10), new Note(1, 6, 12));
		}
	}

	@Test
	void virtualColumnsAreLeftOutOfTheSnapshot(TestDatabase database) {
		database.grantOwnership();
		assumeVersion(database, "Before, there are no virtual columns");
		database.execute("CREATE TABLE notes (id int PRIMARY KEY, part int, twice int GENERATED ALWAYS AS (part * 2), "
				+ "\"half, or (less)\" int GENERATED ALWAYS AS (part / 2), thrice int GENERATED ALWAYS AS (part * 3) STORED)",
				"INSERT INTO notes VALUES (1, 5)");
		assertThatSnapshotAndStreamShow(database, "cdc.debezium.column.exclude.list=public[.]notes[.]none", "id",
				"part", "thrice");
	}

	@Test
	void areLeftOutOfTheColumnsThatTheApplicationIncludes(TestDatabase database) {
		database.execute(
				"CREATE TABLE notes (id int PRIMARY KEY, part int, other int, twice int GENERATED ALWAYS AS "
						+ "(part * 2) STORED)",
				"CREATE PUBLICATION pub FOR TABLE notes WITH (publish_via_partition_root)",
				"INSERT INTO notes VALUES (1, 5)");
		assertThatSnapshotAndStreamShow(database,
				"cdc.publication.name=pub;cdc.debezium.column.include.list=public[.]notes[.](id|twice),.*[.]part", "id",
				"part");
	}

	@Test
	void columnsOutsideOfTheListOfThePublicationAreLeftOutOfTheSnapshot(TestDatabase database) {
		database.execute("CREATE TABLE notes (id int PRIMARY KEY, other int DEFAULT 3, part int)",
				"CREATE PUBLICATION pub FOR TABLE notes (id, part) WITH (publish_via_partition_root)",
				"INSERT INTO notes (id, part) VALUES (1, 5)");
		assertThatSnapshotAndStreamShow(database, "cdc.publication.name=pub;cdc.safety.accept=publication-filter", "id",
				"part");
	}

	@Test
	void arriveAsSoonAsTheServerSendsThem(TestDatabase database) {
		assumeVersion(database, "Before, no generated column is published");
		database.execute(
				"CREATE TABLE notes (id int PRIMARY KEY, part int, twice int GENERATED ALWAYS AS (part * 2) STORED)",
				"CREATE PUBLICATION pub FOR TABLE notes WITH (publish_via_partition_root)",
				"INSERT INTO notes VALUES (1, 5)");
		try (TestApplication application = TestApplication.run(database, Rows.class, "cdc.publication.name=pub")) {
			Rows rows = application.bean(Rows.class);
			database.execute("INSERT INTO notes VALUES (2, 6)");
			await().until(() -> rows.received.size() == 2);
			application.awaitSnapshotStored();
			database.execute("ALTER PUBLICATION pub SET (publish_generated_columns = stored)",
					"INSERT INTO notes VALUES (3, 7)");
			// The engine restarts if it looks at the publication in between, and receives
			// a row again
			await().until(() -> rows.received.contains(Map.of("id", 3, "part", 7, "twice", 14)));
			database.execute("ALTER PUBLICATION pub SET (publish_generated_columns = none)",
					"INSERT INTO notes VALUES (4, 8)");
			await().until(() -> rows.received.contains(Map.of("id", 4, "part", 8)));
			assertThat(new LinkedHashSet<>(rows.received)).containsExactly(Map.of("id", 1, "part", 5),
					Map.of("id", 2, "part", 6), Map.of("id", 3, "part", 7, "twice", 14), Map.of("id", 4, "part", 8));
		}
	}

	@Test
	void ordinaryColumnOfTheSameNameArrives(TestDatabase database) {
		database.execute(
				"CREATE TABLE notes (id int PRIMARY KEY, part int, twice int GENERATED ALWAYS AS (part * 2) STORED)",
				"CREATE PUBLICATION pub FOR TABLE notes WITH (publish_via_partition_root)",
				"INSERT INTO notes VALUES (1, 5)");
		try (TestApplication application = TestApplication.run(database, Rows.class, "cdc.publication.name=pub",
				"cdc.debezium.column.exclude.list=public[.]notes[.]hidden")) {
			Rows rows = application.bean(Rows.class);
			await().until(() -> rows.received.size() == 1);
			database.execute("ALTER TABLE notes DROP twice, ADD twice int, ADD hidden int, ADD shown int",
					"INSERT INTO notes VALUES (2, 6, 7, 8, 9)");
			await().until(() -> rows.received.size() == 2);
			assertThat(rows.received).containsExactly(Map.of("id", 1, "part", 5),
					Map.of("id", 2, "part", 6, "twice", 7, "shown", 9));
		}
	}

	@Test
	void columnsThatTheListOfThePublicationGainsArrive(TestDatabase database) {
		database.execute("CREATE TABLE notes (id int PRIMARY KEY, other int DEFAULT 3, part int)",
				"CREATE PUBLICATION pub FOR TABLE notes (id, part) WITH (publish_via_partition_root)",
				"INSERT INTO notes (id, part) VALUES (1, 5)");
		try (TestApplication application = TestApplication.run(database, Rows.class, "cdc.publication.name=pub",
				"cdc.safety.accept=publication-filter,relation-not-published", "cdc.backfill.new-tables=false")) {
			Rows rows = application.bean(Rows.class);
			await().until(() -> rows.received.size() == 1);
			application.awaitSnapshotStored();
			database.execute("ALTER PUBLICATION pub SET TABLE notes (id, other, part)",
					"INSERT INTO notes (id, part) VALUES (2, 7)");
			await().until(() -> rows.received.contains(Map.of("id", 2, "other", 3, "part", 7)));
			assertThat(rows.received).containsOnly(Map.of("id", 1, "part", 5), Map.of("id", 2, "other", 3, "part", 7));
		}
	}

	private static void assertThatSnapshotAndStreamShow(TestDatabase database, String settings, String... columns) {
		try (TestApplication application = TestApplication.run(database, Rows.class, settings.split(";"))) {
			Rows rows = application.bean(Rows.class);
			await().until(() -> rows.received.size() == 1);
			database.execute("INSERT INTO notes (id, part) VALUES (2, 7)", "UPDATE notes SET part = 8 WHERE id = 1");
			await().until(() -> rows.received.size() == 3);
			assertThat(rows.received).allSatisfy((row) -> assertThat(row).containsOnlyKeys(columns));
		}
	}

	private static void assumeVersion(TestDatabase database, String reason) {
		Assumptions.assumeTrue(
				Integer.parseInt(String.valueOf(database.queryForText("SHOW server_version_num"))) >= 180_000, reason);
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

	static class Rows {

		final List<Map<String, @Nullable Object>> received = new CopyOnWriteArrayList<>();

		@CdcListener("notes")
		void on(Map<String, @Nullable Object> row) {
			this.received.add(row);
		}

	}

}
