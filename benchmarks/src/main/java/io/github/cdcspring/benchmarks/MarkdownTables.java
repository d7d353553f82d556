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

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The tables of the report.
 */
final class MarkdownTables {

	private final Results results;

	MarkdownTables(Results results) {
		this.results = results;
	}

	/** The throughput of the contestants, also relative to Debezium's engine. */
	String drain(String part, String workload) {
		StringBuilder text = new StringBuilder(
				"\n### " + this.results.title(workload) + (part.equals("drain") ? "" : " (" + part + ")") + "\n\n");
		text.append(
				"| | rows/s | relative to the engine with the same settings | CPU, µs per event | bytes per event | peak heap, MB |\n");
		text.append("|---|---:|---:|---:|---:|---:|\n");
		for (String contestant : this.results.contestants(part)) {
			Optional<Summary> rows = this.results.figure(part, workload, contestant, "rowsPerSecond");
			if (rows.isEmpty()) {
				continue;
			}
			text.append("| ").append(this.results.title(contestant));
			text.append(" | ").append(range(rows, 0));
			text.append(" | ")
				.append(range(this.results.ratio(part, workload, contestant, "debezium-tuned", "rowsPerSecond"), 2));
			text.append(" | ").append(median(this.results.figure(part, workload, contestant, "cpuMicrosPerEvent"), 1));
			text.append(" | ").append(median(this.results.figure(part, workload, contestant, "bytesPerEvent"), 0));
			text.append(" | ").append(median(this.results.figure(part, workload, contestant, "peakHeapMegabytes"), 0));
			text.append(" |\n");
		}
		return text.toString();
	}

	String latency() {
		return latency("latency", "Latency from the time at which a transaction was due to the listener (open loop)");
	}

	private String latency(String part, String title) {
		List<String> contestants = this.results.contestants(part);
		if (contestants.isEmpty()) {
			return "";
		}
		StringBuilder text = new StringBuilder("\n### " + title + "\n\n");
		text.append(
				"| | transactions/s | p50, ms | p99, ms | max, ms | CPU, cores |\n|---|---:|---:|---:|---:|---:|\n");
		for (String contestant : contestants) {
			for (int rate : rates(part)) {
				Optional<Summary> p50 = this.results.figure(part, "pings", contestant, "p50At" + rate);
				if (p50.isPresent()) {
					text.append("| ").append(this.results.title(contestant)).append(" | ").append(rate);
					text.append(" | ").append(median(p50, 1));
					text.append(" | ")
						.append(median(this.results.figure(part, "pings", contestant, "p99At" + rate), 1));
					text.append(" | ")
						.append(median(this.results.figure(part, "pings", contestant, "maxAt" + rate), 1));
					text.append(" | ")
						.append(median(this.results.figure(part, "pings", contestant, "cpuAt" + rate), 3));
					text.append(" |\n");
				}
			}
		}
		return text.toString();
	}

	private TreeSet<Integer> rates(String part) {
		TreeSet<Integer> rates = new TreeSet<>();
		this.results.samples()
			.stream()
			.filter((sample) -> sample.part().equals(part))
			.flatMap((sample) -> sample.figures().keySet().stream())
			.filter((figure) -> figure.startsWith("p50At"))
			.map((figure) -> Integer.valueOf(figure.substring("p50At".length())))
			.forEach(rates::add);
		return rates;
	}

	String idle() {
		return one("idle", "CPU time of an idle minute", "idleCpuSecondsPerMinute", "CPU, s", 2);
	}

	String first() {
		return one("first", "From the start of the process to the first event", "secondsToFirstEvent", "s", 2);
	}

	String poll() {
		return latency("poll", "Latency of the starter for several poll intervals of Debezium")
				+ one("poll-idle", "CPU time of an idle minute for several poll intervals of Debezium",
						"idleCpuSecondsPerMinute", "CPU, s", 2);
	}

	String visible() {
		StringBuilder text = new StringBuilder();
		for (String workload : this.results.workloads("visible")) {
			text.append("\n### ").append(this.results.title(workload)).append(" (visible)\n\n");
			text.append("| | rows/s | relative to not waiting | CPU, µs per event |\n|---|---:|---:|---:|\n");
			for (String contestant : this.results.contestants("visible")) {
				text.append("| ").append(this.results.title(contestant)).append(" | ");
				text.append(range(this.results.figure("visible", workload, contestant, "rowsPerSecond"), 0));
				text.append(" | ")
					.append(range(this.results.ratio("visible", workload, contestant, BenchmarkRun.NOT_WAITING,
							"rowsPerSecond"), 3));
				text.append(" | ")
					.append(median(this.results.figure("visible", workload, contestant, "cpuMicrosPerEvent"), 1))
					.append(" |\n");
			}
		}
		return text + latency("visible-latency", "Latency with and without waiting until transactions are visible");
	}

	/** Existing rows, and changes meanwhile. */
	String backfill() {
		StringBuilder text = new StringBuilder();
		for (String workload : this.results.workloads("backfill")) {
			text.append("\n### ").append(this.results.title(workload)).append("\n\n");
			text.append("| | rows/s | relative to Debezium's snapshot | relative to COPY | peak heap, MB "
					+ "| p99 of changes meanwhile, ms | afterwards, ms | live after a crash at 90 %, s "
					+ "| all rows after it, s |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|\n");
			for (String contestant : this.results.contestants("backfill")) {
				text.append("| ").append(this.results.title(contestant)).append(" | ");
				text.append(range(backfill(workload, contestant, "rowsPerSecond"), 0));
				for (String other : List.of(BackfillPart.SNAPSHOT, BackfillPart.COPY)) {
					text.append(" | ")
						.append(range(this.results.ratio("backfill", workload, contestant, other, "rowsPerSecond"), 2));
				}
				text.append(" | ").append(median(backfill(workload, contestant, "peakHeapMegabytes"), 0));
				text.append(" | ").append(range(backfill(workload, contestant, "p99Meanwhile"), 1));
				text.append(" | ").append(range(backfill(workload, contestant, "p99Afterwards"), 1));
				text.append(" | ").append(range(backfill(workload, contestant, "secondsToLive"), 1));
				text.append(" | ").append(range(backfill(workload, contestant, "secondsToAll"), 1)).append(" |\n");
			}
		}
		return text.toString();
	}

	private Optional<Summary> backfill(String workload, String contestant, String figure) {
		return this.results.figure("backfill", workload, contestant, figure);
	}

	/** The way through Kafka. */
	String kafka() {
		StringBuilder text = new StringBuilder();
		for (String workload : this.results.workloads(KafkaPart.PART)) {
			text.append("\n### ").append(this.results.title(workload)).append("\n\n");
			text.append("| | rows/s | relative to JSON | bytes on the wire per row | relative to JSON "
					+ "| CPU of the listener's process, µs per row |\n|---|---:|---:|---:|---:|---:|\n");
			for (String contestant : this.results.contestants(KafkaPart.PART)) {
				text.append("| ").append(this.results.title(contestant));
				for (String figure : List.of("rowsPerSecond", "wireBytesPerRow")) {
					text.append(" | ")
						.append(range(this.results.figure(KafkaPart.PART, workload, contestant, figure), 0));
					text.append(" | ")
						.append(range(this.results.ratio(KafkaPart.PART, workload, contestant, KafkaPart.JSON, figure),
								2));
				}
				text.append(" | ")
					.append(median(this.results.figure(KafkaPart.PART, workload, contestant, "cpuMicrosPerEvent"), 1))
					.append(" |\n");
			}
		}
		return text + kafkaFill()
				+ one(KafkaPart.WORK, "From a full topic, listener takes 1 ms", "rowsPerSecond", "rows/s", 0);
	}

	private String kafkaFill() {
		StringBuilder text = new StringBuilder();
		for (String workload : this.results.workloads(KafkaPart.FILL)) {
			text.append("\n### The plugin's connector alone, without a listener\n\n");
			text.append("| rows/s | CPU of the worker, µs per row | of the broker, µs per row |\n|---:|---:|---:|\n| ")
				.append(range(this.results.figure(KafkaPart.FILL, workload, KafkaPart.STARTER, "rowsPerSecond"), 0));
			for (String figure : List.of("workerCpuMicrosPerEvent", "brokerCpuMicrosPerEvent")) {
				text.append(" | ")
					.append(range(this.results.figure(KafkaPart.FILL, workload, KafkaPart.STARTER, figure), 1));
			}
			text.append(" |\n");
		}
		return text.toString();
	}

	private String one(String part, String title, String figure, String unit, int digits) {
		List<String> contestants = this.results.contestants(part);
		if (contestants.isEmpty()) {
			return "";
		}
		StringBuilder text = new StringBuilder("\n### " + title + "\n\n| | " + unit + " |\n|---|---:|\n");
		for (String workload : this.results.workloads(part)) {
			for (String contestant : contestants) {
				text.append("| ").append(this.results.title(contestant)).append(" | ");
				text.append(range(this.results.figure(part, workload, contestant, figure), digits)).append(" |\n");
			}
		}
		return text.toString();
	}

	String jmh() {
		List<String> benchmarks = this.results.workloads("jmh");
		if (benchmarks.isEmpty()) {
			return "";
		}
		StringBuilder text = new StringBuilder("\n### Microbenchmarks (JMH)\n\n| | ns per event | bytes per event |\n");
		text.append("|---|---:|---:|\n");
		for (String benchmark : benchmarks) {
			text.append("| `").append(benchmark).append("` | ");
			text.append(median(this.results.figure("jmh", benchmark, "jmh", "nanosPerEvent"), 0)).append(" | ");
			text.append(median(this.results.figure("jmh", benchmark, "jmh", "bytesPerEvent"), 0)).append(" |\n");
		}
		return text.toString();
	}

	String goals() {
		List<Goal.Outcome> outcomes = Goal.evaluate(this.results);
		if (outcomes.isEmpty()) {
			return "";
		}
		StringBuilder text = new StringBuilder("\n### Goals\n\n| goal | measured | |\n|---|---:|---|\n");
		for (Goal.Outcome outcome : outcomes) {
			text.append("| ").append(outcome.goal()).append(" | ").append(range(Optional.of(outcome.measured()), 2));
			text.append(" | ").append(outcome.reached() ? "reached" : "**not reached**").append(" |\n");
		}
		return text.toString();
	}

	String failures() {
		if (this.results.failures().isEmpty()) {
			return "";
		}
		StringBuilder text = new StringBuilder("\n### Failures\n\n");
		for (Results.Failure failure : this.results.failures()) {
			text.append("- ").append(failure.part()).append(' ').append(failure.workload()).append(", round ");
			text.append(failure.round()).append(", ").append(this.results.title(failure.contestant())).append(": ");
			text.append(failure.problem()).append('\n');
		}
		return text.toString();
	}

	private static String median(Optional<Summary> summary, int digits) {
		return summary.map((value) -> number(value.median(), digits)).orElse("");
	}

	private static String range(Optional<Summary> summary, int digits) {
		return summary.map((value) -> number(value.median(), digits) + ((value.rounds() == 1) ? ""
				: " (" + number(value.lowest(), digits) + "–" + number(value.highest(), digits) + ")"))
			.orElse("");
	}

	private static String number(double value, int digits) {
		return String.format(Locale.ROOT, "%,." + digits + "f", value);
	}

}
