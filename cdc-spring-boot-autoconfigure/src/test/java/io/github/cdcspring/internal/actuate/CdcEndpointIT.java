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

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.TableId;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import io.github.cdcspring.testsupport.TestPostgres;
import io.github.cdcspring.testsupport.TpcbLoad;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.util.StringUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The endpoint over HTTP, as it is documented.
 */
@PostgresTest
class CdcEndpointIT {

	@BeforeEach
	void createTable(TestDatabase database) {
		database.execute("CREATE TABLE numbers (id int PRIMARY KEY)");
	}

	@Test
	void showsSlotOffsetServerAndTheirDifference(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Numbers.class, ActuatorClient.EXPOSED)) {
			ActuatorClient actuator = new ActuatorClient(application);
			database.execute("INSERT INTO numbers VALUES (1)", "INSERT INTO numbers VALUES (2)");
			await().until(() -> actuator.get("cdc/default").path("eventCounts").path(0).path("handled").asLong() == 2);
			await().until(() -> actuator.get("cdc/default").path("offset").path("lsn").isString());
			JsonNode engine = await().until(() -> actuator.get("cdc").path("engines").path("default"),
					(read) -> !read.path("stale").asBoolean());
			assertThat(engine.path("state").asString()).isEqualTo("RUNNING");
			assertThat(Instant.parse(engine.path("since").asString())).isBefore(Instant.now());
			assertThat(Instant.parse(engine.path("readAt").asString())).isBefore(Instant.now());
			assertThat(engine.path("stale").asBoolean()).isFalse();
			assertThat(engine.path("lsnFlushMode").asString()).isEqualTo("connector");
			assertThat(engine.path("offsetMismatchStrategy").asString()).isEqualTo("no_validation");
			assertThat(engine.path("offsetStore").asString()).isEqualTo("jdbc");
			assertThat(engine.path("slot").path("name").asString()).isEqualTo(database.name());
			assertThat(engine.path("slot").path("active").asBoolean()).isTrue();
			assertThat(engine.path("slot").path("retainedWalBytes").asLong()).isPositive();
			assertThat(List.of(engine.path("slot").path("restartLsn"), engine.path("slot").path("confirmedFlushLsn"),
					engine.path("server").path("currentLsn"), engine.path("offset").path("lsn")))
				.allSatisfy((lsn) -> assertThat(Lsn.parse(lsn.asString())).isGreaterThan(Lsn.ZERO));
			assertThat(engine.path("difference").path("onRestart").asString()).startsWith("Resumes at ");
			assertThat(engine.path("eventCounts").path(0).path("table").asString()).isEqualTo("public.numbers");
			assertThat(actuator.getStatus("cdc/unknown")).isEqualTo(404);
		}
	}

	@Test
	void showsThePositionsOfServerAndStoreUnderLoad(TestDatabase database) throws Exception {
		try (TpcbLoad load = new TpcbLoad(database);
				TestApplication application = TestApplication.run(database, Bank.class,
						StringUtils.addStringToArray(ActuatorClient.EXPOSED, "cdc.snapshot.mode=no_data"));
				Connection connection = database.connect();
				Statement statement = connection.createStatement()) {
			ActuatorClient actuator = new ActuatorClient(application);
			load.start();
			await().until(() -> application.bean(Bank.class).seen.get() > 100
					&& application.engine().storedLsn().isAfter(Lsn.ZERO));
			List<List<Lsn>> readings = new ArrayList<>();
			while (readings.size() < 60 && (readings.size() < 5 || !haveAllMoved(readings))) {
				// the restart LSN can only advance to a running-xacts record
				statement.execute("CHECKPOINT");
				List<Lsn> before = lsns(statement, database);
				Instant began = Instant.now();
				JsonNode engine = await().until(() -> actuator.get("cdc/default"),
						(read) -> readAt(read).isAfter(began));
				List<Lsn> after = lsns(statement, database);
				List<Lsn> shown = lsns(engine);
				for (int i = 0; i < shown.size(); i++) {
					assertThat(shown.get(i)).isBetween(before.get(i), after.get(i));
				}
				readings.add(shown);
			}
			assertThat(haveAllMoved(readings)).isTrue();
			load.close();
			assertThat(load.transactions()).isPositive();
			// without load all positions are equal to those of the server
			await().untilAsserted(
					() -> assertThat(lsns(actuator.get("cdc/default"))).isEqualTo(lsns(statement, database)));
		}
	}

	private static boolean haveAllMoved(List<List<Lsn>> readings) {
		for (int which = 0; which < 4; which++) {
			int position = which;
			List<Lsn> shown = readings.stream().map((reading) -> reading.get(position)).toList();
			assertThat(shown).isSorted();
			if (new HashSet<>(shown).size() < 2) {
				return false;
			}
		}
		return true;
	}

	/** The time of the reading, the epoch before the first one. */
	private static Instant readAt(JsonNode engine) {
		String readAt = engine.path("readAt").asString("");
		return readAt.isEmpty() ? Instant.EPOCH : Instant.parse(readAt);
	}

	/** Slot LSN, restart LSN, server LSN and offset LSN of the endpoint. */
	private static List<Lsn> lsns(JsonNode engine) {
		return Stream.of("/slot/confirmedFlushLsn", "/slot/restartLsn", "/server/currentLsn", "/offset/lsn")
			.map((position) -> Lsn.parse(engine.at(position).asString()))
			.toList();
	}

	/** Slot LSN, restart LSN and server LSN of the server, and the LSN in the store. */
	private static List<Lsn> lsns(Statement statement, TestDatabase database) throws SQLException {
		List<Lsn> lsns = new ArrayList<>();
		try (ResultSet row = statement.executeQuery("SELECT confirmed_flush_lsn, restart_lsn, pg_current_wal_lsn(), "
				+ "(SELECT lsn FROM cdc_offset) FROM pg_replication_slots WHERE slot_name = '" + database.name()
				+ "'")) {
			row.next();
			for (int column = 1; column <= 4; column++) {
				lsns.add(Lsn.parse(row.getString(column)));
			}
		}
		return lsns;
	}

	@Test
	void showsTheLastKnownValuesWhileTheServerIsDown() throws Exception {
		try (TestPostgres server = TestPostgres.start(Map.of())) {
			TestDatabase database = server.createDatabase();
			createTable(database);
			try (TestApplication application = TestApplication.run(database, Numbers.class, ActuatorClient.EXPOSED)) {
				ActuatorClient actuator = new ActuatorClient(application);
				await().until(() -> !actuator.get("cdc/default").path("stale").asBoolean());
				String system = actuator.get("cdc/default").path("server").path("systemIdentifier").asString();
				server.stop();
				JsonNode engine = await().until(() -> actuator.get("cdc/default"),
						(read) -> read.path("stale").asBoolean());
				assertThat(engine.path("staleReason").asString()).isNotBlank();
				assertThat(engine.path("server").path("systemIdentifier").asString()).isEqualTo(system);
				assertThat(engine.path("slot").path("confirmedFlushLsn").isString()).isTrue();
				assertThat(Instant.parse(engine.path("readAt").asString())).isBefore(Instant.now());
				server.startAgain();
				await().until(() -> !actuator.get("cdc/default").path("stale").asBoolean());
			}
		}
	}

	@Test
	void queriesTheServerOnceASecondAtMost(TestDatabase database) throws Exception {
		try (TestApplication application = TestApplication.run(database, Numbers.class, ActuatorClient.EXPOSED)) {
			ActuatorClient actuator = new ActuatorClient(application);
			Instant first = await().until(() -> readAt(actuator.get("cdc/default")), Instant.EPOCH::isBefore);
			Set<String> readings = new TreeSet<>();
			ExecutorService clients = Executors.newFixedThreadPool(4);
			try {
				List<Future<String>> responses = new ArrayList<>();
				for (int i = 0; i < 200; i++) {
					responses.add(clients.submit(() -> actuator.get("cdc/default").path("readAt").asString()));
				}
				for (Future<String> future : responses) {
					readings.add(future.get());
				}
			}
			finally {
				clients.shutdownNow();
			}
			List<Instant> times = readings.stream().map(Instant::parse).sorted().toList();
			assertThat(times).allSatisfy((time) -> assertThat(time).isAfterOrEqualTo(first));
			long seconds = Duration.between(first, Instant.now()).toSeconds();
			assertThat((long) times.size()).isLessThanOrEqualTo(seconds + 2);
		}
	}

	@Test
	void previewsExactlyWhatARestartDoes(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Numbers.class, ActuatorClient.EXPOSED)) {
			ActuatorClient actuator = new ActuatorClient(application);
			database.execute("INSERT INTO numbers SELECT generate_series(1, 100)");
			await().until(() -> application.bean(Numbers.class).seen.size() == 100);
			await().until(() -> onRestart(actuator).startsWith("Resumes at "));
			application.engine().restart();
			await().until(() -> application.engine().status().state() == EngineState.RUNNING);
			application.engine().pause();
			database.awaitFree(database.name());
			database.execute("INSERT INTO numbers VALUES (101)",
					"SELECT pg_replication_slot_advance('" + database.name() + "', pg_current_wal_lsn())");
			await().until(() -> onRestart(actuator).startsWith("Is refused [slot-ahead-unexplained]: "));
			application.engine().resume();
			await().until(() -> application.engine().status().state() == EngineState.REFUSED);
			assertThat(application.engine().status().failure()).contains("slot-ahead-unexplained");
			String refusal = onRestart(actuator);
			assertThat(application.engine().status().failure()).contains(refusal.substring(refusal.indexOf("]: ") + 3));
		}
	}

	@Test
	void previewsChecksOfTheServer(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Numbers.class, ActuatorClient.EXPOSED)) {
			ActuatorClient actuator = new ActuatorClient(application);
			application.engine().pause();
			database.execute("DROP TABLE numbers");
			await().until(() -> onRestart(actuator).startsWith("Is refused [unknown-table]: "));
			application.engine().resume();
			await().until(() -> application.engine().status().state() == EngineState.REFUSED);
			assertThat(application.engine().status().failure()).contains("unknown-table");
		}
	}

	private static String onRestart(ActuatorClient actuator) {
		return actuator.get("cdc/default").path("difference").path("onRestart").asString();
	}

	static class Bank {

		final AtomicLong seen = new AtomicLong();

		@CdcListener("pgbench_*")
		void on(TableId table) {
			this.seen.incrementAndGet();
		}

	}

}
