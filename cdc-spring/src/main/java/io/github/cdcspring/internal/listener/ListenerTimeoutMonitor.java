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
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Detects listeners of an engine that do not return in time. Logs a warning, reports the
 * call, and interrupts it if {@code cdc.listener.interrupt-on-timeout} allows it. Its
 * thread runs as long as there are threads to watch.
 */
final class ListenerTimeoutMonitor {

	private static final Logger logger = LoggerFactory.getLogger(ListenerTimeoutMonitor.class);

	private static final Duration MAX_INTERVAL = Duration.ofSeconds(1);

	private final String engine;

	private final EngineSettings.Timeout settings;

	private final Set<CallTracker> trackers = ConcurrentHashMap.newKeySet();

	private final Map<CallTracker, Watched> watched = new ConcurrentHashMap<>();

	private boolean running;

	ListenerTimeoutMonitor(String engine, EngineSettings.Timeout settings) {
		this.engine = engine;
		this.settings = settings;
	}

	/** Create a tracker for one thread, to be closed with {@link #close}. */
	synchronized CallTracker open() {
		CallTracker tracker = new CallTracker(this.settings.interrupt());
		this.trackers.add(tracker);
		if (!this.running) {
			this.running = true;
			Thread thread = new Thread(this::watch, "cdc-" + this.engine + "-watch");
			thread.setDaemon(true);
			thread.start();
		}
		return tracker;
	}

	synchronized void close(CallTracker tracker) {
		tracker.close();
		notifyAll();
	}

	private synchronized void watch() {
		long interval = Math.min(MAX_INTERVAL.toMillis(), Math.max(1, this.settings.timeout().toMillis() / 8));
		try {
			while (!this.trackers.isEmpty()) {
				TimeUnit.MILLISECONDS.timedWait(this, interval);
				this.trackers.forEach(this::checkSafely);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			this.running = false;
		}
	}

	/** No call may end the watch over all others. */
	private void checkSafely(CallTracker tracker) {
		try {
			check(tracker);
		}
		catch (RuntimeException ex) {
			logger.warn("Engine '{}' could not check for how long a listener has been running, because of {}. Check "
					+ "the log's appenders.", this.engine, ex.getClass().getName());
		}
	}

	private void check(CallTracker tracker) {
		CallTracker.Call now = tracker.current();
		Watched before = this.watched.get(tracker);
		if (now == null) {
			this.watched.remove(tracker);
			if (tracker.isClosed()) {
				this.trackers.remove(tracker);
			}
		}
		else if (before == null || before.call.number() != now.number()) {
			this.watched.put(tracker, new Watched(now, Instant.now(), System.nanoTime(), false));
		}
		else if (!before.overdue && System.nanoTime() - before.nanos > this.settings.timeout().toNanos()) {
			this.watched.put(tracker, new Watched(before.call, before.since, before.nanos, true));
			try {
				logger.warn("{} has not returned for {} at {}{}", now.listener(), this.settings.timeout(),
						ListenerInvoker.describe(now.first()), this.settings.interrupt() ? " and is interrupted" : "");
			}
			finally {
				tracker.interrupt(now);
			}
		}
	}

	/** Return the call that has been running longest, {@code null} if there is none. */
	@Nullable RunningCall oldestCall() {
		return this.watched.entrySet()
			.stream()
			.filter((entry) -> entry.getValue().isRunning(entry.getKey()))
			.map(Map.Entry::getValue)
			.min(Comparator.comparingLong(Watched::nanos))
			.map(Watched::toRunningCall)
			.orElse(null);
	}

	private record Watched(CallTracker.Call call, Instant since, long nanos, boolean overdue) {

		boolean isRunning(CallTracker tracker) {
			CallTracker.Call now = tracker.current();
			return now != null && now.number() == this.call.number();
		}

		RunningCall toRunningCall() {
			return new RunningCall(this.call.listener().id(), this.since, this.call.first().table(),
					this.call.first().lsn(), this.overdue);
		}

	}

}
