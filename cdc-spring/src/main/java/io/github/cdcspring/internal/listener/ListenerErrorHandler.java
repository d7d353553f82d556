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

import io.github.cdcspring.internal.row.Change;

/**
 * Decides what becomes of an event whose listeners failed for good, and of those that
 * must not overtake it. Used by several threads at once, but never for two events of one
 * key and group.
 *
 */
public interface ListenerErrorHandler {

	/** The engine fails, and nothing is acknowledged from there on. */
	ListenerErrorHandler STOP = (delivery, failure) -> Outcome.STOP;

	/**
	 * Asked before an event is delivered: whether it is put aside instead, behind an
	 * earlier one of its key. What is put aside must be durable when this returns, for
	 * the event counts as handled. Not asked for listeners of whole transactions.
	 * @param group the listeners that it would go to
	 * @param change the event
	 * @return {@code true} if it was put aside
	 */
	default boolean putsAside(ListenerGroup group, Change change) {
		return false;
	}

	/**
	 * Decide about what failed in its last attempt.
	 * @param delivery what failed; a batch comes here event by event, each tried alone
	 * before, unless {@link #isolates} says otherwise
	 * @param failure the failure
	 * @return the decision
	 */
	Outcome failed(Delivery delivery, ListenerFailedException failure);

	/**
	 * Whether the events of a batch that failed are to be tried one by one, to find the
	 * one that fails; a transaction that is taken whole never is.
	 * @return {@code false} where a failed batch is decided about as a whole
	 */
	default boolean isolates() {
		return false;
	}

	/**
	 * What becomes of it.
	 */
	enum Outcome {

		/** The engine fails; nothing from there on is acknowledged. */
		STOP,

		/** The listener does without the event; those behind it still receive it. */
		SKIP,

		/**
		 * The event was put aside, and it is durable: no listener of the group receives
		 * it now.
		 */
		PUT_ASIDE

	}

}
