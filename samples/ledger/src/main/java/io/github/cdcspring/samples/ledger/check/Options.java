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

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Options of the command line.
 *
 * @param transactions TPC-B transactions
 * @param store the offset store of the application
 * @param scale pgbench's scale, 100,000 accounts each
 * @param clients connections of the load
 * @param load who runs the load
 * @param extra whether a second load runs in parallel: deletes, changes of keys, COPY,
 * rollbacks, savepoints
 * @param kills how often the application is killed with SIGKILL
 * @param snapshotKills how many of these while a snapshot is read
 * @param lanes the application's {@code cdc.listener.concurrency}
 * @param once whether the application also writes effects that must exist once
 * @param drop the row of the history that the application omits on purpose, 0 for none
 * @param fail the batch that fails once with Kafka's RetriableException, 0 for none
 * @param bare whether Debezium's engine alone replaces the starter
 * @param backfill whether existing rows are read alongside the stream
 * @param seed seed of all random choices
 * @param patience how long the mirror may stand still before it counts as stuck
 * @param directory where all files go
 * @param application further arguments for the application
 */
public record Options(int transactions, String store, int scale, int clients, LoadProgram load, boolean extra,
		int kills, int snapshotKills, int lanes, boolean once, int drop, int fail, boolean bare, boolean backfill,
		long seed, Duration patience, Path directory, List<String> application) {

	private static final Set<String> FLAGS = Set.of("--once", "--bare", "--backfill");

	static final String USAGE = """
			samples/ledger/run [options]
			  --transactions=N     TPC-B transactions (10000)
			  --store=jdbc|file    where the application keeps its offset (jdbc)
			  --scale=S            pgbench's scale, 100000 accounts each (5)
			  --clients=C          connections of the load (4)
			  --load=auto|pgbench|jdbc
			                       the pgbench program, or its statements over JDBC (auto: the program, if installed)
			  --extra=true|false   deletes, changes of keys, COPY, rollbacks, savepoints in parallel (true with --kills)
			  --kills=N            kill the application N times with SIGKILL, at random moments (0)
			  --snapshot-kills=N   so many of them, the first ones, while the snapshot is read (a tenth, at most 3)
			  --lanes=N            the application's cdc.listener.concurrency (1)
			  --once               cdc.listener.transactional=true, and a table of effects of which none may be there twice
			  --drop=N             omit the Nth row of the history, to see that the comparison finds it (0)
			  --fail=N             the Nth batch fails once with Kafka's RetriableException, as any listener may (0)
			  --bare               Debezium's engine alone in place of the starter, to see what --fail does to it
			  --backfill           cdc.snapshot.mode=backfill with 4 readers: existing rows are read while pgbench runs
			  --seed=N             seed of all random choices (the time)
			  --patience=SECONDS   how long the mirror may stand still before it counts as stuck (60)
			  --cdc.*=, --spring.*=, --logging.*=
			                       passed on to the application""";

	/** Who runs the load. */
	public enum LoadProgram {

		AUTO, PGBENCH, JDBC

	}

	/**
	 * Read the command line.
	 * @throws IllegalArgumentException if it cannot be understood, in words
	 */
	public static Options parse(Path directory, String... arguments) {
		Map<String, String> values = new LinkedHashMap<>();
		List<String> application = new ArrayList<>();
		for (String argument : arguments) {
			if (argument.matches("(?s)--(cdc|spring|logging)\\..*")) {
				application.add(argument);
				continue;
			}
			if (FLAGS.contains(argument)) {
				values.put(argument.substring(2), "true");
				continue;
			}
			int equals = argument.indexOf('=');
			if (!argument.startsWith("--") || equals < 0) {
				throw new IllegalArgumentException("'" + argument + "' is not an option of the form --name=value");
			}
			values.put(argument.substring(2, equals), argument.substring(equals + 1));
		}
		int kills = number(values, "kills", 0, 0);
		Options options = new Options(number(values, "transactions", 10_000, 1), oneOf(values, "store", "jdbc", "file"),
				number(values, "scale", 5, 1), number(values, "clients", 4, 1),
				LoadProgram.valueOf(oneOf(values, "load", "auto", "pgbench", "jdbc").toUpperCase()),
				oneOf(values, "extra", (kills > 0) ? "true" : "false", "true", "false").equals("true"), kills,
				number(values, "snapshot-kills", Math.min(3, kills / 10), 0), number(values, "lanes", 1, 1),
				oneOf(values, "once", "false", "true").equals("true"), number(values, "drop", 0, 0),
				number(values, "fail", 0, 0), oneOf(values, "bare", "false", "true").equals("true"),
				oneOf(values, "backfill", "false", "true").equals("true"), seed(values),
				Duration.ofSeconds(number(values, "patience", 60, 1)), directory, List.copyOf(application));
		if (!values.isEmpty()) {
			throw new IllegalArgumentException("There is no option --" + values.keySet().iterator().next());
		}
		if (options.once() && !options.store().equals("jdbc")) {
			throw new IllegalArgumentException("--once needs --store=jdbc");
		}
		if (options.backfill() && options.bare()) {
			throw new IllegalArgumentException("--backfill needs the starter, so it does not go with --bare");
		}
		return options;
	}

	private static int number(Map<String, String> values, String name, int otherwise, int least) {
		String value = values.remove(name);
		if (value == null) {
			return otherwise;
		}
		if (!value.matches("\\d{1,9}") || Integer.parseInt(value) < least) {
			throw new IllegalArgumentException("--" + name + "=" + value + " is not a number from " + least + " up");
		}
		return Integer.parseInt(value);
	}

	private static long seed(Map<String, String> values) {
		String value = values.remove("seed");
		if (value == null) {
			return System.currentTimeMillis();
		}
		if (!value.matches("-?\\d{1,18}")) {
			throw new IllegalArgumentException("--seed=" + value + " is not a number");
		}
		return Long.parseLong(value);
	}

	private static String oneOf(Map<String, String> values, String name, String otherwise, String... others) {
		String value = values.remove(name);
		if (value == null) {
			return otherwise;
		}
		List<String> allowed = new ArrayList<>(List.of(others));
		if (!allowed.contains(otherwise)) {
			allowed.add(0, otherwise);
		}
		if (!allowed.contains(value)) {
			throw new IllegalArgumentException("--" + name + "=" + value + " is none of " + String.join(", ", allowed));
		}
		return value;
	}

}
