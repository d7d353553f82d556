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

package io.github.cdcspring.listener;

import java.lang.reflect.Type;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Function;

import io.github.cdcspring.LogicalMessage;
import io.github.cdcspring.Operation;
import io.github.cdcspring.TableId;
import io.github.cdcspring.decode.Change;
import io.github.cdcspring.decode.RowBinder;
import io.github.cdcspring.settings.RetrySettings;
import org.jspecify.annotations.Nullable;

import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;

/**
 * Gives changes to the listeners that ask for them. Serves one thread.
 * <p>
 * Order: a listener receives its events in the order of the stream, each once the one
 * before has returned, retries included. The listeners of one event are called in their
 * order, with one exception: listeners of batches come after, when the batch is handed
 * over, in their order among themselves. So a listener of batches may see an event after
 * other listeners have seen later ones.
 * <p>
 * The listeners of an event that take the same record share the object; a bean or map is
 * each listener's own. The attempts of one call share their arguments, so a listener that
 * changes a bean must bear to see it changed when it is tried again.
 *
 * @since 0.1.0
 */
public final class ListenerChain {

	/** The largest batch, in events. */
	static final int MAX_BATCH = 1_000;

	private static final int OPERATIONS = Operation.values().length;

	private static final ListenerInvoker[] NONE = {};

	private final List<ListenerInvoker> invokers = new ArrayList<>();

	private final List<BatchInvoker> batchInvokers = new ArrayList<>();

	private final BoundChange bound;

	private final Map<TableId, ListenerInvoker[][]> byTable = new HashMap<>();

	private final Map<String, ListenerInvoker[]> byMessage = new HashMap<>();

	private final Queue<Runnable> waiting = new ArrayDeque<>();

	private @Nullable TableId lastTable;

	private ListenerInvoker[][] lastInvokers = {};

	/**
	 * Create a chain.
	 * @param endpoints the listeners in order
	 * @param binders gives the binder of a row type
	 * @param retry how often and how soon a failed call is tried again
	 */
	public ListenerChain(List<ListenerEndpoint> endpoints, Function<Type, RowBinder<?>> binders, RetrySettings retry) {
		RetryTemplate retryTemplate = new RetryTemplate(retryPolicy(retry));
		List<Type> types = new ArrayList<>();
		List<RowBinder<?>> slots = new ArrayList<>();
		for (ListenerEndpoint endpoint : endpoints) {
			ListenerInvoker invoker = ListenerInvoker.of(endpoint, (type) -> slot(type, types, slots, binders),
					retryTemplate);
			this.invokers.add(invoker);
			if (invoker instanceof BatchInvoker batchInvoker) {
				this.batchInvokers.add(batchInvoker);
			}
			endpoint.messages().forEach((prefix) -> this.byMessage.put(prefix, NONE));
		}
		this.byMessage.replaceAll((prefix, none) -> this.invokers.stream()
			.filter((invoker) -> invoker.endpoint().matchesMessage(prefix))
			.toArray(ListenerInvoker[]::new));
		this.bound = new BoundChange(slots);
	}

	private static int slot(Type type, List<Type> types, List<RowBinder<?>> slots,
			Function<Type, RowBinder<?>> binders) {
		int slot = types.indexOf(type);
		if (slot == -1) {
			slot = types.size();
			types.add(type);
			slots.add(binders.apply(type));
		}
		return slot;
	}

	/** Neither an error nor an interruption passes by trying again. */
	static RetryPolicy retryPolicy(RetrySettings settings) {
		return RetryPolicy.builder()
			.maxRetries(settings.maxAttempts() - 1)
			.delay(settings.initialInterval())
			.multiplier(settings.multiplier())
			.maxDelay(settings.maxInterval())
			.predicate((ex) -> ex instanceof Exception && !isInterruption(ex))
			.build();
	}

	/** Applications wrap it, and it means that the engine waits to be closed. */
	private static boolean isInterruption(Throwable throwable) {
		for (Throwable cause = throwable; cause != null; cause = cause.getCause()) {
			if (cause instanceof InterruptedException) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Give a change to its listeners.
	 * @param change the change
	 * @param handled run exactly once, when every listener of the change has returned: at
	 * once where none matches, not before {@link #flush()} where one collects a batch. So
	 * changes may become handled in another order than they were delivered.
	 * @throws ListenerFailedException if a listener failed for good, also with a batch
	 * that became full; {@code handled} is not run then
	 */
	public void deliver(Change change, Runnable handled) {
		ListenerInvoker[] matching = matching(change);
		if (matching.length == 0) {
			handled.run();
			return;
		}
		boolean collected = false;
		this.bound.set(change);
		try {
			for (ListenerInvoker invoker : matching) {
				collected |= invoker.deliver(this.bound);
			}
		}
		finally {
			this.bound.clear();
		}
		if (!collected) {
			handled.run();
			return;
		}
		this.waiting.add(handled);
		if (isAnyBatchFull()) {
			flush();
		}
	}

	/**
	 * Hand the collected batches to their listeners, and run what waited for that. After
	 * a failure, calling this again goes on with the batch that failed.
	 * @throws ListenerFailedException if a listener failed for good
	 */
	public void flush() {
		for (BatchInvoker invoker : this.batchInvokers) {
			invoker.flush();
		}
		for (Runnable handled = this.waiting.poll(); handled != null; handled = this.waiting.poll()) {
			handled.run();
		}
	}

	private boolean isAnyBatchFull() {
		for (BatchInvoker invoker : this.batchInvokers) {
			if (invoker.size() >= MAX_BATCH) {
				return true;
			}
		}
		return false;
	}

	private ListenerInvoker[] matching(Change change) {
		LogicalMessage message = change.message();
		if (message != null) {
			return this.byMessage.getOrDefault(message.prefix(), NONE);
		}
		TableId table = change.table();
		if (table == null) {
			return NONE;
		}
		if (table != this.lastTable) {
			this.lastInvokers = this.byTable.computeIfAbsent(table, (unseen) -> new ListenerInvoker[OPERATIONS][]);
			this.lastTable = table;
		}
		ListenerInvoker[] matching = this.lastInvokers[change.operation().ordinal()];
		if (matching == null) {
			matching = this.invokers.stream()
				.filter((invoker) -> invoker.endpoint().matches(change.operation(), table))
				.toArray(ListenerInvoker[]::new);
			this.lastInvokers[change.operation().ordinal()] = matching;
		}
		return matching;
	}

}
