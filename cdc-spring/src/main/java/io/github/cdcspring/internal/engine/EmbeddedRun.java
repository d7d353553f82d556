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
import java.util.Collections;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Consumer;

import io.github.cdcspring.TableId;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.internal.debezium.DebeziumRun;
import io.github.cdcspring.internal.debezium.EngineFailure;
import io.github.cdcspring.internal.debezium.OffsetRecorder;
import io.github.cdcspring.internal.offset.OffsetSession;
import io.github.cdcspring.internal.startup.CapturedTable;
import io.github.cdcspring.internal.startup.OffsetReconciler;
import io.github.cdcspring.internal.startup.ReplicationStateConnection;
import io.github.cdcspring.internal.startup.WalSenderProcess;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;

/**
 * One run of an engine that embeds Debezium: the stream, and what watches the server, the
 * captured tables and the store meanwhile.
 */
final class EmbeddedRun {

	/** For reading a chunk of a table. */
	private static final Duration BACKFILL_TIMEOUT = Duration.ofMinutes(1);

	private final EngineContext context;

	private final EngineSettings settings;

	private final PreparedStart start;

	private final ReplicationStateConnection connection;

	private final EngineRunner.Observer observer;

	private final Consumer<WalSenderProcess> onConfirmed;

	private final OffsetRecorder offsetRecorder;

	private final SlotTracker slotTracker;

	private final CapturedTableWatch tableWatch;

	private final RunProgress progress;

	private final DebeziumRun run;

	/**
	 * Create a run, which has to {@linkplain #receive() receive} to be released.
	 * @param connection for questions to the server of the run
	 * @param onConfirmed called once, when the server sends to this run
	 */
	EmbeddedRun(EngineContext context, PreparedStart start, ReplicationStateConnection connection,
			EngineRunner.Observer observer, Consumer<WalSenderProcess> onConfirmed) {
		this.context = context;
		this.settings = context.settings();
		this.start = start;
		this.connection = connection;
		this.observer = observer;
		this.onConfirmed = onConfirmed;
		this.offsetRecorder = new OffsetRecorder(start.session(), context.backfill());
		this.slotTracker = new SlotTracker(this.settings, connection, start.session(),
				start.reconciliation().found().server().inRecovery());
		this.tableWatch = new CapturedTableWatch(this.settings, context.preflight(), connection, start,
				context.partitions(), this::fail);
		this.progress = new RunProgress(context, start, this.slotTracker, this.tableWatch, observer, this::fail,
				this::stopInBackground);
		this.run = build();
	}

	private DebeziumRun build() {
		DebeziumRun.Builder builder = DebeziumRun
			.builder(this.settings, this.start.endpoint(), this.start.session(), this.context.listeners())
			.tables(this.start.source().tableIds(), this.start.source().tableIds(CapturedTable::hasFullIdentity))
			.captured(this.start.tables().captured())
			.unpartitioned(this.start.source().tableIds((table) -> !table.partitioned()))
			.incompleteKeys(this.start.source().tableIds(CapturedTable::hasIncompleteKey))
			.unsentColumns(this.start.source().unsentColumns())
			.types(this.start.source().columns(), this.context.serverOf(this.start))
			.keys(this.start.tables().keys())
			.snapshotOverSlot(this.start.takesSnapshotOverSlot(this.settings.snapshotMode()))
			.backfill(this.context.backfill(), this.offsetRecorder,
					this.context.source().at(this.start.endpoint(), BACKFILL_TIMEOUT).forRows());
		if (this.settings.visibleTransactions()) {
			builder.awaitVisibility(this.context.serverOf(this.start));
		}
		return builder.build(this.progress);
	}

	/** Stores how far existing rows are read. */
	OffsetRecorder offsetRecorder() {
		return this.offsetRecorder;
	}

	/** The columns that the application receives. */
	BiPredicate<TableId, String> includedColumns() {
		return this.run.includedColumns();
	}

	/**
	 * Receive until the run is stopped or fails. To be called once.
	 * @return the failure, {@code null} if the run was stopped
	 * @throws StartRefusedException if it failed because the slot is lost
	 */
	@Nullable EngineFailure receive() {
		try (this.tableWatch;
				this.run;
				StreamMonitor monitor = new StreamMonitor(this.settings, this.connection, this.run, this::confirmed,
						(problem) -> this.observer.obstructed(Obstacle.SERVER, problem));
				StoreWatch storeWatch = new StoreWatch(this.settings.name(), this::longestStoreCall,
						(problem) -> this.observer.obstructed(Obstacle.STORE, problem))) {
			this.tableWatch.start();
			monitor.start();
			storeWatch.start();
			EngineFailure failure = (this.observer.isStopping() || isDone()) ? null : this.run.run();
			if (failure == null && this.observer.isStopping()) {
				this.slotTracker.recordAtStop();
				this.start.session().stoppedInOrder();
			}
			refuseLostSlot(failure);
			if (failure != null && failure.cause() instanceof StartRefusedException refused) {
				throw refused;
			}
			return failure;
		}
	}

	private Duration longestStoreCall() {
		return Collections.max(List.of(this.start.session().longestStoreCall(),
				this.context.listeners().options().longestStoreCall()));
	}

	/** The only snapshot is not taken twice. */
	private boolean isDone() {
		return this.settings.snapshotMode().endsAfterSnapshot() && this.start.session().current().isPresent();
	}

	private void refuseLostSlot(@Nullable EngineFailure failure) {
		if (failure == null || !OffsetReconciler.isSlotLost(failure.cause())) {
			return;
		}
		OffsetSession session = this.start.session();
		try (Connection connection = this.context.source().connect()) {
			this.context.reconciler().refuseLostSlot(connection, session);
		}
		catch (SQLException ex) {
			// The next start finds out
		}
	}

	private void confirmed(WalSenderProcess walSender) {
		this.onConfirmed.accept(walSender);
		this.progress.confirmed();
	}

	private void fail(Throwable cause) {
		this.run.fail(cause);
	}

	/**
	 * Stop in order.
	 * @return whether every event in flight was processed in time
	 */
	boolean stop(Duration timeout) {
		return this.run.stop(timeout);
	}

	private void stopInBackground() {
		Duration timeout = this.settings.listener().shutdownTimeout();
		new Thread(() -> stop(timeout), "cdc-" + this.settings.name() + "-end").start();
	}

	/**
	 * Whether a listener call is running. A stop does not wait for one that does not
	 * return in time.
	 */
	boolean isDelivering() {
		return this.run.isDelivering();
	}

}
