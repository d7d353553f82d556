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

package io.github.cdcspring.samples.kafka;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import io.github.cdcspring.samples.ledger.check.Options;
import org.jspecify.annotations.Nullable;

/**
 * Options of the command line.
 *
 * @param transactions whether a given number of transactions is made and checked
 * @param seconds when the run ends without a number of transactions, 0 for never
 * @param targets what is killed, in this order
 * @param ledger the options of source, load and mirror
 */
record KafkaOptions(boolean transactions, int seconds, List<Target> targets, Options ledger) {

	static final String USAGE = """
			samples/kafka/run [options]
			Without --transactions, the sample shows how two instances share the events, until Ctrl-C.
			  --kill=worker|broker|instance|postgres
			                       kill it once with SIGKILL, start it again, and compare source and mirror at the end
			  --seconds=N          end after N seconds and compare (40 with --kill, else never)
			  --transactions=N     make N TPC-B transactions and compare; the last line begins with 'ledger: equal' or
			                       'ledger: DIFFERENT', and the exit status is 0 or 1
			  --kills=K            with --transactions, kill K times: worker, instance and broker in turn, or what --kill names
			                       (0; 1 with --kill)
			  --scale=S            pgbench's scale (1)
			  --patience=SECONDS   how long the mirror may stand still before it counts as stuck (120)
			  --clients=C, --load=auto|pgbench|jdbc, --extra=true|false, --lanes=N, --drop=N, --seed=N
			                       with --transactions, as samples/ledger/run --help says
			  --cdc.*=, --spring.*=, --logging.*=
			                       passed on to the application
			  --help               this text""";

	private static final Set<String> OF_LEDGER = Set.of("scale", "clients", "load", "extra", "lanes", "drop", "seed",
			"patience");

	private static final int SECONDS = 40;

	/**
	 * Read the command line.
	 * @throws IllegalArgumentException if it cannot be understood, in words
	 */
	static KafkaOptions parse(Path directory, String... arguments) {
		Map<String, String> own = new LinkedHashMap<>();
		List<String> ledger = new ArrayList<>(List.of("--scale=1", "--patience=120", "--snapshot-kills=0"));
		for (String argument : arguments) {
			int equals = argument.indexOf('=');
			if (!argument.startsWith("--") || equals < 0) {
				throw new IllegalArgumentException("'" + argument + "' is not an option of the form --name=value");
			}
			String name = argument.substring(2, equals);
			if (Set.of("kill", "seconds", "transactions", "kills").contains(name)) {
				own.put(name, argument.substring(equals + 1));
			}
			else if (OF_LEDGER.contains(name) || name.matches("(cdc|spring|logging)\\..*")) {
				ledger.add(argument);
			}
			else {
				throw new IllegalArgumentException("There is no option --" + name);
			}
		}
		Target kill = target(own.get("kill"));
		boolean transactions = own.containsKey("transactions");
		check(transactions, kill, own);
		if (transactions) {
			ledger.add("--transactions=" + own.get("transactions"));
			ledger.add("--kills=" + own.getOrDefault("kills", (kill != null) ? "1" : "0"));
		}
		int seconds = number(own.getOrDefault("seconds", (kill != null) ? String.valueOf(SECONDS) : "0"));
		List<Target> targets = (kill != null) ? List.of(kill) : List.of(Target.WORKER, Target.INSTANCE, Target.BROKER);
		return new KafkaOptions(transactions, seconds, (transactions || kill != null) ? targets : List.of(),
				Options.parse(directory, ledger.toArray(String[]::new)));
	}

	private static void check(boolean transactions, @Nullable Target kill, Map<String, String> own) {
		if (transactions && own.containsKey("seconds")) {
			throw new IllegalArgumentException("--seconds does not go with --transactions, whose number ends the run");
		}
		if (!transactions && own.containsKey("kills")) {
			throw new IllegalArgumentException("--kills needs --transactions");
		}
		if (transactions && kill == Target.POSTGRES) {
			throw new IllegalArgumentException(
					"--kill=postgres does not go with --transactions, for pgbench ends when it "
							+ "loses its connection. Leave --transactions out");
		}
	}

	private static @Nullable Target target(@Nullable String value) {
		if (value == null) {
			return null;
		}
		return Arrays.stream(Target.values())
			.filter((target) -> target.name().toLowerCase(Locale.ROOT).equals(value))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException(
					"--kill=" + value + " is none of worker, broker, instance, postgres"));
	}

	private static int number(String value) {
		if (!value.matches("\\d{1,6}")) {
			throw new IllegalArgumentException("--seconds=" + value + " is not a number");
		}
		return Integer.parseInt(value);
	}

}
