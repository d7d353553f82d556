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

package io.github.cdcspring.internal.backfill;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * The rate at which existing rows are read at most.
 *
 * @param maxRowsPerSecond the rate, {@code null} for none
 */
record Pacing(@Nullable Integer maxRowsPerSecond) {

	/**
	 * How many rows to read at once. No chunk takes more than a second of the rate, so
	 * that the load is even.
	 */
	int chunkSize(int wanted) {
		return (this.maxRowsPerSecond != null) ? Math.min(wanted, this.maxRowsPerSecond) : wanted;
	}

	/**
	 * How long to wait after a chunk.
	 * @param rows its rows
	 * @param took how long it took
	 */
	Duration pause(long rows, Duration took) {
		if (this.maxRowsPerSecond == null) {
			return Duration.ZERO;
		}
		Duration pause = Duration.ofNanos(rows * 1_000_000_000L / this.maxRowsPerSecond).minus(took);
		return pause.isNegative() ? Duration.ZERO : pause;
	}

}
