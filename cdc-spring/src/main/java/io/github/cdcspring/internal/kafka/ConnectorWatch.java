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

package io.github.cdcspring.internal.kafka;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.github.cdcspring.internal.support.NotReadyException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the state of the connector while the engine runs. A worker that does not
 * answer is no problem of the engine: the connector may run on another one.
 */
final class ConnectorWatch implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(ConnectorWatch.class);

	private final String engine;

	private final ConnectorClient reader;

	private final Duration interval;

	private final Consumer<@Nullable String> onProblem;

	private final CountDownLatch closed = new CountDownLatch(1);

	private volatile @Nullable ConnectorStatus latest;

	private @Nullable String reported;

	/**
	 * Create a watch, which has not begun.
	 * @param onProblem takes why nothing arrives, {@code null} when that is over
	 */
	ConnectorWatch(String engine, ConnectorClient reader, Duration interval, Consumer<@Nullable String> onProblem) {
		this.engine = engine;
		this.reader = reader;
		this.interval = interval;
		this.onProblem = onProblem;
	}

	void start() {
		Thread thread = new Thread(this::watch, "cdc-" + this.engine + "-connector");
		thread.setDaemon(true);
		thread.start();
	}

	/** The state that was read last, {@code null} if it is not known. */
	@Nullable ConnectorStatus latest() {
		return this.latest;
	}

	private void watch() {
		try {
			do {
				look();
			}
			while (!this.closed.await(this.interval.toMillis(), TimeUnit.MILLISECONDS));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void look() {
		try {
			ConnectorStatus status = this.reader.status();
			this.latest = status;
			report((status != null) ? status.problem()
					: "The connector does not exist any more, so no event arrives in its topics. Create it again with "
							+ "its former configuration.");
		}
		catch (NotReadyException ex) {
			this.latest = null;
			report(null);
			logger.debug("Engine '{}' cannot read the state of its connector", this.engine, ex);
		}
		catch (RuntimeException ex) {
			// A failure of the log must not end the watch
			logger.debug("Engine '{}' cannot report the state of its connector", this.engine, ex);
		}
	}

	private void report(@Nullable String problem) {
		if (Objects.equals(problem, this.reported)) {
			return;
		}
		this.reported = problem;
		this.onProblem.accept(problem);
		if (problem != null) {
			logger.warn("Engine '{}': {}", this.engine, problem);
		}
	}

	@Override
	public void close() {
		this.closed.countDown();
	}

}
