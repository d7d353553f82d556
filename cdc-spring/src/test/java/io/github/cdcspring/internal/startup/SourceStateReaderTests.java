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
import java.util.Arrays;
import java.util.List;

import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.listener.TablePattern;
import io.github.cdcspring.internal.startup.check.TestEngine;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What one reading of the source database contains.
 */
@PostgresTest
class SourceStateReaderTests {

	private TestDatabase database;

	@BeforeEach
	void createTables(TestDatabase database) {
		this.database = database;
		database.execute("CREATE TABLE orders (id int PRIMARY KEY)", "CREATE TABLE order_items (id int)",
				"ALTER TABLE order_items REPLICA IDENTITY FULL", "CREATE UNLOGGED TABLE order_drafts (id int)",
				"CREATE VIEW order_view AS SELECT 1", "CREATE SCHEMA sales",
				"CREATE TABLE sales.measures (id int PRIMARY KEY) PARTITION BY RANGE (id)",
				"CREATE TABLE sales.measures_1 PARTITION OF sales.measures FOR VALUES FROM (0) TO (10) "
						+ "PARTITION BY RANGE (id)",
				"CREATE TABLE sales.measures_1a PARTITION OF sales.measures_1 FOR VALUES FROM (0) TO (5)",
				"ALTER TABLE sales.measures_1a REPLICA IDENTITY FULL");
	}

	@Test
	void readsPermanentTablesThatMatchAPattern() throws SQLException {
		SourceState source = read("order*", "sales.*", "*.orders");
		assertThat(source.tableIds()).containsExactly(table("public", "order_items"), table("public", "orders"),
				table("sales", "measures"));
		assertThat(source.tableIds(CapturedTable::hasFullIdentity)).containsExactly(table("public", "order_items"));
		assertThat(source.unmatched()).isEmpty();
	}

	@Test
	void readsPartitionIfAPatternNamesIt() throws SQLException {
		assertThat(read("sales.measures_1a").tableIds()).containsExactly(table("sales", "measures_1a"));
		assertThat(read("sales.measures_*").tableIds()).isEmpty();
	}

	@Test
	void reportsPatternsThatMatchNoTable() throws SQLException {
		SourceState source = read("orders", "order_drafts", "order_view", "pg_catalog.*", "missing_*");
		assertThat(source.unmatched()).map(TablePattern::toString)
			.containsExactly("public.order_drafts", "public.order_view", "pg_catalog.*", "public.missing_*");
		assertThat(source.tableIds()).containsExactly(table("public", "orders"));
	}

	@Test
	void readsAncestorsAndLeavesOfPartitions() throws SQLException {
		CapturedTable root = read("sales.measures").tables().get(0);
		assertThat(root.partitioned()).isTrue();
		assertThat(root.ancestors()).isEmpty();
		assertThat(root.leaves()).containsExactly(table("sales", "measures_1a"));
		assertThat(root.withoutIdentity()).isEmpty();
		assertThat(root.withoutFullIdentity()).containsExactly(table("sales", "measures"));
		CapturedTable leaf = read("sales.measures_1a").tables().get(0);
		assertThat(leaf.partitioned()).isFalse();
		assertThat(leaf.ancestors()).containsExactly(table("sales", "measures_1"), table("sales", "measures"));
		assertThat(leaf.leaves()).containsExactly(leaf.table());
		assertThat(leaf.hasFullIdentity()).isTrue();
	}

	@Test
	void readsPublicationAndSlot() throws SQLException {
		assertThat(read("orders").publication()).isNull();
		assertThat(read("orders").slot()).isNull();
		this.database.execute("CREATE PUBLICATION pub FOR TABLE orders WITH (publish = 'insert, delete')",
				"SELECT pg_create_logical_replication_slot('" + this.database.name() + "', 'pgoutput')");
		try {
			SourceState source = read("orders");
			assertThat(source.publication().operations()).containsExactly("insert", "delete");
			assertThat(source.publication().covered()).containsExactly(table("public", "orders"));
			assertThat(source.publication().allTables()).isFalse();
			assertThat(source.publication().viaRoot()).isFalse();
			assertThat(source.publication().owned()).isTrue();
			assertThat(source.slot().name()).isEqualTo(this.database.name());
			assertThat(source.usage().slots()).isPositive();
			assertThat(source.session().database()).isEqualTo(this.database.name());
		}
		finally {
			this.database.execute("SELECT pg_drop_replication_slot('" + this.database.name() + "')");
		}
	}

	private SourceState read(String... patterns) throws SQLException {
		List<TablePattern> parsed = Arrays.stream(patterns).map(TablePattern::parse).toList();
		ReplicationStateReader reader = new ReplicationStateReader(Duration.ofSeconds(5), null);
		TestEngine engine = new TestEngine().on(this.database).slot(this.database.name()).publication("pub");
		try (Connection connection = this.database.connect()) {
			return new SourceStateReader(engine.settings(), parsed, reader).read(connection);
		}
	}

	private static TableId table(String schema, String name) {
		return new TableId(schema, name);
	}

}
