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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.github.cdcspring.engine.CdcBackfillCompleted;
import io.github.cdcspring.engine.CdcBackfillStarted;
import io.github.cdcspring.engine.CdcEngineStateChanged;
import io.github.cdcspring.engine.CdcGapSkipped;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.engine.EngineStatus;
import io.github.cdcspring.internal.backfill.BackfillStep;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;

/**
 * Publishes what happens to engines as application events, in order, on a thread of its
 * own: a listener of the application must not hold up the stream. It stops after the
 * engines, so that the application hears of their stop.
 */
public final class EngineEventPublisher implements EngineCreatedListener, SmartLifecycle, DisposableBean {

	private static final Logger logger = LoggerFactory.getLogger(EngineEventPublisher.class);

	/** How long a stop waits for the application's listeners. */
	private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

	private final ApplicationEventPublisher events;

	private volatile @Nullable ExecutorService thread;

	public EngineEventPublisher(ApplicationEventPublisher events) {
		this.events = events;
	}

	@Override
	public void created(SupervisedCdcEngine engine) {
		AtomicReference<EngineState> last = new AtomicReference<>(engine.status().state());
		engine.onStatusChange((status) -> stateEntered(engine.name(), last, status));
		if (engine instanceof EmbeddedCdcEngine embedded) {
			embedded.onGapSkipped((gap) -> publish(new CdcGapSkipped(engine.name(), gap)));
			embedded.onBackfillStep((step) -> publish(event(engine.name(), step)));
		}
	}

	private static Object event(String engine, BackfillStep step) {
		return step.completed()
				? new CdcBackfillCompleted(engine, step.table(), step.listener(), step.requestedAt(), step.rows(),
						step.where())
				: new CdcBackfillStarted(engine, step.table(), step.listener(), step.requestedAt(), step.rows(),
						step.where());
	}

	private void stateEntered(String engine, AtomicReference<EngineState> last, EngineStatus status) {
		EngineState previous = last.getAndSet(status.state());
		if (previous != status.state()) {
			publish(new CdcEngineStateChanged(engine, previous, status));
		}
	}

	private void publish(Object event) {
		ExecutorService thread = this.thread;
		if (thread == null) {
			return;
		}
		try {
			thread.execute(() -> tell(event));
		}
		catch (RejectedExecutionException ex) {
			// the application has stopped
		}
	}

	private void tell(Object event) {
		try {
			this.events.publishEvent(event);
		}
		catch (RuntimeException | Error ex) {
			logger.warn("A listener of the application failed at {} with {}. The engine is not affected",
					event.getClass().getSimpleName(), ex.getClass().getName());
			logger.debug("The listener failed", ex);
		}
	}

	@Override
	public synchronized void start() {
		if (this.thread == null) {
			this.thread = Executors.newSingleThreadExecutor((task) -> {
				Thread thread = new Thread(task, "cdc-events");
				thread.setDaemon(true);
				return thread;
			});
		}
	}

	@Override
	public synchronized void stop() {
		ExecutorService thread = this.thread;
		this.thread = null;
		if (thread == null) {
			return;
		}
		thread.shutdown();
		try {
			if (!thread.awaitTermination(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
				thread.shutdownNow();
			}
		}
		catch (InterruptedException ex) {
			thread.shutdownNow();
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public boolean isRunning() {
		return this.thread != null;
	}

	/** Starts before the engines, and stops after them. */
	@Override
	public int getPhase() {
		return DEFAULT_PHASE - 1;
	}

	@Override
	public void destroy() {
		stop();
	}

}
