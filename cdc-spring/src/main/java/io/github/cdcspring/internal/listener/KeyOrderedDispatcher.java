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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import io.github.cdcspring.internal.row.Change;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Many lanes, one a key, served by as many workers as the settings say. Events of one key
 * stay in order; a worker belongs to no key, so that neither a slow one nor one that
 * waits to be tried again holds up another. What is in hand is bounded in events and
 * bytes; who delivers waits then, and Debezium's queue fills behind.
 */
final class KeyOrderedDispatcher implements ListenerDispatcher {

	/** How many ready tasks are added until a worker is woken. */
	private static final int WAKE_AT = 64;

	private final ListenerRouter router;

	private final Map<ListenerGroup, KeyQueues> lanes = new HashMap<>();

	private final Map<ListenerGroup, GroupQueue> lists = new HashMap<>();

	private final Map<ListenerGroup, TransactionCollector> transactions = new HashMap<>();

	private final ReadyQueue queue = new ReadyQueue();

	private final InFlightLimiter limiter;

	private final int workers;

	private final CountDownLatch ended;

	private final ScheduledThreadPoolExecutor timer;

	private final @Nullable DeliveryObserver observer;

	private final Consumer<Throwable> onFailure;

	private final ListenerTimeoutMonitor monitor;

	private final AtomicBoolean failed = new AtomicBoolean();

	private final Map<Thread, Boolean> threads = new ConcurrentHashMap<>();

	private volatile boolean stopped;

	private volatile boolean closed;

	private int added;

	KeyOrderedDispatcher(String engine, ListenerSet listeners, EngineSettings.Dispatch settings,
			Consumer<Throwable> onFailure) {
		this.workers = settings.concurrency();
		this.limiter = new InFlightLimiter(this.workers, settings.maxInFlight(), settings.maxBytesInFlight());
		this.ended = new CountDownLatch(this.workers);
		this.router = listeners.routes();
		this.observer = listeners.observer();
		this.monitor = listeners.watch();
		this.onFailure = onFailure;
		for (ListenerGroup group : listeners.groups()) {
			this.lanes.put(group, new KeyQueues(group.inStreamOrder()));
			if (group.wholeTransactions()) {
				this.transactions.put(group, new TransactionCollector(settings.maxTransactionBytes(), this::enqueue));
			}
			else if (group.batch()) {
				this.lists.put(group, new GroupQueue(this.queue, this.workers));
			}
		}
		CustomizableThreadFactory threads = new CustomizableThreadFactory("cdc-" + engine + "-retry-");
		threads.setDaemon(true);
		this.timer = new ScheduledThreadPoolExecutor(1, threads, new ThreadPoolExecutor.DiscardPolicy());
		start(engine, listeners, settings.virtualThreads());
	}

	private void start(String engine, ListenerSet listeners, boolean virtualThreads) {
		SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("cdc-" + engine + "-lane-");
		executor.setDaemon(true);
		executor.setVirtualThreads(virtualThreads);
		for (int i = 0; i < this.workers; i++) {
			DispatcherWorker worker = new DispatcherWorker(i, this, listeners.deliverer());
			executor.execute(() -> {
				this.threads.put(Thread.currentThread(), true);
				worker.run();
			});
		}
	}

	@Override
	public void deliver(Change change, Runnable handled) throws InterruptedException {
		Route[] legs = this.router.of(change);
		if (legs.length == 0) {
			handled(change, handled);
			return;
		}
		boolean barrier = change.isBarrier();
		if (barrier) {
			awaitAllDone();
		}
		Runnable whenHandled = (this.observer != null) ? () -> handled(change, handled) : handled;
		Runnable last = (legs.length > 1) ? new LastOf(legs.length, whenHandled) : whenHandled;
		for (Route route : legs) {
			TransactionCollector transaction = route.group().batch() ? this.transactions.get(route.group()) : null;
			if (transaction != null) {
				transaction.add(route, change, last);
			}
			else {
				awaitRoom();
				enqueue(new DeliveryTask(route, change, last, change.size()), change);
			}
		}
		if (barrier) {
			awaitAllDone();
		}
	}

	private void handled(Change change, Runnable handled) {
		handled.run();
		if (this.observer != null) {
			this.observer.handled(change);
		}
	}

	private void awaitRoom() throws InterruptedException {
		if (!this.limiter.hasRoom()) {
			wakeWorkers();
			this.limiter.awaitRoom(this::isStopped);
		}
	}

	/**
	 * It has been in memory already, so it does not wait for room: what comes next does.
	 */
	private void enqueue(TransactionCollector.Transaction transaction) {
		enqueue(new DeliveryTask(transaction.route(), transaction.changes(), transaction, transaction.bytes()),
				transaction.changes().get(0));
	}

	private void enqueue(DeliveryTask task, Change change) {
		if (isStopped()) {
			return;
		}
		this.limiter.add(task.bytes());
		KeyQueues lanes = this.lanes.get(task.group());
		if (lanes != null && lanes.append(task, change)) {
			add(task);
			if (++this.added >= WAKE_AT) {
				wakeWorkers();
			}
		}
	}

	private void add(DeliveryTask task) {
		GroupQueue list = task.group().batch() ? this.lists.get(task.group()) : null;
		if (list != null) {
			list.add(task);
		}
		else {
			this.queue.add(task);
		}
	}

	private void awaitAllDone() throws InterruptedException {
		handOver();
		this.limiter.awaitNothing(this::isStopped);
	}

	@Override
	public void flush() throws InterruptedException {
		handOver();
		// Who has given all looks for more at once
		awaitRoom();
	}

	private void handOver() {
		this.transactions.values().forEach(TransactionCollector::flush);
		wakeWorkers();
	}

	@Override
	public void endTransaction() {
		this.transactions.values().forEach(TransactionCollector::end);
	}

	private void wakeWorkers() {
		if (this.added > 0) {
			this.queue.wake();
			this.added = 0;
		}
	}

	private boolean isStopped() {
		return this.stopped || this.closed;
	}

	boolean isClosed() {
		return this.closed;
	}

	InFlightLimiter inHand() {
		return this.limiter;
	}

	@Nullable Work take() {
		return this.queue.take();
	}

	/** A task has become ready behind another one. */
	void ready(DeliveryTask task) {
		add(task);
		this.queue.wake();
	}

	/** Take it up again after a while. */
	void later(Work work, long millis) {
		this.timer.schedule(() -> {
			this.queue.add(work);
			this.queue.wake();
		}, millis, TimeUnit.MILLISECONDS);
	}

	/** A worker met a failure that is not to be passed over. */
	void failed(Throwable failure) {
		boolean first = this.failed.compareAndSet(false, true) && !this.closed;
		shut();
		if (first) {
			this.onFailure.accept(failure);
		}
	}

	void ended() {
		this.threads.remove(Thread.currentThread());
		this.ended.countDown();
	}

	@Override
	public void stopTaking() {
		this.stopped = true;
		this.limiter.wake();
	}

	@Override
	public boolean awaitHandled(Duration timeout) throws InterruptedException {
		handOver();
		long deadline = System.nanoTime() + timeout.toNanos();
		this.limiter.awaitNothing(() -> this.closed || System.nanoTime() - deadline > 0);
		return this.limiter.tasks() == 0;
	}

	private void shut() {
		this.closed = true;
		this.timer.shutdownNow();
		this.queue.close(this.workers);
		this.limiter.wake();
	}

	@Override
	public boolean close(@Nullable Duration timeout) {
		shut();
		try {
			if (timeout == null) {
				this.ended.await();
			}
			else if (!this.ended.await(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
				abandon();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			abandon();
		}
		this.monitor.close();
		return this.threads.isEmpty();
	}

	/** Whoever still waits for the calls that go on need not. */
	private void abandon() {
		this.threads.keySet().forEach(Thread::interrupt);
		while (this.ended.getCount() > 0) {
			this.ended.countDown();
		}
	}

	@Override
	public @Nullable RunningCall oldestCall() {
		return this.monitor.oldest();
	}

}
