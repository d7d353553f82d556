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

package io.github.cdcspring.boot.test.listeners;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import io.github.cdcspring.CdcBackfill;
import io.github.cdcspring.CdcListener;
import io.github.cdcspring.Operation;
import io.github.cdcspring.RowKey;
import io.github.cdcspring.TableId;
import io.github.cdcspring.boot.test.CdcScenario;
import io.github.cdcspring.boot.test.CdcTest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Snapshot, stream and backfill name the same key, whichever indexes a table has.
 */
@CdcTest(properties = { "spring.sql.init.mode=never", "cdc.safety.accept=replica-identity" })
@Import(KeyColumnsIT.Keys.class)
class KeyColumnsIT {

	private static final String FULL = "; ALTER TABLE %1$s REPLICA IDENTITY FULL";

	private static final String USING_ZZ = "; ALTER TABLE %1$s REPLICA IDENTITY USING INDEX %2$s_zz";

	private static final List<KeyedTable> TABLES = List.of(
			new KeyedTable("primary_included", "[b]", "ALTER TABLE %1$s ADD PRIMARY KEY (b) INCLUDE (a)"),
			new KeyedTable("primary_included_full", "[b]", "ALTER TABLE %1$s ADD PRIMARY KEY (b) INCLUDE (a)" + FULL),
			new KeyedTable("primary_deferrable", "[b]",
					"ALTER TABLE %1$s ADD CONSTRAINT %2$s_zz PRIMARY KEY (b) DEFERRABLE; "
							+ "CREATE UNIQUE INDEX %2$s_aa ON %1$s (a)" + FULL),
			new KeyedTable("included", "[b]", "CREATE UNIQUE INDEX %2$s_zz ON %1$s (b) INCLUDE (a, n)" + FULL),
			new KeyedTable("included_identity", "[b]",
					"CREATE UNIQUE INDEX %2$s_zz ON %1$s (b) INCLUDE (a, n)" + USING_ZZ),
			new KeyedTable("identity", "[b]",
					"CREATE UNIQUE INDEX %2$s_aa ON %1$s (a); CREATE UNIQUE INDEX %2$s_zz ON %1$s (b)" + USING_ZZ),
			new KeyedTable("identity_order", "[b, a]",
					"CREATE UNIQUE INDEX %2$s_aa ON %1$s (a, b); CREATE UNIQUE INDEX %2$s_zz ON %1$s (b, a)"
							+ USING_ZZ),
			new KeyedTable("partial", "[b]",
					"CREATE UNIQUE INDEX %2$s_aa ON %1$s (a) WHERE n > 5; CREATE UNIQUE INDEX %2$s_zz ON %1$s (b)"
							+ FULL),
			new KeyedTable("expression", "[b]",
					"CREATE UNIQUE INDEX %2$s_aa ON %1$s (a, (n + 1)); CREATE UNIQUE INDEX %2$s_zz ON %1$s (b)" + FULL),
			new KeyedTable("invalid", "[b]",
					"CREATE UNIQUE INDEX %2$s_aa ON %1$s (a); CREATE UNIQUE INDEX %2$s_zz ON %1$s (b); "
							+ "UPDATE pg_index SET indisvalid = false WHERE indexrelid = '%2$s_aa'::regclass" + FULL),
			new KeyedTable("nulls", "[b]",
					"ALTER TABLE %1$s ALTER b DROP NOT NULL; "
							+ "CREATE UNIQUE INDEX %2$s_zz ON %1$s (b) NULLS NOT DISTINCT" + FULL),
			new KeyedTable("several", "[a]",
					"CREATE UNIQUE INDEX %2$s_bb ON %1$s (b); CREATE UNIQUE INDEX %2$s_aa ON %1$s (a)" + FULL),
			new KeyedTable("clustered", "[b, a]",
					"CREATE UNIQUE INDEX %2$s_aa ON %1$s (a); CREATE UNIQUE INDEX %2$s_zz ON %1$s (b, a); "
							+ "ALTER TABLE %1$s CLUSTER ON %2$s_zz" + FULL),
			new KeyedTable("\"Odd, one:$1;\"\"x\"\".y\"", "[b]",
					"CREATE UNIQUE INDEX %2$s_zz ON %1$s (b) INCLUDE (a)" + FULL),
			new KeyedTable("parts", "[b, a]",
					"ALTER TABLE %1$s RENAME TO parts_1; "
							+ "CREATE TABLE parts (n int, b int NOT NULL, a int NOT NULL) PARTITION BY RANGE (a); "
							+ "CREATE UNIQUE INDEX parts_aa ON parts (b, a) INCLUDE (n); "
							+ "ALTER TABLE parts ATTACH PARTITION parts_1 FOR VALUES FROM (0) TO (9); "
							+ "CREATE UNIQUE INDEX parts_1_zz ON parts_1 (a, b); "
							+ "ALTER TABLE parts REPLICA IDENTITY USING INDEX parts_aa; "
							+ "ALTER TABLE parts_1 REPLICA IDENTITY USING INDEX parts_1_zz"),
			new KeyedTable("none", "without key", "CREATE INDEX ON %1$s (a)" + FULL));

	@Test
	void snapshotStreamAndBackfillNameTheSameKey(@Autowired CdcScenario scenario, @Autowired JdbcTemplate jdbc,
			@Autowired CdcBackfill backfill, @Autowired Keys keys) {
		scenario.stimulate(() -> TABLES.stream().flatMap(KeyedTable::change).forEach(jdbc::execute))
			.andWaitForChanges();
		scenario
			.stimulate(() -> backfill.start(
					TABLES.stream().filter(KeyedTable::backfilled).map(KeyedTable::plainName).toArray(String[]::new)))
			.andWaitForChanges()
			.andVerify((nothing) -> assertThat(keys.ofTables()).isEqualTo(expected()));
	}

	private static Map<String, List<String>> expected() {
		Map<String, List<String>> expected = new TreeMap<>();
		TABLES.forEach((table) -> expected.put(table.plainName(),
				Stream.of("READ ", "CREATE ", "UPDATE ", "UPDATE ", "DELETE ", "READ again ")
					.filter((operation) -> table.backfilled() || !operation.startsWith("READ again"))
					.map((operation) -> operation + table.key)
					.toList()));
		return expected;
	}

	/**
	 * A table with the columns a, b and n.
	 *
	 * @param name its name, quoted where SQL needs it
	 * @param key the columns of its key
	 * @param indexes the statements that create its indexes, after which %1$s stands for
	 * the table and %2$s for the beginning of the names of its indexes
	 */
	private record KeyedTable(String name, String key, String indexes) {

		String plainName() {
			return this.name.startsWith("\"") ? this.name.substring(1, this.name.length() - 1).replace("\"\"", "\"")
					: this.name;
		}

		/** A backfill reads a partitioned table by its primary key only. */
		boolean backfilled() {
			return !this.name.equals("parts");
		}

		Stream<String> create() {
			String index = this.name.startsWith("\"") ? "odd" : this.name;
			return Stream.concat(
					Stream.concat(Stream.of("CREATE TABLE " + this.name + " (a int NOT NULL, b int NOT NULL, n int)"),
							Stream.of(this.indexes.formatted(this.name, index).split("; "))),
					Stream.of("INSERT INTO " + this.name + " (a, b, n) VALUES (1, 2, 0)"));
		}

		Stream<String> change() {
			return Stream.of("INSERT INTO " + this.name + " (a, b, n) VALUES (2, 3, 0)",
					"UPDATE " + this.name + " SET n = 1", "DELETE FROM " + this.name + " WHERE a = 1");
		}

	}

	static class Keys {

		private final Map<String, List<String>> tables = new ConcurrentHashMap<>();

		/** Before the engine starts. */
		Keys(JdbcTemplate jdbc) {
			TABLES.stream().flatMap(KeyedTable::create).forEach(jdbc::execute);
		}

		@CdcListener("*")
		void on(TableId table, Operation operation, @Nullable RowKey key) {
			if (table.name().startsWith("cdc_")) {
				return;
			}
			List<String> keys = this.tables.computeIfAbsent(table.name(), (name) -> new CopyOnWriteArrayList<>());
			String text = (operation == Operation.READ && keys.size() > 1) ? "READ again " : operation + " ";
			keys.add(text + ((key != null) ? key.columns().keySet() : "without key"));
		}

		Map<String, List<String>> ofTables() {
			return new TreeMap<>(this.tables);
		}

	}

}
