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

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

/**
 * Counts events. It measures time, CPU and memory at the first event, at the end of the
 * warm-up, and at the last event.
 */
final class Meter {

	private final long warmUp;

	private final long events;

	private final Resources resources;

	private final AtomicLong count = new AtomicLong();

	private final CountDownLatch finished = new CountDownLatch(1);

	private final CountDownLatch started = new CountDownLatch(1);

	private volatile @Nullable Snapshot first;

	private volatile @Nullable Snapshot warm;

	private volatile @Nullable Snapshot last;

	private final AtomicLong markers = new AtomicLong();

	/**
	 * Create a meter.
	 * @param warmUp the number of events that are not measured
	 * @param events the number of events before the marker, 0 for an endless workload
	 */
	Meter(long warmUp, long events, Resources resources) {
		this.warmUp = warmUp;
		this.events = events;
		this.resources = resources;
	}

	void count(int handled) {
		long now = this.count.addAndGet(handled);
		long before = now - handled;
		if (before == 0) {
			this.first = snapshot(now);
			this.started.countDown();
		}
		if (before < this.warmUp && now >= this.warmUp) {
			this.warm = snapshot(now);
		}
		if (this.events > 0 && before < this.events && now >= this.events) {
			this.last = snapshot(now);
			this.finished.countDown();
		}
	}

	/** The number of events so far. */
	long counted() {
		return this.count.get();
	}

	/**
	 * Count the marker. No event of the workload may follow it.
	 */
	void marker() {
		this.markers.incrementAndGet();
	}

	private Snapshot snapshot(long count) {
		return new Snapshot(count, System.nanoTime(), this.resources.cpu(), this.resources.allocated());
	}

	/** Wait for the first event, and return its time and the CPU time until then. */
	String awaitFirst() throws InterruptedException {
		this.started.await();
		Snapshot first = this.first;
		return (first != null) ? "nanos=" + first.nanos() + " cpu=" + first.cpu() : "";
	}

	/**
	 * Wait for all events and the marker that follows them.
	 * @return the figures from the end of the warm-up to the last event
	 * @throws IllegalStateException if the number of events or markers is wrong
	 */
	Measured awaitAll(boolean marker) throws InterruptedException {
		this.finished.await();
		long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
		while (marker && this.markers.get() == 0 && System.nanoTime() < deadline) {
			Wait.micros(1_000);
		}
		Snapshot first = this.first;
		Snapshot warm = (this.warm != null) ? this.warm : first;
		Snapshot last = this.last;
		if (first == null || warm == null || last == null) {
			throw new IllegalStateException(
					"The workload ended before its first event was counted. Report this as a bug.");
		}
		long counted = this.count.get();
		if (marker && (counted != this.events || this.markers.get() != 1)) {
			throw new IllegalStateException("Received " + counted + " events and " + this.markers.get()
					+ " marker(s) instead of " + this.events + " events and 1 marker");
		}
		return new Measured(last.count() - warm.count(), last.nanos() - warm.nanos(), last.cpu() - warm.cpu(),
				last.allocated() - warm.allocated(), last.nanos() - first.nanos(), this.resources.peakHeap(), counted);
	}

	private record Snapshot(long count, long nanos, long cpu, long allocated) {
	}

	/**
	 * The figures of a workload.
	 *
	 * @param events the number of events after the warm-up
	 * @param nanos the time that these events took, in nanoseconds
	 * @param cpu the CPU time that the process used for them, in nanoseconds
	 * @param allocated the bytes that the process allocated for them
	 * @param wholeNanos the time from the first event to the last, in nanoseconds
	 * @param peakHeap the peak heap usage, in bytes
	 * @param counted the number of all events
	 */
	record Measured(long events, long nanos, long cpu, long allocated, long wholeNanos, long peakHeap, long counted) {
	}

}
