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
				scene.execute("ALTER TABLE ledger_extra ADD COLUMN more text DEFAULT 'x'");
				scene.awaitNewRow();
			}).unnoticed(),

			Fault.of("column-dropped",
					"A captured table loses a column that its listener may lack, and the stream ends", (scene) -> {
						scene.execute("ALTER TABLE pgbench_tellers DROP COLUMN tbalance");
						scene.endStream();
					}));

	private TableFaults() {
	}

}
