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
 * What a run is asked for.
 *
 * @param directory where the server, logs and results are
 * @param quick whether a glance is enough
 * @param rounds how often each contestant runs each workload
 * @param minutes after how many minutes no further contestant is started
 * @param profile whether each contestant is recorded by the JDK's flight recorder
 * @param only the parts to run
 * @param starter further properties of the starter's application
 */
record Options(Path directory, boolean quick, int rounds, int minutes, boolean profile, Set<Part> only,
		List<String> starter) {

	static final String USAGE = """
			benchmarks/run [options]
			  --quick            a glance, within two minutes
			  --rounds=N         how often each contestant runs each workload (default 3, quick 1)
			  --minutes=N        after how many minutes what is left is left out (default 45, quick 5)
			  --profile          records each contestant by JFR, in target/run/*/profile.jfr; the figures suffer
			  --only=PART,...    of jmh, drain, work, growth, latency, idle, first, poll (default all but poll)
			  --cdc.*=VALUE      further properties of the starter's application""";

	/** The parts of a run. */
	enum Part {

		JMH, FIRST, DRAIN, WORK, GROWTH, LATENCY, IDLE, POLL

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
				throw new IllegalArgumentException("Unknown option " + argument);
			}
		}
		if (only.isEmpty()) {
			only.addAll(List.of(Part.values()));
			only.remove(Part.POLL);
		}
		return new Options(directory, quick, (rounds > 0) ? rounds : quick ? 1 : 3,
				(minutes > 0) ? minutes : quick ? 5 : 45, profile, only, starter);
	}

	boolean runs(Part part) {
		return this.only.contains(part);
	}

	/** One of two values. */
	<T> T choose(T whenQuick, T otherwise) {
		return this.quick ? whenQuick : otherwise;
	}

}
