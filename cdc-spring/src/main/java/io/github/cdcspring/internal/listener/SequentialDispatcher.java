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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

import io.github.cdcspring.internal.row.Change;
import org.jspecify.annotations.Nullable;

/**
 * One lane: all listeners are called by the thread that delivers.
 * <p>
 * Order: a listener receives its events in the order of the stream, each once the one
 * before has returned, retries included. The listeners of one event are called in their
 * order, with one exception: listeners of batches come after, when the batch is handed
 * over, in their order among themselves. So a listener of batches may see an event after
 * other listeners have seen later ones.
 * <p>
 * The listeners of an event that take the same record share the object; a bean or map is
 * each listener's own, and each attempt's.
 */
final class SequentialDispatcher implements ListenerDispatcher {

	/** The largest batch, in events. */
	static final int MAX_BATCH = 1_000;

	private final ListenerRouter router;

	private final DeliveryExecutor executor;

	private final @Nullable DeliveryObserver observer;

	private final ListenerTimeoutMonitor monitor;

	private final DeliveryAttempt single = new DeliveryAttempt();

	/** By group, in their order. */
	private final Map<ListenerGroup, Batch> batches = new LinkedHashMap<>();

	private final Map<ListenerGroup, TransactionCollector> transactions = new LinkedHashMap<>();

	private final Queue<Runnable> waiting = new ArrayDeque<>();

	SequentialDispatcher(ListenerSet listeners, long maxTransactionBytes) {
		for (ListenerGroup group : listeners.groups()) {
			if (group.wholeTransactions()) {
				this.transactions.put(group, new TransactionCollector(maxTransactionBytes, this::deliver));
			}
			else if (group.batch()) {
				this.batches.put(group, new Batch());
			}
		}
		this.router = listeners.routes();
		this.executor = listeners.deliverer();
		this.observer = listeners.observer();
		this.monitor = listeners.watch();
	}

	@Override
	public void deliver(Change change, Runnable handled) {
		boolean full = false;
		int collected = 0;
		Route[] legs = this.router.of(change);
		for (Route route : legs) {
			if (!route.group().batch()) {
				this.single.begin(route, change);
				deliver(this.single);
				this.single.clear();
			}
			else if (route.group().wholeTransactions()) {
				collected++;
			}
			else {
				full |= batch(route).add(route, change) >= MAX_BATCH;
				collected++;
			}
		}
		if (collected == 0) {
			handled(change, handled);
			return;
		}
		Runnable whenHandled = (this.observer != null) ? () -> handled(change, handled) : handled;
		collect(legs, change, (collected > 1) ? new LastOf(collected, whenHandled) : whenHandled);
		if (full) {
			flush();
		}
	}

	private void collect(Route[] legs, Change change, Runnable handled) {
		for (Route route : legs) {
			TransactionCollector transaction = route.group().batch() ? this.transactions.get(route.group()) : null;
			if (transaction != null) {
				transaction.add(route, change, handled);
			}
			else if (route.group().batch()) {
				this.waiting.add(handled);
			}
		}
	}

	private Batch batch(Route route) {
		Batch batch = this.batches.get(route.group());
		if (batch == null) {
			throw new IllegalStateException("Group '" + route.group() + "' takes no batches");
		}
		return batch;
	}

	private void handled(Change change, Runnable handled) {
		handled.run();
		if (this.observer != null) {
			this.observer.handled(change);
		}
	}

	/**
	 * Hand the collected batches to their listeners, and run what waited for that. After
	 * a failure, calling this again goes on with the batch that failed.
	 */
	@Override
	public void flush() {
		for (Batch batch : this.batches.values()) {
			batch.flush();
		}
		this.transactions.values().forEach(TransactionCollector::flush);
		for (Runnable handled = this.waiting.poll(); handled != null; handled = this.waiting.poll()) {
			handled.run();
		}
	}

	@Override
	public void endTransaction() {
		this.transactions.values().forEach(TransactionCollector::end);
	}

	private void deliver(TransactionCollector.Transaction transaction) {
		DeliveryAttempt attempt = new DeliveryAttempt();
		attempt.begin(transaction.route(), transaction.changes());
		deliver(attempt);
		transaction.run();
	}

	@Override
	public void stopTaking() {
	}

	/** Whoever delivers has waited for it. */
	@Override
	public boolean awaitHandled(Duration timeout) {
		return true;
	}

	@Override
	public boolean close(@Nullable Duration timeout) {
		this.monitor.close();
		return true;
	}

	@Override
	public @Nullable RunningCall oldestCall() {
		return this.monitor.oldest();
	}

	/** In place: what comes after must not overtake. */
	private void deliver(DeliveryAttempt attempt) {
		for (long wait = this.executor.attempt(attempt); wait != DeliveryExecutor.DONE; wait = this.executor
			.attempt(attempt)) {
			try {
				TimeUnit.MILLISECONDS.sleep(wait);
			}
			catch (InterruptedException ex) {
				throw DeliveryExecutor.interrupted(attempt, ex);
			}
		}
	}

	/**
	 * What a group waits for. It is kept until the listener has returned: what fails can
	 * be flushed again.
	 */
	private final class Batch {

		private final DeliveryAttempt attempt = new DeliveryAttempt();

		private final List<Change> changes = new ArrayList<>();

		private @Nullable Route route;

		int add(Route route, Change change) {
			this.route = route;
			this.changes.add(change);
			return this.changes.size();
		}

		void flush() {
			if (this.route != null) {
				this.attempt.begin(this.route, this.changes);
				deliver(this.attempt);
				this.attempt.clear();
				this.changes.clear();
				this.route = null;
			}
		}

	}

}
