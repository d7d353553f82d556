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

import io.github.cdcspring.internal.row.Change;
import io.github.cdcspring.settings.OnFailure;

/**
 * Decides what happens to an event that a listener failed to process in all attempts, and
 * to later events that must not overtake it. Used by several threads at the same time,
 * but never for two events of the same key and group.
 */
@FunctionalInterface
public interface ListenerErrorHandler {

	/** Fails the engine, so that the failed event and those after it are sent again. */
	ListenerErrorHandler STOP = (delivery, failure) -> Outcome.STOP;

	/**
	 * Decide what happens to a delivery after its last attempt failed.
	 * @param delivery the delivery
	 * @param failure the failure
	 * @return the decision
	 */
	Outcome handle(Delivery delivery, ListenerFailedException failure);

	/**
	 * Park an event instead of delivering it, if an earlier event of its key is parked. A
	 * parked event counts as handled, so it must be durable when this method returns. Not
	 * called for listeners of whole transactions.
	 * @param group the listeners of the event
	 * @param change the event
	 * @return {@code true} if the event was parked
	 */
	default boolean parkBehind(ListenerGroup group, Change change) {
		return false;
	}

	/**
	 * Whether the events of a failed batch are delivered one by one, to find those that
	 * fail. Whole transactions are never split.
	 * @return {@code false} if a failed batch is handled as a whole
	 */
	default boolean splitsBatches() {
		return false;
	}

	/**
	 * Return what happens to the events of a delivery that failed.
	 * @param delivery the delivery
	 * @return the action of the listener that failed. If the transaction around the
	 * listeners failed, the action that loses the least among those of all listeners,
	 * because the work of all was rolled back
	 */
	default OnFailure actionFor(Delivery delivery) {
		return OnFailure.STOP;
	}

	/**
	 * Return how many events were skipped since the application started.
	 * @return the number
	 */
	default long skippedEvents() {
		return 0;
	}

	/**
	 * Check what the handler needs, before anything is changed for a start.
	 */
	default void prepare() {
	}

	/**
	 * Prepare for events. Called before each start of the engine.
	 * @param epoch the epoch of this instance
	 */
	default void start(long epoch) {
	}

	/**
	 * Return how long the oldest call of a store has been running.
	 * @return the time, zero if none is running
	 */
	default Duration longestStoreCall() {
		return Duration.ZERO;
	}

	/**
	 * What happens to an event.
	 */
	enum Outcome {

		/** The engine fails. The event and those after it are not acknowledged. */
		STOP,

		/** The listener skips the event; the listeners after it still receive it. */
		SKIP,

		/** The event is parked durably, and no listener of the group receives it now. */
		PARKED

	}

}
