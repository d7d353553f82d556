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

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.internal.startup.RestartPreview;
import io.github.cdcspring.offset.FileOffsetStore;
import io.github.cdcspring.offset.OffsetStore;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PromotedServer;
import io.github.cdcspring.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.core.NestedExceptionUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/**
 * A slot that was copied to a server without its state of decoding, as Patroni does it.
 */
@ExtendWith(OutputCaptureExtension.class)
class CopiedSlotIT {

	private static final String[] SETTINGS = { "cdc.snapshot.mode=no_data", "cdc.heartbeat.interval=200ms",
			"cdc.offset.flush-interval=100ms", "cdc.offset-mismatch-strategy=trust_greater_lsn",
			"cdc.lsn-flush-mode=connector_and_driver", "cdc.slot.survives-failover=patroni" };

	private static final String INITIAL = "cdc.snapshot.mode=initial";

	private static final String ACCEPTED = "cdc.safety.accept=decoding-state-missing";

	private final PromotedServer server = new PromotedServer();

	private final TestDatabase database = this.server.database();

	@BeforeEach
	void createTable() {
		this.database.execute("CREATE TABLE numbers (id int PRIMARY KEY)");
	}

	/**
	 * Receive until the slot resumes at a saved state while a transaction is in progress,
	 * and commit another one that has begun after that.
	 */
	private void receiveAndMiss(Class<? extends Numbers> listener) throws Exception {
		try (Connection inProgress = this.database.connect(); Connection other = this.database.connect()) {
			try (TestApplication application = run(listener)) {
				List<Integer> ids = application.bean(Numbers.class).ids;
				begin(inProgress, "SELECT pg_current_xact_id()");
				this.database.execute("SELECT pg_log_standby_snapshot()");
				insert(1);
				await().until(() -> ids.contains(1));
				await().until(this.server::hasDecodingState);
				begin(other, "INSERT INTO numbers VALUES (2)");
			}
			other.commit();
		}
	}

	private void promoteWithoutState() throws Exception {
		this.server.removeDecodingState();
		this.server.promote();
	}

	@AfterEach
	void close() throws Exception {
		this.server.close();
	}

	@Test
	void isRefused() throws Exception {
		receiveAndMiss(Numbers.class);
		promoteWithoutState();
		assertThat(refusal())
			.hasMessageContaining("decoding-state-missing: The server does not have the state of "
					+ "decoding with which replication slot '" + this.database.name() + "' resumes at restart_lsn ")
			.hasMessageContaining("cdc.safety.recover=")
			.hasMessageContaining("cdc.safety.accept=decoding-state-missing until restart_lsn has moved.");
	}

	@Test
	void skipsATransactionIfThatIsAccepted(CapturedOutput output) throws Exception {
		receiveAndMiss(Numbers.class);
		promoteWithoutState();
		try (TestApplication application = run(Numbers.class, ACCEPTED)) {
			List<Integer> ids = application.bean(Numbers.class).ids;
			await().until(() -> {
				this.database.execute("SELECT pg_log_standby_snapshot()");
				insert(3 + Integer
					.parseInt(Objects.requireNonNull(this.database.queryForText("SELECT count(*) FROM numbers"))));
				return !ids.isEmpty();
			});
			assertThat(ids).doesNotContain(2);
			assertThat(output)
				.contains("runs with accepted risk decoding-state-missing: The server may skip transactions");
			// An instance that does not accept it waits behind this one
			try (TestApplication other = start(Numbers.class)) {
				assertThat(other.engine().status().state()).isEqualTo(EngineState.STANDBY);
			}
		}
	}

	@Test
	void isReplacedByARecovery() throws Exception {
		receiveAndMiss(Numbers.class);
		promoteWithoutState();
		String offset = this.database.queryForText("SELECT lsn FROM cdc_offset");
		// What is accepted by another setting does not keep from the recovery
		try (TestApplication application = run(Numbers.class, ACCEPTED, "cdc.safety.recover=" + offset)) {
			List<Integer> ids = application.bean(Numbers.class).ids;
			insert(3);
			await().until(() -> ids.containsAll(List.of(1, 2, 3)));
		}
		try (TestApplication application = run(Numbers.class)) {
			insert(4);
			await().until(() -> application.bean(Numbers.class).ids.contains(4));
		}
	}

	/**
	 * The refusal of another history says more, and one recovery helps against both.
	 */
	@Test
	void isRecoveredAtOnceFromAnotherHistory(@TempDir Path directory) throws Exception {
		try (FileOffsetStore store = new FileOffsetStore(directory.resolve("offsets"))) {
			OwnStore.store = store;
			receiveAndMiss(OwnStore.class);
			Path image = this.server.takeImage();
			try (TestApplication application = run(OwnStore.class)) {
				List<Integer> ids = application.bean(Numbers.class).ids;
				insert(5);
				await().until(() -> ids.contains(5));
				insert(6);
				await().until(() -> ids.contains(6));
				PromotedServer.removeDecodingStates(image);
				this.server.promoteImage(image);
				await().until(() -> application.engine().status().state() == EngineState.REFUSED);
				assertThat(application.engine().status().failure()).contains("history-mismatch: ");
				ids.clear();
				application.engine().recover();
				insert(7);
				await().until(() -> ids.containsAll(List.of(1, 2, 7)));
			}
		}
	}

	@Test
	void isRecoveredAtOnceIfItsWalIsMissingToo() throws Exception {
		this.database.execute("GRANT pg_monitor TO " + this.database.applicationRole());
		receiveAndMiss(Numbers.class);
		try (TestApplication application = run(Numbers.class)) {
			List<Integer> ids = application.bean(Numbers.class).ids;
			await().until(() -> ids.contains(2));
			application.engine().pause();
			this.server.removeWalOfSlot();
			promoteWithoutState();
			application.engine().resume();
			await().until(() -> application.engine().status().state() == EngineState.REFUSED);
			application.engine().recover();
			insert(7);
			await().until(() -> ids.contains(7));
		}
	}

	/** A slot of a standby is its own, or a copy of the primary's. */
	@Test
	void isRefusedOnAStandby(@TempDir Path directory) throws Exception {
		try (FileOffsetStore store = new FileOffsetStore(directory.resolve("offsets"))) {
			OwnStore.store = store;
			receiveAndMiss(OwnStore.class);
			this.server.removeDecodingState();
			this.server.startAsStandby();
			assertThatThrownBy(() -> run(OwnStore.class, "cdc.safety.accept=standby-server")).rootCause()
				.hasMessageContaining("decoding-state-missing: ");
		}
	}

	/**
	 * While an initial snapshot is read, nothing is received from its slot, so it has no
	 * saved state.
	 */
	@Test
	void isNotMistakenForASlotWithoutState() throws Exception {
		this.database.execute("INSERT INTO numbers SELECT generate_series(1, 3000)");
		try (TestApplication application = start(Blocking.class, INITIAL, "cdc.listener.shutdown-timeout=1s")) {
			await().until(() -> application.bean(Numbers.class).ids.contains(1001));
			await().until(() -> this.database.queryForText("SELECT slot_created_at_lsn FROM cdc_offset") != null);
		}
		finally {
			Blocking.release.countDown();
		}
		insert(4000);
		this.server.promote();
		try (TestApplication application = run(Numbers.class, INITIAL)) {
			List<Integer> ids = application.bean(Numbers.class).ids;
			await().until(() -> ids.containsAll(List.of(1, 3000, 4000)));
		}
	}

	@Test
	void isForeseenWhileTheEngineIsPaused() throws Exception {
		receiveAndMiss(Numbers.class);
		try (TestApplication application = run(Numbers.class)) {
			await().until(() -> application.bean(Numbers.class).ids.contains(2));
			application.engine().pause();
			promoteWithoutState();
			await().untilAsserted(() -> assertThat(application.engine().streamStatus().onRestart()).isNotNull()
				.extracting(RestartPreview::sentence)
				.asString()
				.startsWith("Is refused [decoding-state-missing]: "));
		}
	}

	@Test
	void isNotMistakenForASlotThatAnOperatorHasCreated() throws Exception {
		this.database.publish(this.database.name(), "numbers");
		this.database.execute("SELECT pg_create_logical_replication_slot('" + this.database.name() + "', 'pgoutput')");
		insert(1);
		this.server.promote();
		try (TestApplication application = run(Numbers.class)) {
			await().until(() -> application.bean(Numbers.class).ids.contains(1));
		}
	}

	@Test
	void isNotMistakenForASlotThatWasUsedForTheFirstTime() throws Exception {
		this.database.publish(this.database.name(), "numbers");
		this.database.execute("SELECT pg_create_logical_replication_slot('" + this.database.name() + "', 'pgoutput')");
		try (TestApplication application = run(Numbers.class)) {
			insert(1);
			await().until(() -> application.bean(Numbers.class).ids.contains(1));
			await().until(() -> this.database.queryForText("SELECT slot_created_at_lsn FROM cdc_offset") != null);
		}
		this.server.promote();
		try (TestApplication application = run(Numbers.class)) {
			insert(2);
			await().until(() -> application.bean(Numbers.class).ids.contains(2));
		}
	}

	@Test
	void isRefusedWithoutAStoredOffset() throws Exception {
		String[] memory = { "cdc.offset.store=memory", "cdc.offset-mismatch-strategy=trust_slot" };
		try (TestApplication application = run(Numbers.class, memory)) {
			insert(1);
			await().until(() -> {
				this.database.execute("SELECT pg_log_standby_snapshot()");
				return this.server.hasDecodingState();
			});
		}
		promoteWithoutState();
		assertThatThrownBy(() -> run(Numbers.class, memory)).rootCause()
			.hasMessageContaining("decoding-state-missing: ");
	}

	@Test
	void isNotNoticedWithoutTheRight(CapturedOutput output) throws Exception {
		receiveAndMiss(Numbers.class);
		promoteWithoutState();
		String role = this.database.applicationRole();
		this.database.execute("REVOKE EXECUTE ON FUNCTION pg_ls_logicalsnapdir() FROM " + role);
		assertThat(refusal()).hasMessageContaining("decoding-state-right: Role '" + role + "' may not list ")
			.hasMessageContaining("GRANT EXECUTE ON FUNCTION pg_catalog.pg_ls_logicalsnapdir() TO \"" + role + "\";");
		try (TestApplication application = run(Numbers.class, "cdc.safety.accept=decoding-state-right")) {
			await().until(() -> application.engine().status().state() == EngineState.RUNNING);
			assertThat(output).contains("cannot tell whether the server skips transactions")
				.contains("Run as a superuser: GRANT EXECUTE ON FUNCTION pg_catalog.pg_ls_logicalsnapdir() TO " + role
						+ ";");
		}
	}

	private @Nullable Throwable refusal() {
		Throwable refusal = NestedExceptionUtils.getRootCause(catchThrowable(() -> run(Numbers.class)));
		assertThat(refusal).isInstanceOf(StartRefusedException.class);
		return refusal;
	}

	private TestApplication run(Class<? extends Numbers> listener, String... settings) {
		return TestApplication.run(this.database, listener, with(settings));
	}

	private TestApplication start(Class<? extends Numbers> listener, String... settings) {
		return TestApplication.start(this.database, listener, with(settings));
	}

	private static String[] with(String... settings) {
		return Stream.concat(Stream.of(SETTINGS), Stream.of(settings)).toArray(String[]::new);
	}

	private static void begin(Connection connection, String sql) throws Exception {
		connection.setAutoCommit(false);
		try (Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

	private void insert(int id) {
		this.database.execute("INSERT INTO numbers VALUES (" + id + ")");
	}

	static class OwnStore extends Numbers {

		static FileOffsetStore store;

		@Bean(destroyMethod = "")
		static OffsetStore offsetStore() {
			return store;
		}

	}

	static class Blocking extends Numbers {

		static final CountDownLatch release = new CountDownLatch(1);

		@Override
		void on(Number number) {
			super.on(number);
			if (number.id() > 1000) {
				try {
					release.await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			}
		}

	}

}
