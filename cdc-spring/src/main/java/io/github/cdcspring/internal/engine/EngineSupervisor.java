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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.internal.debezium.EngineFailure;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one engine running on a thread of its own: restarts it after temporary failures
 * and refusals with growing delays, and takes over when another instance releases the
 * slot. The engine calls its methods one at a time.
 */
final class EngineSupervisor {

	/** Time for the rest of a stop, after the events in flight. */
	private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

	private final EngineSettings settings;

	private final EngineRunner runner;

	private final EngineStatusTracker status;

	private final EngineLog log;

	private volatile @Nullable EngineExecution execution;

	/** Whether the engine has received since the application started. */
	private final AtomicBoolean streamed = new AtomicBoolean();

	EngineSupervisor(EngineSettings settings, EngineRunner runner, EngineStatusTracker status, EngineLog log) {
		this.settings = settings;
		this.runner = runner;
		this.status = status;
		this.log = log;
	}

	/** Whether the engine runs or waits for its next start. */
	boolean isAlive() {
		EngineExecution execution = this.execution;
		return execution != null && execution.isAlive();
	}

	/**
	 * Whether the engine has stopped, and no listener call of its last run is running.
	 */
	boolean isIdle() {
		return !isAlive() && !this.runner.isDelivering();
	}

	/**
	 * Start. What fails now fails the start of the application, unless a retry may
	 * succeed.
	 * @throws StartRefusedException if the engine must not start
	 * @throws CdcException if it cannot start, and no retry may succeed
	 */
	void start() {
		EngineExecution execution = begin();
		execution.prepareFirst(EngineFailure::isTemporary);
		execution.begin();
	}

	/**
	 * Start again. A refusal is retried; any other failure is reported by the status.
	 */
	void startAgain() {
		EngineExecution execution = begin();
		try {
			execution.prepareFirst(EngineFailure::isTemporaryOnceStarted);
		}
		catch (StartRefusedException ex) {
			this.log.refused(ex);
			execution.delay();
		}
		catch (CdcException ex) {
			this.log.failedToStart(ex);
			return;
		}
		execution.begin();
	}

	/**
	 * Start again as soon as the former run has ended, with all its listener calls.
	 * @param waitsFor what is still running, in words
	 */
	void startAgainWhenIdle(Supplier<String> waitsFor) {
		EngineExecution former = this.execution;
		EngineExecution execution = begin();
		execution.await(former, waitsFor);
		execution.begin();
	}

	private EngineExecution begin() {
		this.log.clearRefusal();
		EngineExecution execution = new EngineExecution(this.settings, this.runner, this.status, this.log,
				(candidate) -> candidate == this.execution, this.streamed);
		this.execution = execution;
		this.status.enter(EngineState.STARTING);
		return execution;
	}

	/**
	 * Stop and stay paused.
	 * @return whether the engine has stopped in time
	 */
	boolean pause() {
		EngineExecution execution = this.execution;
		if (execution != null) {
			execution.pauseWhenStopped();
		}
		return stop();
	}

	/**
	 * Stop in order: receive no more events, finish those in flight, store, flush, close.
	 * Events that are not finished in time are not acknowledged, so they are delivered
	 * again at the next start.
	 * @return whether the engine has stopped in time
	 */
	boolean stop() {
		EngineExecution execution = this.execution;
		if (execution == null) {
			return true;
		}
		execution.stop();
		Duration timeout = this.settings.listener().shutdownTimeout();
		long deadline = System.nanoTime() + timeout.plus(CLOSE_TIMEOUT).toNanos();
		if (!this.runner.stop(timeout)) {
			this.log.unfinished(timeout);
		}
		return execution.join(Duration.ofNanos(deadline - System.nanoTime()));
	}

}
