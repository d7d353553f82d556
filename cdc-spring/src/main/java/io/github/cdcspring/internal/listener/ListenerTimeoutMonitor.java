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

package io.github.cdcspring.internal.listener;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees a listener that does not return: says so in the log and to whoever asks, and
 * interrupts it where that is allowed.
 */
final class ListenerTimeoutMonitor {

	private static final Logger logger = LoggerFactory.getLogger(ListenerTimeoutMonitor.class);

	private static final Duration LONGEST_BETWEEN = Duration.ofSeconds(1);

	private final EngineSettings.Timeout settings;

	private final List<CallTracker> slots = new CopyOnWriteArrayList<>();

	private final Map<CallTracker, Watched> watched = new ConcurrentHashMap<>();

	private final CountDownLatch closed = new CountDownLatch(1);

	ListenerTimeoutMonitor(String engine, EngineSettings.Timeout settings) {
		this.settings = settings;
		Thread thread = new Thread(this::watch, "cdc-" + engine + "-watch");
		thread.setDaemon(true);
		thread.start();
	}

	/** For one thread that delivers. */
	CallTracker slot() {
		CallTracker slot = new CallTracker(this.settings.interrupt());
		this.slots.add(slot);
		return slot;
	}

	void close() {
		this.closed.countDown();
	}

	private void watch() {
		long between = Math.min(LONGEST_BETWEEN.toNanos(), Math.max(1_000_000, this.settings.timeout().toNanos() / 8));
		try {
			while (!this.closed.await(between, TimeUnit.NANOSECONDS)) {
				look();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void look() {
		for (CallTracker slot : this.slots) {
			CallTracker.Sighting now = slot.look();
			Watched before = this.watched.get(slot);
			if (now == null) {
				this.watched.remove(slot);
			}
			else if (before == null || before.lastSeenSlot.number() != now.number()) {
				this.watched.put(slot, new Watched(now, Instant.now(), System.nanoTime(), false));
			}
			else if (!before.overdue && System.nanoTime() - before.nanos > this.settings.timeout().toNanos()) {
				overdue(slot, before);
			}
		}
	}

	private void overdue(CallTracker slot, Watched call) {
		this.watched.put(slot, new Watched(call.lastSeenSlot, call.since, call.nanos, true));
		logger.warn("{} has not returned for {} at {}{}", call.lastSeenSlot.listener(), this.settings.timeout(),
				ListenerInvoker.describe(call.lastSeenSlot.first()),
				this.settings.interrupt() ? "; it is interrupted" : "");
		slot.interrupt(call.lastSeenSlot.number());
	}

	/** The call that has lasted longest. */
	@Nullable RunningCall oldest() {
		return this.watched.entrySet()
			.stream()
			.filter((entry) -> isStillCalled(entry.getKey(), entry.getValue()))
			.map(Map.Entry::getValue)
			.min(Comparator.comparingLong(Watched::nanos))
			.map(Watched::call)
			.orElse(null);
	}

	private static boolean isStillCalled(CallTracker slot, Watched call) {
		CallTracker.Sighting now = slot.look();
		return now != null && now.number() == call.lastSeenSlot.number();
	}

	private record Watched(CallTracker.Sighting lastSeenSlot, Instant since, long nanos, boolean overdue) {

		RunningCall call() {
			return new RunningCall(this.lastSeenSlot.listener().id(), this.since, this.lastSeenSlot.first().table(),
					this.lastSeenSlot.first().lsn(), this.overdue);
		}

	}

}
