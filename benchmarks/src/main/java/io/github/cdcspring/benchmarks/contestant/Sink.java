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
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a contestant's listener does: nothing, or wait as one that calls somebody does;
 * and then count. Used by several threads where the contestant has lanes.
 */
final class Sink {

	private final Meter meter;

	private final Latencies latencies;

	private final long work;

	/** By key, the value that was received last. */
	private final Map<Integer, Integer> counters = new ConcurrentHashMap<>();

	Sink(Meter meter, Latencies latencies, long work) {
		this.meter = meter;
		this.latencies = latencies;
		this.work = work;
	}

	/** An event is handled. */
	void event() {
		if (this.work > 0) {
			Wait.micros(this.work);
		}
		this.meter.count(1);
	}

	/**
	 * An event of a key is handled, which has to be the next one of its key.
	 * @param key the key
	 * @param value its value, one more than the last one's
	 * @throws IllegalStateException if it is another one's turn
	 */
	void counter(int key, int value) {
		Integer before = this.counters.put(key, value);
		if (value != ((before != null) ? before + 1 : 1)) {
			throw new IllegalStateException("Of key " + key + " value " + value + " came after " + before);
		}
		event();
	}

	/**
	 * Events are handled.
	 * @param count how many
	 */
	void events(int count) {
		if (this.work > 0) {
			for (int i = 0; i < count; i++) {
				event();
			}
		}
		else {
			this.meter.count(count);
		}
	}

	/**
	 * A row of the table of the latencies was received.
	 */
	void ping(int phase, long due) {
		long now = System.nanoTime();
		this.meter.count(1);
		this.latencies.record(phase, now - due);
	}

	/** The last row of the workload was received. */
	void marker() {
		this.meter.marker();
	}

}
