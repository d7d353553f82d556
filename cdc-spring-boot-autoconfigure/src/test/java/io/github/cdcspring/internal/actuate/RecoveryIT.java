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

package io.github.cdcspring.internal.actuate;

import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.ChangeEvent;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.Operation;
import io.github.cdcspring.engine.CdcBackfillCompleted;
import io.github.cdcspring.engine.CdcGapSkipped;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.internal.startup.StartDecision;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import io.github.cdcspring.testsupport.TestPostgres;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.event.EventListener;
import org.springframework.util.StringUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/**
 * The recovery of an engine from changes that no slot can send any more.
 */
@PostgresTest
class RecoveryIT {

	/** A copy of the table, as an application keeps it in a store of its own. */
	private static final Map<Integer, Copied> mirror = new ConcurrentSkipListMap<>();

	private static final Map<String, Long> rowsRead = new ConcurrentHashMap<>();

	private static final List<CdcGapSkipped> gaps = new CopyOnWriteArrayList<>();

	@BeforeEach
	void forget() {
		mirror.clear();
		rowsRead.clear();
		gaps.clear();
	}

	private static void createTable(TestDatabase database) {
		database.execute("CREATE TABLE items (id int PRIMARY KEY, amount int)",
				"INSERT INTO items SELECT id, 1 FROM generate_series(1, 300) id");
	}

	/** What no slot sends. */
	private static void changeInTheGap(TestDatabase database) {
		database.execute("INSERT INTO items SELECT id, 2 FROM generate_series(301, 400) id",
				"UPDATE items SET amount = 3 WHERE id BETWEEN 50 AND 60", "DELETE FROM items WHERE id <= 20");
	}

	private static void awaitEqual(TestDatabase database) {
		await().untilAsserted(() -> assertThat(
				mirror.entrySet().stream().map((row) -> row.getKey() + "=" + row.getValue().amount()).toList())
			.isEqualTo(database.queryForTexts("SELECT id || '=' || amount FROM items ORDER BY id")));
	}

	private static TestApplication run(TestDatabase database, String... properties) {
		return TestApplication.run(database, Mirror.class, operable(properties));
	}

	private static String[] operable(String... properties) {
		return StringUtils.concatenateStringArrays(
				StringUtils.concatenateStringArrays(ActuatorClient.EXPOSED, properties),
				new String[] { "management.endpoint.cdc.access=unrestricted", "cdc.heartbeat.interval=100ms",
						"cdc.backfill.chunk-size=50" });
	}

	private static void awaitStored(TestDatabase database) {
		await().until(() -> "1".equals(database.queryForText("SELECT count(lsn) FROM cdc_offset")));
	}

	/** Run, end the application, and change rows while there is no slot. */
	private static void loseTheSlot(TestDatabase database, String... settings) {
		createTable(database);
		try (TestApplication application = run(database, settings)) {
			awaitEqual(database);
			awaitStored(database);
		}
		dropSlot(database);
		changeInTheGap(database);
	}

	private static void dropSlot(TestDatabase database) {
		database.awaitFree(database.name());
		database.execute("SELECT pg_drop_replication_slot(current_database())");
	}

	@Test
	void recoversByTheEndpointFromAMissingSlot(TestDatabase database) {
		createTable(database);
		try (TestApplication application = run(database)) {
			ActuatorClient actuator = new ActuatorClient(application);
			awaitEqual(database);
			awaitStored(database);
			assertThat(actuator.post("cdc/default/recover", "{}").body())
				.contains("Engine 'default' is RUNNING, and only an engine that is REFUSED can recover.");
			application.engine().pause();
			dropSlot(database);
			changeInTheGap(database);
			application.engine().resume();
			assertThat(application.engine().status().state()).isEqualTo(EngineState.REFUSED);
			assertThat(application.engine().status().failure()).contains("slot-missing",
					"request the operation 'recover'");
			HttpResponse<String> recovered = actuator.post("cdc/default/recover", "{}");
			assertThat(recovered.statusCode()).as(recovered.body()).isEqualTo(200);
			assertThat(recovered.body()).contains("The recovery has begun, and now ").doesNotContain("No listener");
			assertThat(application.engine().reconciliation().decision())
				.isEqualTo(new StartDecision.Recover(true, false, true));
			awaitEqual(database);
			assertThat(rowsRead).containsEntry("public.items", 380L);
			await().until(() -> gaps.size() == 1);
			await().until(() -> database.isStreaming(database.name()));
			assertThat(actuator.getText("cdc/default")).contains("\"decision\":\"recovered at a new slot\"");
			database.execute("DELETE FROM items WHERE id = 100", "INSERT INTO items VALUES (1, 9)");
			awaitEqual(database);
			assertThat(database.queryForText("SELECT position FROM cdc_offset")).doesNotContain("cdc_recovery");
			application.engine().restart();
			// In sync, or moved apart as every run does
			assertThat(application.engine().reconciliation().comparison().explained()).isTrue();
			database.execute("INSERT INTO items VALUES (2, 9)");
			awaitEqual(database);
		}
	}

	@Test
	void recoversAtTheStartIfTheSettingNamesTheOffset(TestDatabase database) {
		loseTheSlot(database);
		String setting = settingInRefusal(database);
		assertThatThrownBy(() -> run(database, "cdc.safety.recover=0/1")).rootCause()
			.isInstanceOf(StartRefusedException.class);
		try (TestApplication application = run(database, setting)) {
			awaitEqual(database);
		}
		dropSlot(database);
		assertThatThrownBy(() -> run(database, setting)).rootCause().isInstanceOf(StartRefusedException.class);
	}

	@Test
	void doesNotRecoverWhatAnotherInstanceReceives(TestDatabase database) {
		createTable(database);
		try (TestApplication application = run(database)) {
			awaitEqual(database);
			awaitStored(database);
			application.engine().pause();
			dropSlot(database);
			application.engine().resume();
			try (TestApplication other = run(database, setting(application.engine().status().failure()))) {
				assertThat(other.engine().reconciliation().decision()).isInstanceOf(StartDecision.Recover.class);
				HttpResponse<String> answer = new ActuatorClient(application).post("cdc/default/recover", "{}");
				assertThat(answer.statusCode()).as(answer.body()).isEqualTo(409);
				// It may have noticed the other instance before the request, or by it
				assertThat(answer.body()).containsAnyOf(
						"Engine 'default' has not recovered and is STANDBY: another instance "
								+ "receives from replication slot '" + database.name() + "'.",
						"Engine 'default' is STANDBY, and only an engine that is REFUSED can recover");
			}
		}
	}

	/** In memory, no start would know that a recovery has begun. */
	@Test
	void offersNoRecoveryOfAnOffsetInMemory(TestDatabase database) {
		createTable(database);
		try (TestApplication application = run(database, "cdc.snapshot.mode=no_data", "cdc.offset.store=memory")) {
			database.execute("INSERT INTO items VALUES (1000, 1)");
			await().until(() -> mirror.containsKey(1000));
			await().until(() -> application.engine().storedLsn().isAfter(Lsn.ZERO));
			application.engine().pause();
			dropSlot(database);
			application.engine().resume();
			assertRefusedWithoutRecovery(application, "cdc.offset.store=memory loses with the process");
		}
	}

	@Test
	void offersNoRecoveryIfNoOffsetIsStored(TestDatabase database) {
		createTable(database);
		try (TestApplication application = run(database, "cdc.snapshot.mode=no_data")) {
			database.execute("INSERT INTO items VALUES (1000, 1)");
			await().until(() -> mirror.containsKey(1000));
			awaitStored(database);
			application.engine().pause();
			dropSlot(database);
			database.execute("DELETE FROM cdc_offset");
			application.engine().resume();
			assertRefusedWithoutRecovery(application, "the offset store has no offset of it");
		}
	}

	private static void assertRefusedWithoutRecovery(TestApplication application, String obstacle) {
		assertThat(application.engine().status().failure()).contains("slot-missing")
			.doesNotContain("operation 'recover'", "safety.recover");
		HttpResponse<String> recovered = new ActuatorClient(application).post("cdc/default/recover", "{}");
		assertThat(recovered.statusCode()).isEqualTo(409);
		assertThat(recovered.body()).contains("Engine 'default' cannot recover: " + obstacle);
		assertThat(application.engine().status().state()).isEqualTo(EngineState.REFUSED);
	}

	/** A listener of changes only gets nothing of the gap, which the answer says. */
	@Test
	void tellsOfTablesWhoseRowsNoListenerReceives(TestDatabase database) {
		createTable(database);
		try (TestApplication application = TestApplication.run(database, Deletes.class,
				operable("cdc.snapshot.mode=no_data"))) {
			database.execute("DELETE FROM items WHERE id = 1");
			await().until(() -> application.bean(Deletes.class).ids.contains(1));
			awaitStored(database);
			application.engine().pause();
			dropSlot(database);
			changeInTheGap(database);
			application.engine().resume();
			HttpResponse<String> recovered = new ActuatorClient(application).post("cdc/default/recover", "{}");
			assertThat(recovered.statusCode()).as(recovered.body()).isEqualTo(200);
			assertThat(recovered.body()).contains("The recovery has begun", "No listener receives READ events of "
					+ "public.items, so nothing of their missing changes is delivered.");
			database.execute("DELETE FROM items WHERE id = 300");
			await().until(() -> application.bean(Deletes.class).ids.contains(300));
			assertThat(application.bean(Deletes.class).ids).containsExactly(1, 300);
		}
	}

	private static String settingInRefusal(TestDatabase database, String... properties) {
		Throwable refusal = catchThrowable(() -> run(database, properties));
		assertThat(refusal).isNotNull();
		while (refusal.getCause() != null) {
			refusal = refusal.getCause();
		}
		return setting(refusal.getMessage());
	}

	private static String setting(String refusal) {
		Matcher setting = Pattern.compile("cdc\\.safety\\.recover=[0-9A-F/]+(@\\d+)?").matcher(refusal);
		assertThat(setting.find()).as(refusal).isTrue();
		return setting.group();
	}

	/**
	 * The strategy would skip what is between the offset and a slot that is ahead of it,
	 * as the slot is that a recovery has created and not stored.
	 */
	@Test
	void continuesWhereItWasInterruptedBetweenSlotAndOffset(TestDatabase database) {
		String[] believing = { "cdc.offset-mismatch-strategy=trust_greater_lsn", "cdc.slot.survives-failover=patroni",
				"cdc.safety.accept=survives-failover" };
		loseTheSlot(database, believing);
		// As if the server were another one, whose tables must not be recorded yet
		database.execute("UPDATE cdc_offset SET system_identifier = '1', "
				+ "relations = replace(relations, 'items', 'elements')");
		String setting = settingInRefusal(database, believing);
		String withoutServer = setting.substring(0, setting.indexOf('@'));
		assertThatThrownBy(() -> run(database, StringUtils.addStringToArray(believing, withoutServer))).rootCause()
			.hasMessageContaining("history-mismatch");
		String relations = database.queryForText("SELECT relations FROM cdc_offset");
		database.execute("""
				CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
					IF OLD.position LIKE '%cdc_recovery%' AND NEW.position NOT LIKE '%cdc_recovery%' THEN
						RAISE EXCEPTION 'cannot be stored';
					END IF;
					RETURN NEW;
				END $$""", "CREATE TRIGGER refuse BEFORE UPDATE ON cdc_offset FOR EACH ROW EXECUTE FUNCTION refuse()");
		try (TestApplication application = TestApplication.start(database, Mirror.class,
				operable(StringUtils.addStringToArray(believing, setting)))) {
			await().until(() -> "1".equals(database
				.queryForText("SELECT count(*) FROM pg_replication_slots " + "WHERE slot_name = current_database()")));
			assertThat(application.engine().status().state()).isNotEqualTo(EngineState.RUNNING);
		}
		catch (RuntimeException ex) {
			assertThat(ex).hasStackTraceContaining("cannot be stored");
		}
		assertThat(database
			.queryForText("SELECT count(*) FROM pg_replication_slots " + "WHERE slot_name = current_database()"))
			.isEqualTo("1");
		assertThat(database.queryForText("SELECT position FROM cdc_offset")).contains("cdc_recovery");
		assertThat(database.queryForText("SELECT relations FROM cdc_offset")).isEqualTo(relations).contains("elements");
		database.execute("DROP TRIGGER refuse ON cdc_offset", "INSERT INTO items VALUES (1000, 1)");
		try (TestApplication application = run(database, believing)) {
			awaitEqual(database);
			assertThat(application.engine().status().state()).isEqualTo(EngineState.RUNNING);
			assertThat(database.queryForText("SELECT position FROM cdc_offset")).doesNotContain("cdc_recovery");
			assertThat(database.queryForText("SELECT relations FROM cdc_offset")).contains("items")
				.doesNotContain("elements");
		}
	}

	@Test
	void saysThatASettingKeepsItFromContinuing(TestDatabase database) {
		loseTheSlot(database);
		database.execute("UPDATE cdc_offset SET position = "
				+ "jsonb_set(position::jsonb, '{cdc_recovery}', to_jsonb(system_identifier))::text");
		assertThatThrownBy(() -> run(database, "cdc.snapshot.mode=initial_only")).rootCause()
			.isInstanceOf(StartRefusedException.class)
			.hasMessageContaining("recovery-blocked")
			.hasMessageContaining("cdc.snapshot.mode=initial_only receives no changes after the snapshot");
		try (TestApplication application = run(database)) {
			awaitEqual(database);
		}
	}

	@Test
	void recoversFromASlotThatTheServerInvalidated() throws Exception {
		try (TestPostgres server = TestPostgres
			.start(Map.of("max_slot_wal_keep_size", "1MB", "max_wal_size", "32MB", "min_wal_size", "32MB"))) {
			TestDatabase database = server.createDatabase();
			createTable(database);
			try (TestApplication application = run(database)) {
				awaitEqual(database);
				awaitStored(database);
				application.engine().pause();
				changeInTheGap(database);
				await().until(() -> {
					database.execute("INSERT INTO items VALUES (-1, 1)", "SELECT pg_switch_wal()",
							"DELETE FROM items WHERE id = -1", "SELECT pg_switch_wal()", "CHECKPOINT");
					return "lost".equals(database.queryForText("SELECT wal_status FROM pg_replication_slots"));
				});
				application.engine().resume();
				assertThat(application.engine().status().failure()).contains("slot-lost",
						"request the operation 'recover'");
				application.engine().recover();
				awaitEqual(database);
			}
		}
	}

	@Test
	void losesNothingThatIsWrittenDuringTheRecovery(TestDatabase database) throws Exception {
		createTable(database);
		try (TestApplication application = run(database, "cdc.listener.concurrency=4")) {
			awaitEqual(database);
			awaitStored(database);
			application.engine().pause();
			dropSlot(database);
			changeInTheGap(database);
			AtomicBoolean writing = new AtomicBoolean(true);
			AtomicInteger written = new AtomicInteger();
			CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
				for (int i = 0; writing.get(); i++, written.incrementAndGet()) {
					database.execute("INSERT INTO items VALUES (" + (10_000 + i) + ", 1)",
							"UPDATE items SET amount = amount + 1 WHERE id = " + (100 + i % 200),
							"DELETE FROM items WHERE id = " + (10_000 + i - 5));
				}
			});
			try {
				await().until(() -> written.get() > 0);
				application.engine().resume();
				int before = written.get();
				application.engine().recover();
				await().until(() -> rowsRead.containsKey("public.items"));
				assertThat(written.get()).isGreaterThan(before);
			}
			finally {
				writing.set(false);
				writer.get(1, TimeUnit.MINUTES);
			}
			awaitEqual(database);
		}
	}

	@Test
	void resumesAtASlotThatWasCreatedAgain(TestDatabase database) {
		createTable(database);
		try (TestApplication application = run(database, "cdc.listener.transactional=true")) {
			awaitEqual(database);
			awaitStored(database);
			application.engine().pause();
			dropSlot(database);
			changeInTheGap(database);
			// What was processed of a history that is given up may lie at any LSN
			database.execute("INSERT INTO cdc_processed SELECT engine, slot_name, '*', 'FF/0', 0, 1, 'FF/0' "
					+ "FROM cdc_offset");
			database.execute("SELECT pg_create_logical_replication_slot(current_database(), 'pgoutput')",
					"INSERT INTO items VALUES (1000, 1)");
			application.engine().resume();
			assertThat(application.engine().status().state()).isEqualTo(EngineState.REFUSED);
			assertThat(application.engine().status().failure()).contains("request the operation 'recover'");
			application.engine().recover();
			awaitEqual(database);
			assertThat(new ActuatorClient(application).getText("cdc/default"))
				.contains("\"decision\":\"recovered at the slot\"");
			assertThat(database.queryForText("SELECT count(*) FROM cdc_processed WHERE lsn = 'FF/0'")).isEqualTo("0");
		}
	}

	static class Mirror {

		@CdcListener("items")
		void on(ChangeEvent<Item> event) {
			if (event.operation() == Operation.DELETE) {
				mirror.remove(event.before().id());
			}
			else {
				mirror.put(event.after().id(), new Copied(event.after().amount(), Instant.now()));
			}
		}

		/** Rows that were neither read nor changed since do not exist any more. */
		@EventListener
		void on(CdcBackfillCompleted event) {
			rowsRead.put(event.table().toString(), event.rows());
			mirror.values().removeIf((row) -> row.seenAt().isBefore(event.requestedAt()));
		}

		@EventListener
		void on(CdcGapSkipped event) {
			gaps.add(event);
		}

	}

	static class Deletes {

		final List<Integer> ids = new CopyOnWriteArrayList<>();

		@CdcListener(value = "items", operations = Operation.DELETE)
		void on(Item item) {
			this.ids.add(item.id());
		}

	}

	record Item(int id, Integer amount) {

	}

	record Copied(Integer amount, Instant seenAt) {

	}

}
