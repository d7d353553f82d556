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

import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import io.github.cdcspring.CdcBackfill;
import io.github.cdcspring.CdcException;
import io.github.cdcspring.Gap;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.TableId;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.internal.backfill.BackfillStep;
import io.github.cdcspring.internal.debezium.OffsetRecorder;
import io.github.cdcspring.internal.debezium.QueueFill;
import io.github.cdcspring.internal.offset.OffsetSession;
import io.github.cdcspring.internal.startup.ReconciliationResult;
import io.github.cdcspring.internal.startup.RestartPreviewer;
import io.github.cdcspring.internal.startup.check.AcceptedRisk;
import io.github.cdcspring.offset.OffsetKey;
import io.github.cdcspring.offset.OffsetStore;
import io.github.cdcspring.offset.StoredOffset;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An engine that embeds Debezium.
 */
public final class EmbeddedCdcEngine extends SupervisedCdcEngine {

	private static final Logger logger = LoggerFactory.getLogger(EmbeddedCdcEngine.class);

	private final OffsetStore store;

	private final OffsetKey key;

	private final EmbeddedEngineRunner runner;

	private final StreamStatusReader statusReader;

	private final QueueFill queue;

	private final EngineBackfill backfill;

	private final List<Consumer<Gap>> gapListeners;

	/**
	 * Create an engine.
	 * @param setup what the engine consists of
	 * @param store the store for the offset
	 */
	public EmbeddedCdcEngine(EngineSetup setup, OffsetStore store) {
		this(setup, store, new CopyOnWriteArrayList<>());
	}

	private EmbeddedCdcEngine(EngineSetup setup, OffsetStore store, List<Consumer<Gap>> gapListeners) {
		this(setup, store, gapListeners, new EmbeddedEngineRunner(setup, store,
				(gap) -> gapListeners.forEach((listener) -> listener.accept(gap))));
	}

	private EmbeddedCdcEngine(EngineSetup setup, OffsetStore store, List<Consumer<Gap>> gapListeners,
			EmbeddedEngineRunner runner) {
		super(setup, runner);
		this.gapListeners = gapListeners;
		EngineSettings settings = setup.settings();
		this.store = store;
		this.key = new OffsetKey(settings.name(), settings.slot().name());
		this.runner = runner;
		this.statusReader = new StreamStatusReader(settings, runner.context().source(), runner.context().preflight(),
				new RestartPreviewer(settings, runner.context().reconciler(), store.isDurable()), this::storedOffset,
				() -> state() == EngineState.RUNNING, Clock.systemUTC());
		this.backfill = new EngineBackfill(settings, this::state, runner);
		this.queue = new QueueFill(settings.slot().name());
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
		this.runner.context().backfill().onStep(listener);
	}

	/**
	 * Add a listener that is told which table's existing rows begin to be delivered. It
	 * must not take long.
	 * @param listener the listener
	 */
	public void onBackfillBegin(Consumer<TableId> listener) {
		onBackfillStep((step) -> {
			if (!step.completed()) {
				listener.accept(step.table());
			}
		});
	}

	@Override
	protected long takeOver() {
		OffsetSession session = new OffsetSession(this.key, this.store, Clock.systemUTC());
		session.takeOver();
		return session.epoch();
	}

	@Override
	protected List<AcceptedRisk> acceptedOnServer() {
		return this.runner.context().preflight().accepted();
	}

	/**
	 * Return how slot and offset compared at the last start, and what was decided.
	 * @return the result, {@code null} before the first start
	 */
	public @Nullable ReconciliationResult reconciliation() {
		return this.runner.reconciliation();
	}

	/**
	 * Return the tables of the last start whose existing rows no listener receives, so
	 * that a recovery delivers nothing of them.
	 * @return the tables
	 */
	public Set<TableId> tablesWithoutRows() {
		return this.runner.withoutRows();
	}

	/**
	 * Return whether the store knows that the last requested recovery has begun.
	 * @return whether it does
	 */
	public boolean hasBegunRecovery() {
		return this.runner.context().reconciler().recovery().hasBegun();
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
		EngineState state = state();
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
		OffsetRecorder recorder = this.runner.offsetRecorder();
		if (recorder != null) {
			recorder.close();
		}
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
	public Lsn advance(Lsn lsn) {
		OffsetSession session = this.runner.session();
		if (!settings().isSlotAdvancedByApplication()) {
			throw new CdcException("Engine '" + name() + "' advances replication slot '" + settings().slot().name()
					+ "' itself, so the application cannot. Set cdc.lsn-flush-mode=manual and "
					+ "cdc.slot.advanced-by=application.");
		}
		return (session != null) ? session.release(lsn) : Lsn.ZERO;
	}

	@Override
	public CdcBackfill backfill() {
		return this.backfill;
	}

	@Override
	protected void statusInvalidated() {
		this.statusReader.invalidate();
	}

	@Override
	protected void stopped() {
		releaseOffset();
	}

	@Override
	protected void closed() {
		this.statusReader.release();
	}

}
