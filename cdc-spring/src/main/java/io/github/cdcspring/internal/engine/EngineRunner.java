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
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.debezium.DebeziumRun;
import io.github.cdcspring.internal.debezium.EngineFailure;
import io.github.cdcspring.internal.debezium.IncrementalSnapshotSignaler;
import io.github.cdcspring.internal.listener.DeliveryOptions;
import io.github.cdcspring.internal.listener.ListenerEndpoint;
import io.github.cdcspring.internal.listener.RunningCall;
import io.github.cdcspring.internal.parking.KeptEvents;
import io.github.cdcspring.internal.row.RowMappers;
import io.github.cdcspring.internal.startup.CapturedTables;
import io.github.cdcspring.internal.startup.OffsetReconciler;
import io.github.cdcspring.internal.startup.Preflight;
import io.github.cdcspring.internal.startup.Publication;
import io.github.cdcspring.internal.startup.ReconciliationResult;
import io.github.cdcspring.internal.startup.SourceDatabase;
import io.github.cdcspring.internal.startup.check.AcceptedRisk;
import io.github.cdcspring.offset.OffsetSession;
import io.github.cdcspring.offset.OffsetStore;
import io.github.cdcspring.offset.StoredOffset;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;

/**
 * Receives for one engine, in one attempt after the other, and holds what the last one
 * goes by. When to try, and what a failure means, is the engine's to say.
 */
final class EngineRunner {

	private final EngineSettings settings;

	private final List<ListenerEndpoint> endpoints;

	private final RowMappers mappers;

	private final DeliveryOptions options;

	private final KeptEvents kept;

	private final OffsetStore store;

	private final SourceDatabase source;

	private final Preflight preflight;

	private final OffsetReconciler reconciler;

	private final Clock clock;

	private final IncrementalSnapshotSignaler snapshots;

	private volatile @Nullable ReconciliationResult reconciliation;

	private volatile @Nullable OffsetSession session;

	private volatile Set<TableId> captured = Set.of();

	private volatile boolean incremental;

	private volatile @Nullable DebeziumRun run;

	EngineRunner(EngineSettings settings, List<ListenerEndpoint> endpoints, RowMappers mappers, DeliveryOptions options,
			KeptEvents kept, OffsetStore store, SourceDatabase source, Preflight preflight, OffsetReconciler reconciler,
			Clock clock) {
		this.settings = settings;
		this.endpoints = endpoints;
		this.mappers = mappers;
		this.options = options;
		this.kept = kept;
		this.store = store;
		this.source = source;
		this.preflight = preflight;
		this.reconciler = reconciler;
		this.clock = clock;
		this.snapshots = new IncrementalSnapshotSignaler(settings.name(), source);
	}

	/** What was found and decided before the last attempt. */
	@Nullable ReconciliationResult reconciliation() {
		return this.reconciliation;
	}

	/** The position of the last attempt. */
	@Nullable OffsetSession session() {
		return this.session;
	}

	/** What the operator accepted of the server as it was before the last attempt. */
	List<AcceptedRisk> acceptedRisks() {
		return this.preflight.accepted();
	}

	@Nullable RunningCall oldestCall() {
		DebeziumRun run = this.run;
		return (run != null) ? run.oldestCall() : null;
	}

	/**
	 * Everything that is checked and set up before an attempt.
	 */
	EngineAttempt prepare() throws SQLException {
		try (Connection connection = this.source.connect()) {
			OffsetSession session = new OffsetSession(this.settings.name(), this.store, this.clock);
			CapturedTables tables = this.preflight.check(session, connection);
			new Publication(this.settings).cover(tables.tables(), connection);
			ReconciliationResult reconciliation = this.reconciler.reconcile(connection, session);
			this.reconciliation = reconciliation;
			this.session = session;
			this.kept.open(session.current().map(StoredOffset::lsn).orElse(Lsn.ZERO));
			this.captured = tables.tables();
			return new EngineAttempt(this.settings, tables, session, reconciliation, this.snapshots.isNeeded(session));
		}
	}

	/**
	 * Receive until it is stopped or fails.
	 * @param stopping whether it is being stopped
	 * @param onStreaming what to do once the stream is live
	 * @return the failure, {@code null} if it was stopped or there is nothing more
	 */
	@Nullable EngineFailure run(EngineAttempt attempt, BooleanSupplier stopping, Runnable onStreaming) {
		try (SlotTracker slotTracker = new SlotTracker(this.settings, this.source, attempt.session())) {
			DebeziumRun run = attempt.build(this.endpoints, this.mappers, this.options, this.kept, slotTracker,
					() -> streaming(attempt, onStreaming), this::fail);
			this.run = run;
			EngineFailure failure = stopping.getAsBoolean() ? null : run.run();
			if (failure == null && stopping.getAsBoolean()) {
				slotTracker.lookAtTheEnd();
				attempt.session().stoppedInOrder();
			}
			return failure;
		}
		finally {
			this.run = null;
			attempt.close();
		}
	}

	/**
	 * A slot that a snapshot was exported from did not exist when it was judged. Nothing
	 * is flushed to it yet.
	 */
	private void streaming(EngineAttempt attempt, Runnable onStreaming) {
		if (attempt.createsSlot()) {
			try (Connection connection = this.source.connect()) {
				this.reconciler.recordCreatedSlot(connection, attempt.session());
			}
			catch (SQLException ex) {
				fail(ex);
				return;
			}
		}
		if (this.settings.isSlotAdvancedByApplication()) {
			attempt.session().hold();
		}
		onStreaming.run();
		this.incremental = attempt.incremental();
		handOverSnapshots();
	}

	private void fail(Throwable cause) {
		DebeziumRun run = this.run;
		if (run != null) {
			run.fail(cause);
		}
	}

	/**
	 * Stop in order.
	 * @param timeout how long it may take
	 * @return whether everything in hand was finished
	 */
	boolean stop(Duration timeout) {
		DebeziumRun run = this.run;
		return run == null || run.stop(timeout);
	}

	/** Whether it is set up to read existing rows beside the stream. */
	boolean isIncremental() {
		return this.incremental;
	}

	/**
	 * Ask for the existing rows of some tables.
	 * @throws CdcException if the tables are not fit for it
	 */
	void requestSnapshot(Collection<String> tables) {
		this.snapshots.request(tables, this.captured);
	}

	/** Have what was asked for read now, if it is receiving. */
	void handOverSnapshots() {
		DebeziumRun run = this.run;
		OffsetSession session = this.session;
		if (run != null && session != null) {
			this.snapshots.handOver(run, session);
		}
	}

}
