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

import java.time.Duration;
import java.util.List;

/**
 * Measures the throughput of contestants: they receive a workload as fast as they can,
 * one after the other, in several rounds.
 */
final class DrainPart {

	/** The share of the events after which code is compiled and caches are filled. */
	private static final double WARM_UP = 0.3;

	private final Stage stage;

	private final String part;

	DrainPart(Stage stage, String part) {
		this.stage = stage;
		this.part = part;
	}

	void run(Workload workload, List<Contestant> contestants, int rounds) throws InterruptedException {
		for (int round = 1; round <= rounds; round++) {
			for (int i = 0; i < contestants.size(); i++) {
				// Rotate the order, so that no contestant is always the first
				Contestant contestant = contestants.get((i + round - 1) % contestants.size());
				drain(workload, contestant, round, workload.events(), 0);
			}
		}
	}

	/** Measure with a listener that works for some time on each event. */
	void work(Workload workload, Contestant contestant, int round, long events, long micros)
			throws InterruptedException {
		drain(workload, contestant, round, events, micros);
	}

	private void drain(Workload workload, Contestant contestant, int round, long events, long work)
			throws InterruptedException {
		this.stage.run(this.part, workload.name(), workload, contestant, round, events, (long) (events * WARM_UP), work,
				(child, figures) -> {
					child.await("first", Duration.ofSeconds(60));
					Child.Figures done = child.await("done", Stage.patience(events, (work > 0) ? 400 : 4_000));
					double measured = done.get("events");
					figures.put("rowsPerSecond", measured * 1e9 / done.get("nanos"));
					figures.put("cpuMicrosPerEvent", done.get("cpu") / 1e3 / measured);
					figures.put("bytesPerEvent", done.get("allocated") / measured);
					figures.put("peakHeapMegabytes", done.get("peakHeap") / 1e6);
					figures.put("wholeRowsPerSecond", done.get("counted") * 1e9 / done.get("wholeNanos"));
					this.stage.progress()
						.log("%s %s, round %d, %s: %,.0f rows/s, %.1f us of CPU time and %,.0f bytes per event",
								this.part, workload.name(), round, contestant.id(), figures.get("rowsPerSecond"),
								figures.get("cpuMicrosPerEvent"), figures.get("bytesPerEvent"));
				});
	}

}
