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
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.actuate.CdcHealthIndicator;
import io.github.cdcspring.internal.startup.check.AcceptedRisk;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * The engine checks the server before each start and each reconnect.
 */
@PostgresTest
class PreflightIT {

	@Test
	void refusesToStartWithAllViolationsAndChangesNothing(TestDatabase database) {
		database.grantOwnership();
		database.execute("CREATE TABLE notes (id int)");
		assertThatThrownBy(() -> TestApplication.start(database, Notes.class, "test.further=missing")).rootCause()
			.isInstanceOfSatisfying(StartRefusedException.class,
					(ex) -> assertThat(ex.violations()).extracting(Violation::rule)
						.containsExactly("unknown-table", "replica-identity"));
		assertThat(database.queryForText("SELECT count(*) FROM pg_publication")).isEqualTo("0");
		assertThat(
				database.queryForText("SELECT count(*) FROM pg_replication_slots WHERE database = current_database()"))
			.isEqualTo("0");
	}

	@Test
	void startsNoFurtherEngineAfterARefusal(TestDatabase database) {
		database.grantOwnership();
		database.execute("CREATE TABLE notes (id int)", "CREATE TABLE others (id int PRIMARY KEY)");
		assertThatThrownBy(
				() -> TestApplication.start(database, TwoEngines.class, "cdc.engines.second.snapshot.mode=no_data"))
			.rootCause()
			.isInstanceOfSatisfying(StartRefusedException.class,
					(ex) -> assertThat(ex.violationsByEngine()).containsOnlyKeys("default"));
		assertThat(database.queryForText("SELECT count(*) FROM pg_publication")).isEqualTo("0");
		assertThat(
				database.queryForText("SELECT count(*) FROM pg_replication_slots WHERE database = current_database()"))
			.isEqualTo("0");
	}

	@Test
	void refusalsOfAllEnginesAreReported(TestDatabase database) {
		database.execute("CREATE TABLE notes (id int)", "CREATE TABLE others (id int)");
		assertThatThrownBy(
				() -> TestApplication.start(database, TwoEngines.class, "cdc.engines.second.snapshot.mode=no_data"))
			.rootCause()
			.isInstanceOfSatisfying(StartRefusedException.class,
					(ex) -> assertThat(ex.violationsByEngine()).containsOnlyKeys("default", "second"));
	}

	@Test
	void anotherFailureDoesNotHideARefusal(TestDatabase database) {
		database.execute("CREATE TABLE notes (id int)");
		assertThatThrownBy(() -> TestApplication.start(database, TwoEngines.class,
				"cdc.engines.second.connection.url=" + database.jdbcUrl() + "_missing",
				"cdc.engines.second.connection.username=" + database.applicationRole(),
				"cdc.engines.second.connection.password=" + database.password()))
			.rootCause()
			.isInstanceOfSatisfying(StartRefusedException.class, (ex) -> {
				assertThat(ex.violationsByEngine()).containsOnlyKeys("default");
				assertThat(ex.getSuppressed()).singleElement()
					.extracting(Throwable::getMessage, InstanceOfAssertFactories.STRING)
					.startsWith("Engine 'second' cannot be checked on ");
			});
	}

	@Test
	void refusesToReconnectUntilTheViolationIsFixed(TestDatabase database) {
		database.execute("CREATE TABLE notes (id int CONSTRAINT key PRIMARY KEY)");
		try (TestApplication application = TestApplication.run(database, Notes.class)) {
			EmbeddedCdcEngine engine = application.engine();
			database.execute("ALTER TABLE notes DROP CONSTRAINT key", "INSERT INTO notes VALUES (1)",
					"SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '"
							+ database.name() + "'");
			await().until(() -> engine.status().state() == EngineState.REFUSED);
			assertThat(engine.status().failure()).startsWith(
					"Engine 'default' refused to start: replica-identity: Rows of public.notes have no replica identity");
			assertThat(health(application).getStatus()).isEqualTo(Status.DOWN);
			assertThat(details(application)).containsEntry("state", EngineState.REFUSED)
				.containsEntry("failure", engine.status().failure());
			// With REPLICA IDENTITY FULL, nobody could tell when the key was dropped
			database.execute("ALTER TABLE notes REPLICA IDENTITY FULL");
			await().untilAsserted(() -> assertThat(engine.status().failure())
				.startsWith("Engine 'default' refused to start: relation-key-changed: "));
			database.execute("ALTER TABLE notes REPLICA IDENTITY DEFAULT", "ALTER TABLE notes ADD PRIMARY KEY (id)");
			await().until(() -> engine.status().state() == EngineState.RUNNING);
			database.execute("INSERT INTO notes VALUES (2)");
			await().untilAsserted(() -> assertThat(application.bean(Notes.class).ids).contains(1, 2));
			await().until(() -> health(application).getStatus().equals(Status.UP));
			assertThat(details(application)).containsEntry("state", EngineState.RUNNING).doesNotContainKey("failure");
		}
	}

	@Test
	void refusedStartDoesNotAlterThePublication(TestDatabase database) {
		database.execute("CREATE TABLE notes (id int PRIMARY KEY)", "CREATE TABLE others (id int PRIMARY KEY)");
		try (TestApplication application = TestApplication.run(database, Notes.class)) {
			// Without a stored offset, a missing slot is a first start
			application.awaitSnapshotStored();
		}
		database.awaitFree(database.name());
		String publication = String.valueOf(database.queryForText("SELECT pubname FROM pg_publication"));
		database.execute("ALTER PUBLICATION " + publication + " ADD TABLE others",
				"SELECT pg_drop_replication_slot('" + database.name() + "')");
		assertThatThrownBy(() -> TestApplication.start(database, Notes.class)).rootCause()
			.isInstanceOfSatisfying(StartRefusedException.class,
					(ex) -> assertThat(ex.violations()).extracting(Violation::rule).containsExactly("slot-missing"));
		assertThat(database.queryForTexts("SELECT tablename FROM pg_publication_tables ORDER BY 1"))
			.containsExactly("notes", "others");
	}

	@Test
	void reportsAcceptedRisksOfSettingsAndServer(TestDatabase database) {
		database.execute("CREATE TABLE notes (id int)");
		try (TestApplication application = TestApplication.run(database, Notes.class, "cdc.lsn-flush-mode=manual",
				"cdc.safety.accept=replica-identity,manual-without-flusher,row-before")) {
			assertThat(application.engine().acceptedRisks()).extracting(AcceptedRisk::rule)
				.containsExactly("manual-without-flusher", "replica-identity");
			assertThat(details(application)).extractingByKey("acceptedRisks", InstanceOfAssertFactories.MAP)
				.containsOnlyKeys("manual-without-flusher", "replica-identity");
		}
	}

	@Test
	void refusesANameThatTheSearchPathGivesToAnotherTable(TestDatabase database) {
		database.grantOwnership();
		database.execute("CREATE SCHEMA app", "CREATE TABLE notes (id int PRIMARY KEY)",
				"CREATE TABLE app.notes (id int PRIMARY KEY)",
				"ALTER DATABASE " + database.name() + " SET search_path = app, public");
		assertThatThrownBy(() -> TestApplication.start(database, Notes.class)).rootCause()
			.isInstanceOfSatisfying(StartRefusedException.class, (ex) -> {
				assertThat(ex.violations()).extracting(Violation::rule).containsExactly("ambiguous-table");
				assertThat(ex.violations().get(0).problem())
					.endsWith("listens to 'notes', which means public.notes. To SQL over the same connection it means "
							+ "app.notes, because of the search_path 'app, public'. Changes of that table would not arrive.");
			});
		try (TestApplication application = TestApplication.run(database, QualifiedNotes.class)) {
			database.execute("INSERT INTO public.notes VALUES (1)");
			await().until(() -> application.bean(QualifiedNotes.class).ids.contains(1));
		}
	}

	private static Health health(TestApplication application) {
		return Objects.requireNonNull(application.bean(CdcHealthIndicator.class).health());
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> details(TestApplication application) {
		return (Map<String, Object>) health(application).getDetails().get("default");
	}

	record Note(Integer id) {

	}

	static class QualifiedNotes {

		final List<Integer> ids = new CopyOnWriteArrayList<>();

		@CdcListener("public.notes")
		void on(Note note) {
			this.ids.add(note.id());
		}

	}

	static class Notes {

		final List<Integer> ids = new CopyOnWriteArrayList<>();

		@CdcListener(tables = { "notes", "${test.further:notes}" })
		void on(Note note) {
			this.ids.add(note.id());
		}

	}

	@Import({ Notes.class, Others.class })
	static class TwoEngines {

	}

	static class Others {

		@CdcListener(tables = "others", engine = "second")
		void on(Note note) {
		}

	}

}
