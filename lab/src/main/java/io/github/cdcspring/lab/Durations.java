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

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Measured durations in order.
 */
final class Durations {

	private final List<Duration> sorted;

	private Durations(List<Duration> sorted) {
		this.sorted = sorted;
	}

	static Durations of(List<Duration> durations) {
		return new Durations(durations.stream().sorted().toList());
	}

	Duration median() {
		return this.sorted.get(this.sorted.size() / 2);
	}

	Duration longest() {
		return this.sorted.get(this.sorted.size() - 1);
	}

	/** The median and the longest one in seconds. */
	@Override
	public String toString() {
		return String.format(Locale.ROOT, "%.2f s in the middle, %.2f s at most", median().toMillis() / 1000.0,
				longest().toMillis() / 1000.0);
	}

}
