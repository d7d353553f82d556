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

import io.github.cdcspring.CdcException;
import io.github.cdcspring.Lsn;
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
	 * Check the source, and set it up for a run.
	 * @return the run, which has not begun
	 * @throws StartRefusedException if the engine must not start
	 * @throws SlotHeldException if another instance receives
	 */
	PreparedRun prepare() throws SQLException;

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
	 * Return how often the backfill of a table has advanced. While this number remains
	 * the same, the next row of it to be delivered is the same.
	 * @param table the table
	 * @return the number, negative if the engine reads no existing rows
	 */
	default long backfillAdvances(TableId table) {
		return -1;
	}

	/**
	 * Return whether a server that was lost answers. Asked often.
	 * @return {@code true} if it does
	 */
	default boolean isServerAnswering() {
		return true;
	}

	/**
	 * Return what requests, when it is run, that the next preparations recover from the
	 * last refusal.
	 * @throws CdcException if the engine cannot recover from it
	 */
	default Runnable recovery() {
		throw new CdcException("The engine has no replication slot to recover.");
	}

	/**
	 * Drop a request to recover.
	 */
	default void withdrawRecovery() {
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
	 * Prepare what every run needs and the state of the server does not decide, so that a
	 * takeover takes less time. Called when the engine enters standby.
	 */
	default void warmUp() {
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
		 * Existing rows are read before the stream.
		 */
		void readingSnapshot();

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
