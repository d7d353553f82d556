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

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

import io.github.cdcspring.CdcBackfill;
import io.github.cdcspring.CdcListener;
import io.github.cdcspring.Gap;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.Operation;
import io.github.cdcspring.TableId;
import io.github.cdcspring.engine.CdcBackfillCompleted;
import io.github.cdcspring.engine.CdcBackfillStarted;
import io.github.cdcspring.engine.CdcEngineStateChanged;
import io.github.cdcspring.engine.CdcGapSkipped;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * What an application hears of its engines as application events.
 */
@PostgresTest
class ApplicationEventsIT {

	private static final List<CdcEngineStateChanged> states = new CopyOnWriteArrayList<>();

	private static final List<CdcGapSkipped> gaps = new CopyOnWriteArrayList<>();

	private static final List<Object> backfills = new CopyOnWriteArrayList<>();

	@BeforeEach
	void createTable(TestDatabase database) {
		states.clear();
		gaps.clear();
		backfills.clear();
		database.execute("CREATE TABLE numbers (id int PRIMARY KEY)");
	}

	@Test
	void stateChangesAreTold(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Numbers.class)) {
			await().until(() -> entered().equals("STARTING RUNNING"));
			application.awaitSnapshotStored();
			database.execute(
					"SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = current_database()");
			await().until(() -> entered().equals("STARTING RUNNING BACKING_OFF RUNNING"));
			CdcEngineStateChanged backingOff = states.get(2);
			assertThat(backingOff.engine()).isEqualTo(application.engine().name());
			assertThat(backingOff.previous()).isEqualTo(EngineState.RUNNING);
			assertThat(backingOff.status().failure()).isNotEmpty();
			assertThat(states.get(3).status().restarts()).isEqualTo(1);
		}
		assertThat(entered()).isEqualTo("STARTING RUNNING BACKING_OFF RUNNING STOPPED");
	}

	@Test
	void refusalIsTold(TestDatabase database) {
		database.execute("DROP TABLE numbers");
		assertThatThrownBy(() -> TestApplication.start(database, Numbers.class)).rootCause()
			.isInstanceOf(StartRefusedException.class);
		assertThat(states).filteredOn((change) -> change.status().state() == EngineState.REFUSED)
			.singleElement()
			.satisfies((change) -> assertThat(change.status().failure()).contains("unknown-table"));
	}

	@Test
	void standbyIsTold(TestDatabase database) {
		try (TestApplication first = TestApplication.run(database, Numbers.class)) {
			await().until(() -> entered().equals("STARTING RUNNING"));
			try (TestApplication second = TestApplication.start(database, Numbers.class)) {
				await().until(() -> entered().equals("STARTING RUNNING STARTING STANDBY"));
				first.close();
				// The slot is free before the first application tells that it has stopped
				await().until(() -> entered().endsWith("STANDBY STOPPED RUNNING")
						|| entered().endsWith("STANDBY RUNNING STOPPED"));
				assertThat(second.engine().status().state()).isEqualTo(EngineState.RUNNING);
			}
		}
	}

	@Test
	void gapIsTold(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Numbers.class)) {
			insert(database, 1);
			await().until(() -> application.bean(Numbers.class).ids.contains(1));
		}
		insert(database, 2);
		database.awaitFree(database.name());
		database.execute("SELECT pg_replication_slot_advance(current_database(), pg_current_wal_lsn())");
		Gap gap = new Gap(Lsn.parse(String.valueOf(database.queryForText("SELECT lsn FROM cdc_offset"))),
				Lsn.parse(String.valueOf(database.queryForText(
						"SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = current_database()"))));
		assertThat(gaps).isEmpty();
		try (TestApplication application = TestApplication.run(database, Numbers.class,
				"cdc.safety.accept-gap=" + gap)) {
			await().until(() -> !gaps.isEmpty());
			assertThat(gaps).containsExactly(new CdcGapSkipped(application.engine().name(), gap));
		}
	}

	@Test
	void backfillIsTold(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Numbers.class, "cdc.snapshot.mode=no_data")) {
			insert(database, 1);
			await().until(() -> application.bean(Numbers.class).ids.contains(1));
			CountDownLatch gate = new CountDownLatch(1);
			application.bean(Numbers.class).gate = gate;
			Instant before = Instant.now().truncatedTo(ChronoUnit.MILLIS);
			application.engine().backfill().start("numbers");
			await().until(() -> backfills.size() == 1);
			List<CdcBackfill.Status> listed = application.engine().backfill().list();
			gate.countDown();
			await().until(() -> backfills.size() == 2);
			assertThat(application.bean(Numbers.class).ids).containsExactly(1, 1);
			CdcBackfillStarted started = (CdcBackfillStarted) backfills.get(0);
			assertThat(started.requestedAt()).isBetween(before, Instant.now());
			assertThat(listed).extracting(CdcBackfill.Status::requestedAt).containsExactly(started.requestedAt());
			assertThat(started).isEqualTo(new CdcBackfillStarted(application.engine().name(),
					new TableId("public", "numbers"), null, started.requestedAt(), 0, List.of()));
			assertThat(backfills.get(1)).isEqualTo(new CdcBackfillCompleted(started.engine(), started.table(), null,
					started.requestedAt(), 1, List.of()));
		}
	}

	@Test
	void snapshotIsToldAsABackfillWithATimeOfItsOwn(TestDatabase database) {
		database.execute("CREATE TABLE changed (id int PRIMARY KEY)", "INSERT INTO changed VALUES (1)");
		insert(database, 1);
		insert(database, 2);
		CdcBackfillCompleted first = completedSnapshot(database, 2);
		database.awaitFree(database.name());
		database.execute("SELECT pg_drop_replication_slot(current_database())", "DELETE FROM cdc_offset",
				"DELETE FROM numbers WHERE id = 1");
		backfills.clear();
		assertThat(completedSnapshot(database, 1).requestedAt()).isAfter(first.requestedAt());
	}

	/** Only tables whose rows are received are told. */
	private static CdcBackfillCompleted completedSnapshot(TestDatabase database, long rows) {
		Instant before = Instant.now().truncatedTo(ChronoUnit.MILLIS);
		try (TestApplication application = TestApplication.run(database, Changed.class)) {
			await().until(() -> backfills.size() == 2);
			application.awaitSnapshotStored();
			CdcBackfillCompleted completed = (CdcBackfillCompleted) backfills.get(1);
			assertThat(completed.requestedAt()).isBetween(before, Instant.now());
			assertThat(completed).isEqualTo(new CdcBackfillCompleted(application.engine().name(),
					new TableId("public", "numbers"), null, completed.requestedAt(), rows, List.of()));
			assertThat(backfills.get(0)).isEqualTo(new CdcBackfillStarted(completed.engine(), completed.table(), null,
					completed.requestedAt(), 0, List.of()));
			return completed;
		}
	}

	@Test
	void listenerThatBlocksOrFailsDoesNotHoldUpTheStream(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Blocking.class)) {
			insert(database, 1);
			await().until(() -> application.bean(Numbers.class).ids.contains(1));
			Blocking blocking = application.bean(Blocking.class);
			await().untilAsserted(() -> assertThat(blocking.told).containsExactly(EngineState.STARTING));
			blocking.release.countDown();
			await().until(() -> blocking.told.contains(EngineState.RUNNING));
		}
	}

	private static String entered() {
		return states.stream().map((change) -> change.status().state().name()).collect(Collectors.joining(" "));
	}

	private static void insert(TestDatabase database, int id) {
		database.execute("INSERT INTO numbers VALUES (" + id + ")");
	}

	static class Numbers {

		final List<Integer> ids = new CopyOnWriteArrayList<>();

		volatile CountDownLatch gate = new CountDownLatch(0);

		@CdcListener("numbers")
		void on(Number row) throws InterruptedException {
			this.gate.await();
			this.ids.add(row.id());
		}

		@EventListener
		void on(CdcEngineStateChanged event) {
			states.add(event);
		}

		@EventListener({ CdcBackfillStarted.class, CdcBackfillCompleted.class })
		void onBackfill(Object event) {
			backfills.add(event);
		}

		@EventListener
		void on(CdcGapSkipped event) {
			gaps.add(event);
		}

	}

	record Number(int id) {

	}

	static class Changed extends Numbers {

		@CdcListener(tables = "changed", operations = Operation.CREATE)
		void onChanged(Number row) {
		}

	}

	static class Blocking extends Numbers {

		final List<EngineState> told = new CopyOnWriteArrayList<>();

		final CountDownLatch release = new CountDownLatch(1);

		@EventListener
		void hold(CdcEngineStateChanged event) throws InterruptedException {
			this.told.add(event.status().state());
			this.release.await();
			throw new IllegalStateException("fails");
		}

	}

}
