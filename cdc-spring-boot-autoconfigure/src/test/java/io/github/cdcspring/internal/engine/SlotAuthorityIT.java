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

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.CdcSlot;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.internal.startup.ReconciliationResult;
import io.github.cdcspring.internal.startup.StartDecision;
import io.github.cdcspring.internal.startup.Verdict;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * Who advances the slot, and what the next start does about an advanced slot.
 */
@PostgresTest
class SlotAuthorityIT {

	private static final String[] DRIVER = { "cdc.lsn-flush-mode=connector_and_driver",
			"cdc.offset-mismatch-strategy=trust_greater_lsn", "cdc.slot.survives-failover=patroni",
			"cdc.snapshot.mode=no_data", "cdc.offset.flush-interval=100ms" };

	@BeforeEach
	void createTables(TestDatabase database) {
		database.execute("CREATE TABLE numbers (id int PRIMARY KEY)",
				"CREATE TABLE others (id int PRIMARY KEY, text text)");
	}

	@Test
	void slotAheadByItsOwnDriverIsExplained(TestDatabase database) {
		// A heartbeat may advance the offset to the slot just before the stop
		await().atMost(Duration.ofMinutes(3)).until(() -> {
			stopWithSlotAheadOfOffset(database);
			return slotLsn(database).isAfter(storedLsn(database));
		});
		database.awaitFree(database.name());
		assertThatThrownBy(() -> TestApplication.start(database, Numbers.class, "cdc.snapshot.mode=no_data"))
			.rootCause()
			.isInstanceOf(StartRefusedException.class)
			.hasMessageContaining("slot-ahead-explained")
			.hasMessageContaining("This engine's own driver advanced the slot over WAL without captured changes");
		insert(database, 1000);
		try (TestApplication application = TestApplication.run(database, Numbers.class, DRIVER)) {
			await().until(() -> application.bean(Numbers.class).ids.contains(1000));
			ReconciliationResult reconciliation = application.engine().reconciliation();
			assertThat(reconciliation.comparison().verdict()).isEqualTo(Verdict.SLOT_AHEAD);
			assertThat(reconciliation.comparison().explained()).isTrue();
			assertThat(reconciliation.decision()).isEqualTo(new StartDecision.AdvanceOffsetToSlot(false));
			assertThat(reconciliation.skipped()).isNull();
		}
	}

	@Test
	void recreatedSlotIsRecognized(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Numbers.class)) {
			insert(database, 1);
			await().until(() -> application.bean(Numbers.class).ids.contains(1));
		}
		database.awaitFree(database.name());
		database.execute("SELECT pg_drop_replication_slot('" + database.name() + "')");
		insert(database, 2);
		database.execute("SELECT pg_create_logical_replication_slot('" + database.name() + "', 'pgoutput')");
		assertThatThrownBy(() -> TestApplication.start(database, Numbers.class,
				"cdc.offset-mismatch-strategy=trust_slot", "cdc.slot.survives-failover=patroni"))
			.rootCause()
			.isInstanceOf(StartRefusedException.class)
			.hasMessageContaining("slot-recreated: Replication slot '" + database.name() + "'");
	}

	/** The offset is set back to how it was before the stop, as after a kill. */
	@Test
	void recreatedSlotIsRecognizedAfterAKill(TestDatabase database) {
		AtomicInteger id = new AtomicInteger();
		try (TestApplication application = TestApplication.run(database, Numbers.class,
				"cdc.offset.flush-interval=100ms")) {
			await().until(() -> {
				insert(database, id.incrementAndGet());
				return "t".equals(database.queryForText("SELECT slot_decoded_transactions > 0 FROM cdc_offset"));
			});
			database.execute("CREATE TABLE killed AS SELECT * FROM cdc_offset");
		}
		database.awaitFree(database.name());
		database.execute("DELETE FROM cdc_offset", "INSERT INTO cdc_offset SELECT * FROM killed",
				"SELECT pg_drop_replication_slot('" + database.name() + "')");
		insert(database, id.incrementAndGet());
		database.execute("SELECT pg_create_logical_replication_slot('" + database.name() + "', 'pgoutput')");
		assertThatThrownBy(() -> TestApplication.start(database, Numbers.class)).rootCause()
			.isInstanceOf(StartRefusedException.class)
			.hasMessageContaining("slot-recreated: Replication slot '" + database.name() + "'");
	}

	/**
	 * The engine does not notice at once that its sending process has ended. Meanwhile it
	 * must not take another slot for its own.
	 */
	@Test
	void slotRecreatedUnderARunningEngineIsRefused(TestDatabase database) {
		AtomicInteger id = new AtomicInteger();
		try (TestApplication application = TestApplication.run(database, Numbers.class,
				"cdc.lsn-flush-mode=connector_and_driver", "cdc.offset-mismatch-strategy=trust_greater_lsn",
				"cdc.slot.survives-failover=patroni", "cdc.offset.flush-interval=10ms")) {
			await().until(() -> {
				insert(database, id.incrementAndGet());
				return "t".equals(database.queryForText("SELECT slot_decoded_transactions > 0 FROM cdc_offset"));
			});
			String slot = "'" + database.name() + "'";
			// The engine may have reconnected before the slot is dropped
			await().ignoreExceptions().until(() -> {
				database.execute(
						"SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = " + slot,
						"SELECT pg_drop_replication_slot(" + slot + ")");
				return true;
			});
			insert(database, id.incrementAndGet());
			database.execute("SELECT pg_create_logical_replication_slot(" + slot + ", 'pgoutput')");
			await().untilAsserted(() -> {
				assertThat(application.engine().status().state()).isEqualTo(EngineState.REFUSED);
				assertThat(application.engine().status().failure())
					.contains("slot-recreated: Replication slot " + slot);
			});
		}
	}

	@Test
	void refusesAMissingSlotIfOnlyTheProcessKnowsTheOffset(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Numbers.class, "cdc.snapshot.mode=no_data")) {
			insert(database, 1);
			await().until(() -> application.bean(Numbers.class).ids.contains(1));
			application.engine().pause();
			database.awaitFree(database.name());
			database.execute("DELETE FROM cdc_offset", "SELECT pg_drop_replication_slot('" + database.name() + "')");
			insert(database, 2);
			application.engine().resume();
			await().until(() -> application.engine().status().state() == EngineState.REFUSED);
			assertThat(application.engine().status().failure()).contains("slot-missing: Replication slot")
				.contains("restart the application");
			database.execute("SELECT pg_create_logical_replication_slot('" + database.name() + "', 'pgoutput')");
			application.engine().restart();
			await().until(() -> application.engine().status().state() == EngineState.REFUSED);
			assertThat(application.engine().status().failure()).contains(
					"Replication slot '" + database.name() + "' at ",
					"The offset store has no offset of the engine any more");
		}
	}

	@Test
	void acceptsOneGapByItsPairOfLsns(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Numbers.class)) {
			insert(database, 1);
			await().until(() -> application.bean(Numbers.class).ids.contains(1));
		}
		insert(database, 2);
		advanceByAnotherProcess(database);
		insert(database, 3);
		Lsn offset = storedLsn(database);
		String gap = offset + "-" + slotLsn(database);
		assertThatThrownBy(() -> TestApplication.start(database, Numbers.class)).rootCause()
			.isInstanceOf(StartRefusedException.class)
			.hasMessageContaining("slot-ahead-unexplained")
			.hasMessageContaining("cdc.safety.accept-gap=" + gap);
		assertThatThrownBy(() -> TestApplication.start(database, Numbers.class, "cdc.safety.accept-gap=0/1-0/2"))
			.rootCause()
			.isInstanceOf(StartRefusedException.class);
		try (TestApplication application = TestApplication.run(database, Numbers.class,
				"cdc.safety.accept-gap=" + gap)) {
			await().until(() -> application.bean(Numbers.class).ids.contains(3));
			assertThat(application.bean(Numbers.class).ids).doesNotContain(2);
			assertThat(application.engine().reconciliation().skipped()).hasToString(gap);
		}
		advanceByAnotherProcess(database);
		insert(database, 4);
		advanceByAnotherProcess(database);
		assertThatThrownBy(() -> TestApplication.start(database, Numbers.class, "cdc.safety.accept-gap=" + gap))
			.rootCause()
			.isInstanceOf(StartRefusedException.class)
			.hasMessageContaining("slot-ahead-unexplained");
	}

	@Test
	void applicationAdvancesTheSlotUpToTheStoredOffset(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Numbers.class, "cdc.lsn-flush-mode=manual",
				"cdc.slot.advanced-by=application", "cdc.heartbeat.interval=100ms",
				"cdc.offset.flush-interval=100ms")) {
			CdcSlot slot = application.bean(CdcSlot.class);
			Lsn before = slotLsn(database);
			insert(database, 1);
			insert(database, 2);
			await().until(() -> slot.stored().isAfter(before));
			assertThat(slotLsn(database)).isEqualTo(before);
			Lsn stored = slot.stored();
			assertThat(slot.advance(stored)).isEqualTo(stored);
			await().until(() -> slotLsn(database).equals(stored));
			Lsn beyond = new Lsn(stored.value() + 1_000_000_000);
			// A heartbeat may move the stored offset at any moment, and the slot stays
			// where it was
			Lsn advanced = slot.advance(beyond);
			assertThat(advanced).isBetween(stored, slot.stored());
			await().until(() -> slotLsn(database).equals(advanced));
			insert(database, 3);
			insert(database, 4);
			await().until(() -> slot.stored().isAfter(stored));
			assertThat(slotLsn(database)).isLessThanOrEqualTo(slot.stored());
		}
		try (TestApplication application = TestApplication.run(database, Numbers.class, "cdc.lsn-flush-mode=manual",
				"cdc.slot.advanced-by=application")) {
			insert(database, 5);
			await().until(() -> application.bean(Numbers.class).ids.contains(5));
			assertThat(application.bean(Numbers.class).ids).doesNotContain(1);
		}
	}

	@Test
	void applicationCannotAdvanceTheSlotInAnotherMode(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Numbers.class)) {
			assertThatExceptionOfType(CdcException.class)
				.isThrownBy(() -> application.bean(CdcSlot.class).advance(new Lsn(1)))
				.withMessage("Engine 'default' advances replication slot '" + database.name()
						+ "' itself, so the application cannot. Set cdc.lsn-flush-mode=manual and "
						+ "cdc.slot.advanced-by=application.");
			assertThatExceptionOfType(CdcException.class)
				.isThrownBy(() -> application.bean(CdcSlot.class).ofEngine("none").stored())
				.withMessageStartingWith("There is no engine 'none'");
		}
	}

	private static void stopWithSlotAheadOfOffset(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Numbers.class, DRIVER)) {
			database.execute("INSERT INTO numbers SELECT coalesce(max(id), 0) + 1 FROM numbers");
			await().until(() -> !application.bean(Numbers.class).ids.isEmpty());
			// The driver flushes on a keepalive, and reports every ten seconds
			await().until(() -> {
				database.execute("INSERT INTO others SELECT coalesce(max(id), 0) + 1, 'x' FROM others");
				return slotLsn(database).isAfter(application.engine().storedLsn())
						&& application.engine().storedLsn().isAfter(Lsn.ZERO);
			});
		}
	}

	private static Lsn storedLsn(TestDatabase database) {
		return Lsn.parse(String.valueOf(database.queryForText("SELECT lsn FROM cdc_offset")));
	}

	private static void insert(TestDatabase database, int id) {
		database.execute("INSERT INTO numbers VALUES (" + id + ")");
	}

	private static void advanceByAnotherProcess(TestDatabase database) {
		database.awaitFree(database.name());
		database.execute("SELECT pg_replication_slot_advance('" + database.name() + "', pg_current_wal_lsn())");
	}

	private static Lsn slotLsn(TestDatabase database) {
		return Lsn.parse(String.valueOf(database.queryForText(
				"SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = '" + database.name() + "'")));
	}

}
