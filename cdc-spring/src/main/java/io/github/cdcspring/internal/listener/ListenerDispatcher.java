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
import org.jspecify.annotations.Nullable;

/**
 * Dispatches events to the listeners that subscribe to them, in the promised order. One
 * thread dispatches; {@link #stopAccepting}, {@link #awaitHandled} and {@link #close} may
 * be called by any thread.
 */
public sealed interface ListenerDispatcher permits SequentialDispatcher, KeyOrderedDispatcher {

	/**
	 * Dispatch an event. Waits while too many events are in flight.
	 * @param change the event
	 * @param onHandled called exactly once, by any thread, after the event was handled;
	 * never called if a listener failed or the dispatcher was closed before
	 * @throws ListenerFailedException if a listener failed in all attempts
	 * @throws InterruptedException if the thread was interrupted while it waited
	 */
	void dispatch(Change change, Runnable onHandled) throws InterruptedException;

	/**
	 * Dispatch collected events, because no more events are available now. Waits while
	 * too many events are in flight.
	 * @throws ListenerFailedException if a listener failed in all attempts
	 * @throws InterruptedException if the thread was interrupted while it waited
	 */
	void flush() throws InterruptedException;

	/**
	 * End the transaction of the events that were dispatched before.
	 * @throws ListenerFailedException if a listener failed in all attempts
	 */
	void endTransaction();

	/**
	 * Begin a transaction. If one is collected, the source did not send its end, and
	 * sends it again from its beginning.
	 */
	void restartTransaction();

	/**
	 * Accept no more events. An event that is waiting to be dispatched is dropped.
	 */
	void stopAccepting();

	/**
	 * Wait until all events in flight are handled. To be called when no thread
	 * dispatches.
	 * @param timeout the maximum time to wait
	 * @return whether all events were handled in time
	 * @throws InterruptedException if the thread was interrupted while it waited
	 */
	boolean awaitHandled(Duration timeout) throws InterruptedException;

	/**
	 * Return whether no thread of the dispatcher calls a listener. To be called after
	 * {@link #close}.
	 * @return {@code false} while a call is running
	 */
	boolean isIdle();

	/**
	 * Drop the events that no listener has received, and wait for running calls.
	 * @param timeout the maximum time to wait, {@code null} for no limit
	 * @return whether no call is running any more
	 */
	boolean close(@Nullable Duration timeout);

}
