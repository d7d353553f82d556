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
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.github.cdcspring.CdcBackfill;
import io.github.cdcspring.CdcException;
import io.github.cdcspring.Gap;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.engine.CdcEngine;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.engine.EngineStatus;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.internal.backfill.BackfillStep;
import io.github.cdcspring.internal.debezium.EngineFailure;
import io.github.cdcspring.internal.debezium.QueueFill;
import io.github.cdcspring.internal.listener.DeliveryOptions;
import io.github.cdcspring.internal.listener.ListenerEndpoint;
import io.github.cdcspring.internal.listener.ListenerSet;
import io.github.cdcspring.internal.listener.RunningCall;
import io.github.cdcspring.internal.parking.ParkedEventQueues;
import io.github.cdcspring.internal.row.RowMappers;
import io.github.cdcspring.internal.startup.ReconciliationResult;
import io.github.cdcspring.internal.startup.RestartPreviewer;
import io.github.cdcspring.internal.startup.SlotHeldException;
import io.github.cdcspring.internal.startup.check.AcceptedRisk;
import io.github.cdcspring.offset.OffsetKey;
import io.github.cdcspring.offset.OffsetSession;
import io.github.cdcspring.offset.OffsetStore;
import io.github.cdcspring.offset.StoredOffset;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An engine that embeds Debezium. The reported state always reflects the actual state.
 */
public final class EmbeddedCdcEngine implements CdcEngine {

	private static final Logger logger = LoggerFactory.getLogger(EmbeddedCdcEngine.class);

	private final EngineSettings settings;

	private final OffsetStore store;

	private final OffsetKey key;

	private final List<AcceptedRisk> acceptedSettings;

	private final DeliveryStatistics deliveryStatistics = new DeliveryStatistics();

	private final ListenerSet listeners;

	private final EngineStatusTracker status = new EngineStatusTracker(this::statusChanged);

	private final EngineRunner runner;

	private final EngineSupervisor supervisor;

	private final StreamStatusReader statusReader;

	private final @Nullable ParkedEvents parkedEvents;

	private final QueueFill queue;

	private final EngineBackfill backfill;

	private final List<Consumer<EngineStatus>> statusListeners = new CopyOnWriteArrayList<>();

	private final List<Consumer<Gap>> gapListeners = new CopyOnWriteArrayList<>();

	/**
	 * Create an engine.
	 * @param settings the settings of the engine
	 * @param endpoints the listeners of the engine
	 * @param store the store for the offset
	 * @param mappers maps rows to the listeners' types
	 * @param options what happens around the deliveries
	 * @param parkedQueues the parked events, {@code null} if no listener parks events
	 * @param accepted the risks of the settings that the operator accepted
	 */
	public EmbeddedCdcEngine(EngineSettings settings, List<ListenerEndpoint> endpoints, OffsetStore store,
			RowMappers mappers, DeliveryOptions options, @Nullable ParkedEventQueues parkedQueues,
			List<AcceptedRisk> accepted) {
		this.settings = settings;
		this.store = store;
		this.key = new OffsetKey(settings.name(), settings.slot().name());
		this.acceptedSettings = List.copyOf(accepted);
		this.listeners = new ListenerSet(settings.name(), settings.listener(), endpoints, mappers::mapperFor, options,
				this.deliveryStatistics);
		EngineLog log = new EngineLog(settings);
		this.runner = new EngineRunner(settings, this.listeners, store, log,
				(gap) -> this.gapListeners.forEach((listener) -> listener.accept(gap)));
		this.supervisor = new EngineSupervisor(settings, this.runner, this.status, log);
		this.statusReader = new StreamStatusReader(settings, this.runner.preflight(),
				new RestartPreviewer(settings, this.runner.reconciler(), store.isDurable()), this::storedOffset,
				() -> this.status.is(EngineState.RUNNING), Clock.systemUTC());
		this.parkedEvents = (parkedQueues != null)
				? new ParkedEvents(settings.name(), this.status::state, parkedQueues, this.listeners) : null;
		this.backfill = new EngineBackfill(settings, this.status, this.runner);
		this.queue = new QueueFill(settings.slot().name());
	}

	private void statusChanged(EngineStatus status) {
		this.statusReader.invalidate();
		this.statusListeners.forEach((listener) -> listener.accept(status));
	}

	/**
	 * Add a listener that is told of each change of the status, in order.
	 * @param listener called on the engine's threads
	 */
	public void onStatusChange(Consumer<EngineStatus> listener) {
		this.statusListeners.add(listener);
	}

	/**
	 * Add a listener that is told of each gap that a start skips.
	 * @param listener called on the engine's threads
	 */
	public void onGapSkipped(Consumer<Gap> listener) {
		this.gapListeners.add(listener);
	}

	/**
	 * Add a listener that is told when the reading of the existing rows of a table
	 * begins, continues, or is completed.
	 * @param listener the listener, which must not take long
	 */
	public void onBackfillStep(Consumer<BackfillStep> listener) {
		this.runner.backfill().onStep(listener);
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
	 * Return how slot and offset compared at the last start, and what was decided.
	 * @return the result, {@code null} before the first start
	 */
	public @Nullable ReconciliationResult reconciliation() {
		return this.runner.reconciliation();
	}

	/**
	 * Return the risks that the operator accepted with {@code cdc.safety.accept}: those
	 * of the settings, and those on the server at the last start.
	 * @return the risks
	 */
	public List<AcceptedRisk> acceptedRisks() {
		return Stream.concat(this.acceptedSettings.stream(), this.runner.acceptedRisks().stream()).toList();
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
	 * Return how full the queue between the server and the listeners is.
	 * @return 0 to 1, {@code NaN} while the engine does not stream
	 */
	public double queueFill() {
		return this.queue.ratio();
	}

	/**
	 * Return the positions of slot, offset and server, and what a restart would do. They
	 * are read at most once a second. If they cannot be read within two seconds, the last
	 * known status is returned, marked as stale.
	 * @return the status
	 */
	public StreamStatus streamStatus() {
		return this.statusReader.latest();
	}

	/**
	 * The offset that the next start would find. It is read from the store if another
	 * instance may have written it, and the store is released if this engine is stopped.
	 */
	private @Nullable StoredOffset storedOffset() {
		OffsetSession session = this.runner.session();
		EngineState state = this.status.state();
		if (session != null && (state == EngineState.RUNNING || state == EngineState.STARTING)) {
			return session.current().orElse(null);
		}
		try {
			return this.store.load(this.key).orElse(null);
		}
		finally {
			if (state == EngineState.STOPPED) {
				releaseOffset();
			}
		}
	}

	/**
	 * A store that cannot release the offset must not keep the engine from starting
	 * again, nor the application from stopping.
	 */
	private void releaseOffset() {
		try {
			this.store.release(this.key);
		}
		catch (RuntimeException | Error ex) {
			logger.warn(
					"Engine '{}' could not release its offset in the store because of {}. Another instance may have "
							+ "to wait until this application has ended. Check the offset store.",
					name(), ex.getClass().getName());
		}
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

	@Override
	public Lsn advance(Lsn lsn) {
		OffsetSession session = this.runner.session();
		if (!this.settings.isSlotAdvancedByApplication()) {
			throw new CdcException("Engine '" + name() + "' advances replication slot '" + this.settings.slot().name()
					+ "' itself, so the application cannot. Set cdc.lsn-flush-mode=manual and "
					+ "cdc.slot.advanced-by=application.");
		}
		return (session != null) ? session.release(lsn) : Lsn.ZERO;
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

	/**
	 * No run may begin while a call of the former one is running: two threads would
	 * deliver one event.
	 */
	private void startAgain() {
		this.supervisor.stop();
		if (!this.supervisor.isIdle()) {
			this.supervisor.startAgainWhenIdle(this::stillRunning);
			throw later("It starts again as soon as the call has returned.");
		}
		releaseOffset();
		this.supervisor.startAgain();
	}

	@Override
	public CdcBackfill backfill() {
		return this.backfill;
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
	 * Stop in order: receive no more events, finish those in flight, store, flush, close.
	 * Events that are not finished within {@code cdc.listener.shutdown-timeout} are not
	 * acknowledged, so they are delivered again at the next start.
	 */
	public synchronized void stop() {
		boolean stopped = this.supervisor.stop();
		this.statusReader.release();
		if (stopped) {
			releaseOffset();
		}
	}

}
