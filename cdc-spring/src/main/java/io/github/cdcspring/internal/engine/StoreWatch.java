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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports a store that has not answered for a while. Its own timeout is longer, and until
 * then neither offsets are stored nor events acknowledged.
 */
public final class StoreWatch implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(StoreWatch.class);

	private static final Duration LIMIT = Duration.ofSeconds(5);

	private static final Duration INTERVAL = Duration.ofMillis(250);

	private final String engine;

	private final Supplier<Duration> longestCall;

	private final Consumer<@Nullable String> onProblem;

	private final CountDownLatch closed = new CountDownLatch(1);

	private boolean reported;

	/**
	 * Create a watch, to be started and closed.
	 * @param engine the engine's name
	 * @param longestCall how long the oldest call of a store has been running
	 * @param onProblem takes the problem, {@code null} when it is over
	 */
	public StoreWatch(String engine, Supplier<Duration> longestCall, Consumer<@Nullable String> onProblem) {
		this.engine = engine;
		this.longestCall = longestCall;
		this.onProblem = onProblem;
	}

	/** Begin to watch. */
	public void start() {
		Thread thread = new Thread(this::watch, "cdc-" + this.engine + "-store");
		thread.setDaemon(true);
		thread.start();
	}

	private void watch() {
		try {
			while (!this.closed.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
				look();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** A failure, such as one of the log, must not end the watch. */
	private void look() {
		try {
			boolean hangs = this.longestCall.get().compareTo(LIMIT) > 0;
			if (hangs != this.reported) {
				this.reported = hangs;
				report(hangs);
			}
		}
		catch (RuntimeException ex) {
			logger.debug("Engine '{}' cannot watch its store", this.engine, ex);
		}
	}

	private void report(boolean hangs) {
		if (!hangs) {
			this.onProblem.accept(null);
			return;
		}
		String problem = "The store of the offset, or of parked or processed events, has not answered for "
				+ LIMIT.toSeconds() + " s. Until it answers, no offset is stored and no event is acknowledged. "
				+ "A commit of a transactional listener also waits for what the application does before and after it. "
				+ "Check its database for locks (SELECT pid, pg_blocking_pids(pid), query FROM pg_stat_activity "
				+ "WHERE wait_event_type = 'Lock';), and the connection pool for a free connection.";
		this.onProblem.accept(problem);
		logger.warn("Engine '{}': {}", this.engine, problem);
	}

	@Override
	public void close() {
		this.closed.countDown();
	}

}
