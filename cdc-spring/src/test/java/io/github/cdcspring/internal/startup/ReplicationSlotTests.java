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

package io.github.cdcspring.internal.startup;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;

import io.github.cdcspring.internal.startup.check.TestEngine;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The commands on the slot of an engine.
 */
@PostgresTest
class ReplicationSlotTests {

	/**
	 * An instance that was suspended may wake after another one has replaced the slot.
	 */
	@Test
	void dropsOnlyTheSlotThatWasJudged(TestDatabase database) throws SQLException {
		EngineSettings settings = new TestEngine().on(database).slot(database.name()).settings();
		ReplicationSlot slot = new ReplicationSlot(settings);
		try (Connection connection = database.dataSource().getConnection()) {
			slot.create(connection);
			SlotState judged = read(connection, settings);
			database.execute("SELECT pg_drop_replication_slot(current_database())", "CREATE TABLE other (id int)");
			slot.create(connection);
			assertThat(slot.drop(connection, judged)).isFalse();
			SlotState present = read(connection, settings);
			assertThat(present.confirmedFlushLsn()).isNotEqualTo(judged.confirmedFlushLsn());
			assertThat(slot.drop(connection, present)).isTrue();
			assertThat(database
				.queryForText("SELECT count(*) FROM pg_replication_slots WHERE slot_name = " + "current_database()"))
				.isEqualTo("0");
		}
	}

	private static SlotState read(Connection connection, EngineSettings settings) throws SQLException {
		ReplicationStateReader reader = new ReplicationStateReader(Duration.ofSeconds(5),
				new ReplicationCommands(new SourceDatabase(settings)::connectForReplication));
		return Objects.requireNonNull(reader.read(connection, settings.slot().name()).slot());
	}

}
