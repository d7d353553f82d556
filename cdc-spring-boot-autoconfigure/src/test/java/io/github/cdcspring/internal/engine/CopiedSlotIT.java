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

import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;

import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PromotedServer;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * A promoted server whose slot was copied there without its state of decoding, as Patroni
 * does it. A transaction was in progress when the slot's restart_lsn was written, and
 * another one committed before the promotion.
 */
@ExtendWith(OutputCaptureExtension.class)
class CopiedSlotIT {

	private static final String[] SETTINGS = { "cdc.snapshot.mode=no_data", "cdc.heartbeat.interval=200ms",
			"cdc.offset.flush-interval=100ms", "cdc.offset-mismatch-strategy=trust_greater_lsn",
			"cdc.lsn-flush-mode=connector_and_driver" };

	private static final String PATRONI = "cdc.slot.survives-failover=patroni";

	private static final String ACCEPTED = "cdc.safety.accept=decoding-state-missing";

	private final PromotedServer server = new PromotedServer();

	private final TestDatabase database = this.server.database();

	@BeforeEach
	void promote() throws Exception {
		this.database.execute("CREATE TABLE numbers (id int PRIMARY KEY)");
		try (Connection inProgress = this.database.connect(); Connection other = this.database.connect()) {
			try (TestApplication application = run(PATRONI)) {
				List<Integer> ids = application.bean(Numbers.class).ids;
				begin(inProgress, "SELECT pg_current_xact_id()");
				this.database.execute("SELECT pg_log_standby_snapshot()");
				insert(1);
				await().until(() -> ids.contains(1));
				await().until(() -> this.server.hasDecodingState());
				begin(other, "INSERT INTO numbers VALUES (2)");
			}
			other.commit();
			this.server.removeDecodingState();
		}
		this.server.promote();
	}

	@AfterEach
	void close() throws Exception {
		this.server.close();
	}

	@Test
	void isRefused() {
		assertThatThrownBy(() -> run(PATRONI)).rootCause()
			.isInstanceOf(StartRefusedException.class)
			.hasMessageContaining("decoding-state-missing: Replication slot '" + this.database.name()
					+ "' was copied to this server before its promotion, without the state of decoding with which it "
					+ "resumes at restart_lsn ")
			.hasMessageContaining("cdc.safety.recover=");
	}

	@Test
	void skipsATransactionIfThatIsAccepted(CapturedOutput output) {
		try (TestApplication application = run(PATRONI, ACCEPTED)) {
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
		}
	}

	@Test
	void isReplacedByARecovery() {
		String offset = this.database.queryForText("SELECT lsn FROM cdc_offset");
		try (TestApplication application = run(PATRONI, "cdc.safety.recover=" + offset)) {
			List<Integer> ids = application.bean(Numbers.class).ids;
			insert(3);
			await().until(() -> ids.containsAll(List.of(1, 2, 3)));
		}
		try (TestApplication application = run(PATRONI)) {
			insert(4);
			await().until(() -> application.bean(Numbers.class).ids.contains(4));
		}
	}

	@Test
	void isNotNoticedWithoutTheRight(CapturedOutput output) {
		this.database.execute("REVOKE EXECUTE ON FUNCTION pg_ls_logicalsnapdir() FROM "
				+ this.database.asApplication().applicationRole());
		assertThatThrownBy(() -> run(PATRONI)).rootCause()
			.isInstanceOf(StartRefusedException.class)
			.hasMessageContaining("decoding-state-right: Role '" + this.database.applicationRole() + "' may not list ")
			.hasMessageContaining("GRANT EXECUTE ON FUNCTION pg_catalog.pg_ls_logicalsnapdir() TO \""
					+ this.database.applicationRole() + "\";");
		try (TestApplication application = run(PATRONI, "cdc.safety.accept=decoding-state-right")) {
			await().until(() -> application.engine().status().state() == EngineState.RUNNING);
			assertThat(output).contains("cannot tell whether the server skips transactions")
				.contains("Run as a superuser, with the role of the connection: GRANT EXECUTE");
		}
	}

	private TestApplication run(String... settings) {
		String[] all = new String[SETTINGS.length + settings.length];
		System.arraycopy(SETTINGS, 0, all, 0, SETTINGS.length);
		System.arraycopy(settings, 0, all, SETTINGS.length, settings.length);
		return TestApplication.run(this.database, Numbers.class, all);
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

}
