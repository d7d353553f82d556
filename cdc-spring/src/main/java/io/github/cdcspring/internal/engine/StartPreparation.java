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
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.github.cdcspring.Gap;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.internal.listener.ListenerSet;
import io.github.cdcspring.internal.offset.OffsetSession;
import io.github.cdcspring.internal.startup.AbandonedCreation;
import io.github.cdcspring.internal.startup.OffsetReconciler;
import io.github.cdcspring.internal.startup.OpenTransactions;
import io.github.cdcspring.internal.startup.Publication;
import io.github.cdcspring.internal.startup.ReconciliationResult;
import io.github.cdcspring.internal.startup.RelationComparison;
import io.github.cdcspring.internal.startup.ReplicationCommands;
import io.github.cdcspring.internal.startup.ReplicationState;
import io.github.cdcspring.internal.startup.ReplicationStateReader;
import io.github.cdcspring.internal.startup.SlotEvidence;
import io.github.cdcspring.internal.startup.SlotHeldException;
import io.github.cdcspring.internal.startup.SourceDatabase;
import io.github.cdcspring.internal.startup.SourceState;
import io.github.cdcspring.internal.startup.StartDecision;
import io.github.cdcspring.internal.startup.StartLock;
import io.github.cdcspring.internal.startup.WalSenderProcess;
import io.github.cdcspring.internal.startup.check.Preflight;
import io.github.cdcspring.offset.StoredOffset;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.support.JdbcUtils;

/**
 * Prepares the starts of one engine: checks the server, compares slot and offset, and
 * sets up what the run needs. Nothing is changed on the server before this instance holds
 * the start lock.
 */
final class StartPreparation {

	/** After every LSN. */
	private static final Lsn END = new Lsn(-1);

	private final EngineSettings settings;

	private final ListenerSet listeners;

	private final EngineLog log;

	private final SourceDatabase source;

	private final Preflight preflight;

	private final OffsetReconciler reconciler;

	private final Supplier<OffsetSession> sessions;

	private final Consumer<Gap> skipped;

	private final StartLock startLock;

	private final ReplicationStateReader reader;

	private final CapturedTables tables;

	/**
	 * Create a preparation.
	 * @param sessions opens an offset session, which reads the store
	 * @param skipped is told of each gap that a start skips
	 */
	StartPreparation(EngineContext context, Supplier<OffsetSession> sessions, Consumer<Gap> skipped) {
		this.settings = context.settings();
		this.listeners = context.listeners();
		this.log = context.log();
		this.source = context.source();
		this.preflight = context.preflight();
		this.reconciler = context.reconciler();
		this.sessions = sessions;
		this.skipped = skipped;
		this.startLock = new StartLock(this.settings.slot().name());
		this.reader = new ReplicationStateReader(Duration.ofSeconds(5),
				new ReplicationCommands(this.source::connectForReplication));
		this.tables = new CapturedTables(this.settings, this.listeners.endpoints(), this.preflight, this.log);
	}

	/**
	 * Check the server, and set it up for a run.
	 * @param last the offset session of the last run
	 * @param walSender what sent to the last run
	 * @throws StartRefusedException if the engine must not start
	 * @throws SlotHeldException if another instance receives from the slot
	 */
	PreparedStart prepare(@Nullable OffsetSession last, @Nullable WalSenderProcess walSender) throws SQLException {
		SourceDatabase.@Nullable Reached reached = null;
		try {
			reached = connect();
			PreparedStart start = prepare(reached, last, walSender);
			start.lock().keepAlive();
			this.reconciler.recovery().prepared();
			return start;
		}
		catch (SQLException | RuntimeException | Error ex) {
			if (reached != null) {
				JdbcUtils.closeConnection(reached.connection());
			}
			if (ex instanceof StartRefusedException refusal) {
				this.reconciler.recovery().refused(refusal);
			}
			else if (ex instanceof SlotHeldException) {
				this.reconciler.recovery().withdraw();
			}
			throw ex;
		}
	}

	private PreparedStart prepare(SourceDatabase.Reached reached, @Nullable OffsetSession last,
			@Nullable WalSenderProcess walSender) throws SQLException {
		Connection connection = reached.connection();
		if (walSender != null) {
			end(walSender, connection);
		}
		if (last != null) {
			this.reconciler.processed(last);
		}
		Checked checked = check(read(connection), connection);
		SourceState source = checked.source();
		OffsetSession session = checked.session();
		this.log.listening(this.listeners.endpoints(), source.tableIds());
		StartLock.Held lock = this.startLock.acquire(connection, source.slot());
		boolean published = publishFirst(source, connection, session);
		ReconciliationResult reconciliation = this.reconciler.reconcile(source, connection, session);
		StartDecision.Recover recover = (reconciliation.decision() instanceof StartDecision.Recover decided) ? decided
				: null;
		if (recover == null && createsSlot(reconciliation)) {
			awaitTransactions(connection);
		}
		CapturedTables.Published tables = this.tables.publish(checked.tables(), source, connection, session, published,
				reconciliation.decision());
		if (recover != null) {
			this.reconciler.recovery().begun();
			if (recover.newSlot()) {
				// The store knows of the recovery before the first attempt to carry it
				// out
				awaitTransactions(connection);
			}
			if (recover.forgetsProcessed()) {
				this.listeners.options().start(END, session.epoch());
			}
		}
		reconciliation = this.reconciler.carryOut(reconciliation,
				new OffsetReconciler.RecoveredTables(tables.captured(), tables.backfill()), connection, session);
		Gap gap = reconciliation.skipped();
		if (gap != null) {
			this.skipped.accept(gap);
		}
		this.listeners.options().start(session.current().map(StoredOffset::lsn).orElse(Lsn.ZERO), session.epoch());
		return new PreparedStart(source, tables, reached.endpoint(), lock, session, reconciliation);
	}

	private boolean createsSlot(ReconciliationResult reconciliation) {
		return reconciliation.found().slot() == null && !this.settings.snapshotMode().endsAfterSnapshot();
	}

	private void awaitTransactions(Connection connection) throws SQLException {
		new OpenTransactions(this.settings.slot().name()).awaitEnd(connection);
	}

	/**
	 * Before PostgreSQL 18, a slot that existed first can never send what was changed
	 * before the publication was created, not even in other tables. So create it before
	 * the offset is taken over, which writes a row.
	 */
	private boolean publishFirst(SourceState source, Connection connection, OffsetSession session) throws SQLException {
		boolean first = source.slot() != null && source.publication() == null && session.current().isEmpty()
				&& this.settings.publication().create();
		if (first) {
			this.reconciler.judge(source, connection, session);
			new Publication(this.settings).cover(source, connection);
		}
		return first;
	}

	/**
	 * Check whether a start would be refused. Starts nothing, takes nothing over, and
	 * leaves publication and slot as they are.
	 * @throws StartRefusedException if it would be refused
	 * @throws SlotHeldException if another instance receives from the slot
	 */
	void judge() throws SQLException {
		try (Connection connection = connect().connection()) {
			Checked checked = check(this.preflight.read(connection, this.reader), connection);
			this.reconciler.judge(checked.source(), connection, checked.session());
		}
	}

	private Checked check(SourceState source, Connection connection) throws SQLException {
		StoreFailures failures = new StoreFailures(connection);
		OffsetSession session = failures.collect(this.sessions);
		this.listeners.options().preparations().forEach(failures::collect);
		if (session == null) {
			throw refuse(source, false, RelationComparison.NONE, failures);
		}
		this.reconciler.lookAtDecodingState(connection, source.withOffset(session.current().orElse(null)));
		OffsetReconciler.forgetUnfinishedSnapshot(session);
		CapturedTables.Found tables = this.tables.find(source, connection, session);
		if (!failures.isEmpty()) {
			throw refuse(source, session.current().isPresent(), tables.comparison(), failures);
		}
		ReplicationState found = source.withOffset(session.current().orElse(null));
		this.reconciler.recovery().found(found);
		this.preflight.check(source, session.current().isPresent(), tables.comparison(), List.of(),
				this.reconciler.slotEvidence(found));
		return new Checked(source, session, tables);
	}

	private SourceState read(Connection connection) throws SQLException {
		SourceState source = this.preflight.read(connection, this.reader);
		AbandonedCreation creation = new AbandonedCreation(this.settings.slot().name(), this.startLock);
		if (!creation.isUnfinished(source.slot(), connection)) {
			return source;
		}
		creation.end(connection);
		return this.preflight.read(connection, this.reader);
	}

	private SourceDatabase.Reached connect() throws SQLException {
		try {
			return this.source.open();
		}
		catch (SQLException ex) {
			this.preflight.connectionFailed(ex);
			throw ex;
		}
	}

	/**
	 * A store that cannot be used must not hide what else the start would be refused for.
	 */
	private RuntimeException refuse(SourceState source, boolean hasOffset, RelationComparison relations,
			StoreFailures failures) throws SQLException {
		try {
			this.preflight.check(source, hasOffset, relations, failures.unusableTables(), SlotEvidence.NONE);
			return failures.first();
		}
		catch (StartRefusedException refusal) {
			failures.suppressIn(refusal);
			return refusal;
		}
	}

	/**
	 * A connection that has broken on this side may still be open on the server, and
	 * would hold the slot until the server notices.
	 */
	private void end(WalSenderProcess former, Connection connection) throws SQLException {
		former.terminate(connection);
		WalSenderProcess active = former;
		for (int i = 0; i < 50 && active != null && active.isSame(former); i++) {
			LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
			active = WalSenderProcess.read(connection, this.settings.slot().name());
		}
	}

	/**
	 * What passed the checks.
	 */
	private record Checked(SourceState source, OffsetSession session, CapturedTables.Found tables) {

	}

}
