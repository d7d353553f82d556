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
import org.jspecify.annotations.Nullable;

/**
 * Sees what is delivered, to count and time it. Called by the threads that deliver, so it
 * must be quick and throw nothing.
 *
 */
public interface DeliveryObserver {

	/**
	 * A listener was called and has returned or failed.
	 * @param listener the listener
	 * @param first the first event of the call
	 * @param events how many events the call handed over
	 * @param nanos how long it took, interceptors included
	 * @param failure what it threw, {@code null} if it returned
	 */
	default void called(ListenerEndpoint listener, Change first, int events, long nanos, @Nullable Throwable failure) {
	}

	/**
	 * A listener failed for good, or the event was put aside before it was called.
	 * @param change the event; of a batch that is decided about as a whole, each one
	 * @param outcome what becomes of it
	 */
	default void gaveUp(Change change, ListenerErrorHandler.Outcome outcome) {
	}

	/**
	 * Every listener of an event is done with it.
	 * @param change the event
	 */
	default void handled(Change change) {
	}

	/**
	 * Makes the observer of each engine.
	 */
	@FunctionalInterface
	interface Factory {

		/**
		 * Make one.
		 * @param engine the engine's name
		 * @return the observer
		 */
		DeliveryObserver create(String engine);

	}

}
