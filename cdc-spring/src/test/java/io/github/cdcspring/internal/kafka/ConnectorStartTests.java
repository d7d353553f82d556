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

package io.github.cdcspring.internal.kafka;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import com.sun.net.httpserver.HttpServer;
import io.github.cdcspring.Gap;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.internal.listener.TablePattern;
import io.github.cdcspring.internal.startup.SourceDatabase;
import io.github.cdcspring.internal.startup.check.ConnectorConfiguration;
import io.github.cdcspring.internal.startup.check.TestEngine;
import io.github.cdcspring.internal.startup.check.TopicStates;
import io.github.cdcspring.internal.support.NotReadyException;
import io.github.cdcspring.settings.ConnectorManagement;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.KafkaOrder;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.PGConnection;
import org.postgresql.replication.PGReplicationStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What a start does to the connector, as a worker and a server answer.
 */
@PostgresTest
class ConnectorStartTests {

	private static final Supplier<@Nullable Lsn> NO_EVENT = () -> null;

	private final Map<String, Answer> answers = new LinkedHashMap<>();

	private final List<String> changes = new CopyOnWriteArrayList<>();

	private HttpServer server;

	private volatile @Nullable Supplier<Lsn> offset;

	/** What the plugin adds to the offset. */
	private volatile String further = "";

	/** How often a worker that does not know the created connector answers. */
	private final AtomicInteger ignorant = new AtomicInteger();

	@BeforeEach
	void startServer() throws Exception {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/", (exchange) -> {
			String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
			exchange.getRequestBody().readAllBytes();
			if (!request.startsWith("GET")) {
				this.changes.add(request);
			}
			Answer answer = this.answers.getOrDefault(request, new Answer(404, "{}"));
			if (request.equals("POST /connectors") && answer.status == 201) {
				this.answers.put("GET /connectors/shop/offsets", this.answers.get("kept"));
			}
			if (request.equals("GET /connectors/shop/offsets") && this.offset != null) {
				answer = offset(this.offset.get(), this.further);
			}
			if (request.equals("GET /connectors/shop/offsets") && this.ignorant.getAndDecrement() > 0) {
				answer = new Answer(404, "{}");
			}
			byte[] body = answer.body.getBytes(StandardCharsets.UTF_8);
			exchange.sendResponseHeaders(answer.status, body.length);
			exchange.getResponseBody().write(body);
			exchange.close();
		});
		this.server.start();
		this.answers.put("GET /connector-plugins",
				new Answer(200, "[{\"class\":\"" + ConnectorConfiguration.CLASS + "\"}]"));
		this.answers.put("POST /connectors", new Answer(201, "{}"));
		this.answers.put("PUT /connectors/shop/resume", new Answer(202, ""));
		this.answers.put("kept", new Answer(200, "{\"offsets\":[]}"));
	}

	@AfterEach
	void stopServer() {
		this.server.stop(0);
	}

	private static Answer offset(Lsn lsn) {
		return offset(lsn, "");
	}

	private static Answer offset(Lsn lsn, String further) {
		return new Answer(200, "{\"offsets\":[{\"partition\":{\"server\":\"shop\"},\"offset\":{\"lsn\":" + lsn.value()
				+ ",\"lsn_commit\":" + lsn.value() + further + "}}]}");
	}

	private ConnectorStart start(TestDatabase database) {
		EngineSettings settings = settings(database);
		EngineSettings.Kafka.Connect connect = new EngineSettings.Kafka.Connect(
				URI.create("http://localhost:" + this.server.getAddress().getPort()), "shop",
				ConnectorManagement.RECONCILE, "env:PASSWORD", null);
		EngineSettings.Kafka kafka = new EngineSettings.Kafka("shop", "shop", KafkaOrder.KEY,
				EngineSettings.Kafka.MAX_OUTAGE, connect);
		return new ConnectorStart(settings, kafka, connect, List.of(TablePattern.parse("orders")));
	}

	private static EngineSettings settings(TestDatabase database) {
		return new TestEngine().on(database).slot(database.name()).settings();
	}

	private static void start(ConnectorStart start, Supplier<@Nullable Lsn> kafkaEnd) {
		start.apply(start.judge(TopicStates.UNKNOWN, kafkaEnd), kafkaEnd);
	}

	private static void createSlot(TestDatabase database) {
		database.queryForText("SELECT pg_create_logical_replication_slot('" + database.name() + "', 'pgoutput')::text");
	}

	@Test
	void resumesACreatedConnectorWhoseOffsetFits(TestDatabase database) {
		start(start(database), NO_EVENT);
		assertThat(this.changes).containsExactly("POST /connectors", "PUT /connectors/shop/resume");
	}

	@Test
	void keepsACreatedConnectorStoppedWhoseFormerOffsetIsBehindTheSlot(TestDatabase database) {
		createSlot(database);
		this.answers.put("kept", offset(new Lsn(4711)));
		assertThatExceptionOfType(StartRefusedException.class).isThrownBy(() -> start(start(database), NO_EVENT))
			.satisfies((ex) -> assertThat(ex.violations()).extracting("rule").containsExactly("connector-gap"));
		assertThat(this.changes).containsExactly("POST /connectors");
	}

	@Test
	void aCreatedConnectorNotesNoGapThatTheTopicsContain(TestDatabase database) {
		createSlot(database);
		this.answers.put("kept", offset(new Lsn(4711)));
		this.answers.put("PATCH /connectors/shop/config", new Answer(200, "{}"));
		start(start(database), () -> new Lsn(Long.MAX_VALUE));
		assertThat(this.changes).containsExactly("POST /connectors", "PATCH /connectors/shop/config",
				"PUT /connectors/shop/resume");
	}

	@Test
	void judgesTheFormerOffsetThatAnotherWorkerDoesNotKnowYet(TestDatabase database) {
		createSlot(database);
		this.answers.put("kept", offset(new Lsn(4711)));
		// The first is asked before the connector is created
		this.ignorant.set(4);
		assertThatExceptionOfType(StartRefusedException.class).isThrownBy(() -> start(start(database), NO_EVENT))
			.satisfies((ex) -> assertThat(ex.violations()).extracting("rule").containsExactly("connector-gap"));
		assertThat(this.changes).containsExactly("POST /connectors");
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			STOPPED, 0,    true
			STOPPED, 4711, false
			RUNNING, 0,    false
			""")
	void resumesAConnectorWhoseCreationWasNotAnswered(String state, long kept, boolean resumed, TestDatabase database) {
		createSlot(database);
		this.answers.put("POST /connectors", new Answer(500, "{}"));
		ConnectorStart start = start(database);
		assertThatExceptionOfType(NotReadyException.class).isThrownBy(() -> start(start, NO_EVENT));
		existing(database, state, null);
		this.answers.put("GET /connectors/shop/offsets",
				(kept > 0) ? offset(new Lsn(kept)) : new Answer(200, "{\"offsets\":[]}"));
		if (kept > 0) {
			assertThatExceptionOfType(StartRefusedException.class).isThrownBy(() -> start(start, NO_EVENT));
		}
		else {
			start(start, NO_EVENT);
			start(start, NO_EVENT);
		}
		assertThat(this.changes).isEqualTo(
				resumed ? List.of("POST /connectors", "PUT /connectors/shop/resume") : List.of("POST /connectors"));
	}

	@Test
	void leavesAConnectorStoppedThatNoStartHasCreated(TestDatabase database) {
		createSlot(database);
		start(existing(database, "STOPPED", () -> new Lsn(4711)), () -> new Lsn(Long.MAX_VALUE));
		assertThat(this.changes).isEmpty();
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			STOPPED, no_data, 4711, true
			STOPPED, never,   4711, true
			STOPPED, initial, 4711, false
			RUNNING, no_data, 4711, false
			STOPPED, no_data, ,     false
			""")
	void refusesAConnectorThatHasNotBegunWithoutASlotIfTheTopicsHaveEvents(String state, String snapshotMode,
			@Nullable Long kafkaEnd, boolean refused, TestDatabase database) {
		ConnectorStart start = existing(database, state, null);
		this.answers.put("GET /connectors/shop/offsets", new Answer(200, "{\"offsets\":[]}"));
		Map<String, String> running = new LinkedHashMap<>(start.configuration());
		running.put("snapshot.mode", snapshotMode);
		this.answers.put("GET /connectors/shop/config", new Answer(200, ConnectorConfiguration.json(running)));
		Supplier<@Nullable Lsn> end = () -> (kafkaEnd != null) ? new Lsn(kafkaEnd) : null;
		if (refused) {
			assertThatExceptionOfType(StartRefusedException.class).isThrownBy(() -> start(start, end))
				.withMessageContaining("does not run and has no offset");
			assertThat(start.preview(end).onRestart()).startsWith("Is refused [connector-gap]");
		}
		else {
			assertThatCode(() -> start(start, end)).doesNotThrowAnyException();
		}
	}

	@Test
	void createsNoConnectorWithoutASlotIfTheTopicsHaveEvents(TestDatabase database) {
		assertThatExceptionOfType(StartRefusedException.class)
			.isThrownBy(() -> start(start(database), () -> new Lsn(4711)))
			.withMessageContaining("A new slot lacks what was committed after them");
		assertThat(this.changes).isEmpty();
	}

	private ConnectorStart existing(TestDatabase database, String state, @Nullable Supplier<Lsn> offset) {
		ConnectorStart start = start(database);
		this.answers.put("GET /connectors/shop/config",
				new Answer(200, ConnectorConfiguration.json(start.configuration())));
		this.answers.put("GET /connectors/shop/status",
				new Answer(200, state.equals("STOPPED") ? "{\"connector\":{\"state\":\"STOPPED\"},\"tasks\":[]}"
						: "{\"connector\":{\"state\":\"" + state + "\"},\"tasks\":[{\"state\":\"" + state + "\"}]}"));
		this.offset = offset;
		return start;
	}

	@Test
	void topicsOfAConnectorThatIsRunningDoNotExplainASlotThatIsAhead(TestDatabase database) {
		createSlot(database);
		Supplier<@Nullable Lsn> all = () -> new Lsn(Long.MAX_VALUE);
		assertThatCode(() -> start(existing(database, "STOPPED", () -> new Lsn(4711)), all)).doesNotThrowAnyException();
		assertThatExceptionOfType(StartRefusedException.class)
			.isThrownBy(() -> start(existing(database, "RUNNING", () -> new Lsn(4711)), all))
			.withMessageContaining("connector-gap");
	}

	@Test
	void topicsThatWereReadBeforeTheConnectorRanAgainDo(TestDatabase database) {
		createSlot(database);
		ConnectorStart start = existing(database, "STOPPED", () -> new Lsn(4711));
		start(start, () -> new Lsn(Long.MAX_VALUE));
		existing(database, "RUNNING", () -> new Lsn(4711));
		assertThatCode(() -> start(start, NO_EVENT)).doesNotThrowAnyException();
	}

	@Test
	void anOffsetThatIsStoredWhileTheServerIsReadIsNoOtherHistory(TestDatabase database) {
		createSlot(database);
		ConnectorStart start = existing(database, "RUNNING", () -> {
			database.queryForText("SELECT pg_logical_emit_message(true, 'test', 'later')::text");
			return Lsn.parse(database.queryForText("SELECT pg_current_wal_lsn()"));
		});
		assertThatCode(() -> start(start, NO_EVENT)).doesNotThrowAnyException();
		existing(database, "RUNNING", () -> new Lsn(Long.MAX_VALUE));
		assertThatExceptionOfType(StartRefusedException.class).isThrownBy(() -> start(start, NO_EVENT))
			.withMessageContaining("is not part of this server's history, which is on timeline 1 at")
			.satisfies((ex) -> assertThat(ex.violations()).extracting("rule").containsExactly("history-mismatch"));
		// The server does not have it even if it writes past it
		assertThat(start.preview(NO_EVENT).onRestart()).startsWith("Is refused [history-mismatch]");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			7      | 1 | 0             | belongs to another cluster: its system identifier is 7, but this server's is
			server | 2 | 0             | is not part of this server's history, which is on timeline 1 at
			server | 1 | 4000000000000 | is not part of this server's history, which is on timeline 1 at
			server | 1 | 0             |
			""")
	void anOffsetOfAnotherHistoryIsRefusedAsTheEmbeddedEngineRefusesIt(String systemIdentifier, int timeline,
			long transaction, @Nullable String problem, TestDatabase database) {
		createSlot(database);
		Lsn slot = Lsn.parse(database.queryForText("SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE "
				+ "slot_name = '" + database.name() + "'"));
		database.queryForText("SELECT pg_logical_emit_message(true, 'test', 'later')::text");
		String server = database.queryForText("SELECT system_identifier FROM pg_control_system()");
		ConnectorStart start = existing(database, "RUNNING", () -> new Lsn(slot.value() + 1));
		this.further = ",\"cdc_system_identifier\":\"" + systemIdentifier.replace("server", server)
				+ "\",\"cdc_timeline_id\":" + timeline
				+ ((transaction != 0) ? ",\"cdc_transaction_id\":" + transaction : "");
		if (problem == null) {
			assertThatCode(() -> start(start, NO_EVENT)).doesNotThrowAnyException();
			return;
		}
		assertThatExceptionOfType(StartRefusedException.class).isThrownBy(() -> start(start, NO_EVENT))
			.withMessageContaining(problem)
			.withMessageContaining("Have the connector reach the server that the offset belongs to.")
			.satisfies((ex) -> assertThat(ex.violations()).extracting("rule").containsExactly("history-mismatch"));
		assertThat(start.preview(NO_EVENT).onRestart()).startsWith("Is refused [history-mismatch]");
	}

	@Test
	void aCommitThatWaitsForAStandbyIsNoOtherHistory(TestDatabase database) throws Exception {
		createSlot(database);
		database.queryForText("SELECT pg_logical_emit_message(true, 'test', 'later')::text");
		ConnectorStart start = existing(database, "RUNNING",
				() -> Lsn.parse(database.queryForText("SELECT pg_current_wal_lsn()")));
		try (Connection connection = database.connect()) {
			connection.setAutoCommit(false);
			try (ResultSet running = connection.createStatement().executeQuery("SELECT txid_current()")) {
				running.next();
				this.further = ",\"cdc_system_identifier\":\""
						+ database.queryForText("SELECT system_identifier FROM pg_control_system()")
						+ "\",\"cdc_timeline_id\":1,\"cdc_transaction_id\":" + running.getLong(1);
			}
			assertThatCode(() -> start(start, NO_EVENT)).doesNotThrowAnyException();
			connection.rollback();
			assertThatExceptionOfType(StartRefusedException.class).isThrownBy(() -> start(start, NO_EVENT))
				.withMessageContaining("history-mismatch");
		}
	}

	@Test
	void whatTheConnectorHasSkippedRemainsRefused(TestDatabase database) {
		createSlot(database);
		database.queryForText("SELECT pg_logical_emit_message(true, 'test', 'later')::text");
		ConnectorStart start = existing(database, "RUNNING",
				() -> Lsn.parse(database.queryForText("SELECT pg_current_wal_lsn()")));
		this.further = ",\"cdc_gap\":\"0/100-0/200\"";
		assertThatExceptionOfType(StartRefusedException.class).isThrownBy(() -> start(start, NO_EVENT))
			.withMessageContaining("has skipped 256 bytes of WAL, from the offset 0/100 to the slot 0/200")
			.satisfies((ex) -> assertThat(ex.violations()).extracting("rule").containsExactly("connector-gap"));
		assertThat(start.preview(NO_EVENT).position().skipped()).isEqualTo(Gap.parse("0/100-0/200"));
	}

	@Test
	void whatTheConnectorHasSkippedIsNotForgottenWhileTheServerIsAway(TestDatabase database) {
		TestDatabase away = new TestDatabase(database.host(), 1, database.name(), database.user(), database.password());
		ConnectorStart start = existing(away, "RUNNING", () -> new Lsn(4711));
		assertThatCode(() -> start(start, NO_EVENT)).doesNotThrowAnyException();
		this.further = ",\"cdc_gap\":\"0/100-0/200\"";
		assertThatExceptionOfType(NotReadyException.class)
			.isThrownBy(() -> start(existing(away, "RUNNING", () -> new Lsn(4711)), NO_EVENT))
			.withMessageContaining("cannot be read");
	}

	@Test
	void aRoleWithoutTheRightToReplicateCannotJudgeTheConnector(TestDatabase database) {
		createSlot(database);
		String role = database.name() + "_reader";
		database.execute("CREATE ROLE " + role + " LOGIN PASSWORD '" + database.password() + "'");
		try {
			ConnectorStart start = existing(
					new TestDatabase(database.host(), database.port(), database.name(), role, database.password()),
					"RUNNING", () -> Lsn.parse(database.queryForText("SELECT pg_current_wal_lsn()")));
			// The server is asked for the history of its timeline
			this.further = ",\"cdc_system_identifier\":\""
					+ database.queryForText("SELECT system_identifier FROM pg_control_system()")
					+ "\",\"cdc_timeline_id\":0";
			assertThatExceptionOfType(NotReadyException.class).isThrownBy(() -> start(start, NO_EVENT))
				.withMessageContaining("must not read slot '" + database.name())
				.withMessageEndingWith("Run ALTER ROLE … WITH REPLICATION; as a superuser.");
		}
		finally {
			database.execute("DROP ROLE " + role);
		}
	}

	@Test
	void aRestartReceivesAlthoughTheConnectorCannotBeChangedNow(TestDatabase database) {
		this.answers.put("POST /connectors", new Answer(409, "{}"));
		ConnectorStart first = start(database);
		assertThatExceptionOfType(NotReadyException.class).isThrownBy(() -> start(first, NO_EVENT));
		this.answers.put("POST /connectors", new Answer(201, "{}"));
		start(first, NO_EVENT);
		this.answers.put("POST /connectors", new Answer(409, "{}"));
		assertThatCode(() -> start(first, NO_EVENT)).doesNotThrowAnyException();
	}

	private static ConnectorWatch watch(ConnectorStart start) {
		GroupTopics topics = new GroupTopics(KafkaRunTests.settings(), KafkaRunTests.settings().kafka(), List.of());
		return new ConnectorWatch("test", start, new GroupWatch(topics, () -> {
			throw new KafkaException("Expected");
		}), NO_EVENT, Duration.ofMillis(100));
	}

	@Test
	void aProblemRemainsWhileAWorkerDoesNotAnswerAndTheSlotIsNotUsed(TestDatabase database) throws Exception {
		createSlot(database);
		ConnectorStart start = existing(database, "PAUSED", () -> new Lsn(4711));
		List<String> problems = new CopyOnWriteArrayList<>();
		try (ConnectorWatch watch = watch(start)) {
			watch.start();
			await().until(() -> watch.problem() != null);
			// A run that begins later is told of it, too
			watch.tell((problem) -> problems.add(String.valueOf(problem)));
			this.answers.put("GET /connectors/shop/status", new Answer(500, "{}"));
			await().until(() -> problems.size() > 1);
		}
		assertThat(problems.get(0)).startsWith("Connector 'shop' is PAUSED");
		assertThat(problems.get(1)).startsWith("Kafka Connect does not answer, and nothing has used the slot");
	}

	@Test
	void aConnectorThatWasPausedRemainsAProblemWhileNoWorkerAnswers(TestDatabase database) throws Exception {
		createSlot(database);
		AtomicInteger looks = new AtomicInteger();
		ConnectorStart start = existing(database, "PAUSED", () -> {
			looks.incrementAndGet();
			return new Lsn(4711);
		});
		List<String> problems = new CopyOnWriteArrayList<>();
		try (Connection connection = new SourceDatabase(settings(database)).connectForReplication();
				PGReplicationStream stream = connection.unwrap(PGConnection.class)
					.getReplicationAPI()
					.replicationStream()
					.logical()
					.withSlotName(database.name())
					.withSlotOption("proto_version", 1)
					.withSlotOption("publication_names", "none")
					.start();
				ConnectorWatch watch = watch(start)) {
			assertThat(start.isSlotActive()).isTrue();
			watch.tell((problem) -> problems.add(String.valueOf(problem)));
			watch.start();
			await().until(() -> !problems.isEmpty());
			this.answers.put("GET /connectors/shop/status", new Answer(500, "{}"));
			int before = looks.get();
			await().until(() -> looks.get() > before + 3);
			assertThat(stream.isClosed()).isFalse();
		}
		assertThat(problems).singleElement().asString().startsWith("Connector 'shop' is PAUSED");
	}

	@Test
	void tellsAConnectorThatIsMissingFromOneThatDoesNotExistYet(TestDatabase database) {
		ConnectorStart start = existing(database, "RUNNING", () -> new Lsn(4711));
		Answer running = this.answers.remove("GET /connectors/shop/status");
		try (ConnectorWatch watch = watch(start)) {
			watch.start();
			await().until(() -> watch.problem() != null);
			assertThat(watch.problem())
				.isEqualTo("The connector does not exist, so no event arrives in its topics. Create it.");
			this.answers.put("GET /connectors/shop/status", running);
			await().until(() -> watch.problem() == null);
			this.answers.remove("GET /connectors/shop/status");
			await().until(() -> watch.problem() != null);
			assertThat(watch.problem()).startsWith("The connector does not exist any more");
		}
	}

	@Test
	void aPreviewTellsWhetherTheConnectorIsCreatedOrChanged(TestDatabase database) {
		assertThat(start(database).preview(NO_EVENT).onRestart()).startsWith("Creates the connector.");
		this.answers.put("GET /connector-plugins", new Answer(200, "[]"));
		assertThat(start(database).preview(NO_EVENT).onRestart()).startsWith("Is refused [connector-plugin]");
		createSlot(database);
		ConnectorStart start = existing(database, "STOPPED", () -> new Lsn(Long.MAX_VALUE));
		assertThat(start.preview(NO_EVENT).onRestart()).startsWith("Is refused [history-mismatch]");
	}

	private record Answer(int status, String body) {

	}

}
