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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
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
 * One execution of an engine, from a start to a stop by the application or an operator.
 * Only the current execution reports its state: a former one may still wait for a
 * listener.
 */
final class EngineExecution implements Runnable, EngineRunner.Observer {

	private static final Duration STANDBY_CHECK = Duration.ofSeconds(1);

	private static final Duration POLL = Duration.ofMillis(100);

	/**
	 * How often a standby looks whether the slot is free. A server that made it wait for
	 * a lock instead would keep the snapshot of that statement, and could not vacuum.
	 */
	private static final Duration SLOT_CHECK = Duration.ofMillis(100);

	/** How often a server that was lost is looked for. */
	private static final Duration SERVER_CHECK = Duration.ofMillis(250);

	/** A run that has received for this long has recovered from what failed before. */
	private static final Duration RECOVERED = Duration.ofSeconds(5);

	/**
	 * So many attempts begin as soon as the server answers. A later one waits for its
	 * delay, unless the server did not answer meanwhile.
	 */
	private static final int PROMPT_ATTEMPTS = 3;

	private final EngineSettings settings;

	private final EngineRunner runner;

	private final EngineStatusTracker status;

	private final EngineLog log;

	private final Predicate<EngineExecution> current;

	private final AtomicBoolean streamed;

	private final Thread thread;

	private final CountDownLatch stop = new CountDownLatch(1);

	private final RestartBackOff backOff = new RestartBackOff();

	private final RestartBackOff listenerBackOff;

	/** The failure of a listener at an event that is not processed yet. */
	private @Nullable EngineFailure unprocessed;

	/** Why the current run cannot deliver events now. */
	private @Nullable String waiting;

	private @Nullable PreparedStart prepared;

	private volatile @Nullable EngineExecution former;

	private Supplier<String> waitsFor = () -> "";

	private Duration delay = Duration.ZERO;

	/** Whether the last failure was that the server was lost, or is still lost. */
	private boolean serverLost;

	/** When the current run began to receive, {@code null} if it has not. */
	private @Nullable Long receivingSince;

	private volatile boolean pausing;

	/** Whether the last look at the slot on standby has found it free. */
	private boolean seenFree;

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
		this.listenerBackOff = new RestartBackOff(settings.listener().restart());
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
		this.delay = this.backOff.next();
	}

	/** Stay paused when stopped. */
	void pauseWhenStopped() {
		this.pausing = true;
	}

	/** Request the end. */
	void stop() {
		this.stop.countDown();
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
			enter(EngineState.FAILED, EngineFailure.of(null, ex).message());
			throw ex;
		}
	}

	private void enter(EngineState state, @Nullable String failure) {
		if (this.current.test(this)) {
			this.status.enter(state, failure);
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
				enter(EngineState.FAILED, failure.message());
				throw new CdcException("Engine '" + this.settings.name() + "' cannot start on "
						+ this.settings.connection() + ": " + failure.message(), ex);
			}
			backOff(failure);
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
		while (next != null || !awaitNextStart()) {
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
	 * Wait for the delay. It protects a server that answers. One that was lost is started
	 * with as soon as it answers, for example as a standby that was promoted.
	 * @return whether the engine is stopped meanwhile
	 */
	private boolean awaitNextStart() {
		if (is(EngineState.STANDBY)) {
			return awaitSlot();
		}
		return this.serverLost ? awaitServer() : awaitStop(this.delay);
	}

	private boolean awaitSlot() {
		return awaitStopOr(SLOT_CHECK, () -> {
			this.seenFree = this.runner.isSlotFree();
			return this.seenFree;
		});
	}

	private boolean awaitServer() {
		AtomicBoolean lost = new AtomicBoolean(this.backOff.attempt() <= PROMPT_ATTEMPTS);
		return awaitStopOr(SERVER_CHECK, () -> {
			boolean answers = this.runner.isServerAnswering();
			if (!answers) {
				lost.set(true);
			}
			return answers && lost.get();
		});
	}

	/**
	 * Wait for the delay, or until the next start need not wait any longer.
	 * @return whether the engine is stopped meanwhile
	 */
	private boolean awaitStopOr(Duration interval, BooleanSupplier ready) {
		long end = System.nanoTime() + this.delay.toNanos();
		for (long rest = this.delay.toNanos(); rest > 0; rest = end - System.nanoTime()) {
			if (awaitStop(Duration.ofNanos(Math.min(rest, interval.toNanos())))) {
				return true;
			}
			if (ready.getAsBoolean()) {
				return false;
			}
		}
		return isStopping();
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
	private boolean run(@Nullable PreparedStart prepared) {
		try {
			endRun();
			PreparedStart start = (prepared != null) ? prepared : prepare();
			beginRun();
			EngineFailure failure = this.runner.run(start, this);
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
			this.delay = this.backOff.next();
			this.serverLost = false;
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
		this.seenFree = false;
		this.runner.endStandby();
		this.log.clearRefusal();
		if (is(EngineState.STANDBY)) {
			this.log.takingOver();
		}
		return start;
	}

	/**
	 * A kept connection on which the slot is free although it is held may lead to a
	 * former primary that is still alive, so the next look opens another one.
	 */
	private void standBy(SlotHeldException held) {
		if (this.seenFree) {
			this.seenFree = false;
			this.runner.endStandby();
		}
		this.delay = STANDBY_CHECK;
		this.serverLost = false;
		if (!is(EngineState.STANDBY)) {
			this.log.standby(String.valueOf(held.getMessage()));
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
		this.log.failed(judged);
		enter(EngineState.FAILED, judged.message());
		return false;
	}

	/**
	 * What does not fit at a stream that was never open is not about to change.
	 */
	private boolean isTemporary(EngineFailure failure) {
		return failure.isTemporary() || (failure.isTemporaryOnceStarted() && (this.streamed.get() || !this.runs));
	}

	/**
	 * A listener's failure does not pass if the engine was restarted often enough.
	 */
	private EngineFailure judge(EngineFailure failure) {
		Integer maxAttempts = this.settings.listener().restart().maxAttempts();
		if (failure.processedPast() == null || maxAttempts == null || this.listenerBackOff.attempt() < maxAttempts) {
			return failure;
		}
		return failure.afterRestarts(maxAttempts, this.settings.property("listener.restart.max-attempts"));
	}

	private void backOff(EngineFailure failure) {
		this.runner.endStandby();
		this.serverLost = failure.isConnectionLost();
		RestartBackOff backOff = (failure.processedPast() != null) ? this.listenerBackOff : this.backOff;
		if (failure.processedPast() != null) {
			this.unprocessed = failure;
		}
		this.delay = backOff.next();
		this.log.retrying(failure, this.wasRunning || is(EngineState.RUNNING), this.delay, backOff.attempt());
		enter(EngineState.BACKING_OFF, failure.message());
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
		this.waiting = null;
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
	 * The run has failed, but a listener may keep it from ending for a while. Nothing is
	 * received meanwhile.
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
