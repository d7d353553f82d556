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

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A performance goal of the starter.
 *
 * @param text the goal
 * @param atLeast whether the figure must be at least the limit; otherwise it must be at
 * most the limit
 * @param limit the limit
 * @param measured finds the figure in the results
 */
record Goal(String text, boolean atLeast, double limit, Function<Results, Optional<Summary>> measured) {

	private static final String STARTER = "starter";

	private static final List<Goal> ALL = List.of(
			atLeast("rows/s, TPC-B, relative to Debezium's engine with the same settings", 0.97,
					(results) -> results.ratio("drain", "tpcb", STARTER, "debezium-tuned", "rowsPerSecond")),
			atLeast("rows/s, TPC-B, relative to Debezium's engine with default settings", 1.15,
					(results) -> results.ratio("drain", "tpcb", STARTER, "debezium", "rowsPerSecond")),
			atLeast("rows/s, TPC-B, relative to Spring Integration with Jackson", 2,
					(results) -> results.ratio("drain", "tpcb", STARTER, "spring-integration", "rowsPerSecond")),
			atMost("bytes per event, TPC-B, relative to Spring Integration with Jackson", 0.5,
					(results) -> results.ratio("drain", "tpcb", STARTER, "spring-integration", "bytesPerEvent")),
			atMost("the starter's time per row of ten columns, µs", 1.5,
					(results) -> results.figure("jmh", "StreamHandlerBenchmark.handle", "jmh", "nanosPerEvent")
						.map((nanos) -> new Summary(nanos.median() / 1e3, nanos.lowest() / 1e3, nanos.highest() / 1e3,
								nanos.rounds()))),
			atMost("the starter's allocation per row of ten columns, bytes", 500,
					(results) -> results.figure("jmh", "StreamHandlerBenchmark.handle", "jmh", "bytesPerEvent")),
			atMost("latency p50 at 100 transactions/s, ms", 5,
					(results) -> results.figure("latency", "pings", STARTER, "p50At100")),
			atMost("latency p99 at 100 transactions/s, ms", 20,
					(results) -> results.figure("latency", "pings", STARTER, "p99At100")),
			atMost("CPU time of an idle minute, relative to Debezium's default poll interval of 500 ms", 1.5,
					(results) -> results.ratio("idle", "pings", STARTER, "starter-poll-500",
							"idleCpuSecondsPerMinute")),
			atLeast("rows/s with a listener of 1 ms, concurrency 16 relative to 1", 14,
					(results) -> results.ratio("work", "keys", "starter-16", STARTER, "rowsPerSecond")),
			atLeast("rows/s through Kafka, relative to Debezium's connector, JSON and Spring Kafka with Jackson", 1,
					(results) -> results.ratio(KafkaPart.PART, KafkaPart.PART, KafkaPart.STARTER, KafkaPart.JSON,
							"rowsPerSecond")),
			atMost("bytes on the wire per row, relative to the same", 0.5,
					(results) -> results.ratio(KafkaPart.PART, KafkaPart.PART, KafkaPart.STARTER, KafkaPart.JSON,
							"wireBytesPerRow")),
			atLeast("rows/s from Kafka with a listener of 1 ms, 2 instances of 8 lanes relative to 1 lane", 14,
					(results) -> results.ratio(KafkaPart.WORK, KafkaPart.PART, KafkaPart.SIXTEEN_LANES,
							KafkaPart.ONE_LANE, "rowsPerSecond")),
			atMost("first event after the start of the process, s", 2,
					(results) -> results.figure("first", "tpcb", STARTER, "secondsToFirstEvent")));

	private static Goal atLeast(String text, double limit, Function<Results, Optional<Summary>> measured) {
		return new Goal(text, true, limit, measured);
	}

	private static Goal atMost(String text, double limit, Function<Results, Optional<Summary>> measured) {
		return new Goal(text, false, limit, measured);
	}

	static List<Outcome> evaluate(Results results) {
		List<Outcome> outcomes = new ArrayList<>();
		for (Goal goal : ALL) {
			goal.measured()
				.apply(results)
				.ifPresent((measured) -> outcomes.add(new Outcome(
						goal.text() + (goal.atLeast() ? ": at least " : ": at most ")
								+ String.valueOf(goal.limit()).replaceAll("\\.0$", ""),
						measured,
						goal.atLeast() ? measured.median() >= goal.limit() : measured.median() <= goal.limit())));
		}
		return outcomes;
	}

	/**
	 * The outcome of a goal.
	 *
	 * @param goal the goal
	 * @param measured the figure
	 * @param reached whether the median reaches it
	 */
	record Outcome(String goal, Summary measured, boolean reached) {

		Map<String, Object> toMap() {
			Map<String, Object> map = new LinkedHashMap<>();
			map.put("goal", this.goal);
			map.put("measured", this.measured);
			map.put("reached", this.reached);
			return map;
		}

	}

}
