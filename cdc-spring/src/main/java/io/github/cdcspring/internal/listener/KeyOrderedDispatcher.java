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
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

import io.github.cdcspring.internal.row.Change;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;

/**
 * Calls the listeners in several threads, and keeps the order of the events of each key.
 * No thread belongs to a key, so neither a slow key nor a retry delays other keys. The
 * events in flight are limited in number and bytes; at the limit the dispatching thread
 * waits, and Debezium's queue fills up.
 */
final class KeyOrderedDispatcher implements ListenerDispatcher {

	/** The number of ready tasks after which a worker is woken. */
	private static final int WAKE_AFTER = 64;

	private final ListenerRouter router;

	private final @Nullable DeliveryObserver observer;

	private final Map<ListenerGroup, KeyQueues> keyQueues = new HashMap<>();

	private final Map<ListenerGroup, TransactionCollector> transactions = new HashMap<>();

	private final InFlightLimiter limiter;

	private final DispatcherWorkers workers;

	private volatile boolean stopped;

	private int added;

	KeyOrderedDispatcher(String engine, ListenerSet listeners, EngineSettings.Dispatch settings, DeliveryGuard guard,
			Consumer<Throwable> onFailure) {
		this.router = listeners.router();
		this.observer = listeners.observer();
		for (ListenerGroup group : listeners.groups()) {
			this.keyQueues.put(group, new KeyQueues(group.inStreamOrder()));
			if (group.wholeTransactions()) {
				this.transactions.put(group, new TransactionCollector(settings.maxTransactionBytes(), this::enqueue));
			}
		}
		this.limiter = new InFlightLimiter(settings.concurrency(), settings.maxInFlight(), settings.maxBytesInFlight());
		this.workers = new DispatcherWorkers(engine, listeners, settings, this.limiter, guard, onFailure);
	}

	@Override
	public void dispatch(Change change, Runnable onHandled) throws InterruptedException {
		Route[] routes = this.router.route(change);
		if (routes.length == 0) {
			EventCompletion.complete(change, onHandled, this.observer);
			return;
		}
		boolean barrier = change.isBarrier();
		if (barrier) {
			awaitEmpty();
		}
		Runnable completion = EventCompletion.after(routes.length, change, onHandled, this.observer);
		for (Route route : routes) {
			TransactionCollector transaction = route.group().batch() ? this.transactions.get(route.group()) : null;
			if (transaction != null) {
				transaction.add(route, change, completion);
			}
			else {
				awaitCapacity();
				enqueue(new DeliveryTask(route, change, completion, change.size()), change);
			}
		}
		if (barrier) {
			awaitEmpty();
		}
	}

	private void awaitCapacity() throws InterruptedException {
		if (!this.limiter.hasCapacity()) {
			wakeWorkers();
			this.limiter.awaitCapacity(this::isStopped);
		}
	}

	/** The transaction is in memory already, so only the next event has to wait. */
	private void enqueue(TransactionCollector.Transaction transaction) {
		enqueue(new DeliveryTask(transaction.route(), transaction.changes(), transaction, transaction.bytes()),
				transaction.changes().get(0));
	}

	private void enqueue(DeliveryTask task, Change change) {
		if (isStopped()) {
			return;
		}
		this.limiter.add(task.bytes());
		KeyQueues queues = this.keyQueues.get(task.group());
		if (queues != null && queues.append(task, change)) {
			this.workers.add(task);
			if (++this.added >= WAKE_AFTER) {
				wakeWorkers();
			}
		}
	}

	private void awaitEmpty() throws InterruptedException {
		enqueueCollected();
		this.limiter.awaitEmpty(this::isStopped);
	}

	@Override
	public void flush() throws InterruptedException {
		enqueueCollected();
		// All events are enqueued, and Debezium polls again immediately
		awaitCapacity();
	}

	private void enqueueCollected() {
		this.transactions.values().forEach(TransactionCollector::flush);
		wakeWorkers();
	}

	@Override
	public void restartTransaction() {
		this.transactions.values().forEach(TransactionCollector::restart);
	}

	@Override
	public void endTransaction() {
		this.transactions.values().forEach(TransactionCollector::end);
	}

	private void wakeWorkers() {
		if (this.added > 0) {
			this.workers.wake();
			this.added = 0;
		}
	}

	private boolean isStopped() {
		return this.stopped || this.workers.isClosed();
	}

	@Override
	public void stopAccepting() {
		this.stopped = true;
		this.limiter.wake();
	}

	@Override
	public boolean awaitHandled(Duration timeout) throws InterruptedException {
		enqueueCollected();
		long deadline = System.nanoTime() + timeout.toNanos();
		this.limiter.awaitEmpty(() -> this.workers.isClosed() || System.nanoTime() - deadline > 0);
		return this.limiter.tasks() == 0;
	}

	@Override
	public boolean isIdle() {
		return this.workers.isIdle();
	}

	@Override
	public boolean close(@Nullable Duration timeout) {
		return this.workers.close(timeout);
	}

}
