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

package io.github.cdcspring.samples.ledger.check;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A table that is mirrored.
 *
 * @param name the table
 * @param key its key, {@code null} where it has none
 * @param sum the column whose sum is printed
 */
record LedgerTable(String name, @Nullable String key, String sum) {

	static final String CREATE_EXTRA = "CREATE TABLE ledger_extra (id int PRIMARY KEY, note text, amount numeric(12, 2), "
			+ "changed_at timestamptz DEFAULT clock_timestamp())";

	static final List<LedgerTable> ALL = List.of(new LedgerTable("pgbench_accounts", "aid", "abalance"),
			new LedgerTable("pgbench_branches", "bid", "bbalance"),
			new LedgerTable("pgbench_tellers", "tid", "tbalance"), new LedgerTable("pgbench_history", null, "delta"),
			new LedgerTable("ledger_extra", "id", "amount"));

	/** Whether the load leaves the number of rows as it is. */
	boolean fixed() {
		return this.key != null && !this.name.equals("ledger_extra");
	}

	/** The mirror keeps deleted rows, marked. */
	String inMirror() {
		return (this.key != null) ? this.name + " WHERE NOT ledger_deleted" : this.name;
	}

}
