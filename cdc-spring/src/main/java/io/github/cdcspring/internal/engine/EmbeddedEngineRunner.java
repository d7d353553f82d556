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
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import io.github.cdcspring.Gap;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.TableId;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.internal.backfill.Backfill;
import io.github.cdcspring.internal.debezium.EngineFailure;
import io.github.cdcspring.internal.debezium.OffsetJson;
import io.github.cdcspring.internal.debezium.OffsetRecorder;
import io.github.cdcspring.internal.debezium.RunClasses;
import io.github.cdcspring.internal.listener.ListenerSet;
import io.github.cdcspring.internal.offset.OffsetSession;
import io.github.cdcspring.internal.startup.ReconciliationResult;
import io.github.cdcspring.internal.startup.ReplicationStateConnection;
import io.github.cdcspring.internal.startup.SlotHeldException;
import io.github.cdcspring.internal.startup.StartLock;
import io.github.cdcspring.internal.startup.WalSenderProcess;
import io.github.cdcspring.offset.OffsetKey;
import io.github.cdcspring.offset.OffsetStore;
import io.github.cdcspring.offset.StoredOffset;
import org.jspecify.annotations.Nullable;

/**
 * Carries out the runs of an engine that embeds Debezium.
 */
final class EmbeddedEngineRunner implements EngineRunner {

	private final EngineContext context;

	private final StartProbe probe;

	private final StartPreparation preparation;

	/** Stores how far existing rows are read, {@code null} before the first start. */
	private volatile @Nullable OffsetRecorder offsetRecorder;

	private volatile @Nullable ReconciliationResult reconciliation;

	private volatile @Nullable OffsetSession session;

	private volatile Set<TableId> captured = Set.of();

	private volatile BiPredicate<TableId, String> includedColumns = (table, column) -> false;

	private volatile @Nullable EmbeddedRun run;

	private volatile StartLock.@Nullable Held heldLock;

	/** A run that was stopped while a listener was working, or {@code null}. */
	private volatile @Nullable EmbeddedRun abandoned;

	private volatile @Nullable WalSenderProcess walSender;

	/**
	 * Create a runner.
	 * @param skipped is told of each gap that a start skips
	 */
	EmbeddedEngineRunner(EngineSetup setup, OffsetStore store, Consumer<Gap> skipped) {
		OffsetKey key = new OffsetKey(setup.settings().name(), setup.settings().slot().name());
		this.context = EngineContext.of(setup, store.howToForget(key));
		this.probe = new StartProbe(this.context);
		this.preparation = new StartPreparation(this.context, () -> new OffsetSession(key, store, Clock.systemUTC()),
				skipped);
	}

	/** What the starts and runs share. */
	EngineContext context() {
		return this.context;
	}

	/** The result of the last start's comparison of slot and offset. */
	@Nullable ReconciliationResult reconciliation() {
		return this.reconciliation;
	}

	/** The offset session of the last start. */
	@Nullable OffsetSession session() {
		return this.session;
	}

	@Override
	public long backfillAdvances(TableId table) {
		return this.context.backfill().advances(table);
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
			.filter((table) -> !this.context.listeners().receivesExistingRows(table))
			.collect(Collectors.toCollection(TreeSet::new));
	}

	@Override
	public Lsn storedLsn() {
		OffsetSession session = this.session;
		return (session != null) ? session.current().map(StoredOffset::lsn).orElse(Lsn.ZERO) : Lsn.ZERO;
	}

	@Override
	public boolean isServerAnswering() {
		return this.probe.isServerAnswering();
	}

	@Override
	public boolean isSlotFree() {
		return this.probe.isSlotFree();
	}

	@Override
	public void warmUp() {
		RunClasses.loadInBackground();
	}

	@Override
	public void endStandby() {
		this.probe.endStandby();
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
		ListenerSet listeners = this.context.listeners();
		this.context.setup().deliveryStatistics().expect(listeners.endpoints(), this.captured);
		Backfill backfill = this.context.backfill();
		backfill.resume(start.session()
			.current()
			.map((offset) -> new OffsetJson(offset.position()).backfill())
			.orElse(List.of()));
		this.context.log().notRead(backfill.retain(this.captured, listeners::receivesExistingRows));
		backfill.requestUnknown(start.tables().unread());
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
		return this.context.reconciler().recovery().request();
	}

	@Override
	public void withdrawRecovery() {
		this.context.reconciler().recovery().withdraw();
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
		this.context.backfill().snapshot().open();
		try (ReplicationStateConnection connection = new ReplicationStateConnection(this.context.serverOf(start),
				EngineContext.READ_TIMEOUT)) {
			EmbeddedRun run = new EmbeddedRun(this.context, start, connection, observer, this::confirmed);
			this.offsetRecorder = run.offsetRecorder();
			this.includedColumns = run.includedColumns();
			this.run = run;
			return receive(run);
		}
		finally {
			this.run = null;
			this.context.backfill().snapshot().end();
			releaseStartLock();
		}
	}

	private @Nullable EngineFailure receive(EmbeddedRun run) {
		try {
			return run.receive();
		}
		finally {
			this.abandoned = run.isDelivering() ? run : null;
		}
	}

	private void confirmed(WalSenderProcess walSender) {
		this.walSender = walSender;
		releaseStartLock();
	}

	/**
	 * Return whether a listener call of a former run is still running. No run may begin
	 * meanwhile, because it would deliver the same event in another thread.
	 */
	@Override
	public boolean isDelivering() {
		EmbeddedRun abandoned = this.abandoned;
		if (abandoned != null && !abandoned.isDelivering()) {
			this.abandoned = null;
			return false;
		}
		return abandoned != null;
	}

	/**
	 * Stop the current run in order.
	 * @return whether every event in flight was processed in time
	 */
	@Override
	public boolean stop(Duration timeout) {
		EmbeddedRun run = this.run;
		return run == null || run.stop(timeout);
	}

}
