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
import java.util.function.Supplier;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.support.NotReadyException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the state of the connector while the engine is started, whether it runs or
 * not. A worker that does not answer is no problem of the engine: the connector may run
 * on another one, as long as its slot is in use.
 */
final class ConnectorWatch implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(ConnectorWatch.class);

	private static final String SILENT = "Kafka Connect does not answer, and nothing has used the slot of the connector "
			+ "for 'health.stream-timeout', so no event arrives in its topics, and the server retains WAL. Check the "
			+ "workers of Kafka Connect.";

	private final String engine;

	private final ConnectorStart connector;

	private final Supplier<@Nullable Lsn> kafkaEnd;

	private final Duration interval;

	private final GroupWatch group;

	private final CountDownLatch closed = new CountDownLatch(1);

	private boolean existed;

	private volatile ConnectorReading latest = ConnectorReading.UNKNOWN;

	private volatile @Nullable String reported;

	/** The run that is told of problems, {@code null} if there is none. */
	private @Nullable Consumer<@Nullable String> run;

	/** When the slot was found unused first while the worker did not answer. */
	private @Nullable Long unusedSince;

	/**
	 * Create a watch, which has not begun.
	 * @param group looks what a start would refuse of the consumer group
	 * @param kafkaEnd finds the highest LSN of an event in the topics
	 */
	ConnectorWatch(String engine, ConnectorStart connector, GroupWatch group, Supplier<@Nullable Lsn> kafkaEnd,
			Duration interval) {
		this.engine = engine;
		this.connector = connector;
		this.group = group;
		this.kafkaEnd = kafkaEnd;
		this.interval = interval;
	}

	void start() {
		Thread thread = new Thread(this::watch, "cdc-" + this.engine + "-connector");
		thread.setDaemon(true);
		thread.start();
	}

	/** What was read last. */
	ConnectorReading latest() {
		return this.latest;
	}

	/** Why nothing arrives in the topics, {@code null} if something may. */
	@Nullable String problem() {
		return this.reported;
	}

	/**
	 * Tell a run of problems from now on, and of the present one.
	 * @param run takes why nothing arrives, {@code null} when that is over; or
	 * {@code null} if nothing runs
	 */
	synchronized void tell(@Nullable Consumer<@Nullable String> run) {
		this.run = run;
		if (run != null && this.reported != null) {
			run.accept(this.reported);
		}
	}

	private void watch() {
		try (this.group) {
			do {
				look();
				readPosition();
			}
			while (!this.closed.await(this.interval.toMillis(), TimeUnit.MILLISECONDS));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void look() {
		try {
			ConnectorStatus status = this.connector.client().status();
			this.latest = this.latest.withStatus(status);
			this.unusedSince = null;
			this.existed |= status != null;
			report((status != null) ? status.problem() : missing());
		}
		catch (NotReadyException ex) {
			this.latest = this.latest.withStatus(null);
			logger.debug("Engine '{}' cannot read the state of its connector", this.engine, ex);
			lookAtSlot();
		}
		catch (RuntimeException ex) {
			// A failure of the log must not end the watch
			logger.debug("Engine '{}' cannot report the state of its connector", this.engine, ex);
		}
	}

	private String missing() {
		return this.existed
				? "The connector does not exist any more, so no event arrives in its topics. Create it again with its "
						+ "former configuration."
				: "The connector does not exist, so no event arrives in its topics. Create it.";
	}

	/** What was reported remains until it is known to be over. */
	private void lookAtSlot() {
		try {
			if (this.connector.isSlotActive()) {
				this.unusedSince = null;
				if (SILENT.equals(this.reported)) {
					report(null);
				}
				return;
			}
		}
		catch (NotReadyException ex) {
			logger.debug("Engine '{}' cannot read its slot", this.engine, ex);
			return;
		}
		long now = System.nanoTime();
		Long since = this.unusedSince;
		if (since == null) {
			this.unusedSince = now;
		}
		else if (now - since >= 2 * this.interval.toNanos()) {
			report(SILENT);
		}
	}

	/** The values are for reports only, so that a failure is no problem of the engine. */
	private void readPosition() {
		try {
			ConnectorPreview preview = this.connector.preview(this.kafkaEnd);
			this.latest = this.latest.withPreview(preview.refusedToo(this.group.refused()));
		}
		catch (NotReadyException ex) {
			this.latest = this.latest.withProblem(String.valueOf(ex.getMessage()));
		}
		catch (RuntimeException ex) {
			this.latest = this.latest.withProblem(
					"Reading slot and offset failed with " + ex.getClass().getName() + ". See the log at level DEBUG.");
			logger.debug("Engine '{}' cannot compare the slot with the offset of its connector", this.engine, ex);
		}
	}

	private synchronized void report(@Nullable String problem) {
		if (Objects.equals(problem, this.reported)) {
			return;
		}
		this.reported = problem;
		if (this.run != null) {
			this.run.accept(problem);
		}
		if (problem != null) {
			logger.warn("Engine '{}': {}", this.engine, problem);
		}
	}

	@Override
	public void close() {
		this.closed.countDown();
	}

}
