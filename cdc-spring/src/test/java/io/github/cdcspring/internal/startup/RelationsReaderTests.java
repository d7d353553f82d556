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
import java.sql.Statement;
import java.util.List;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.listener.TablePattern;
import io.github.cdcspring.internal.startup.check.TestEngine;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@PostgresTest
class RelationsReaderTests {

	/** Asynchronous commits are visible before their WAL is written. */
	@Test
	void positionFollowsEachVisibleChange(TestDatabase database) throws Exception {
		database.execute("CREATE TABLE items (id int PRIMARY KEY)");
		RelationsReader reader = new RelationsReader(new TestEngine().on(database).settings(),
				List.of(TablePattern.parse("items")));
		try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
			statement.execute("SET synchronous_commit = off");
			for (int i = 0; i < 20; i++) {
				statement.execute("INSERT INTO items VALUES (" + i + ")");
				Lsn committed = Lsn.parse(database.queryForText("SELECT pg_current_wal_insert_lsn()"));
				assertThat(reader.read(connection, List.of()).readAt()).isGreaterThanOrEqualTo(committed);
			}
		}
	}

}
