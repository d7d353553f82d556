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

import io.github.cdcspring.internal.row.Change;
import org.jspecify.annotations.Nullable;

/**
 * Calls all listeners in the dispatching thread.
 * <p>
 * A listener receives the events in the order of the stream, each one after it has
 * returned from the one before, retries included. The listeners of an event are called in
 * their order, except that listeners of batches are called after the others, when the
 * batch is flushed. So such a listener may receive an event after other listeners have
 * received later ones.
 * <p>
 * The listeners of an event that take the same record share the object. A bean or map is
 * created for each listener and each attempt.
 */
final class SequentialDispatcher implements ListenerDispatcher {

	/** The maximum number of events in a batch. */
	static final int MAX_BATCH = 1_000;

	private final ListenerRouter router;

	private final DeliveryExecutor executor;

	private final @Nullable DeliveryObserver observer;

	private final DeliveryAttempt single = new DeliveryAttempt();

	private final Map<ListenerGroup, Batch> batches = new LinkedHashMap<>();

	private final Map<ListenerGroup, TransactionCollector> transactions = new LinkedHashMap<>();

	/** Run after all batches were flushed. */
	private final Queue<Runnable> completions = new ArrayDeque<>();

	SequentialDispatcher(ListenerSet listeners, long maxTransactionBytes, DeliveryGuard guard) {
		for (ListenerGroup group : listeners.groups()) {
			if (group.wholeTransactions()) {
				this.transactions.put(group, new TransactionCollector(maxTransactionBytes, this::deliver));
			}
			else if (group.batch()) {
				this.batches.put(group, new Batch());
			}
		}
		this.router = listeners.router();
		this.executor = listeners.executor(guard);
		this.observer = listeners.observer();
	}

	@Override
	public void dispatch(Change change, Runnable onHandled) {
		boolean full = false;
		int collected = 0;
		Route[] routes = this.router.route(change);
		for (Route route : routes) {
			if (!route.group().batch()) {
				this.single.start(route, change);
				this.executor.execute(this.single);
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
			EventCompletion.complete(change, onHandled, this.observer);
			return;
		}
		collect(routes, change, EventCompletion.after(collected, change, onHandled, this.observer));
		if (full) {
			flush();
		}
	}

	private void collect(Route[] routes, Change change, Runnable completion) {
		for (Route route : routes) {
			TransactionCollector transaction = route.group().batch() ? this.transactions.get(route.group()) : null;
			if (transaction != null) {
				transaction.add(route, change, completion);
			}
			else if (route.group().batch()) {
				this.completions.add(completion);
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

	/**
	 * Deliver the collected batches and complete their events. After a failure, the next
	 * call continues with the batch that failed.
	 */
	@Override
	public void flush() {
		for (Batch batch : this.batches.values()) {
			batch.flush();
		}
		this.transactions.values().forEach(TransactionCollector::flush);
		for (Runnable next = this.completions.poll(); next != null; next = this.completions.poll()) {
			next.run();
		}
	}

	@Override
	public void restartTransaction() {
		this.transactions.values().forEach(TransactionCollector::restart);
	}

	@Override
	public void endTransaction() {
		this.transactions.values().forEach(TransactionCollector::end);
	}

	private void deliver(TransactionCollector.Transaction transaction) {
		DeliveryAttempt delivery = new DeliveryAttempt();
		delivery.start(transaction.route(), transaction.changes());
		this.executor.execute(delivery);
		transaction.run();
	}

	@Override
	public void stopAccepting() {
	}

	/** All events are handled when {@link #dispatch} and {@link #flush} have returned. */
	@Override
	public boolean awaitHandled(Duration timeout) {
		return true;
	}

	/** The dispatching thread calls the listeners. */
	@Override
	public boolean isIdle() {
		return true;
	}

	@Override
	public boolean close(@Nullable Duration timeout) {
		this.executor.close();
		return true;
	}

	/**
	 * The collected events of a group. They remain until the listener has returned, so
	 * that a failed batch can be flushed again.
	 */
	private final class Batch {

		private final DeliveryAttempt delivery = new DeliveryAttempt();

		private final List<Change> changes = new ArrayList<>();

		private @Nullable Route route;

		int add(Route route, Change change) {
			this.route = route;
			this.changes.add(change);
			return this.changes.size();
		}

		void flush() {
			if (this.route != null) {
				this.delivery.start(this.route, this.changes);
				SequentialDispatcher.this.executor.execute(this.delivery);
				this.delivery.clear();
				this.changes.clear();
				this.route = null;
			}
		}

	}

}
