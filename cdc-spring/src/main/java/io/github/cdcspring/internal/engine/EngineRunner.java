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

import io.github.cdcspring.Lsn;
import io.github.cdcspring.Operation;
import io.github.cdcspring.TableId;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.internal.debezium.EngineFailure;
import io.github.cdcspring.internal.startup.SlotHeldException;
import org.jspecify.annotations.Nullable;

/**
 * Carries out the runs of one engine, whatever its source. The {@link EngineSupervisor}
 * decides when to run, and what follows from a failure.
 */
public interface EngineRunner {

	/**
	 * Create a runner.
	 * @param skipped is told of each gap that a start skips
	 */
	EngineRunner(EngineSettings settings, ListenerSet listeners, OffsetStore store, EngineLog log,
			Consumer<Gap> skipped) {
		this.settings = settings;
		this.listeners = listeners;
		this.log = log;
		this.source = new SourceDatabase(settings);
		this.answering = new SourceDatabase(settings, ANSWER_TIMEOUT);
		this.startLock = new StartLock(settings.slot().name());
		this.standby = new KeptConnection(this.answering);
		this.preflight = new Preflight(settings, listeners);
		OffsetKey key = new OffsetKey(settings.name(), settings.slot().name());
		this.reconciler = new OffsetReconciler(settings, this.source, store.howToForget(key));
		this.preparation = new StartPreparation(settings, listeners, log, this.source, this.preflight, this.reconciler,
				() -> new OffsetSession(key, store, Clock.systemUTC()), skipped);
		this.partitions = new AttachedPartitions(log);
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

	/** Stores how far existing rows are read, {@code null} before the first start. */
	@Nullable OffsetRecorder offsetRecorder() {
		return this.offsetRecorder;
	}

	/** The tables that the last start has captured. */
	Set<TableId> captured() {
		return this.captured;
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

	/** The end of the last transaction that was processed completely. */
	Lsn storedLsn() {
		OffsetSession session = this.session;
		return (session != null) ? session.current().map(StoredOffset::lsn).orElse(Lsn.ZERO) : Lsn.ZERO;
	}

	/** The risks on the server that the operator accepted for the last start. */
	List<AcceptedRisk> acceptedRisks() {
		return this.preflight.accepted();
	}

	/** Whether the server, or the primary among several, accepts a connection now. */
	boolean isServerAnswering() {
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
	boolean isSlotFree() {
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

	void endStandby() {
		synchronized (this.standby) {
			this.standby.close();
		}
	}

	/**
	 * Check the server, and set it up for a run.
	 * @throws StartRefusedException if the engine must not start
	 * @throws SlotHeldException if another instance receives
	 */
	PreparedStart prepare() throws SQLException {
		releaseStartLock();
		PreparedStart start = this.preparation.prepare(this.session, this.walSender);
		this.heldLock = start.lock();
		this.walSender = null;
		this.reconciliation = start.reconciliation();
		this.session = start.session();
		this.captured = start.source().tableIds();
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
	 * @throws SlotHeldException if another instance receives
	 */
	void judge() throws SQLException;

	/**
	 * Stop the current run in order.
	 * @param timeout the maximum time to wait for the events in flight
	 * @return whether every event in flight was processed in time
	 */
	boolean stop(Duration timeout);

	/**
	 * Return whether a listener call of a former run is still running. No run may begin
	 * meanwhile, because it would deliver the same event in another thread.
	 * @return {@code true} while a call is running
	 */
	boolean isDelivering();

	/**
	 * Return the end of the last transaction that was processed completely.
	 * @return the position, {@link Lsn#ZERO} if it is not known
	 */
	Lsn storedLsn();

	/**
	 * Return whether a server that was lost answers. Asked often.
	 * @return {@code true} if it does
	 */
	default boolean isServerAnswering() {
		return true;
	}

	/**
	 * Return whether no other instance receives. Asked often while the engine is on
	 * standby.
	 * @return {@code true} if a start may succeed
	 */
	default boolean isSlotFree() {
		return true;
	}

	/**
	 * Release what {@link #isSlotFree()} keeps open.
	 */
	default void endStandby() {
	}

	/**
	 * A run whose source has been checked.
	 */
	@FunctionalInterface
	interface PreparedRun {

		/**
		 * Receive until the run is stopped or fails.
		 * @param observer follows the run
		 * @return the failure, {@code null} if the run was stopped or the stream has
		 * ended
		 * @throws StartRefusedException if it failed for a reason that must be resolved
		 */
		@Nullable EngineFailure run(Observer observer);

	}

	/**
	 * Follows the runs of an engine.
	 */
	interface Observer {

		/**
		 * Return whether the engine is being stopped.
		 * @return {@code true} if it is
		 */
		boolean isStopping();

		/**
		 * Events are received.
		 */
		void streaming();

		/**
		 * The run has failed. It ends as soon as the running calls have returned.
		 * @param failure the failure
		 */
		void failing(EngineFailure failure);

		/**
		 * Something keeps the run from its work, or does no longer.
		 * @param obstacle what it is
		 * @param problem why, {@code null} if it is over
		 */
		void obstructed(Obstacle obstacle, @Nullable String problem);

		/**
		 * An offset was stored.
		 * @param lsn the end of the last transaction that was processed completely
		 */
		void stored(Lsn lsn);

	}

}
