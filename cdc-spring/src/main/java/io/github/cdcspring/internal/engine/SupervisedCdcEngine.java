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
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.engine.CdcEngine;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.engine.EngineStatus;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.internal.debezium.EngineFailure;
import io.github.cdcspring.internal.listener.ListenerEndpoint;
import io.github.cdcspring.internal.listener.ListenerSet;
import io.github.cdcspring.internal.listener.RunningCall;
import io.github.cdcspring.internal.parking.ParkedEventQueues;
import io.github.cdcspring.internal.startup.SlotHeldException;
import io.github.cdcspring.internal.startup.check.AcceptedRisk;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;

/**
 * An engine that is kept running, whatever its source: its listeners, its state and its
 * operations. The reported state always reflects the actual state.
 */
public abstract class SupervisedCdcEngine implements CdcEngine {

	private final EngineSettings settings;

	private final List<AcceptedRisk> acceptedSettings;

	private final DeliveryStatistics deliveryStatistics;

	private final ListenerSet listeners;

	private final EngineStatusTracker status = new EngineStatusTracker(this::statusChanged);

	private final EngineRunner runner;

	private final EngineSupervisor supervisor;

	private final @Nullable ParkedEvents parkedEvents;

	private final List<Consumer<EngineStatus>> statusListeners = new CopyOnWriteArrayList<>();

	/**
	 * Create an engine.
	 * @param setup what the engine consists of
	 * @param runner carries out its runs
	 */
	protected SupervisedCdcEngine(EngineSetup setup, EngineRunner runner) {
		this.settings = setup.settings();
		this.acceptedSettings = setup.accepted();
		this.deliveryStatistics = setup.deliveryStatistics();
		this.listeners = setup.listeners();
		this.runner = runner;
		this.supervisor = new EngineSupervisor(this.settings, runner, this.status, setup.log());
		ParkedEventQueues parkedQueues = setup.parkedQueues();
		this.parkedEvents = (parkedQueues != null)
				? new ParkedEvents(this.settings.name(), this.status::state, parkedQueues, this.listeners) : null;
	}

	@Override
	public String name() {
		return this.settings.name();
	}

	@Override
	public EngineSettings settings() {
		return this.settings;
	}

	@Override
	public EngineStatus status() {
		return this.status.status();
	}

	/**
	 * Return the status with the delivery that its failure is about.
	 * @return both, as of the same moment
	 */
	public TrackedStatus trackedStatus() {
		return this.status.current();
	}

	private void statusChanged(EngineStatus status) {
		statusInvalidated();
		this.statusListeners.forEach((listener) -> listener.accept(status));
	}

	/** The status has changed, so that what was read before may not hold any more. */
	protected void statusInvalidated() {
	}

	/**
	 * Add a listener that is told of each change of the status, in order.
	 * @param listener called on the engine's threads
	 */
	public void onStatusChange(Consumer<EngineStatus> listener) {
		this.statusListeners.add(listener);
	}

	/**
	 * Return the risks that the operator accepted with {@code cdc.safety.accept}: those
	 * of the settings, and those on the server at the last start.
	 * @return the risks
	 */
	public List<AcceptedRisk> acceptedRisks() {
		return Stream.concat(this.acceptedSettings.stream(), acceptedOnServer().stream()).toList();
	}

	/**
	 * Return the parked events.
	 * @return the events, {@code null} if the engine never parks events
	 */
	public @Nullable ParkedEvents parkedEvents() {
		return this.parkedEvents;
	}

	/**
	 * Return the number of events skipped since the application started.
	 * @return the number
	 */
	public long skippedEvents() {
		return this.listeners.options().errorHandler().skippedEvents();
	}

	/**
	 * Return the counts of events since the application started.
	 * @return the statistics
	 */
	public DeliveryStatistics deliveryStatistics() {
		return this.deliveryStatistics;
	}

	/**
	 * Begin to deliver events that the caller makes, instead of those of the source.
	 * @return what delivers them
	 * @throws CdcException if the engine is started
	 */
	public synchronized DirectDelivery deliverDirectly() {
		if (this.supervisor.isAlive()) {
			throw new CdcException("Engine '" + name() + "' is " + this.status.state()
					+ " and delivers the events of its source. Do not start it.");
		}
		return new DirectDelivery(this.listeners, takeOver());
	}

	/**
	 * Take the position over without a source.
	 * @return the epoch of this instance
	 */
	protected long takeOver() {
		return 0;
	}

	/**
	 * Return the listeners of this engine.
	 * @return the listeners in their order
	 */
	public List<ListenerEndpoint> listeners() {
		return this.listeners.endpoints();
	}

	/**
	 * Return the risks on the server that the operator accepted for the last start.
	 * @return the risks
	 */
	protected List<AcceptedRisk> acceptedOnServer() {
		return List.of();
	}

	@Override
	public Lsn storedLsn() {
		return this.runner.storedLsn();
	}

	/**
	 * Return the listener call that has lasted longest.
	 * @return the call, {@code null} if no call has lasted for about a second
	 */
	public @Nullable RunningCall oldestCall() {
		return this.listeners.oldestCall();
	}

	/**
	 * Check, and begin to receive on a thread of its own. Does nothing if the engine is
	 * started already.
	 * @throws StartRefusedException if the engine must not start
	 * @throws CdcException if the engine cannot start, and no retry may succeed
	 */
	public synchronized void start() {
		if (!this.supervisor.isAlive()) {
			this.supervisor.start();
		}
	}

	/**
	 * Check whether {@link #start()} would be refused, for an application that fails to
	 * start in any case. Starts nothing, and leaves publication and slot as they are.
	 * @throws StartRefusedException if it would be refused
	 * @throws CdcException if the server or the store cannot be asked
	 */
	public synchronized void judge() {
		try {
			this.runner.judge();
		}
		catch (SlotHeldException ex) {
			// The start would go on standby
		}
		catch (SQLException ex) {
			throw new CdcException("Engine '" + name() + "' cannot be checked on " + this.settings.connection() + ": "
					+ EngineFailure.of(null, ex).message(), ex);
		}
	}

	@Override
	public synchronized void pause() {
		EngineState state = this.status.state();
		if (state == EngineState.PAUSED || state == EngineState.STOPPED) {
			throw new CdcException("Engine '" + name() + "' is " + state + ", so it cannot be paused."
					+ ((state == EngineState.STOPPED) ? " Restart it first." : ""));
		}
		this.supervisor.pause();
		this.runner.withdrawRecovery();
		if (!this.supervisor.isIdle()) {
			this.status.enterFrom(EngineState.RUNNING, EngineState.BACKING_OFF, stillRunning());
			throw later("It is paused as soon as the call has returned.");
		}
		if (!this.status.is(EngineState.PAUSED)) {
			this.status.enter(EngineState.PAUSED);
		}
	}

	@Override
	public synchronized void resume() {
		if (!this.status.is(EngineState.PAUSED)) {
			throw new CdcException(
					"Engine '" + name() + "' is " + this.status.state() + ", so it cannot be resumed. Pause it first.");
		}
		startAgain();
	}

	@Override
	public synchronized void restart() {
		if (this.status.is(EngineState.PAUSED)) {
			throw new CdcException("Engine '" + name() + "' is PAUSED, so it cannot be restarted. Resume it.");
		}
		startAgain();
	}

	@Override
	public synchronized void recover() {
		if (!this.status.is(EngineState.REFUSED)) {
			throw new CdcException("Engine '" + name() + "' is " + this.status.state()
					+ ", and only an engine that is REFUSED can recover.");
		}
		if (this.runner.isDelivering()) {
			throw new CdcException("Engine '" + name() + "' still waits for a listener call of its last run, so it "
					+ "cannot recover yet. Repeat the operation when the call has returned.");
		}
		Runnable request = this.runner.recovery();
		try {
			startAgain(request);
		}
		finally {
			if (!this.status.is(EngineState.BACKING_OFF)) {
				this.runner.withdrawRecovery();
			}
		}
		if (this.status.is(EngineState.REFUSED) || this.status.is(EngineState.FAILED)) {
			throw new CdcException(
					"Engine '" + name() + "' could not recover and is " + status().state() + ": " + status().failure());
		}
		if (this.status.is(EngineState.STANDBY)) {
			throw new CdcException(
					"Engine '" + name() + "' has not recovered and is STANDBY: another instance receives "
							+ "from replication slot '" + this.settings.slot().name() + "'. Operate that instance.");
		}
	}

	/**
	 * No run may begin while a call of the former one is running: two threads would
	 * deliver one event.
	 */
	private void startAgain() {
		startAgain(this.runner::withdrawRecovery);
	}

	/**
	 * Start again.
	 * @param prepare run before the start, when the former run prepares no more
	 */
	private void startAgain(Runnable prepare) {
		this.supervisor.stop();
		prepare.run();
		if (!this.supervisor.isIdle()) {
			this.supervisor.startAgainWhenIdle(this::stillRunning);
			throw later("It starts again as soon as the call has returned.");
		}
		stopped();
		this.supervisor.startAgain();
	}

	/** An operation whose outcome is not reached in time. */
	private CdcException later(String outcome) {
		return new CdcException(stillRunning() + " " + outcome + " Check what the listener waits for, or restart the "
				+ "application.");
	}

	private String stillRunning() {
		RunningCall call = oldestCall();
		return "Engine '" + name() + "' has not stopped within " + this.settings.listener().shutdownTimeout()
				+ " and is still stopping"
				+ ((call != null) ? ": listener '" + call.listener() + "' has been running since " + call.since() : "")
				+ ".";
	}

	/**
	 * Stop in order: receive no more events, finish those in flight, store, close. Events
	 * that are not finished within {@code cdc.listener.shutdown-timeout} are not
	 * acknowledged, so they are delivered again at the next start.
	 */
	public synchronized void stop() {
		boolean stopped = this.supervisor.stop();
		this.runner.withdrawRecovery();
		closed();
		if (stopped) {
			stopped();
		}
	}

	/** The engine has stopped, with all its listener calls. */
	protected void stopped() {
	}

	/** The engine is not needed any more, even if a listener call is still running. */
	protected void closed() {
	}

	/**
	 * Return the current state.
	 * @return the state
	 */
	protected EngineState state() {
		return this.status.state();
	}

}
