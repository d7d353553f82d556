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
 * The work of a contestant's listener. It optionally waits, as a listener that calls
 * another system would, and then counts the event. It is thread-safe.
 */
final class Sink {

	private final Meter meter;

	private final Latencies latencies;

	private final long work;

	/** The last value of each key. */
	private final Map<Integer, Integer> counters = new ConcurrentHashMap<>();

	Sink(Meter meter, Latencies latencies, long work) {
		this.meter = meter;
		this.latencies = latencies;
		this.work = work;
	}

	/** Process an event. */
	void event() {
		if (this.work > 0) {
			Wait.micros(this.work);
		}
		this.meter.count(1);
	}

	/**
	 * Process an event of a key, and check the order of the key's events.
	 * @param key the key
	 * @param value the value, which must be the key's previous value plus one
	 * @throws IllegalStateException if the event is out of order
	 */
	void counter(int key, int value) {
		Integer before = this.counters.put(key, value);
		if (value != ((before != null) ? before + 1 : 1)) {
			throw new IllegalStateException(
					"The events of key " + key + " are out of order: value " + value + " followed " + before);
		}
		event();
	}

	/**
	 * Process several events.
	 * @param count the number of events
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
	 * Process a row of the table for latencies.
	 * @param phase the phase
	 * @param due the time at which the row was due
	 */
	void ping(int phase, long due) {
		long now = System.nanoTime();
		this.meter.count(1);
		this.latencies.record(phase, now - due);
	}

	/** Process the last row of the workload. */
	void marker() {
		this.meter.marker();
	}

}
