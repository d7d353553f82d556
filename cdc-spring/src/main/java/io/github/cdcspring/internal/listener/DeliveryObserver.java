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
 * Observes deliveries, to count and time them. The threads that call the listeners call
 * the observer too, so it must be fast and must not throw exceptions.
 */
public interface DeliveryObserver {

	/**
	 * Called after each call of a listener, failed or not.
	 * @param listener the listener
	 * @param first the first event of the call
	 * @param events the number of events in the call
	 * @param nanos the duration in nanoseconds, interceptors included
	 * @param failure the exception of the listener, {@code null} if it returned
	 */
	default void called(ListenerEndpoint listener, Change first, int events, long nanos, @Nullable Throwable failure) {
	}

	/**
	 * Called after the error handler decided about an event: a listener failed to process
	 * it in all attempts, or it was parked behind an earlier event.
	 * @param change the event; called for each event of a batch that is handled as a
	 * whole
	 * @param outcome the decision
	 */
	default void recovered(Change change, ListenerErrorHandler.Outcome outcome) {
	}

	/**
	 * Called after an event was handled: its listeners processed it, or it was skipped or
	 * parked.
	 * @param change the event
	 */
	default void handled(Change change) {
	}

}
