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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.startup.ReplicationState;
import org.jspecify.annotations.Nullable;

/**
 * Measures the lag in time: for how long the server has had WAL that is not processed. It
 * knows the server from the readings only, so the lag is at least as long as it says.
 * Serves one thread.
 */
final class LagHistory {

	/** Enough to tell the lag within a thousandth. */
	private static final int MAX_SAMPLES = 2_000;

	/** Readings of WAL that is not processed, oldest first. */
	private final Deque<Sample> unprocessed = new ArrayDeque<>();

	/** The least time between readings that are kept. */
	private Duration interval = Duration.ZERO;

	/**
	 * Take a reading.
	 * @return the lag, {@code null} if no offset is stored
	 */
	@Nullable Duration after(ReplicationState positions, Instant now) {
		Lsn offset = positions.offsetLsn();
		if (offset == null) {
			this.unprocessed.clear();
			return null;
		}
		Lsn server = positions.server().currentLsn();
		Sample last = this.unprocessed.peekLast();
		if (last == null
				|| (server.isAfter(last.server) && Duration.between(last.at, now).compareTo(this.interval) >= 0)) {
			this.unprocessed.add(new Sample(now, server));
		}
		while (!this.unprocessed.isEmpty() && !this.unprocessed.getFirst().server.isAfter(offset)) {
			this.unprocessed.removeFirst();
		}
		if (this.unprocessed.isEmpty()) {
			this.interval = Duration.ZERO;
			return Duration.ZERO;
		}
		thinOut();
		return Duration.between(this.unprocessed.getFirst().at, now);
	}

	/** Keep the oldest reading and every other one, and no more of the later ones. */
	private void thinOut() {
		if (this.unprocessed.size() > MAX_SAMPLES) {
			List<Sample> all = List.copyOf(this.unprocessed);
			this.unprocessed.clear();
			this.interval = Duration.between(all.get(0).at, all.get(all.size() - 1).at).dividedBy(MAX_SAMPLES / 2);
			for (int i = 0; i < all.size(); i += 2) {
				this.unprocessed.add(all.get(i));
			}
		}
	}

	private record Sample(Instant at, Lsn server) {

	}

}
