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

import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.engine.EngineStatus;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PromotedServer;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * A slot that the server reports as reserved although its WAL is gone.
 */
class RemovedWalIT {

	private static final String NO_DATA = "cdc.snapshot.mode=no_data";

	private final PromotedServer server = new PromotedServer();

	private final TestDatabase database = this.server.database();

	@BeforeEach
	void receiveAndMiss() throws Exception {
		this.database.execute("CREATE TABLE numbers (id int PRIMARY KEY)",
				"CREATE ROLE receiver LOGIN REPLICATION PASSWORD 'receiver'",
				"GRANT CREATE ON DATABASE " + this.database.name() + " TO receiver",
				"GRANT ALL ON SCHEMA public TO receiver", "ALTER TABLE numbers OWNER TO receiver");
		try (TestApplication application = TestApplication.start(receiver(), Numbers.class, NO_DATA)) {
			await().until(() -> this.database.isStreaming(this.database.name()));
			this.database.execute("INSERT INTO numbers VALUES (1)");
			await().until(() -> application.bean(Numbers.class).ids.contains(1));
		}
		this.database.execute("INSERT INTO numbers VALUES (2)");
		this.server.removeWalOfSlot();
		assertThat(this.database.queryForText("SELECT wal_status FROM pg_replication_slots")).isNotEqualTo("lost");
	}

	@AfterEach
	void close() throws Exception {
		this.server.close();
	}

	private TestDatabase receiver() {
		return new TestDatabase(this.database.host(), this.database.port(), this.database.name(), "receiver",
				"receiver");
	}

	@Test
	void refusesTheStartIfItMayListTheFiles() {
		this.database.execute("GRANT pg_monitor TO receiver");
		assertThatThrownBy(() -> TestApplication.start(receiver(), Numbers.class, NO_DATA)).rootCause()
			.isInstanceOf(StartRefusedException.class)
			.hasMessageContaining("slot-lost: Replication slot '" + this.database.name()
					+ "' is lost (the server no longer has the WAL from ");
	}

	@Test
	void refusesTheNextStartIfTheStreamFails() {
		try (TestApplication application = TestApplication.start(receiver(), Numbers.class, NO_DATA)) {
			await().atMost(Duration.ofMinutes(2)).until(() -> status(application).state() == EngineState.REFUSED);
			assertThat(status(application).failure()).contains("slot-lost: ", "the server no longer has the WAL from ");
			assertThat(application.bean(Numbers.class).ids).isEmpty();
		}
	}

	private static EngineStatus status(TestApplication application) {
		return application.engine().status();
	}

}
