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

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.internal.debezium.EngineFailure;
import io.github.cdcspring.internal.startup.SlotHeldException;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one engine running on a thread of its own: restarts it after temporary failures
 * and refusals with growing delays, and takes over when another instance releases the
 * slot. The engine calls its methods one at a time.
 */
final class EngineSupervisor {

	private static final Duration STANDBY_CHECK = Duration.ofSeconds(1);

	/** Time for the rest of a stop, after the events in flight. */
	private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

	private final EngineSettings settings;

	private final EngineRunner runner;

	private final EngineStatusTracker status;

	private final EngineLog log;

	private volatile RestartBackOff backOff = new RestartBackOff();

	private volatile Duration delay = Duration.ZERO;

	private volatile boolean pausing;

	private volatile CountDownLatch stop = new CountDownLatch(0);

	private volatile @Nullable Thread thread;

	EngineSupervisor(EngineSettings settings, EngineRunner runner, EngineStatusTracker status, EngineLog log) {
		this.settings = settings;
		this.runner = runner;
		this.status = status;
		this.log = log;
	}

	/** Whether the engine runs or waits for its next start. */
	boolean isAlive() {
		Thread thread = this.thread;
		return thread != null && thread.isAlive();
	}

	/**
	 * Start. What fails now fails the start of the application, unless a retry may
	 * succeed.
	 * @throws StartRefusedException if the engine must not start
	 * @throws CdcException if it cannot start, and no retry may succeed
	 */
	void start() {
		begin();
		supervise(prepareFirst());
	}

	/**
	 * Start again. A refusal is retried; any other failure is reported by the status.
	 */
	void startAgain() {
		begin();
		PreparedStart start = null;
		try {
			start = prepareFirst();
		}
		catch (StartRefusedException ex) {
			this.log.refused(ex);
			this.delay = this.backOff.next();
		}
		catch (CdcException ex) {
			this.log.failedToStart(ex);
			return;
		}
		supervise(start);
	}

	private void begin() {
		this.stop = new CountDownLatch(1);
		this.backOff = new RestartBackOff();
		this.pausing = false;
		this.log.clearRefusal();
		this.status.enter(EngineState.STARTING);
	}

	/**
	 * Prepare the first start.
	 * @return the start, {@code null} if it is to be retried
	 */
	private @Nullable PreparedStart prepareFirst() {
		try {
			return this.runner.prepare();
		}
		catch (StartRefusedException ex) {
			this.status.enter(EngineState.REFUSED, ex.getMessage());
			throw ex;
		}
		catch (SlotHeldException ex) {
			standBy(ex);
			return null;
		}
		catch (SQLException | RuntimeException ex) {
			EngineFailure failure = EngineFailure.of(null, ex);
			if (!failure.isTemporary()) {
				this.status.enter(EngineState.FAILED, failure.message());
				throw new CdcException("Engine '" + this.settings.name() + "' cannot start on "
						+ this.settings.connection() + ": " + failure.message(), ex);
			}
			backOff(failure);
			return null;
		}
	}

	private void supervise(@Nullable PreparedStart prepared) {
		Thread thread = new Thread(() -> keepRunning(prepared), "cdc-" + this.settings.name());
		this.thread = thread;
		thread.start();
	}

	private void keepRunning(@Nullable PreparedStart prepared) {
		PreparedStart next = prepared;
		while (next != null || !awaitStop(this.delay)) {
			long began = System.nanoTime();
			if (!run(next)) {
				return;
			}
			this.backOff.ran(Duration.ofNanos(System.nanoTime() - began));
			next = null;
		}
		if (this.pausing) {
			this.status.enter(EngineState.PAUSED);
			this.log.paused(this.runner.storedLsn());
		}
		else {
			this.status.enter(EngineState.STOPPED);
			this.log.stopped(this.runner.storedLsn());
		}
	}

	/**
	 * Run once.
	 * @return whether to run again after the delay
	 */
	private boolean run(@Nullable PreparedStart prepared) {
		try {
			PreparedStart start = (prepared != null) ? prepared : prepare();
			EngineFailure failure = this.runner.run(start, this::isStopping, this::streaming);
			if (isStopping()) {
				return true;
			}
			if (failure == null) {
				this.log.streamEnded();
				this.status.enter(EngineState.STOPPED);
				return false;
			}
			return retry(failure);
		}
		catch (StartRefusedException ex) {
			this.log.refused(ex);
			this.status.enter(EngineState.REFUSED, ex.getMessage());
			this.delay = this.backOff.next();
			return true;
		}
		catch (SlotHeldException ex) {
			standBy(ex);
			return true;
		}
		catch (SQLException | RuntimeException ex) {
			return retry(EngineFailure.of(null, ex));
		}
	}

	private PreparedStart prepare() throws SQLException {
		PreparedStart start = this.runner.prepare();
		this.log.clearRefusal();
		if (this.status.is(EngineState.STANDBY)) {
			this.log.takingOver();
		}
		return start;
	}

	private void standBy(SlotHeldException held) {
		this.delay = STANDBY_CHECK;
		if (!this.status.is(EngineState.STANDBY)) {
			this.log.standby(String.valueOf(held.getMessage()));
			this.status.enter(EngineState.STANDBY, held.getMessage());
		}
	}

	/**
	 * Schedule a restart if one may succeed.
	 * @return whether it may
	 */
	private boolean retry(EngineFailure failure) {
		if (failure.isTemporary()) {
			backOff(failure);
			return true;
		}
		this.log.failed(failure);
		this.status.enter(EngineState.FAILED, failure.message());
		return false;
	}

	private void backOff(EngineFailure failure) {
		this.delay = this.backOff.next();
		this.log.retrying(failure, this.status.is(EngineState.RUNNING), this.delay, this.backOff.attempt());
		this.status.enter(EngineState.BACKING_OFF, failure.message());
	}

	private void streaming() {
		this.status.enter(EngineState.RUNNING);
	}

	/**
	 * Stop and stay paused.
	 * @return whether the engine has stopped in time
	 */
	boolean pause() {
		this.pausing = true;
		return stop();
	}

	/**
	 * Stop in order: receive no more events, finish those in flight, store, flush, close.
	 * Events that are not finished in time are not acknowledged, so they are delivered
	 * again at the next start.
	 * @return whether the engine has stopped in time
	 */
	boolean stop() {
		this.stop.countDown();
		Thread thread = this.thread;
		if (thread == null) {
			return true;
		}
		Duration timeout = this.settings.listener().shutdownTimeout();
		long deadline = System.nanoTime() + timeout.plus(CLOSE_TIMEOUT).toNanos();
		if (!this.runner.stop(timeout)) {
			this.log.unfinished(timeout);
		}
		try {
			thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return !thread.isAlive();
	}

	private boolean isStopping() {
		return this.stop.getCount() == 0;
	}

	private boolean awaitStop(Duration wait) {
		try {
			return this.stop.await(wait.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return true;
		}
	}

}
