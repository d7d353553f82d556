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
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.Lsn;
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

	private static final Duration POLL = Duration.ofMillis(100);

	private final EngineSettings settings;

	private final EngineRunner runner;

	private final EngineStatusTracker status;

	private final EngineLog log;

	private volatile @Nullable Life life;

	/** Whether the engine has received since the application started. */
	private volatile boolean streamed;

	EngineSupervisor(EngineSettings settings, EngineRunner runner, EngineStatusTracker status, EngineLog log) {
		this.settings = settings;
		this.runner = runner;
		this.status = status;
		this.log = log;
	}

	/** Whether the engine runs or waits for its next start. */
	boolean isAlive() {
		Life life = this.life;
		return life != null && life.isAlive();
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
		Life life = begin();
		life.prepared = life.prepareFirst(EngineFailure::isTemporary);
		life.begin();
	}

	/**
	 * Start again. A refusal is retried; any other failure is reported by the status.
	 */
	void startAgain() {
		Life life = begin();
		try {
			life.prepared = life.prepareFirst(EngineFailure::isTemporaryOnceStarted);
		}
		catch (StartRefusedException ex) {
			this.log.refused(ex);
			life.delay = life.backOff.next();
		}
		catch (CdcException ex) {
			this.log.failedToStart(ex);
			return;
		}
		life.begin();
	}

	/**
	 * Start again as soon as the former run has ended, with all its listener calls.
	 * @param waitsFor what is still running, in words
	 */
	void startAgainWhenIdle(Supplier<String> waitsFor) {
		Life former = this.life;
		Life life = begin();
		life.former = former;
		life.waitsFor = waitsFor;
		this.status.enter(EngineState.BACKING_OFF, waitsFor.get());
		life.begin();
	}

	private Life begin() {
		this.log.clearRefusal();
		Life life = new Life();
		this.life = life;
		this.status.enter(EngineState.STARTING);
		return life;
	}

	/**
	 * Stop and stay paused.
	 * @return whether the engine has stopped in time
	 */
	boolean pause() {
		Life life = this.life;
		if (life != null) {
			life.pausing = true;
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
		Life life = this.life;
		if (life == null) {
			return true;
		}
		life.stop.countDown();
		Duration timeout = this.settings.listener().shutdownTimeout();
		long deadline = System.nanoTime() + timeout.plus(CLOSE_TIMEOUT).toNanos();
		if (!this.runner.stop(timeout)) {
			this.log.unfinished(timeout);
		}
		try {
			life.thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return !life.thread.isAlive();
	}

	/**
	 * The engine between a start and a stop by the application or an operator. Only the
	 * current life reports its state: a former one may still wait for a listener.
	 */
	private final class Life implements Runnable, EngineRunner.Observer {

		private final Thread thread = new Thread(this, "cdc-" + EngineSupervisor.this.settings.name());

		private final CountDownLatch stop = new CountDownLatch(1);

		private final RestartBackOff backOff = new RestartBackOff();

		private final RestartBackOff listenerBackOff = new RestartBackOff(
				EngineSupervisor.this.settings.listener().restart());

		/** The failure of a listener at an event that is not processed yet. */
		private @Nullable EngineFailure unprocessed;

		/** Why the current run cannot deliver events now. */
		private @Nullable String waiting;

		private @Nullable PreparedStart prepared;

		private volatile @Nullable Life former;

		private Supplier<String> waitsFor = () -> "";

		private Duration delay = Duration.ZERO;

		private volatile boolean pausing;

		private boolean wasRunning;

		private boolean failing;

		/** Whether a run has begun since the last preparation. */
		private boolean runs;

		/**
		 * Whether its thread is alive, or that of a life that it waits for.
		 */
		boolean isAlive() {
			Life former = this.former;
			return this.thread.isAlive() || (former != null && former.isAlive());
		}

		void begin() {
			try {
				this.thread.start();
			}
			catch (Error ex) {
				enter(EngineState.FAILED, EngineFailure.of(null, ex).message());
				throw ex;
			}
		}

		private void enter(EngineState state, @Nullable String failure) {
			if (EngineSupervisor.this.life == this) {
				EngineSupervisor.this.status.enter(state, failure);
			}
		}

		private boolean is(EngineState state) {
			return EngineSupervisor.this.status.is(state);
		}

		/**
		 * Prepare the first start.
		 * @param temporary whether a failure is retried
		 * @return the start, {@code null} if it is to be retried
		 */
		@Nullable PreparedStart prepareFirst(Predicate<EngineFailure> temporary) {
			try {
				return EngineSupervisor.this.runner.prepare();
			}
			catch (StartRefusedException ex) {
				enter(EngineState.REFUSED, ex.getMessage());
				throw ex;
			}
			catch (SlotHeldException ex) {
				standBy(ex);
				return null;
			}
			catch (SQLException | RuntimeException ex) {
				EngineFailure failure = EngineFailure.of(null, ex);
				if (!temporary.test(failure)) {
					enter(EngineState.FAILED, failure.message());
					throw new CdcException("Engine '" + EngineSupervisor.this.settings.name() + "' cannot start on "
							+ EngineSupervisor.this.settings.connection() + ": " + failure.message(), ex);
				}
				backOff(failure);
				return null;
			}
			catch (Error ex) {
				enter(EngineState.FAILED, EngineFailure.of(null, ex).message());
				throw ex;
			}
		}

		@Override
		public void run() {
			try {
				if (awaitFormer()) {
					keepRunning();
				}
				else {
					ended();
				}
			}
			catch (Throwable ex) {
				// Nothing would restart the engine, so no other state may remain
				EngineFailure failure = EngineFailure.of(null, ex);
				enter(EngineState.FAILED, failure.message());
				EngineSupervisor.this.log.failed(failure);
			}
		}

		/**
		 * Wait until the former run has ended, so that no event is delivered by two
		 * threads.
		 * @return {@code false} if the engine is stopped meanwhile
		 */
		private boolean awaitFormer() {
			Life former = this.former;
			boolean waited = false;
			while ((former != null && former.isAlive()) || EngineSupervisor.this.runner.isDelivering()) {
				waited = true;
				String waitsFor = this.waitsFor.get();
				if (!waitsFor.equals(EngineSupervisor.this.status.status().failure())) {
					enter(EngineState.BACKING_OFF, waitsFor);
				}
				if (awaitStop(POLL)) {
					return false;
				}
			}
			this.former = null;
			if (waited) {
				enter(EngineState.STARTING, null);
			}
			return true;
		}

		private void keepRunning() {
			PreparedStart next = this.prepared;
			this.prepared = null;
			while (next != null || !awaitStop(this.delay)) {
				long began = System.nanoTime();
				if (!run(next)) {
					return;
				}
				this.backOff.ran(Duration.ofNanos(System.nanoTime() - began));
				next = null;
			}
			ended();
		}

		private void ended() {
			if (this.pausing) {
				enter(EngineState.PAUSED, null);
				EngineSupervisor.this.log.paused(EngineSupervisor.this.runner.storedLsn());
			}
			else {
				enter(EngineState.STOPPED, null);
				EngineSupervisor.this.log.stopped(EngineSupervisor.this.runner.storedLsn());
			}
		}

		/**
		 * Run once.
		 * @return whether to run again after the delay
		 */
		private boolean run(@Nullable PreparedStart prepared) {
			try {
				endRun();
				PreparedStart start = (prepared != null) ? prepared : prepare();
				beginRun();
				EngineFailure failure = EngineSupervisor.this.runner.run(start, this);
				if (isStopping()) {
					return true;
				}
				if (failure == null && !EngineSupervisor.this.settings.snapshotMode().endsAfterSnapshot()) {
					return retry(EngineFailure.of("The stream has ended without a reason", null));
				}
				if (failure == null) {
					EngineSupervisor.this.log.streamEnded();
					enter(EngineState.STOPPED, null);
					return false;
				}
				return retry(failure);
			}
			catch (StartRefusedException ex) {
				EngineSupervisor.this.log.refused(ex);
				enter(EngineState.REFUSED, ex.getMessage());
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
			PreparedStart start = EngineSupervisor.this.runner.prepare();
			EngineSupervisor.this.log.clearRefusal();
			if (is(EngineState.STANDBY)) {
				EngineSupervisor.this.log.takingOver();
			}
			return start;
		}

		private void standBy(SlotHeldException held) {
			this.delay = STANDBY_CHECK;
			if (!is(EngineState.STANDBY)) {
				EngineSupervisor.this.log.standby(String.valueOf(held.getMessage()));
				enter(EngineState.STANDBY, held.getMessage());
			}
		}

		/**
		 * Schedule a restart if one may succeed.
		 * @return whether it may
		 */
		private synchronized boolean retry(EngineFailure failure) {
			EngineFailure judged = judge(failure);
			if (isTemporary(judged)) {
				backOff(judged);
				return true;
			}
			EngineSupervisor.this.log.failed(judged);
			enter(EngineState.FAILED, judged.message());
			return false;
		}

		/**
		 * What does not fit at a stream that was never open is not about to change.
		 */
		private boolean isTemporary(EngineFailure failure) {
			return failure.isTemporary()
					|| (failure.isTemporaryOnceStarted() && (EngineSupervisor.this.streamed || !this.runs));
		}

		/**
		 * A listener's failure does not pass if the engine was restarted often enough.
		 */
		private EngineFailure judge(EngineFailure failure) {
			Integer maxAttempts = EngineSupervisor.this.settings.listener().restart().maxAttempts();
			if (failure.processedPast() == null || maxAttempts == null
					|| this.listenerBackOff.attempt() < maxAttempts) {
				return failure;
			}
			return failure.afterRestarts(maxAttempts,
					EngineSupervisor.this.settings.property("listener.restart.max-attempts"));
		}

		private void backOff(EngineFailure failure) {
			RestartBackOff backOff = (failure.processedPast() != null) ? this.listenerBackOff : this.backOff;
			if (failure.processedPast() != null) {
				this.unprocessed = failure;
			}
			this.delay = backOff.next();
			EngineSupervisor.this.log.retrying(failure, this.wasRunning || is(EngineState.RUNNING), this.delay,
					backOff.attempt());
			enter(EngineState.BACKING_OFF, failure.message());
		}

		private synchronized void endRun() {
			this.runs = false;
			this.wasRunning = false;
		}

		private synchronized void beginRun() {
			this.runs = true;
			this.wasRunning = false;
			this.failing = false;
			this.waiting = null;
		}

		/**
		 * An engine that only repeats the failure of a listener is not healthy, so the
		 * failure is reported until the event is processed.
		 */
		@Override
		public synchronized void streaming() {
			EngineSupervisor.this.streamed = true;
			if (!this.failing) {
				enter(EngineState.RUNNING, problem());
			}
		}

		@Override
		public synchronized void waiting(@Nullable String problem) {
			this.waiting = problem;
			enterRunningAgain();
		}

		private void enterRunningAgain() {
			if (is(EngineState.RUNNING)) {
				enter(EngineState.RUNNING, problem());
			}
		}

		/** Why a running engine is not healthy. */
		private @Nullable String problem() {
			EngineFailure unprocessed = this.unprocessed;
			if (this.waiting != null || unprocessed == null) {
				return this.waiting;
			}
			return unprocessed.message();
		}

		/**
		 * The run has failed, but a listener may keep it from ending for a while. Nothing
		 * is received meanwhile.
		 */
		@Override
		public synchronized void failing(EngineFailure failure) {
			if (!isStopping()) {
				this.failing = true;
				this.wasRunning = is(EngineState.RUNNING);
				EngineFailure judged = judge(failure);
				enter(stateWhile(judged), judged.message());
			}
		}

		private EngineState stateWhile(EngineFailure failing) {
			if (failing.cause() instanceof StartRefusedException) {
				return EngineState.REFUSED;
			}
			return isTemporary(failing) ? EngineState.BACKING_OFF : EngineState.FAILED;
		}

		@Override
		public synchronized void stored(Lsn lsn) {
			EngineFailure unprocessed = this.unprocessed;
			Lsn processedPast = (unprocessed != null) ? unprocessed.processedPast() : null;
			if (processedPast != null && lsn.isAfter(processedPast)) {
				this.unprocessed = null;
				this.listenerBackOff.reset();
				enterRunningAgain();
			}
		}

		@Override
		public boolean isStopping() {
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

}
