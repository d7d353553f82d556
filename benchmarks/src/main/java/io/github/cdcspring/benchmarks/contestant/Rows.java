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

package io.github.cdcspring.benchmarks.contestant;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * The row types of the workloads, as an application would declare them.
 */
final class Rows {

	/** The table whose only row ends a workload. */
	static final String MARKER = "marker";

	/** The table for latencies. */
	static final String PING = "ping";

	private Rows() {
	}

	/**
	 * Return the record type for the rows of a table.
	 */
	static Class<?> typeOf(String table) {
		return switch (table) {
			case "pgbench_accounts" -> Account.class;
			case "pgbench_tellers" -> Teller.class;
			case "pgbench_branches" -> Branch.class;
			case "pgbench_history" -> History.class;
			case MARKER -> Marker.class;
			case PING -> Ping.class;
			case "counter" -> Counter.class;
			default -> table.startsWith("wide") ? Wide.class : Item.class;
		};
	}

	record Account(int aid, @Nullable Integer bid, @Nullable Integer abalance, @Nullable String filler) {
	}

	record Teller(int tid, @Nullable Integer bid, @Nullable Integer tbalance, @Nullable String filler) {
	}

	record Branch(int bid, @Nullable Integer bbalance, @Nullable String filler) {
	}

	record History(@Nullable Integer tid, @Nullable Integer bid, @Nullable Integer aid, @Nullable Integer delta,
			@Nullable LocalDateTime mtime, @Nullable String filler) {
	}

	/** Ten columns, 200 bytes. */
	record Item(long id, UUID code, String name, String description, BigDecimal price, int amount, double weight,
			boolean active, LocalDate since, Instant changed) {
	}

	/** Ten columns, 1.6 kB. */
	record Wide(long id, String a, String b, String c, String d, String e, String f, String g, BigDecimal price,
			Instant changed) {
	}

	/** Contains the time at which the row was due, on the clock of the machine. */
	record Ping(long id, int phase, long due) {
	}

	/** Each event increments the value of its key. */
	record Counter(int id, int value, String filler) {
	}

	record Marker(int id) {
	}

}
