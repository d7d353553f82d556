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

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

import org.HdrHistogram.Histogram;

/**
 * A histogram of latencies for each phase. A latency starts when the row was due to be
 * written, so it includes the time that a row waited for the previous one.
 */
final class Latencies {

	private static final long HIGHEST = TimeUnit.MINUTES.toNanos(10);

	private static final Histogram NONE = new Histogram(3);

	private final Map<Integer, Histogram> phases = new TreeMap<>();

	synchronized void record(int phase, long nanos) {
		this.phases.computeIfAbsent(phase, (added) -> new Histogram(HIGHEST, 3))
			.recordValue(Math.min(Math.max(0, nanos), HIGHEST));
	}

	synchronized String describe(int phase) {
		Histogram histogram = this.phases.getOrDefault(phase, NONE);
		return "count=" + histogram.getTotalCount() + " p50=" + histogram.getValueAtPercentile(50) + " p99="
				+ histogram.getValueAtPercentile(99) + " max=" + histogram.getMaxValue();
	}

}
