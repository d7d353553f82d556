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

package io.github.cdcspring.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The workloads.
 */
final class Workloads {

	private static final int PGBENCH_SCALE = 5;

	/** Ten columns, 200 bytes. */
	private static final String ITEM = """
			CREATE TABLE %s (id bigint PRIMARY KEY, code uuid NOT NULL, name text NOT NULL, description text NOT NULL,
			price numeric(12,2) NOT NULL, amount int NOT NULL, weight double precision NOT NULL, active boolean NOT NULL,
			since date NOT NULL, changed timestamptz NOT NULL)""";

	private static final String ITEM_VALUES = """
			g, md5(g::text)::uuid, 'item ' || g, repeat(md5(g::text), 3), g %% 10000 * 1.25, (g %% 1000)::int, g / 7.0,
			g %% 2 = 0, date '2026-01-01' + (g %% 365)::int, now()""";

	private static final String WIDE = """
			CREATE TABLE wide (id bigint PRIMARY KEY, a text NOT NULL, b text NOT NULL, c text NOT NULL, d text NOT NULL,
			e text NOT NULL, f text NOT NULL, g text NOT NULL, price numeric(12,2) NOT NULL, changed timestamptz NOT NULL)""";

	private static final String WIDE_ROWS = """
			INSERT INTO wide SELECT g, repeat(md5(g::text), 7), repeat(md5(g::text), 7), repeat(md5(g::text), 7),
			repeat(md5(g::text), 7), repeat(md5(g::text), 7), repeat(md5(g::text), 7), repeat(md5(g::text), 7),
			g %% 10000 * 1.25, now() FROM generate_series(%d, %d) g""";

	private Workloads() {
	}

	/**
	 * The load of pgbench: three updates and an insert per transaction.
	 * @see <a href="https://www.postgresql.org/docs/current/pgbench.html">PostgreSQL:
	 * pgbench</a>
	 */
	static Workload pgbench(int transactions) {
		return new Workload("tpcb", "pgbench TPC-B, 4 events per transaction", "pgbench", transactions * 4L, List.of(
				"CREATE TABLE pgbench_history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22))",
				"CREATE TABLE pgbench_tellers (tid int PRIMARY KEY, bid int, tbalance int, filler char(84))",
				"CREATE TABLE pgbench_accounts (aid int PRIMARY KEY, bid int, abalance int, filler char(84))",
				"CREATE TABLE pgbench_branches (bid int PRIMARY KEY, bbalance int, filler char(88))",
				"INSERT INTO pgbench_branches SELECT g, 0 FROM generate_series(1, %d) g".formatted(PGBENCH_SCALE),
				"INSERT INTO pgbench_tellers SELECT g, (g - 1) / 10 + 1, 0 FROM generate_series(1, %d) g"
					.formatted(PGBENCH_SCALE * 10),
				"INSERT INTO pgbench_accounts SELECT g, (g - 1) / 100000 + 1, 0, '' FROM generate_series(1, %d) g"
					.formatted(PGBENCH_SCALE * 100_000)),
				"pgbench_accounts, pgbench_tellers, pgbench_branches, pgbench_history",
				(server, database) -> runPgbench(server, database, transactions));
	}

	private static void runPgbench(BenchmarkServer server, String database, int transactions)
			throws IOException, InterruptedException {
		List<String> command = List.of("pgbench", "-h", "127.0.0.1", "-p", "" + server.port(), "-U",
				BenchmarkServer.USER, "-n", "-c", "4", "-j", "2", "-t", "" + transactions / 4, "-M", "prepared",
				"--random-seed=1", database);
		Process process = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start();
		try {
			if (process.waitFor() != 0) {
				throw new IOException("pgbench exited with status " + process.exitValue());
			}
		}
		finally {
			process.destroyForcibly();
		}
	}

	/** Rows of 200 bytes. */
	static Workload items(String name, String title, int tables, int events, int perTransaction) {
		List<String> schema = new ArrayList<>();
		for (int i = 0; i < tables; i++) {
			schema.add(ITEM.formatted(table(i)));
		}
		return new Workload(name, title, "items", events, schema, tables(tables),
				(server, database) -> server.execute(database,
						(tables == 1) ? oneTable(events, perTransaction) : manyTables(tables, events, perTransaction)));
	}

	private static String oneTable(int events, int perTransaction) {
		return """
				DO $$ BEGIN FOR i IN 0..%d LOOP
				INSERT INTO item_0000 SELECT %s FROM generate_series(i::bigint * %d + 1, least((i + 1)::bigint * %3$d, %d)) g;
				COMMIT; END LOOP; END $$"""
			.formatted((events - 1) / perTransaction, ITEM_VALUES.replace("%%", "%"), perTransaction, events);
	}

	/** Each row is inserted into another table than the previous one. */
	private static String manyTables(int tables, int events, int perTransaction) {
		return """
				DO $$ BEGIN FOR g IN 1..%d LOOP
				EXECUTE 'INSERT INTO item_' || lpad((g %% %d)::text, 4, '0') || ' SELECT %s FROM (SELECT $1 AS g) n' USING g::bigint;
				IF g %% %d = 0 THEN COMMIT; END IF;
				END LOOP; END $$"""
			.formatted(events, tables, ITEM_VALUES.replace("%%", "%").replace("'", "''"), perTransaction);
	}

	/** Updates of which PostgreSQL also sends the previous row. */
	static Workload updates(int events) {
		int rows = 1_000;
		return new Workload("updates", "Updates with REPLICA IDENTITY FULL", "items", events,
				List.of(ITEM.formatted(table(0)), "ALTER TABLE item_0000 REPLICA IDENTITY FULL",
						"INSERT INTO item_0000 SELECT %s FROM generate_series(1, %d) g"
							.formatted(ITEM_VALUES.replace("%%", "%"), rows)),
				table(0), (server, database) -> server.execute(database, """
						DO $$ BEGIN FOR i IN 1..%d LOOP
						UPDATE item_0000 SET amount = amount + 1, changed = now() WHERE id = i %% %d + 1;
						IF i %% 10 = 0 THEN COMMIT; END IF;
						IF i %% 100000 = 0 THEN COMMIT; END IF;
						END LOOP; END $$""".formatted(events, rows)));
	}

	/** Updates that increment the value of a key. */
	static Workload counters(String name, String title, int keys, int events) {
		return new Workload(name, title, "counters", events, List.of(
				"CREATE TABLE counter (id int PRIMARY KEY, value int NOT NULL, filler text NOT NULL)",
				"INSERT INTO counter SELECT g, 0, repeat('x', 100) FROM generate_series(1, %d) g".formatted(keys)),
				"counter", (server, database) -> server.execute(database, """
						DO $$ BEGIN FOR i IN 0..%d LOOP
						UPDATE counter SET value = value + 1 WHERE id = i %% %d + 1;
						IF i %% 10 = 9 THEN COMMIT; END IF;
						END LOOP; END $$""".formatted(events - 1, keys)));
	}

	/** Rows of 1.6 kilobytes. */
	static Workload wide(int events) {
		return new Workload("wide", "Inserts of 1.6 kB, 10 per transaction", "wide", events, List.of(WIDE), "wide",
				(server, database) -> server.execute(database, """
						DO $$ BEGIN FOR i IN 0..%d LOOP %s; COMMIT; END LOOP; END $$""".formatted(events / 10 - 1,
						WIDE_ROWS.replace("%%", "%").replace("%d, %d", "i * 10 + 1, i * 10 + 10"))));
	}

	/** Rows that contain the time at which they were due. */
	static Workload ping() {
		return new Workload("pings", "One row per transaction", "ping", 0,
				List.of("CREATE TABLE ping (id bigserial PRIMARY KEY, phase int NOT NULL, due bigint NOT NULL)"),
				"ping", (server, database) -> {
				});
	}

	/** Rows of 200 bytes that exist before a contestant starts, and {@link #ping}. */
	static Workload existing(int rows) {
		return new Workload("existing", String.format(Locale.ROOT, "%,d existing rows of 200 bytes", rows), "existing",
				0,
				List.of(ITEM.formatted(table(0)),
						"CREATE TABLE ping (id bigserial PRIMARY KEY, phase int NOT NULL, due bigint NOT NULL)"),
				table(0) + ", ping",
				(server, database) -> server.execute(database, oneTable(rows, 100_000), "VACUUM ANALYZE item_0000"));
	}

	private static String tables(int count) {
		List<String> tables = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			tables.add(table(i));
		}
		return String.join(", ", tables);
	}

	private static String table(int number) {
		return String.format(Locale.ROOT, "item_%04d", number);
	}

}
