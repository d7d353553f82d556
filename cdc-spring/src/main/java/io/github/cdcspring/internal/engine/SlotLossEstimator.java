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

package io.github.cdcspring.internal.engine;

import java.time.Duration;
import java.time.Instant;

import io.github.cdcspring.internal.startup.ReplicationState;
import io.github.cdcspring.internal.startup.SlotState;
import org.jspecify.annotations.Nullable;

/**
 * Estimates how long a slot will live where the server limits the WAL that it keeps, from
 * how its safe WAL has shrunk over the last minutes. Serves one thread.
 */
final class SlotLossEstimator {

	private static final Duration WINDOW = Duration.ofMinutes(5);

	private static final Duration ENOUGH = Duration.ofSeconds(5);

	/** Two windows that overlap: the older one counts, until it is too old. */
	private @Nullable Sample older;

	private @Nullable Sample newer;

	/**
	 * Take a reading.
	 * @return the time until the slot is in danger, {@code null} where nothing limits it,
	 * nothing is known yet, or it is in no danger at the present rate
	 */
	@Nullable Duration after(ReplicationState positions, Instant now) {
		SlotState slot = positions.slot();
		Long safe = (slot != null) ? slot.safeWalSizeBytes() : null;
		if (safe == null) {
			this.older = null;
			this.newer = null;
			return null;
		}
		Sample sample = new Sample(now, safe);
		if (this.newer == null || sample.since(this.newer).compareTo(WINDOW) > 0) {
			this.older = this.newer;
			this.newer = sample;
		}
		Sample from = (this.older != null) ? this.older : this.newer;
		return estimate(from, sample);
	}

	private static @Nullable Duration estimate(Sample from, Sample to) {
		long lost = from.safeBytes - to.safeBytes;
		Duration time = to.since(from);
		if (to.safeBytes <= 0) {
			return Duration.ZERO;
		}
		if (time.compareTo(ENOUGH) < 0 || lost <= 0) {
			return null;
		}
		return Duration.ofMillis((long) ((double) to.safeBytes / lost * time.toMillis()));
	}

	private record Sample(Instant at, long safeBytes) {

		Duration since(Sample other) {
			return Duration.between(other.at, this.at);
		}

	}

}
