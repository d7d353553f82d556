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

package io.github.cdcspring.lab;

import java.util.List;

/**
 * Changes of the publication and the captured tables.
 */
final class TableFaults {

	static final List<Fault> ALL = List.of(
			Fault
				.of("publication-dropped", "The publication is dropped",
						(scene) -> scene.execute("DROP PUBLICATION $slot"))
				.refusedBy("relation-not-published"),

			Fault
				.of("publication-reduced", "A table is taken out of the publication",
						(scene) -> scene.execute("ALTER PUBLICATION $slot DROP TABLE pgbench_tellers"))
				.refusedBy("relation-not-published"),

			Fault
				.of("table-renamed", "A captured table is renamed",
						(scene) -> scene.execute("ALTER TABLE pgbench_tellers RENAME TO tellers"))
				.refusedBy("relation-renamed"),

			Fault
				.of("table-swapped", "A captured table is replaced by a copy of the same name",
						(scene) -> scene.execute("BEGIN; ALTER TABLE pgbench_tellers RENAME TO tellers; "
								+ "CREATE TABLE pgbench_tellers (LIKE tellers INCLUDING ALL); COMMIT"))
				.refusedBy("relation-replaced"),

			Fault
				.of("table-dropped", "A captured table is dropped",
						(scene) -> scene.execute("DROP TABLE pgbench_tellers"))
				.refusedBy("relation-dropped"),

			Fault.of("column-added", "A captured table gets another column", (scene) -> {
				scene.execute("ALTER TABLE ledger_extra ADD COLUMN IF NOT EXISTS more text DEFAULT 'x'");
				scene.awaitNewRow();
			}).unnoticed(),

			Fault.of("column-dropped",
					"A captured table loses a column that its listener may lack, and the stream ends", (scene) -> {
						scene.execute("ALTER TABLE pgbench_tellers DROP COLUMN IF EXISTS tbalance");
						scene.endStream();
					}),

			Fault.of("column-type-changed", "A column of a captured table gets another type", (scene) -> {
				scene.execute("ALTER TABLE ledger_extra ALTER COLUMN amount TYPE numeric(20, 4)");
				scene.awaitNewRow();
			}).unnoticed(),

			Fault.of("column-renamed",
					"A column that a listener needs has another name for 5 s, in which no row of the table changes; the stream ends",
					(scene) -> {
						scene.execute("ALTER TABLE pgbench_branches RENAME COLUMN bid TO branch");
						scene.endStream();
						Wait.pause(5_000);
						scene.execute("ALTER TABLE pgbench_branches RENAME COLUMN branch TO bid");
						scene.execute("UPDATE pgbench_branches SET bbalance = 1");
						scene.awaitUpdate("pgbench_branches");
					}),

			Fault.of("table-matches",
					"A new table matches a listener's pattern; it has rows, and is published with its creation",
					(scene) -> {
						scene.execute("CREATE TABLE lab_second (id int PRIMARY KEY); "
								+ "INSERT INTO lab_second VALUES (1), (2); GRANT SELECT ON lab_second TO $role; "
								+ "ALTER PUBLICATION $slot ADD TABLE lab_second");
						scene.execute("INSERT INTO lab_second VALUES (3)");
						scene.awaitRows("lab_second", 3);
					})
				.unnoticed()
				.prepared("CREATE TABLE lab_first (id int PRIMARY KEY); GRANT SELECT ON lab_first TO $role; "
						+ "ALTER PUBLICATION $slot ADD TABLE lab_first")
				.with("--lab.listen=lab_*"));

	private TableFaults() {
	}

}
