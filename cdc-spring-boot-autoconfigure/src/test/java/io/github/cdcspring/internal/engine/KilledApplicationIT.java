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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.internal.startup.StartDecision;
import io.github.cdcspring.internal.startup.Verdict;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import io.github.cdcspring.testsupport.TestPostgres;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * The states of the matrix as they come about: a whole application, killed between
 * storing and flushing, and then what the state says.
 */
@PostgresTest
class KilledApplicationIT {

	@TempDir
	private Path directory;

	@Test
	void inStepAfterItStoppedInOrder(TestDatabase database) throws Exception {
		killAfterA(database);
		try (TestApplication application = run(database, "no_validation", "cdc.heartbeat.interval=100ms")) {
			insert(database, "B");
			awaitLetter(application, "B");
			// the end of the last transaction is known with the next event, which is a
			// heartbeat
			String end = database.queryForText("SELECT pg_current_wal_insert_lsn()");
			await().until(() -> "t".equals(database.queryForText("SELECT confirmed_flush_lsn >= '" + end
					+ "' FROM pg_replication_slots WHERE slot_name = '" + database.name() + "'")));
		}
		insert(database, "C");
		try (TestApplication application = run(database, "no_validation")) {
			assertThat(verdict(application)).isIn(Verdict.IN_SYNC, Verdict.OFFSET_AHEAD);
			assertThat(application.engine().reconciliation().comparison().explained()).isTrue();
			awaitLetter(application, "C");
			assertThat(letters(application)).containsExactly("C");
		}
	}

	@Test
	void tailIsNotSentAgainUnlessTheSlotIsTrusted(TestDatabase database) throws Exception {
		killAfterA(database);
		insert(database, "C");
		try (TestApplication application = run(database, "no_validation")) {
			assertThat(verdict(application)).isEqualTo(Verdict.OFFSET_AHEAD);
			assertThat(application.engine().reconciliation().decision())
				.isEqualTo(new StartDecision.ResumeAtOffset(false));
			awaitLetter(application, "C");
			assertThat(letters(application)).containsExactly("C");
		}
	}

	@Tag("faults")
	@Test
	void tailIsSentAgainWhereTheSlotIsTrusted(TestDatabase database) throws Exception {
		killAfterA(database);
		insert(database, "C");
		try (TestApplication application = run(database, "trust_slot")) {
			assertThat(application.engine().reconciliation().decision()).isEqualTo(new StartDecision.ResumeAtSlot());
			awaitLetter(application, "C");
			assertThat(letters(application)).containsExactly("A", "C");
		}
	}

	@Tag("faults")
	@Test
	void offsetOfAnotherSlotIsNotUsed(TestDatabase database) throws Exception {
		database.execute("SELECT pg_create_logical_replication_slot('other', 'pgoutput')");
		killAfterA(database);
		try (TestApplication application = run(database, "no_validation", "cdc.slot.name=other")) {
			assertThat(verdict(application)).isEqualTo(Verdict.OFFSET_MISSING);
			awaitLetter(application, "A");
		}
	}

	@Tag("faults")
	@Test
	void foreignGapIsRefusedAndSkippedOnlyWhereTheSlotIsTrusted(TestDatabase database) throws Exception {
		killAfterA(database);
		insert(database, "B");
		database.execute("SELECT pg_replication_slot_advance('" + database.name() + "', pg_current_wal_flush_lsn())");
		Lsn slotLsn = Lsn.parse(database.queryForText("SELECT confirmed_flush_lsn FROM pg_replication_slots "
				+ "WHERE slot_name = '" + database.name() + "'"));
		insert(database, "C");
		assertRefused(database, "slot-ahead-unexplained");
		try (TestApplication application = run(database, "trust_slot")) {
			awaitLetter(application, "C");
			assertThat(letters(application)).containsExactly("C");
			assertThat(application.engine().reconciliation().skipped().slotLsn()).isEqualTo(slotLsn);
		}
	}

	@Tag("faults")
	@Test
	void droppedSlotIsRefused(TestDatabase database) throws Exception {
		killAfterA(database);
		dropSlot(database);
		assertRefused(database, "slot-missing");
	}

	@Tag("faults")
	@Test
	void recreatedSlotIsRefused(TestDatabase database) throws Exception {
		killAfterA(database);
		dropSlot(database);
		insert(database, "B");
		database.execute("SELECT pg_create_logical_replication_slot('" + database.name() + "', 'pgoutput')");
		// Only the counter tells the two slots apart, if the application has seen it.
		// Otherwise the slot is ahead, and nothing explains it.
		assertRefused(database, hasSeenTransactions() ? "slot-recreated" : "slot-ahead-unexplained");
	}

	private boolean hasSeenTransactions() throws IOException {
		try (Stream<Path> files = Files.walk(this.directory.resolve("offsets"))) {
			for (Path file : files.filter(Files::isRegularFile).toList()) {
				if (Files.readString(file).matches("(?s).*slot\\.decodedTransactions\\W+[1-9].*")) {
					return true;
				}
			}
		}
		return false;
	}

	@Tag("faults")
	@Test
	void invalidatedSlotIsRefused() throws Exception {
		try (TestPostgres server = TestPostgres.start(PositionMatrixIT.REMOVES_WAL)) {
			TestDatabase database = server.createDatabase();
			killAfterA(database);
			database.execute("CREATE TABLE others (id int)");
			MatrixGround.invalidateSlots(database);
			assertRefused(database, "slot-lost");
		}
	}

	@Tag("faults")
	@Test
	void offsetOfAnotherClusterIsRefused(TestDatabase database) throws Exception {
		killAfterA(database);
		try (TestPostgres server = TestPostgres.start(Map.of())) {
			TestDatabase other = server.createDatabase(database.name());
			other.execute("CREATE TABLE letters (letter text PRIMARY KEY)",
					"SELECT pg_create_logical_replication_slot('" + other.name() + "', 'pgoutput')");
			assertRefused(other, "history-mismatch");
		}
	}

	private void killAfterA(TestDatabase database) throws Exception {
		database.execute("CREATE TABLE letters (letter text PRIMARY KEY)");
		KilledApplication.runUntilKilled(database, this.directory.resolve("offsets"), "cdc.offset.flush-interval=100ms",
				"cdc.heartbeat.interval=100ms", "cdc.safety.accept=ephemeral-offset-file");
		await().until(() -> "f".equals(database
			.queryForText("SELECT active FROM pg_replication_slots WHERE slot_name = '" + database.name() + "'")));
	}

	private TestApplication run(TestDatabase database, String strategy, String... further) {
		return TestApplication.run(database, KilledApplication.Letters.class, properties(strategy, further));
	}

	private void assertRefused(TestDatabase database, String rule, String... further) {
		assertThatExceptionOfType(Exception.class)
			.isThrownBy(() -> TestApplication.start(database, KilledApplication.Letters.class,
					properties("no_validation", further)))
			.havingRootCause()
			.isInstanceOfSatisfying(StartRefusedException.class,
					(ex) -> assertThat(ex.violations()).extracting("rule").containsExactly(rule));
	}

	private String[] properties(String strategy, String... further) {
		List<String> properties = new ArrayList<>(List.of("cdc.offset.store=file",
				"cdc.offset.file.path=" + this.directory.resolve("offsets"), "cdc.slot.survives-failover=patroni",
				"cdc.safety.accept=ephemeral-offset-file", "cdc.offset-mismatch-strategy=" + strategy));
		properties.addAll(List.of(further));
		return properties.toArray(String[]::new);
	}

	private static Verdict verdict(TestApplication application) {
		return application.engine().reconciliation().comparison().verdict();
	}

	private static List<String> letters(TestApplication application) {
		return application.bean(KilledApplication.Letters.class).seen;
	}

	private static void awaitLetter(TestApplication application, String letter) {
		await().until(() -> letters(application).contains(letter));
	}

	private static void insert(TestDatabase database, String letter) {
		database.execute("INSERT INTO letters VALUES ('" + letter + "')");
	}

	private static void dropSlot(TestDatabase database) {
		database.awaitFree(database.name());
		database.execute("SELECT pg_drop_replication_slot('" + database.name() + "')");
	}

}
