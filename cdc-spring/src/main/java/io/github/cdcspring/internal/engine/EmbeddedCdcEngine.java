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
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.engine.CdcEngine;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.engine.EngineStatus;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.internal.debezium.EngineFailure;
import io.github.cdcspring.internal.debezium.QueueFill;
import io.github.cdcspring.internal.listener.DeliveryOptions;
import io.github.cdcspring.internal.listener.ListenerEndpoint;
import io.github.cdcspring.internal.listener.RunningCall;
import io.github.cdcspring.internal.parking.KeptEvents;
import io.github.cdcspring.internal.parking.ParkedEventQueues;
import io.github.cdcspring.internal.row.RowMappers;
import io.github.cdcspring.internal.startup.OffsetReconciler;
import io.github.cdcspring.internal.startup.Preflight;
import io.github.cdcspring.internal.startup.ReconciliationResult;
import io.github.cdcspring.internal.startup.RestartPreviewer;
import io.github.cdcspring.internal.startup.SlotHeldException;
import io.github.cdcspring.internal.startup.SourceDatabase;
import io.github.cdcspring.internal.startup.check.AcceptedRisk;
import io.github.cdcspring.offset.OffsetSession;
import io.github.cdcspring.offset.OffsetStore;
import io.github.cdcspring.offset.StoredOffset;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * One engine over its whole life: checked, run, and after a failure that may pass built
 * anew. Its state is what is true, never what was hoped for.
 *
 */
public final class EmbeddedCdcEngine implements CdcEngine {

	private static final Logger logger = LoggerFactory.getLogger(EmbeddedCdcEngine.class);

	private static final Duration FIRST_WAIT = Duration.ofSeconds(1);

	private static final Duration STANDBY_CHECK = Duration.ofSeconds(1);

	private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

	/** For what a stop has to do when nothing is in hand any more. */
	private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

	private final EngineSettings settings;

	private final OffsetStore store;

	private final KeptEvents kept;

	private final @Nullable ParkedEvents parkedEvents;

	private final List<AcceptedRisk> accepted;

	private final Clock clock = Clock.systemUTC();

	private final SourceDatabase source;

	private final AtomicReference<EngineStatus> status;

	private final EngineRunner runner;

	private final StreamStatusReader statusReader;

	private final DeliveryStatistics deliveryStatistics;

	private final QueueFill queue;

	private volatile boolean paused;

	private volatile CountDownLatch stop = new CountDownLatch(1);

	private volatile @Nullable Thread supervisor;

	/**
	 * Create an engine.
	 * @param settings what it is told
	 * @param endpoints its listeners
	 * @param store where its position is kept
	 * @param mappers binds rows to the listeners' types
	 * @param options what stands around the delivery of events
	 * @param kept what is kept of single events
	 * @param accepted the risks of the settings that the operator accepted
	 */
	public EmbeddedCdcEngine(EngineSettings settings, List<ListenerEndpoint> endpoints, OffsetStore store,
			RowMappers mappers, DeliveryOptions options, KeptEvents kept, List<AcceptedRisk> accepted) {
		this.settings = settings;
		this.store = store;
		this.kept = kept;
		this.deliveryStatistics = new DeliveryStatistics(options.observer());
		this.accepted = List.copyOf(accepted);
		this.source = new SourceDatabase(settings.connection());
		DeliveryOptions observed = new DeliveryOptions(options.advice(), options.errorHandler(), options.interceptors(),
				this.deliveryStatistics);
		List<ListenerEndpoint> listeners = List.copyOf(endpoints);
		OffsetReconciler reconciler = new OffsetReconciler(settings, this.source, store.howToForget(settings.name()));
		Preflight preflight = new Preflight(settings, listeners);
		this.runner = new EngineRunner(settings, listeners, mappers, observed, kept, store, this.source, preflight,
				reconciler, this.clock);
		ParkedEventQueues parkedQueues = kept.parkedQueues();
		this.parkedEvents = (parkedQueues != null)
				? new ParkedEvents(this, parkedQueues, kept, listeners, mappers, observed) : null;
		this.status = new AtomicReference<>(new EngineStatus(EngineState.STOPPED, this.clock.instant(), null, 0, 0));
		this.queue = new QueueFill(settings.slot().name());
		this.statusReader = new StreamStatusReader(settings, preflight,
				new RestartPreviewer(settings, reconciler, store.isDurable()), this::storedOffset,
				() -> status().state() == EngineState.RUNNING, this.clock);
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
		return this.status.get();
	}

	/**
	 * What was found and decided before the last start.
	 * @return the judgement, {@code null} before the first start
	 */
	public @Nullable ReconciliationResult reconciliation() {
		return this.runner.reconciliation();
	}

	/**
	 * What the operator accepted with {@code cdc.safety.accept}: of the settings, and of
	 * the server as it was before the last start.
	 * @return the risks
	 */
	public List<AcceptedRisk> acceptedRisks() {
		return Stream.concat(this.accepted.stream(), this.runner.acceptedRisks().stream()).toList();
	}

	/**
	 * The events that are parked.
	 * @return the events, {@code null} where none ever is
	 */
	public @Nullable ParkedEvents parkedEvents() {
		return this.parkedEvents;
	}

	/**
	 * How many events were skipped since the application started.
	 * @return the number
	 */
	public long skippedEvents() {
		return this.kept.errorHandler().skipped();
	}

	/**
	 * What became of the events.
	 * @return the deliveries since the application started
	 */
	public DeliveryStatistics deliveryStatistics() {
		return this.deliveryStatistics;
	}

	/**
	 * How full the queue between the server and the listeners is.
	 * @return 0 to 1, {@code NaN} while the engine does not stream
	 */
	public double queueFill() {
		return this.queue.part();
	}

	/**
	 * Where the stream stands, and what a restart would do. Read at most once a second,
	 * however many ask; one who asks waits two seconds at most, and is then told what was
	 * known last.
	 * @return the reading
	 */
	public StreamStatus streamStatus() {
		return this.statusReader.latest();
	}

	/**
	 * What the store holds. It is asked itself where somebody else may have written to
	 * it, and let go where this engine does not hold it.
	 */
	private @Nullable StoredOffset storedOffset() {
		OffsetSession session = this.runner.session();
		EngineState state = status().state();
		if (session != null && (state == EngineState.RUNNING || state == EngineState.STARTING)) {
			return session.current().orElse(null);
		}
		try {
			return this.store.load(name()).orElse(null);
		}
		finally {
			if (state == EngineState.STOPPED) {
				this.store.release(name());
			}
		}
	}

	@Override
	public Lsn storedLsn() {
		OffsetSession session = this.runner.session();
		return (session != null) ? session.current().map(StoredOffset::lsn).orElse(Lsn.ZERO) : Lsn.ZERO;
	}

	/**
	 * The call of a listener that has lasted longest, of those that go on.
	 * @return the call, {@code null} if none has lasted for about a second
	 */
	public @Nullable RunningCall oldestCall() {
		return this.runner.oldestCall();
	}

	@Override
	public Lsn advance(Lsn lsn) {
		OffsetSession session = this.runner.session();
		if (!this.settings.isSlotAdvancedByApplication()) {
			throw new CdcException("Replication slot '" + this.settings.slot().name()
					+ "' is not the application's to advance. Set cdc.lsn-flush-mode=manual and "
					+ "cdc.slot.advanced-by=application for engine '" + name() + "'.");
		}
		return (session != null) ? session.release(lsn) : Lsn.ZERO;
	}

	/**
	 * Check, and begin to receive in the background.
	 * @throws StartRefusedException if it must not start as things are
	 * @throws CdcException if it cannot start for a cause that does not pass by itself
	 */
	public synchronized void start() {
		Thread last = this.supervisor;
		if (last == null || !last.isAlive()) {
			begin();
			supervise(prepareOrThrow());
		}
	}

	private void begin() {
		this.stop = new CountDownLatch(1);
		this.paused = false;
		enter(EngineState.STARTING, null);
	}

	private void supervise(@Nullable EngineAttempt prepared) {
		Thread supervisor = new Thread(() -> keepRunning(prepared), "cdc-" + name());
		this.supervisor = supervisor;
		supervisor.start();
	}

	@Override
	public synchronized void pause() {
		EngineState state = status().state();
		if (state == EngineState.PAUSED || state == EngineState.STOPPED) {
			throw new CdcException("Engine '" + name() + "' is " + state + ": there is nothing to pause.");
		}
		this.paused = true;
		stopOrThrow();
		enter(EngineState.PAUSED, null);
	}

	@Override
	public synchronized void resume() {
		EngineState state = status().state();
		if (state != EngineState.PAUSED) {
			throw new CdcException("Engine '" + name() + "' is " + state + ", and not paused.");
		}
		startAnew();
	}

	@Override
	public synchronized void restart() {
		if (status().state() == EngineState.PAUSED) {
			throw new CdcException("Engine '" + name() + "' is paused. Resume it.");
		}
		stopOrThrow();
		startAnew();
	}

	@Override
	public synchronized void snapshot(Collection<String> tables) {
		if (status().state() != EngineState.RUNNING) {
			throw new CdcException("Engine '" + name() + "' is " + status().state() + ", and not receiving.");
		}
		StreamStatus streamStatus = streamStatus();
		boolean restart = !this.runner.isIncremental();
		if (restart && (streamStatus.onRestart() == null || !streamStatus.onRestart().refusals().isEmpty())) {
			throw new CdcException("Engine '" + name() + "' would have to be started anew, which is not safe now. "
					+ ((streamStatus.onRestart() != null) ? streamStatus.onRestart().sentence()
							: streamStatus.problem()));
		}
		this.runner.requestSnapshot(tables);
		if (restart) {
			restart();
		}
		else {
			this.runner.handOverSnapshots();
		}
	}

	private void stopOrThrow() {
		Thread supervisor = this.supervisor;
		stop();
		if (supervisor != null && supervisor.isAlive()) {
			RunningCall call = oldestCall();
			// Two threads must not deliver to one listener
			this.supervisor = supervisor;
			throw new CdcException("Engine '" + name() + "' has not stopped within "
					+ this.settings.listener().shutdownTimeout() + ", and goes on stopping"
					+ ((call != null) ? ": listener '" + call.listener() + "' is at work since " + call.since() : "")
					+ ". Try again later, or restart the application.");
		}
	}

	private void startAnew() {
		Thread last = this.supervisor;
		if (last != null && last.isAlive()) {
			stopOrThrow();
		}
		begin();
		EngineAttempt attempt = null;
		try {
			attempt = prepareOrThrow();
		}
		catch (StartRefusedException ex) {
			logger.error("{}", ex.getMessage());
		}
		catch (CdcException ex) {
			logger.error("{}", ex.getMessage());
			return;
		}
		supervise(attempt);
	}

	/**
	 * A server that cannot be reached now may be reachable soon; everything else that is
	 * wrong at the start is the application's failure to start.
	 */
	private @Nullable EngineAttempt prepareOrThrow() {
		try {
			return this.runner.prepare();
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
			if (!failure.mayPass()) {
				enter(EngineState.FAILED, failure.words());
				throw new CdcException(
						"Engine '" + name() + "' cannot start on " + this.source + ": " + failure.words(), ex);
			}
			logger.warn("Engine '{}' cannot reach {} and keeps trying: {}", name(), this.source, failure.words());
			enter(EngineState.BACKING_OFF, failure.words());
			return null;
		}
	}

	private void keepRunning(@Nullable EngineAttempt prepared) {
		BackOffExecution backOff = backOff();
		EngineAttempt next = prepared;
		while (!isStopping()) {
			if (next == null) {
				boolean standby = status().state() == EngineState.STANDBY;
				if (awaitStop(standby ? STANDBY_CHECK : Duration.ofMillis(backOff.nextBackOff()))) {
					break;
				}
			}
			Instant began = this.clock.instant();
			boolean goOn = attempt(next);
			if (!goOn) {
				return;
			}
			if (Duration.between(began, this.clock.instant()).compareTo(LONGEST_WAIT) > 0) {
				backOff = backOff();
			}
			next = null;
		}
		enter(this.paused ? EngineState.PAUSED : EngineState.STOPPED, null);
	}

	/**
	 * Run once.
	 * @return whether to try again
	 */
	private boolean attempt(@Nullable EngineAttempt prepared) {
		try {
			this.deliveryStatistics.begin();
			EngineFailure failure = this.runner.run((prepared != null) ? prepared : this.runner.prepare(),
					this::isStopping, this::streaming);
			if (isStopping()) {
				return true;
			}
			if (failure == null) {
				logger.info("Engine '{}' has nothing more to receive", name());
				enter(EngineState.STOPPED, null);
				return false;
			}
			return goesOnAfter(failure);
		}
		catch (StartRefusedException ex) {
			if (!Objects.equals(status().failure(), ex.getMessage())) {
				logger.error("{}", ex.getMessage());
			}
			enter(EngineState.REFUSED, ex.getMessage());
			return true;
		}
		catch (SlotHeldException ex) {
			standBy(ex);
			return true;
		}
		catch (SQLException | RuntimeException ex) {
			return goesOnAfter(EngineFailure.of(null, ex));
		}
	}

	private void standBy(SlotHeldException held) {
		if (status().state() != EngineState.STANDBY) {
			logger.info("Engine '{}' stands by: {}", name(), held.getMessage());
			enter(EngineState.STANDBY, held.getMessage());
		}
	}

	private boolean goesOnAfter(EngineFailure failure) {
		if (failure.mayPass()) {
			logger.warn("Engine '{}' is built anew soon: {}", name(), failure.words());
			enter(EngineState.BACKING_OFF, failure.words());
			return true;
		}
		logger.error("Engine '{}' failed and stays so until it is restarted: {}", name(), failure.words(),
				failure.cause());
		enter(EngineState.FAILED, failure.words());
		return false;
	}

	private void streaming() {
		if (status().failure() != null) {
			logger.info("Engine '{}' receives again", name());
		}
		enter(EngineState.RUNNING, null);
	}

	/**
	 * Stop in order: receive nothing more, finish what is in hand, store, flush, close.
	 * What is not finished in time is not acknowledged and comes again at the next start.
	 */
	public synchronized void stop() {
		this.stop.countDown();
		this.statusReader.close();
		Thread supervisor = this.supervisor;
		if (supervisor == null) {
			this.store.release(name());
			return;
		}
		Duration timeout = this.settings.listener().shutdownTimeout();
		long deadline = System.nanoTime() + timeout.plus(CLOSE_TIMEOUT).toNanos();
		if (!this.runner.stop(timeout)) {
			logger.warn("Engine '{}' did not finish what was in hand within {}; it comes again at the next start",
					name(), timeout);
		}
		try {
			supervisor.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		if (!supervisor.isAlive()) {
			this.store.release(name());
		}
		this.supervisor = null;
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

	private static BackOffExecution backOff() {
		ExponentialBackOff backOff = new ExponentialBackOff(FIRST_WAIT.toMillis(), 2);
		backOff.setMaxInterval(LONGEST_WAIT.toMillis());
		return backOff.start();
	}

	private void enter(EngineState state, @Nullable String failure) {
		this.status.updateAndGet((last) -> {
			boolean restarted = state == EngineState.RUNNING && last.failure() != null;
			boolean refused = state == EngineState.REFUSED;
			return new EngineStatus(state, this.clock.instant(), failure, last.restarts() + (restarted ? 1 : 0),
					last.refusals() + (refused ? 1 : 0));
		});
		this.statusReader.outdate();
	}

}
