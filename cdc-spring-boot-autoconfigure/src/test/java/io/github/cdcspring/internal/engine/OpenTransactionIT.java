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
import java.time.Duration;
import java.util.Map;

import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.TestDatabase;
import io.github.cdcspring.testsupport.TestPostgres;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A slot that is to be created while a transaction is open.
 */
class OpenTransactionIT {

	private static final Duration LONG = Duration.ofMinutes(1);

	@ParameterizedTest
	@ValueSource(strings = { "initial", "no_data" })
	void waitsForAnOpenTransactionAndNamesIt(String snapshotMode) throws Exception {
		// Transactions of other tests must not interfere
		try (TestPostgres server = TestPostgres.start(Map.of())) {
			TestDatabase database = server.createDatabase();
			database.execute("CREATE TABLE numbers (id int PRIMARY KEY)", "CREATE TABLE others (id int)");
			try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
				connection.setAutoCommit(false);
				statement.execute("SET application_name = 'batch'");
				statement.execute("INSERT INTO others VALUES (1)");
				int pid = connection.unwrap(PGConnection.class).getBackendPID();
				try (TestApplication application = TestApplication.start(database, Numbers.class,
						"cdc.snapshot.mode=" + snapshotMode)) {
					await().atMost(LONG).until(() -> application.engine().status().state() == EngineState.BACKING_OFF);
					assertThat(application.engine().status().failure()).contains(
							"process " + pid + " (role postgres, application batch) has an open transaction",
							"SELECT pg_terminate_backend(" + pid + ");");
					assertThat(database.queryForTexts("SELECT slot_name FROM pg_replication_slots")).isEmpty();
					connection.commit();
					await().atMost(LONG).until(() -> application.engine().status().state() == EngineState.RUNNING);
					database.execute("INSERT INTO numbers VALUES (1)");
					Numbers numbers = application.bean(Numbers.class);
					await().atMost(LONG).untilAsserted(() -> assertThat(numbers.ids).containsExactly(1));
				}
			}
		}
	}

}
