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
 * The rate at which all readers together read existing rows at most.
 */
final class Pacing {

	private static final long SECOND = 1_000_000_000L;

	private final @Nullable Integer maxRowsPerSecond;

	/** When the next rows may be read. */
	private @Nullable Long next;

	/**
	 * Create a rate.
	 * @param maxRowsPerSecond the rate, {@code null} for none
	 */
	Pacing(@Nullable Integer maxRowsPerSecond) {
		this.maxRowsPerSecond = maxRowsPerSecond;
	}

	/** Whether there is a rate to keep. */
	boolean isLimited() {
		return this.maxRowsPerSecond != null;
	}

	/**
	 * How many rows to read at once. No chunk takes more than a second of the rate, so
	 * that the load is even.
	 */
	int chunkSize(int wanted) {
		return (this.maxRowsPerSecond != null) ? Math.min(wanted, this.maxRowsPerSecond) : wanted;
	}

	/**
	 * Reserve the time of rows.
	 * @param rows how many rows are about to be read
	 * @param now the time, as {@link System#nanoTime()} has it
	 * @return how long to wait before they are read
	 */
	synchronized Duration reserve(long rows, long now) {
		if (this.maxRowsPerSecond == null) {
			return Duration.ZERO;
		}
		Long next = this.next;
		long wait = (next != null) ? Math.max(0, next - now) : 0;
		this.next = now + wait + rows * SECOND / this.maxRowsPerSecond;
		return Duration.ofNanos(wait);
	}

	/**
	 * Give back the time of rows that were reserved.
	 * @param rows how many rows there were not
	 */
	synchronized void unused(long rows) {
		if (this.maxRowsPerSecond != null && this.next != null) {
			this.next -= rows * SECOND / this.maxRowsPerSecond;
		}
	}

}
