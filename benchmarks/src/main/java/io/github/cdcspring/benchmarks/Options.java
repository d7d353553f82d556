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

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The options of a run.
 *
 * @param directory the directory of the server, the logs and the results
 * @param quick whether to measure the most important figures only
 * @param rounds the number of rounds of each contestant and workload
 * @param minutes the limit in minutes after which no further contestant is started
 * @param profile whether the JDK's flight recorder records each contestant
 * @param only the parts to run
 * @param starter additional properties of the starter's application
 */
record Options(Path directory, boolean quick, int rounds, int minutes, boolean profile, Set<Part> only,
		List<String> starter) {

	static final String USAGE = """
			benchmarks/run [options]
			  --quick            measure the most important figures only, within two minutes
			  --rounds=N         rounds of each contestant and workload (default: 3, quick: 1)
			  --minutes=N        skip the remaining measurements after N minutes (default: 45, quick: 5)
			  --profile          record each contestant with JFR in target/run/*/profile.jfr; distorts the figures
			  --only=PART,...    run only these parts (default: all but poll, visible, backfill, kafka):
			                       jmh      microbenchmarks
			                       drain    throughput of all contestants
			                       work     throughput with a listener that takes 1 ms
			                       growth   throughput with up to 1,000 tables
			                       latency  latency at fixed rates
			                       idle     CPU time without events
			                       first    time to the first event, with --quick only of Debezium's engine and the starter;
			                                with --only=first also with Spring AOT, a class archive and, on JDK 25, the AOT cache
			                       poll     latency and idle CPU time for several poll intervals
			                       visible  throughput and latency without waiting until transactions are visible
			                       backfill existing rows: throughput, latency of changes meanwhile, after a crash
			                       kafka    throughput and bytes through Kafka Connect and Kafka, and with a listener of 1 ms
			  --cdc.*=VALUE      additional property of the starter's application""";

	/** The parts of a run. */
	enum Part {

		JMH, FIRST, DRAIN, WORK, GROWTH, LATENCY, IDLE, POLL, VISIBLE, BACKFILL, KAFKA

	}

	static Options parse(Path directory, String... arguments) {
		boolean quick = false;
		boolean profile = false;
		int rounds = 0;
		int minutes = 0;
		Set<Part> only = new LinkedHashSet<>();
		List<String> starter = new java.util.ArrayList<>();
		for (String argument : arguments) {
			if (argument.equals("--quick")) {
				quick = true;
			}
			else if (argument.equals("--profile")) {
				profile = true;
			}
			else if (argument.startsWith("--rounds=")) {
				rounds = Integer.parseInt(argument.substring("--rounds=".length()));
			}
			else if (argument.startsWith("--minutes=")) {
				minutes = Integer.parseInt(argument.substring("--minutes=".length()));
			}
			else if (argument.startsWith("--only=")) {
				Arrays.stream(argument.substring("--only=".length()).split(","))
					.map((part) -> Part.valueOf(part.toUpperCase(java.util.Locale.ROOT)))
					.forEach(only::add);
			}
			else if (argument.startsWith("--cdc.") && argument.contains("=")) {
				starter.add(argument.substring(2));
			}
			else {
				throw new IllegalArgumentException(
						"Unknown option '" + argument + "'. Use one of the following options.");
			}
		}
		if (only.isEmpty()) {
			only.addAll(List.of(Part.values()));
			only.removeAll(List.of(Part.POLL, Part.VISIBLE, Part.BACKFILL, Part.KAFKA));
		}
		return new Options(directory, quick, (rounds > 0) ? rounds : quick ? 1 : 3,
				(minutes > 0) ? minutes : quick ? 5 : 45, profile, only, starter);
	}

	boolean runs(Part part) {
		return this.only.contains(part);
	}

	/** Choose a value for a quick run or a full run. */
	<T> T choose(T whenQuick, T otherwise) {
		return this.quick ? whenQuick : otherwise;
	}

}
