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

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.Operation;
import io.github.cdcspring.TableId;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A row arrives under the name of the table that holds it, by snapshot and by stream.
 */
@PostgresTest
class InheritanceIT {

	@Test
	void snapshotReadsRowsOfInheritingTablesUnderTheirNameOnly(TestDatabase database) {
		database.execute("CREATE TABLE notes (id int PRIMARY KEY, text text)",
				"CREATE TABLE \"Let\"\"ters\" (PRIMARY KEY (id)) INHERITS (notes)",
				"CREATE TABLE parts (id int PRIMARY KEY, text text) PARTITION BY RANGE (id)",
				"CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (9)",
				"INSERT INTO notes VALUES (1, 'a')", "INSERT INTO \"Let\"\"ters\" VALUES (2, 'b')",
				"INSERT INTO parts VALUES (3, 'c')");
		try (TestApplication application = TestApplication.run(database, Rows.class)) {
			Rows rows = application.bean(Rows.class);
			await().until(() -> rows.rows.contains("READ parts 3 c"));
			database.execute("UPDATE notes SET text = 'd'");
			await().until(() -> rows.rows.contains("UPDATE Let\"ters 2 d"));
			assertThat(rows.rows).containsExactlyInAnyOrder("READ notes 1 a", "READ Let\"ters 2 b", "READ parts 3 c",
					"UPDATE notes 1 d", "UPDATE Let\"ters 2 d");
		}
	}

	static class Rows {

		final List<String> rows = new CopyOnWriteArrayList<>();

		@CdcListener({ "notes", "\"Let\"\"ters\"", "parts" })
		void on(Map<String, Object> row, TableId table, Operation operation) {
			this.rows.add(operation + " " + table.name() + " " + row.get("id") + " " + row.get("text"));
		}

	}

}
