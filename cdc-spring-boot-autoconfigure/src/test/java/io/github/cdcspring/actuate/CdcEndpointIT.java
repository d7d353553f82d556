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
package io.github.cdcspring.actuate;

import java.time.Instant;
import java.util.Set;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.test.PostgresTest;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.test.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

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
	void showsSlotOffsetServerAndWhatTheyMean(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Numbers.class, ActuatorClient.EXPOSED)) {
			ActuatorClient actuator = new ActuatorClient(application);
			database.execute("INSERT INTO numbers VALUES (1)", "INSERT INTO numbers VALUES (2)");
			await().until(() -> actuator.get("cdc/default").path("events").path(0).path("handled").asLong() == 2);
			JsonNode engine = actuator.get("cdc").path("engines").path("default");
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
			assertThat(Set.of(engine.path("slot").path("restartLsn"), engine.path("slot").path("confirmedFlushLsn"),
					engine.path("server").path("currentLsn")))
				.allSatisfy((lsn) -> assertThat(Lsn.parse(lsn.asString())).isGreaterThan(Lsn.ZERO));
			assertThat(engine.path("difference").path("onRestart").asString()).startsWith("Goes on at ");
			assertThat(engine.path("events").path(0).path("table").asString()).isEqualTo("public.numbers");
			assertThat(actuator.getStatus("cdc/unknown")).isEqualTo(404);
		}
	}

	record Number(int id) {
	}

	static class Numbers {

		@CdcListener("numbers")
		void on(Number number) {
		}

	}

}
