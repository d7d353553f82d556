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
import java.util.EnumMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.internal.debezium.EngineFailure;
import io.github.cdcspring.internal.listener.FailedDelivery;
import io.github.cdcspring.internal.startup.SlotHeldException;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;

/**
 * One execution of an engine, from a start to a stop by the application or an operator.
 * Only the current execution reports its state: a former one may still wait for a
 * listener.
 */
final class EngineExecution implements Runnable, EngineRunner.Observer {

	private static final Duration POLL = Duration.ofMillis(100);

	/** A run that has received for this long has recovered from what failed before. */
	private static final Duration RECOVERED = Duration.ofSeconds(5);

	private final EngineSettings settings;

	private final EngineRunner runner;

	private final EngineStatusTracker status;

	private final EngineLog log;

	private final Predicate<EngineExecution> current;

	private final AtomicBoolean streamed;

	private final Thread thread;

	private final StopRequest stop = new StopRequest();

	private final NextStart nextStart;

	private final RestartBackOff backOff = new RestartBackOff();

	private final ListenerRestarts listenerRestarts;

	/** Why the current run cannot deliver or acknowledge events now. */
	private final Map<Obstacle, String> obstacles = new EnumMap<>(Obstacle.class);

	private EngineRunner.@Nullable PreparedRun prepared;

	private volatile @Nullable EngineExecution former;

	private Supplier<String> waitsFor = () -> "";

	/** When the current run began to receive, {@code null} if it has not. */
	private @Nullable Long receivingSince;

	private volatile boolean pausing;

	private boolean wasRunning;

	private boolean failing;

	/** Whether a run has begun since the last preparation. */
	private boolean runs;

	/**
	 * Create an execution, which has not begun.
	 * @param current whether an execution is the current one
	 * @param streamed whether the engine has received since the application started
	 */
	EngineExecution(EngineSettings settings, EngineRunner runner, EngineStatusTracker status, EngineLog log,
			Predicate<EngineExecution> current, AtomicBoolean streamed) {
		this.settings = settings;
		this.runner = runner;
		this.status = status;
		this.log = log;
		this.current = current;
		this.streamed = streamed;
		this.listenerRestarts = new ListenerRestarts(settings, runner::backfillAdvances);
		this.nextStart = new NextStart(runner, this.stop);
		this.thread = new Thread(this, "cdc-" + settings.name());
	}

	/**
	 * Whether its thread is alive, or that of an execution that it waits for.
	 */
	boolean isAlive() {
		EngineExecution former = this.former;
		return this.thread.isAlive() || (former != null && former.isAlive());
	}

	/**
	 * Begin only when a former execution has ended, with all its listener calls.
	 * @param waitsFor what is still running, in words
	 */
	void await(@Nullable EngineExecution former, Supplier<String> waitsFor) {
		this.former = former;
		this.waitsFor = waitsFor;
		enter(EngineState.BACKING_OFF, waitsFor.get());
	}

	/** Begin after the back-off. */
	void delay() {
		this.nextStart.after(this.backOff.next());
	}

	/** Stay paused when stopped. */
	void pauseWhenStopped() {
		this.pausing = true;
	}

	/** Request the end. */
	void stop() {
		this.stop.make();
	}

	/**
	 * Wait for the end.
	 * @return whether it has ended in time
	 */
	boolean join(Duration timeout) {
		try {
			this.thread.join(Math.max(1, timeout.toMillis()));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return !this.thread.isAlive();
	}

	void begin() {
		try {
			this.thread.start();
		}
		catch (Error ex) {
			enterAfter(EngineFailure.of(null, ex), EngineState.FAILED);
			throw ex;
		}
	}

	private void enter(EngineState state, @Nullable String failure) {
		enter(state, failure, null);
	}

	private void enterAfter(EngineFailure failure, EngineState state) {
		enter(state, failure.message(), failure.delivery());
	}

	private void enter(EngineState state, @Nullable String failure, @Nullable FailedDelivery delivery) {
		if (this.current.test(this)) {
			this.status.enter(state, failure, delivery);
		}
	}

	private boolean is(EngineState state) {
		return this.status.is(state);
	}

	/**
	 * Prepare the first start.
	 * @param temporary whether a failure is retried
	 */
	void prepareFirst(Predicate<EngineFailure> temporary) {
		try {
			this.prepared = this.runner.prepare();
		}
		catch (StartRefusedException ex) {
			enter(EngineState.REFUSED, ex.getMessage());
			throw ex;
		}
		catch (SlotHeldException ex) {
			standBy(ex);
		}
		catch (SQLException | RuntimeException ex) {
			EngineFailure failure = EngineFailure.of(null, ex);
			if (!temporary.test(failure)) {
				enterAfter(failure, EngineState.FAILED);
				throw new CdcException("Engine '" + this.settings.name() + "' cannot start on "
						+ this.settings.connection() + ": " + failure.message(), ex);
			}
			backOff(failure);
		}
		catch (Error ex) {
			enterAfter(EngineFailure.of(null, ex), EngineState.FAILED);
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
			enterAfter(failure, EngineState.FAILED);
			this.log.failed(failure);
		}
		finally {
			this.runner.endStandby();
		}
	}

	/**
	 * Wait until the former run has ended, so that no event is delivered by two threads.
	 * @return {@code false} if the engine is stopped meanwhile
	 */
	private boolean awaitFormer() {
		EngineExecution former = this.former;
		boolean waited = false;
		while ((former != null && former.isAlive()) || this.runner.isDelivering()) {
			waited = true;
			String waitsFor = this.waitsFor.get();
			if (!waitsFor.equals(this.status.status().failure())) {
				enter(EngineState.BACKING_OFF, waitsFor);
			}
			if (this.stop.await(POLL)) {
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
		EngineRunner.PreparedRun next = this.prepared;
		this.prepared = null;
		while (next != null || !(this.nextStart.await() || isStoppedDuringCalls())) {
			long began = System.nanoTime();
			if (!run(next)) {
				return;
			}
			this.backOff.ran(Duration.ofNanos(System.nanoTime() - began));
			next = null;
		}
		ended();
	}

	/**
	 * A call of the former run may outlast it. Another run would deliver its event in
	 * another thread.
	 * @return whether the stop is requested meanwhile
	 */
	private boolean isStoppedDuringCalls() {
		while (this.runner.isDelivering()) {
			if (this.stop.await(POLL)) {
				return true;
			}
		}
		return false;
	}

	private void ended() {
		if (this.pausing) {
			enter(EngineState.PAUSED, null);
			this.log.paused(this.runner.storedLsn());
		}
		else {
			enter(EngineState.STOPPED, null);
			this.log.stopped(this.runner.storedLsn());
		}
	}

	/**
	 * Run once.
	 * @return whether to run again after the delay
	 */
	private boolean run(EngineRunner.@Nullable PreparedRun prepared) {
		try {
			endRun();
			EngineRunner.PreparedRun start = (prepared != null) ? prepared : prepare();
			beginRun();
			EngineFailure failure = start.run(this);
			endReceiving();
			if (isStopping()) {
				return true;
			}
			if (failure == null && !this.settings.snapshotMode().endsAfterSnapshot()) {
				return retry(EngineFailure.of("The stream has ended without a reason", null));
			}
			if (failure == null) {
				this.log.snapshotEnded();
				enter(EngineState.STOPPED, null);
				return false;
			}
			return retry(failure);
		}
		catch (StartRefusedException ex) {
			this.runner.endStandby();
			this.log.refused(ex);
			enter(EngineState.REFUSED, ex.getMessage());
			this.nextStart.after(this.backOff.next());
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

	private EngineRunner.PreparedRun prepare() throws SQLException {
		EngineRunner.PreparedRun start = this.runner.prepare();
		this.nextStart.prepared();
		this.log.clearRefusal();
		if (is(EngineState.STANDBY)) {
			this.log.takingOver();
		}
		return start;
	}

	private void standBy(SlotHeldException held) {
		this.nextStart.whenSlotIsFree();
		if (!is(EngineState.STANDBY)) {
			this.log.standby(String.valueOf(held.getMessage()));
			enter(EngineState.STANDBY, held.getMessage());
			this.runner.warmUp();
		}
	}

	/**
	 * Schedule a restart if one may succeed.
	 * @return whether it may
	 */
	private synchronized boolean retry(EngineFailure failure) {
		EngineFailure judged = this.listenerRestarts.judge(failure);
		if (isTemporary(judged)) {
			backOff(judged);
			return true;
		}
		this.log.failed(judged);
		enterAfter(judged, EngineState.FAILED);
		return false;
	}

	/**
	 * What does not fit at a stream that was never open is not about to change.
	 */
	private boolean isTemporary(EngineFailure failure) {
		return failure.isTemporary() || (failure.isTemporaryOnceStarted() && (this.streamed.get() || !this.runs));
	}

	private void backOff(EngineFailure failure) {
		this.runner.endStandby();
		RestartBackOff backOff = (failure.processedPast() != null) ? this.listenerRestarts.failed(failure)
				: this.backOff;
		Duration delay = backOff.next();
		if (failure.isConnectionLost()) {
			this.nextStart.whenServerAnswers(delay, this.backOff.attempt());
		}
		else {
			this.nextStart.after(delay);
		}
		this.log.retrying(failure, this.wasRunning || is(EngineState.RUNNING), delay, backOff.attempt());
		enterAfter(failure, EngineState.BACKING_OFF);
	}

	/** The next delay is the first one again if the run has received for long. */
	private synchronized void endReceiving() {
		Long since = this.receivingSince;
		if (since != null && System.nanoTime() - since > RECOVERED.toNanos()) {
			this.backOff.reset();
		}
	}

	private synchronized void endRun() {
		this.runs = false;
		this.wasRunning = false;
	}

	private synchronized void beginRun() {
		this.runs = true;
		this.wasRunning = false;
		this.failing = false;
		this.obstacles.clear();
		this.receivingSince = null;
	}

	/**
	 * An engine that only repeats the failure of a listener is not healthy, so the
	 * failure is reported until the event is processed.
	 */
	@Override
	public synchronized void streaming() {
		this.streamed.set(true);
		this.receivingSince = System.nanoTime();
		if (!this.failing) {
			enterWithProblem(EngineState.RUNNING);
		}
	}

	/**
	 * A snapshot may take hours, in which the engine neither waits for another instance
	 * nor for its next attempt.
	 */
	@Override
	public synchronized void readingSnapshot() {
		if (!this.failing && !isStopping()) {
			enterWithProblem(EngineState.STARTING);
		}
	}

	@Override
	public synchronized void obstructed(Obstacle obstacle, @Nullable String problem) {
		String before = (problem != null) ? this.obstacles.put(obstacle, problem) : this.obstacles.remove(obstacle);
		if (!Objects.equals(before, problem)) {
			enterAgain();
		}
	}

	/** Report another problem of the same state. */
	private void enterAgain() {
		EngineState state = this.status.state();
		if (state == EngineState.RUNNING || (state == EngineState.STARTING && this.runs)) {
			enterWithProblem(state);
		}
	}

	/** Enter a state in which the engine runs, with the reason why it is not healthy. */
	private void enterWithProblem(EngineState state) {
		Iterator<String> problems = this.obstacles.values().iterator();
		EngineFailure unprocessed = this.listenerRestarts.unprocessed();
		if (problems.hasNext() || unprocessed == null) {
			enter(state, problems.hasNext() ? problems.next() : null);
		}
		else {
			enterAfter(unprocessed, state);
		}
	}

	/**
	 * The run has failed, but a listener may keep it from ending for a while. Nothing is
	 * received meanwhile.
	 */
	@Override
	public synchronized void failing(EngineFailure failure) {
		if (!isStopping()) {
			this.failing = true;
			this.wasRunning = is(EngineState.RUNNING);
			EngineFailure judged = this.listenerRestarts.judge(failure);
			enterAfter(judged, stateWhile(judged));
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
		if (this.listenerRestarts.stored(lsn)) {
			enterAgain();
		}
	}

	@Override
	public boolean isStopping() {
		return this.stop.isMade();
	}

}
