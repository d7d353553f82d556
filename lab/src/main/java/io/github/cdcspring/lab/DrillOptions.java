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

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Options of the drill.
 *
 * @param servers the servers
 * @param posture the settings of position that the application gets, {@code null} for its
 * own
 * @param kafka whether the application receives from Kafka
 * @param failovers how often the primary is lost
 * @param loss how it is lost
 * @param rate rows that are written each second
 * @param app the user's executable jar, {@code null} for the ledger sample
 * @param target what is written to
 * @param arguments further arguments of the application
 */
record DrillOptions(Servers servers, @Nullable Posture posture, boolean kafka, int failovers, Loss loss, int rate,
		@Nullable Path app, Target target, List<String> arguments) {

	static final String USAGE = """
			lab/drill [options]
			  --servers=failover-slots|patroni|patroni-synchronous
			                    primary and standby of PostgreSQL 18 with a failover slot (default), or three nodes that
			                    Patroni runs, with or without synchronous replication
			  --posture=offset|slot|both|memory
			                    which position is authoritative: the stored offset, the slot, the further of both, or the
			                    slot without a stored offset
			                    (both for the ledger sample, the application's own settings with --app)
			  --source=embedded|kafka
			                    whether the ledger sample receives by its own engine (default), or from Kafka; that needs
			                    --servers=patroni or patroni-synchronous, and has no --posture
			  --failovers=N     make another node the primary N times (3)
			  --loss=killed|unreachable
			                    how the primary is lost: its processes are killed (default; with Patroni in turn with a
			                    switchover and with a kill of the server alone), or the network drops everything between
			                    its machine and all others
			  --rate=N          rows that are written each second (100)
			  --app=FILE.jar    an executable jar of your own in place of the ledger sample; it needs
			    --schema=FILE.sql   a script that creates its tables
			    --table=NAME        a table that one of its listeners listens to, with a key of one integer column
			    --insert=SQL        a statement that inserts row :n, such as
			                        "INSERT INTO orders (id, customer) VALUES (:n, 'drill')"
			  --cdc.*=, --spring.*=, and every other option with a dot
			                    passed on to the application""";

	/**
	 * Read the command line.
	 * @throws IllegalArgumentException if it cannot be understood, in words
	 */
	static DrillOptions parse(String... arguments) {
		Map<String, String> values = new LinkedHashMap<>();
		List<String> application = new ArrayList<>();
		for (String argument : arguments) {
			int equals = argument.indexOf('=');
			if (!argument.startsWith("--") || equals < 0) {
				throw new IllegalArgumentException("'" + argument + "' is not an option of the form --name=value");
			}
			String name = argument.substring(2, equals);
			if (name.contains(".")) {
				application.add(argument);
			}
			else {
				values.put(name, argument.substring(equals + 1));
			}
		}
		DrillOptions options = of(values, List.copyOf(application));
		if (!values.isEmpty()) {
			throw new IllegalArgumentException("There is no option --" + values.keySet().iterator().next());
		}
		return options;
	}

	private static DrillOptions of(Map<String, String> values, List<String> arguments) {
		Path app = path(values, "app");
		Path schema = path(values, "schema");
		String table = values.remove("table");
		String insert = values.remove("insert");
		String posture = values.remove("posture");
		if (app == null && (schema != null || table != null || insert != null)) {
			throw new IllegalArgumentException("--schema, --table and --insert belong to --app");
		}
		if (app != null && (table == null || insert == null)) {
			throw new IllegalArgumentException("--app needs --table and --insert");
		}
		if (insert != null && !insert.matches("(?s).*:n\\b.*")) {
			throw new IllegalArgumentException("--insert has no :n, the number of the row");
		}
		Servers servers = Servers.parse(values.remove("servers"));
		boolean kafka = kafka(values.remove("source"));
		if (kafka && (servers == Servers.FAILOVER_SLOTS || app != null || posture != null)) {
			throw new IllegalArgumentException(
					"--source=kafka needs --servers=patroni or patroni-synchronous, and neither --app nor --posture");
		}
		Target target = (table != null && insert != null) ? new Target(schema, table, insert) : Target.LEDGER;
		return new DrillOptions(servers, posture(posture, app != null || kafka), kafka, number(values, "failovers", 3),
				loss(values.remove("loss")), number(values, "rate", 100), app, target, arguments);
	}

	private static @Nullable Posture posture(@Nullable String value, boolean ownSettings) {
		if (value == null) {
			return ownSettings ? null : Posture.BOTH;
		}
		try {
			return Posture.valueOf(value.toUpperCase(Locale.ROOT));
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException("--posture=" + value + " is none of offset, slot, both, memory", ex);
		}
	}

	private static boolean kafka(@Nullable String value) {
		if (value != null && !List.of("embedded", "kafka").contains(value)) {
			throw new IllegalArgumentException("--source=" + value + " is none of embedded, kafka");
		}
		return "kafka".equals(value);
	}

	private static Loss loss(@Nullable String value) {
		return Stream.of(Loss.values())
			.filter((loss) -> value == null || loss.toString().equals(value))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException("--loss=" + value + " is none of killed, unreachable"));
	}

	private static @Nullable Path path(Map<String, String> values, String name) {
		String value = values.remove(name);
		if (value == null) {
			return null;
		}
		Path path = Path.of(value).toAbsolutePath();
		if (!path.toFile().isFile()) {
			throw new IllegalArgumentException("--" + name + "=" + value + " is not a file");
		}
		return path;
	}

	private static int number(Map<String, String> values, String name, int otherwise) {
		String value = values.remove(name);
		if (value == null) {
			return otherwise;
		}
		if (!value.matches("[1-9]\\d{0,5}")) {
			throw new IllegalArgumentException("--" + name + "=" + value + " is not a number from 1 up");
		}
		return Integer.parseInt(value);
	}

	/**
	 * The servers of a drill.
	 */
	enum Servers {

		/** Primary and standby with a failover slot. */
		FAILOVER_SLOTS,

		/** Three nodes that Patroni runs. */
		PATRONI,

		/** The same with synchronous replication. */
		PATRONI_SYNCHRONOUS;

		private static Servers parse(@Nullable String value) {
			if (value == null) {
				return FAILOVER_SLOTS;
			}
			return Stream.of(values())
				.filter((servers) -> servers.toString().equals(value))
				.findFirst()
				.orElseThrow(() -> new IllegalArgumentException("--servers=" + value + " is none of "
						+ Stream.of(values()).map(Servers::toString).collect(Collectors.joining(", "))));
		}

		@Override
		public String toString() {
			return name().toLowerCase(Locale.ROOT).replace('_', '-');
		}

	}

	/**
	 * What is written to.
	 *
	 * @param schema a script that creates the application's tables, {@code null} for none
	 * @param table the table
	 * @param insert the statement that writes row {@code :n}
	 */
	record Target(@Nullable Path schema, String table, String insert) {

		private static final Target LEDGER = new Target(null, LedgerTables.EXTRA, LedgerTables.WRITE);

	}

}
