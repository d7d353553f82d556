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

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import io.github.cdcspring.Gap;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.Operation;
import io.github.cdcspring.TableId;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.internal.backfill.Backfill;
import io.github.cdcspring.internal.debezium.DebeziumRun;
import io.github.cdcspring.internal.debezium.EngineFailure;
import io.github.cdcspring.internal.debezium.OffsetJson;
import io.github.cdcspring.internal.debezium.OffsetRecorder;
import io.github.cdcspring.internal.debezium.RunClasses;
import io.github.cdcspring.internal.debezium.RunListener;
import io.github.cdcspring.internal.debezium.SnapshotSummary;
import io.github.cdcspring.internal.listener.ListenerSet;
import io.github.cdcspring.internal.startup.CapturedTable;
import io.github.cdcspring.internal.startup.OffsetReconciler;
import io.github.cdcspring.internal.startup.ReconciliationResult;
import io.github.cdcspring.internal.startup.ReplicationStateConnection;
import io.github.cdcspring.internal.startup.SlotHeldException;
import io.github.cdcspring.internal.startup.SourceDatabase;
import io.github.cdcspring.internal.startup.StartLock;
import io.github.cdcspring.internal.startup.WalSenderProcess;
import io.github.cdcspring.internal.startup.check.AcceptedRisk;
import io.github.cdcspring.internal.startup.check.Preflight;
import io.github.cdcspring.internal.support.KeptConnection;
import io.github.cdcspring.offset.OffsetKey;
import io.github.cdcspring.offset.OffsetSession;
import io.github.cdcspring.offset.OffsetStore;
import io.github.cdcspring.offset.StoredOffset;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.SnapshotMode;
import org.jspecify.annotations.Nullable;

/**
 * Carries out the runs of an engine that embeds Debezium.
 */
final class EmbeddedEngineRunner implements EngineRunner {

	/** For questions about a run to its server. */
	private static final String TIMELINE_UNKNOWN = "The timeline over which a standby has sent the events is not known, so "
			+ "no offset is stored and no event is acknowledged. The engine asks again at each flush interval. If "
			+ "this lasts, check the server.";

	private static final Duration READ_TIMEOUT = Duration.ofSeconds(5);

	/** A server that needs longer to accept a connection does not answer yet. */
	private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(2);

	/** For reading a chunk of a table. */
	private static final Duration BACKFILL_TIMEOUT = Duration.ofMinutes(1);

	/** Classes are loaded once for all engines. */
	private static final AtomicBoolean warmedUp = new AtomicBoolean();

	private final EngineSettings settings;

	private final ListenerSet listeners;

	private final DeliveryStatistics statistics;

	private final EngineLog log;

	private final SourceDatabase source;

	private final SourceDatabase answering;

	private final StartLock startLock;

	/** Asks whether the slot is free while the engine is on standby. */
	private final KeptConnection standby;

	private final Preflight preflight;

	private final OffsetReconciler reconciler;

	private final StartPreparation preparation;

	private final AttachedPartitions partitions;

	private final Backfill backfill = new Backfill();

	/** Stores how far existing rows are read, {@code null} before the first start. */
	private volatile @Nullable OffsetRecorder offsetRecorder;

	private volatile @Nullable ReconciliationResult reconciliation;

	private volatile @Nullable OffsetSession session;

	private volatile Set<TableId> captured = Set.of();

	private volatile BiPredicate<TableId, String> includedColumns = (table, column) -> false;

	private volatile @Nullable DebeziumRun run;

	private volatile StartLock.@Nullable Held heldLock;

	/** A run that was stopped while a listener was working, or {@code null}. */
	private volatile @Nullable DebeziumRun abandoned;

	/** What still has to be done when the stream is confirmed. */
	private volatile @Nullable Progress progress;

	private volatile @Nullable WalSenderProcess walSender;

	/**
	 * Create a runner.
	 * @param skipped is told of each gap that a start skips
	 */
	EmbeddedEngineRunner(EngineSetup setup, OffsetStore store, Consumer<Gap> skipped) {
		this.settings = setup.settings();
		this.listeners = setup.listeners();
		this.statistics = setup.deliveryStatistics();
		this.log = setup.log();
		this.source = new SourceDatabase(this.settings);
		this.answering = new SourceDatabase(this.settings, ANSWER_TIMEOUT);
		this.startLock = new StartLock(this.settings.slot().name());
		this.standby = new KeptConnection(this.answering);
		OffsetKey key = new OffsetKey(this.settings.name(), this.settings.slot().name());
		String forgetOffset = store.howToForget(key);
		this.preflight = new Preflight(this.settings, this.listeners, forgetOffset);
		this.reconciler = new OffsetReconciler(this.settings, this.source, forgetOffset);
		this.preparation = new StartPreparation(this.settings, this.listeners, this.log, this.source, this.preflight,
				this.reconciler, () -> new OffsetSession(key, store, Clock.systemUTC()), skipped);
		this.partitions = new AttachedPartitions(this.log);
	}

	Preflight preflight() {
		return this.preflight;
	}

	OffsetReconciler reconciler() {
		return this.reconciler;
	}

	/** The result of the last start's comparison of slot and offset. */
	@Nullable ReconciliationResult reconciliation() {
		return this.reconciliation;
	}

	/** The offset session of the last start. */
	@Nullable OffsetSession session() {
		return this.session;
	}

	/** The tables whose existing rows are to be read. */
	Backfill backfill() {
		return this.backfill;
	}

	@Override
	public long backfillAdvances(TableId table) {
		return this.backfill.advances(table);
	}

	/** Stores how far existing rows are read, {@code null} before the first start. */
	@Nullable OffsetRecorder offsetRecorder() {
		return this.offsetRecorder;
	}

	/** The tables that the last start has captured. */
	Set<TableId> captured() {
		return this.captured;
	}

	/** The columns that the application receives. */
	BiPredicate<TableId, String> includedColumns() {
		return this.includedColumns;
	}

	/** The captured tables whose existing rows no listener receives. */
	Set<TableId> withoutRows() {
		return this.captured.stream()
			.filter((table) -> this.listeners.endpoints()
				.stream()
				.noneMatch((endpoint) -> endpoint.matches(Operation.READ, table)))
			.collect(Collectors.toCollection(TreeSet::new));
	}

	/** Whether a listener receives the existing rows of a table. */
	boolean receives(String listener, TableId table) {
		return this.listeners.endpoints()
			.stream()
			.anyMatch((endpoint) -> endpoint.id().equals(listener) && endpoint.matches(Operation.READ, table));
	}

	/** Connect to the source database. */
	Connection connect() throws SQLException {
		return this.source.connect();
	}

	/** Connect to the source database, with the session in which rows are read. */
	Connection connectForRows() throws SQLException {
		return this.source.forRows().connect();
	}

	@Override
	public Lsn storedLsn() {
		OffsetSession session = this.session;
		return (session != null) ? session.current().map(StoredOffset::lsn).orElse(Lsn.ZERO) : Lsn.ZERO;
	}

	/** The risks on the server that the operator accepted for the last start. */
	List<AcceptedRisk> acceptedRisks() {
		return this.preflight.accepted();
	}

	/** Whether the server, or the primary among several, accepts a connection now. */
	@Override
	public boolean isServerAnswering() {
		try (Connection connection = this.answering.connect()) {
			return true;
		}
		catch (SQLException ex) {
			this.log.unanswered(ex);
			return false;
		}
	}

	/**
	 * Whether no other instance receives from the slot. Cheap enough to be asked often,
	 * over a connection that is kept until {@link #endStandby}.
	 */
	@Override
	public boolean isSlotFree() {
		synchronized (this.standby) {
			try {
				return this.standby.query(this.startLock::isFree);
			}
			catch (SQLException ex) {
				// The next preparation tells
				return false;
			}
		}
	}

	@Override
	public void warmUp() {
		if (warmedUp.compareAndSet(false, true)) {
			Thread thread = new Thread(RunClasses::load, "cdc-warm-up");
			thread.setDaemon(true);
			thread.setPriority(Thread.MIN_PRIORITY);
			thread.start();
		}
	}

	@Override
	public void endStandby() {
		synchronized (this.standby) {
			this.standby.close();
		}
	}

	/**
	 * Check the server, and set it up for a run.
	 * @throws StartRefusedException if the engine must not start
	 * @throws SlotHeldException if another instance receives from the slot
	 */
	@Override
	public PreparedRun prepare() throws SQLException {
		PreparedStart start = prepareStart();
		return (observer) -> run(start, observer);
	}

	private PreparedStart prepareStart() throws SQLException {
		releaseStartLock();
		PreparedStart start = this.preparation.prepare(this.session, this.walSender);
		this.heldLock = start.lock();
		this.walSender = null;
		this.reconciliation = start.reconciliation();
		this.session = start.session();
		this.captured = start.source().tableIds();
		this.statistics.expect(this.listeners.endpoints(), this.captured);
		this.backfill.resume(start.session()
			.current()
			.map((offset) -> new OffsetJson(offset.position()).backfill())
			.orElse(List.of()));
		this.log.notRead(this.backfill.retain(this.captured, this::receives));
		this.backfill.requestUnknown(start.tables().unread());
		return start;
	}

	/**
	 * Check whether a start would be refused, and change nothing.
	 * @throws StartRefusedException if it would be refused
	 * @throws SlotHeldException if another instance receives from the slot
	 */
	@Override
	public void judge() throws SQLException {
		this.preparation.judge();
	}

	@Override
	public Runnable recovery() {
		return this.reconciler.recovery().request();
	}

	@Override
	public void withdrawRecovery() {
		this.reconciler.recovery().withdraw();
	}

	private void releaseStartLock() {
		StartLock.Held lock = this.heldLock;
		this.heldLock = null;
		if (lock != null) {
			lock.close();
		}
	}

	/**
	 * Receive until the run is stopped or fails.
	 * @throws StartRefusedException if it failed because the slot is lost
	 */
	private @Nullable EngineFailure run(PreparedStart start, Observer observer) {
		this.backfill.snapshot().open();
		try (ReplicationStateConnection connection = new ReplicationStateConnection(
				this.source.at(start.endpoint(), READ_TIMEOUT), READ_TIMEOUT)) {
			return run(start, connection, observer);
		}
		finally {
			this.run = null;
			this.backfill.snapshot().end();
			releaseStartLock();
		}
	}

	private @Nullable EngineFailure run(PreparedStart start, ReplicationStateConnection connection, Observer observer) {
		SlotTracker slotTracker = new SlotTracker(this.settings, connection, start.session(),
				start.reconciliation().found().server().inRecovery());
		try (CapturedTableWatch tableWatch = new CapturedTableWatch(this.settings, this.preflight, connection, start,
				this.partitions, this::fail);
				DebeziumRun run = build(start, slotTracker, tableWatch, observer);
				StreamMonitor monitor = new StreamMonitor(this.settings, connection, run, this::confirmed,
						(problem) -> observer.obstructed(Obstacle.SERVER, problem));
				StoreWatch storeWatch = new StoreWatch(this.settings.name(), () -> longestStoreCall(start.session()),
						(problem) -> observer.obstructed(Obstacle.STORE, problem))) {
			this.run = run;
			tableWatch.start();
			monitor.start();
			storeWatch.start();
			EngineFailure failure = (observer.isStopping() || isDone(start)) ? null : run.run();
			this.abandoned = run.isDelivering() ? run : null;
			if (failure == null && observer.isStopping()) {
				slotTracker.recordAtStop();
				start.session().stoppedInOrder();
			}
			refuseLostSlot(failure, start.session());
			if (failure != null && failure.cause() instanceof StartRefusedException refused) {
				throw refused;
			}
			return failure;
		}
	}

	private Duration longestStoreCall(OffsetSession session) {
		return Collections.max(List.of(session.longestStoreCall(), this.listeners.options().longestStoreCall()));
	}

	/** The only snapshot is not taken twice. */
	private boolean isDone(PreparedStart start) {
		return this.settings.snapshotMode().endsAfterSnapshot() && start.session().current().isPresent();
	}

	private void refuseLostSlot(@Nullable EngineFailure failure, OffsetSession session) {
		if (failure == null || !OffsetReconciler.isSlotLost(failure.cause())) {
			return;
		}
		try (Connection connection = this.source.connect()) {
			this.reconciler.refuseLostSlot(connection, session);
		}
		catch (SQLException ex) {
			// The next start finds out
		}
	}

	/**
	 * Return whether a listener call of a former run is still running. No run may begin
	 * meanwhile, because it would deliver the same event in another thread.
	 */
	@Override
	public boolean isDelivering() {
		DebeziumRun abandoned = this.abandoned;
		if (abandoned != null && !abandoned.isDelivering()) {
			this.abandoned = null;
			return false;
		}
		return abandoned != null;
	}

	private DebeziumRun build(PreparedStart start, SlotTracker slotTracker, CapturedTableWatch tableWatch,
			Observer observer) {
		OffsetRecorder recorder = new OffsetRecorder(start.session(), this.backfill);
		this.offsetRecorder = recorder;
		DebeziumRun.Builder builder = DebeziumRun
			.builder(this.settings, start.endpoint(), start.session(), this.listeners)
			.tables(start.source().tableIds(), start.source().tableIds(CapturedTable::hasFullIdentity))
			.captured(start.tables().captured())
			.unpartitioned(start.source().tableIds((table) -> !table.partitioned()))
			.incompleteKeys(start.source().tableIds(CapturedTable::hasIncompleteKey))
			.unsentColumns(start.source().unsentColumns())
			.types(start.source().columns(), this.source.at(start.endpoint(), READ_TIMEOUT))
			.keys(start.tables().keys())
			.snapshotOverSlot(start.takesSnapshotOverSlot(this.settings.snapshotMode()))
			.backfill(this.backfill, recorder, this.source.at(start.endpoint(), BACKFILL_TIMEOUT).forRows());
		if (this.settings.visibleTransactions()) {
			builder.awaitVisibility(this.source.at(start.endpoint(), READ_TIMEOUT));
		}
		Progress progress = new Progress(start, slotTracker, tableWatch, observer);
		this.progress = progress;
		DebeziumRun run = builder.build(progress);
		this.includedColumns = run.includedColumns();
		return run;
	}

	/** The server sends to this run. */
	private void confirmed(WalSenderProcess walSender) {
		this.walSender = walSender;
		releaseStartLock();
		Progress progress = this.progress;
		if (progress != null) {
			progress.confirmed();
		}
	}

	/**
	 * A slot that Debezium created for a snapshot did not exist when it was compared with
	 * the offset, so record it before anything is flushed to it.
	 */
	private void recordCreatedSlot(PreparedStart start) throws SQLException {
		if (start.createsSlot()) {
			try (Connection connection = this.source.connect()) {
				this.reconciler.recordCreatedSlot(connection, start.session());
			}
		}
	}

	private void fail(Throwable cause) {
		DebeziumRun run = this.run;
		if (run != null) {
			run.fail(cause);
		}
	}

	/**
	 * Stop the current run in order.
	 * @return whether every event in flight was processed in time
	 */
	@Override
	public boolean stop(Duration timeout) {
		DebeziumRun run = this.run;
		return run == null || run.stop(timeout);
	}

	/**
	 * Follows one run.
	 */
	private final class Progress implements RunListener {

		private final PreparedStart start;

		private final SlotTracker slotTracker;

		private final CapturedTableWatch tableWatch;

		private final Observer observer;

		private boolean streaming;

		private volatile boolean snapshotPhaseEnded;

		/** Whether rows of the snapshot may be on their way to the listeners. */
		private volatile boolean readRows;

		private boolean ending;

		private Progress(PreparedStart start, SlotTracker slotTracker, CapturedTableWatch tableWatch,
				Observer observer) {
			this.start = start;
			this.slotTracker = slotTracker;
			this.tableWatch = tableWatch;
			this.observer = observer;
		}

		@Override
		public void streaming() {
			try {
				recordCreatedSlot(this.start);
			}
			catch (SQLException ex) {
				fail(ex);
				return;
			}
			if (EmbeddedEngineRunner.this.settings.isSlotAdvancedByApplication()) {
				this.start.session().hold();
			}
		}

		private void confirmed() {
			this.observer.streaming();
			logReceiving(true, false);
		}

		@Override
		public void snapshotStarted() {
			this.observer.readingSnapshot();
			EmbeddedEngineRunner.this.log.snapshotStarted(this.start.source().tables().size());
			EmbeddedEngineRunner.this.backfill.snapshot()
				.begin(EmbeddedEngineRunner.this.settings.name(), this.start.source().tableIds(),
						EmbeddedEngineRunner.this.source.at(this.start.endpoint(), READ_TIMEOUT));
		}

		@Override
		public void snapshotTableRead(String table, long rows) {
			EmbeddedEngineRunner.this.backfill.snapshot().read(table, rows);
		}

		@Override
		public void snapshotCompleted(SnapshotSummary summary) {
			this.readRows = summary.rows() > 0;
			EmbeddedEngineRunner.this.log.snapshotCompleted(summary);
		}

		@Override
		public void snapshotPhaseEnded() {
			logReceiving(false, true);
		}

		/**
		 * Debezium polls before a snapshot has ended, but may skip a snapshot before it
		 * polls.
		 */
		private synchronized void logReceiving(boolean streaming, boolean snapshotPhaseEnded) {
			this.streaming |= streaming;
			this.snapshotPhaseEnded |= snapshotPhaseEnded;
			if (this.streaming && this.snapshotPhaseEnded
					&& EmbeddedEngineRunner.this.settings.snapshotMode() != SnapshotMode.INITIAL_ONLY) {
				EmbeddedEngineRunner.this.log.receiving();
			}
		}

		@Override
		public void failed(EngineFailure failure) {
			this.observer.failing(failure);
		}

		@Override
		public void waiting(@Nullable String problem) {
			this.observer.obstructed(Obstacle.VISIBILITY, problem);
		}

		@Override
		public boolean mayStore() {
			if (!this.tableWatch.isUnchanged()) {
				return false;
			}
			boolean follows = this.slotTracker.followServer();
			this.observer.obstructed(Obstacle.TIMELINE, follows ? null : TIMELINE_UNKNOWN);
			return follows;
		}

		@Override
		public void stored(Lsn lsn) {
			EmbeddedEngineRunner.this.listeners.options().offsetStored(lsn);
			this.observer.stored(lsn);
		}

		@Override
		public void idle() {
			this.slotTracker.record();
			if (EmbeddedEngineRunner.this.settings.snapshotMode().endsAfterSnapshot() && this.snapshotPhaseEnded
					&& (!this.readRows || isSnapshotStored())) {
				end();
			}
		}

		private boolean isSnapshotStored() {
			StoredOffset offset = this.start.session().current().orElse(null);
			return offset != null && !new OffsetJson(offset.position()).isInSnapshot();
		}

		/** Debezium keeps running when it has nothing more to do. */
		private void end() {
			if (!this.ending) {
				this.ending = true;
				Duration timeout = EmbeddedEngineRunner.this.settings.listener().shutdownTimeout();
				new Thread(() -> stop(timeout), "cdc-" + EmbeddedEngineRunner.this.settings.name() + "-end").start();
			}
		}

	}

}
