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

package io.github.cdcspring.connect;

import java.util.Map;

import io.debezium.connector.postgresql.PostgresConnector;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import io.github.cdcspring.testsupport.TestKafka;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The loss that the plugin prevents, and the faults under which it prevents it. Both
 * connectors have the same table, configuration and restarts.
 */
@Tag("faults")
@PostgresTest
class ConnectorFaultsIT {

	private static final int ROWS = 80_000;

	private static TestKafka kafka;

	@BeforeAll
	static void startKafka() {
		kafka = TestKafka.startApart();
	}

	@AfterAll
	static void stopKafka() {
		kafka.close();
	}

	@Test
	void debeziumsConnectorLosesRowsWhenTheTaskIsRestartedDuringACopy(TestDatabase database) {
		Map<String, String> config = TestKafka.connector(database);
		config.put("connector.class", PostgresConnector.class.getName());
		CopyUnderRestarts copy = new CopyUnderRestarts(kafka, database, config);
		copy.run(ROWS, 4);
		kafka.delete(database);
		assertThat(copy.missing()).isNotEmpty();
	}

	@Test
	void thePluginLosesNothingWhenTheTaskIsRestartedDuringACopy(TestDatabase database) {
		CopyUnderRestarts copy = new CopyUnderRestarts(kafka, database, TestKafka.connector(database));
		copy.run(ROWS, 4);
		assertThatNothingIsMissing(copy, database);
	}

	@Test
	void thePluginLosesNothingWhenItsConfigurationIsChangedDuringACopy(TestDatabase database) {
		Map<String, String> config = TestKafka.connector(database);
		CopyUnderRestarts copy = new CopyUnderRestarts(kafka, database, config);
		copy.run(ROWS, 4, () -> {
			config.merge("max.batch.size", "1000", (before, step) -> String.valueOf(Integer.parseInt(before) + 1));
			kafka.run(database, config);
		});
		assertThatNothingIsMissing(copy, database);
	}

	@Test
	void thePluginLosesNothingWhenTheWorkerIsKilledDuringACopy(TestDatabase database) {
		CopyUnderRestarts copy = new CopyUnderRestarts(kafka, database, TestKafka.connector(database));
		copy.run(ROWS, 3, kafka::killWorkerAndStartAgain);
		assertThatNothingIsMissing(copy, database);
	}

	@Test
	void thePluginLosesNothingWhenTheTaskMovesToAnotherWorkerDuringACopy(TestDatabase database) {
		CopyUnderRestarts copy = new CopyUnderRestarts(kafka, database, TestKafka.connector(database));
		copy.run(ROWS, 3, kafka::replaceWorker);
		assertThatNothingIsMissing(copy, database);
	}

	@Test
	void thePluginLosesNothingWhenItReplacesDebeziumsConnectorDuringACopy(TestDatabase database) {
		Map<String, String> config = TestKafka.connector(database);
		config.put("connector.class", PostgresConnector.class.getName());
		CopyUnderRestarts copy = new CopyUnderRestarts(kafka, database, config);
		copy.run(ROWS, 1, () -> {
			config.put("connector.class", CdcPostgresConnector.class.getName());
			kafka.run(database, config);
		});
		assertThatNothingIsMissing(copy, database);
	}

	private static void assertThatNothingIsMissing(CopyUnderRestarts copy, TestDatabase database) {
		kafka.delete(database);
		assertThat(copy.missing()).isEmpty();
		assertThat(copy.repeated()).as("interruptions inside the transaction").isPositive();
	}

}
