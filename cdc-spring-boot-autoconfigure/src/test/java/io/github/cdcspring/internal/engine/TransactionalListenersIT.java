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
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

import javax.sql.DataSource;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.engine.EngineStatus;
import io.github.cdcspring.internal.parking.ReplayResult;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.core.annotation.Order;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionSynchronizationManager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@PostgresTest
class TransactionalListenersIT {

	private static final String[] ONCE = { "cdc.listener.transactional=true", "cdc.listener.retry.max-attempts=2",
			"cdc.listener.retry.initial-interval=1ms", "cdc.offset.flush-interval=50ms",
			"cdc.heartbeat.interval=100ms" };

	private TestDatabase database;

	@BeforeEach
	void createTables(TestDatabase database) {
		this.database = database;
		database.execute("CREATE TABLE notes (id int PRIMARY KEY)", "CREATE TABLE effects (listener text, id int)");
		database.grantWriting("effects");
	}

	@Test
	void whatFailsUndoesTheOthersAndIsParkedWhole() {
		try (TestApplication application = run("cdc.listener.on-failure=park")) {
			Two two = application.bean(Two.class);
			two.fails = true;
			this.database.execute("INSERT INTO notes VALUES (1)");
			await().until(() -> application.engine().parkedEvents().count() == 1);
			assertThat(effects()).isEmpty();
			assertThat(application.engine().parkedEvents().replay(1).failure()).isNotNull();
			assertThat(effects()).isEmpty();
			two.fails = false;
			assertThat(application.engine().parkedEvents().replay(1)).isEqualTo(new ReplayResult(1, null));
			assertThat(effects()).containsExactly("first 1", "second 1");
			assertThat(application.engine().parkedEvents().count()).isZero();
		}
	}

	@Test
	void whoIsSkippedLeavesWhatTheOthersDid() {
		try (TestApplication application = run("cdc.listener.on-failure=skip")) {
			application.bean(Two.class).fails = true;
			this.database.execute("INSERT INTO notes VALUES (1)");
			await().until(() -> effects().contains("first 1"));
			assertThat(application.engine().skippedEvents()).isEqualTo(1);
			application.bean(Two.class).fails = false;
			this.database.execute("INSERT INTO notes VALUES (2)");
			await().until(() -> effects().contains("second 2"));
			assertThat(effects()).containsExactly("first 1", "first 2", "second 2");
		}
	}

	@Test
	void claimsAreForgottenOnceThePositionHasPassed() {
		try (TestApplication application = run()) {
			this.database.execute("INSERT INTO notes VALUES (1)", "INSERT INTO notes VALUES (2)");
			await().until(() -> effects().contains("second 2"));
			await().until(() -> "0".equals(this.database.queryForText("SELECT count(*) FROM cdc_processed")));
			assertThat(application.bean(Two.class).inTransaction).isTrue();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "skip", "park", "stop" })
	void failedRegistrationIsNotTheListenersFailure(String onFailure) throws SQLException {
		try (TestApplication application = run("cdc.listener.on-failure=" + onFailure)) {
			this.database.execute("INSERT INTO notes VALUES (1)");
			await().until(() -> effects().contains("second 1"));
			try (Connection other = this.database.connect(); Statement statement = other.createStatement()) {
				other.setAutoCommit(false);
				statement.execute("LOCK TABLE cdc_processed IN EXCLUSIVE MODE");
				this.database.execute("INSERT INTO notes VALUES (2)");
				EngineStatus backingOff = await().until(() -> application.engine().status(),
						(status) -> status.state() == EngineState.BACKING_OFF);
				assertThat(backingOff.failure()).contains("57014");
				other.rollback();
			}
			await().until(() -> effects().contains("second 2"));
			assertThat(effects()).containsExactly("first 1", "second 1", "first 2", "second 2");
			assertThat(application.engine().skippedEvents()).isZero();
			await().until(() -> application.engine().status().state() == EngineState.RUNNING);
		}
	}

	@Test
	void droppedTablesAreCreatedAgain() {
		try (TestApplication application = run()) {
			this.database.execute("INSERT INTO notes VALUES (1)");
			await().until(() -> effects().contains("second 1"));
			await().until(() -> "0".equals(this.database.queryForText("SELECT count(*) FROM cdc_processed")));
			for (String table : List.of("cdc_processed", "cdc_offset")) {
				int id = 2 + effects().size();
				this.database.execute("DROP TABLE " + table, "INSERT INTO notes VALUES (" + id + ")");
				await().until(() -> effects().contains("second " + id));
				assertThat(this.database.queryForText("SELECT to_regclass('" + table + "') IS NOT NULL"))
					.isEqualTo("t");
			}
			assertThat(application.engine().skippedEvents()).isZero();
		}
	}

	private TestApplication run(String... further) {
		String[] properties = new String[ONCE.length + further.length];
		System.arraycopy(ONCE, 0, properties, 0, ONCE.length);
		System.arraycopy(further, 0, properties, ONCE.length, further.length);
		return TestApplication.run(this.database, Two.class, properties);
	}

	private List<String> effects() {
		return this.database.queryForTexts("SELECT listener || ' ' || id FROM effects ORDER BY id, listener");
	}

	record Note(int id) {
	}

	static class Two {

		private final JdbcTemplate jdbc;

		volatile boolean fails;

		volatile boolean inTransaction;

		Two(DataSource dataSource) {
			this.jdbc = new JdbcTemplate(dataSource);
		}

		@Order(1)
		@CdcListener("notes")
		void first(Note note) {
			this.inTransaction = TransactionSynchronizationManager.isActualTransactionActive();
			this.jdbc.update("INSERT INTO effects VALUES ('first', ?)", note.id());
		}

		@Order(2)
		@CdcListener("notes")
		void second(Note note) {
			this.jdbc.update("INSERT INTO effects VALUES ('second', ?)", note.id());
			if (this.fails) {
				throw new IllegalStateException("poison");
			}
		}

	}

}
