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

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

import io.github.cdcspring.internal.row.Change;
import io.github.cdcspring.internal.row.RowMapper;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;

/**
 * Gives changes to the listeners that ask for them, in the order that is promised. One
 * thread delivers; the others may be called from any.
 *
 */
public sealed interface ListenerDispatcher permits SequentialDispatcher, KeyOrderedDispatcher {

	/**
	 * The lanes of an engine.
	 * @param engine the engine's name
	 * @param settings how its listeners are called
	 * @param endpoints its listeners in order
	 * @param binders gives the binder of a row type
	 * @param options what stands around the delivery
	 * @param onFailure told when a listener has failed for good in another thread than
	 * the one that delivers
	 * @return one lane, or as many as the settings say
	 */
	static ListenerDispatcher of(String engine, EngineSettings.Listener settings, List<ListenerEndpoint> endpoints,
			Function<Type, RowMapper<?>> binders, DeliveryOptions options, Consumer<Throwable> onFailure) {
		ListenerSet listeners = new ListenerSet(endpoints, binders, settings.retry(), options,
				new ListenerTimeoutMonitor(engine, settings.timeout()));
		return (settings.lanes().concurrency() > 1)
				? new KeyOrderedDispatcher(engine, listeners, settings.lanes(), onFailure)
				: new SequentialDispatcher(listeners, settings.lanes().maxTransactionBytes());
	}

	/**
	 * Give a change to its listeners. May wait until there is room.
	 * @param change the change
	 * @param handled run exactly once, in any thread, when every listener of the change
	 * has returned; never if one fails for good or delivery is stopped before
	 * @throws ListenerFailedException if a listener failed for good
	 * @throws InterruptedException if the thread was interrupted while it waited
	 */
	void deliver(Change change, Runnable handled) throws InterruptedException;

	/**
	 * Nothing more has come for now: hand over what was collected. May wait until there
	 * is room for more.
	 * @throws ListenerFailedException if a listener failed for good
	 * @throws InterruptedException if the thread was interrupted while it waited
	 */
	void flush() throws InterruptedException;

	/**
	 * The transaction of what was delivered before is whole.
	 * @throws ListenerFailedException if a listener failed for good
	 */
	void endTransaction();

	/**
	 * Take nothing more: a change that waits for room is dropped.
	 */
	void stopTaking();

	/**
	 * Wait for what is in hand, when nothing more is delivered.
	 * @param timeout how long
	 * @return whether everything is handled
	 * @throws InterruptedException if the thread was interrupted
	 */
	boolean awaitHandled(Duration timeout) throws InterruptedException;

	/**
	 * End: what no listener has begun with is dropped, and calls that go on are waited
	 * for.
	 * @param timeout how long, {@code null} for as long as it takes
	 * @return whether no listener is being called any more
	 */
	boolean close(@Nullable Duration timeout);

	/**
	 * The call of a listener that has lasted longest.
	 * @return the call, {@code null} if no listener is called, or not for long
	 */
	@Nullable RunningCall oldestCall();

}
