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

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.listener.DeliveryGuard;
import io.github.cdcspring.internal.listener.ListenerDispatcher;
import io.github.cdcspring.internal.listener.ListenerSet;
import io.github.cdcspring.internal.row.Change;

/**
 * Delivers given events to the listeners of an engine, as a run does with those of its
 * source: with retries, transactions and parking. Serves one thread.
 */
public final class DirectDelivery {

	private final ListenerSet listeners;

	/**
	 * Prepare for events.
	 * @param listeners the listeners
	 * @param epoch the epoch of this instance
	 */
	public DirectDelivery(ListenerSet listeners, long epoch) {
		this.listeners = listeners;
		listeners.options().preparations().forEach(Runnable::run);
		listeners.options().start(Lsn.ZERO, epoch);
	}

	/**
	 * Deliver the events of a transaction, and wait until they are handled.
	 * @param transaction the events in their order
	 * @throws CdcException if the engine would have to stop, with the exception of the
	 * listener as its cause
	 * @throws InterruptedException if the thread was interrupted while it waited
	 */
	public void deliver(List<Change> transaction) throws InterruptedException {
		CompletableFuture<?> failure = new CompletableFuture<>();
		ListenerDispatcher dispatcher = this.listeners.dispatcher(DeliveryGuard.NONE, failure::completeExceptionally);
		try {
			CompletableFuture<?>[] handled = transaction.stream()
				.map((change) -> new CompletableFuture<Void>())
				.toArray(CompletableFuture[]::new);
			for (int i = 0; i < handled.length; i++) {
				CompletableFuture<?> completion = handled[i];
				dispatcher.dispatch(transaction.get(i), () -> completion.complete(null));
			}
			dispatcher.endTransaction();
			dispatcher.flush();
			CompletableFuture.anyOf(failure, CompletableFuture.allOf(handled)).get();
		}
		catch (ExecutionException ex) {
			throw (ex.getCause() instanceof CdcException cause) ? cause
					: new CdcException("The events could not be delivered", ex.getCause());
		}
		finally {
			dispatcher.close(null);
		}
	}

}
