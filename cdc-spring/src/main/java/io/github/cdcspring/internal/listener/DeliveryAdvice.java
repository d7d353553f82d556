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

package io.github.cdcspring.internal.listener;

import java.time.Duration;
import java.util.List;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.row.Change;

/**
 * Runs around each attempt of a delivery, for example in a transaction that commits the
 * listeners' work together with a record of the processed events. Used by several threads
 * at the same time, each for its own delivery.
 */
@FunctionalInterface
public interface DeliveryAdvice {

	/**
	 * Call the listeners, or skip them if they processed the events before.
	 * @param delivery the delivery
	 * @param listeners calls the delivery's listeners
	 * @throws ListenerCommitException if what the listeners wrote cannot be committed
	 * @throws Throwable the failure of a listener, as it was thrown. All its work is
	 * undone, so the next attempt calls every listener of the group again. Anything else
	 * is no listener's failure
	 */
	void around(Delivery delivery, Listeners listeners) throws Throwable;

	/**
	 * Check what the advice needs, before anything is changed for a start.
	 */
	default void prepare() {
	}

	/**
	 * Prepare for events. Called before each start of the engine.
	 * @param storedLsn the LSN of the stored offset, from which the engine starts
	 * @param epoch the epoch of this instance
	 */
	default void start(Lsn storedLsn, long epoch) {
	}

	/**
	 * Called after an offset was stored. Transactions that ended before it are not sent
	 * again.
	 * @param storedLsn the LSN of the offset
	 */
	default void offsetStored(Lsn storedLsn) {
	}

	/**
	 * Return how long the oldest call of a store has been running.
	 * @return the time, zero if none is running
	 */
	default Duration longestStoreCall() {
		return Duration.ZERO;
	}

	/** The listeners of a delivery. */
	@FunctionalInterface
	interface Listeners {

		/**
		 * Call the listeners in their order.
		 * @param changes the events of the delivery that still have to be processed
		 * @throws Throwable the failure of a listener
		 */
		void call(List<Change> changes) throws Throwable;

	}

}
