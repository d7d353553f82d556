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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * The threads that execute ready tasks. A task that has to be retried later is scheduled,
 * so that a worker waits for no task, and a retry delays only its own key.
 */
final class DispatcherWorkers {

	/** The maximum number of tasks of one key that a worker executes in a row. */
	private static final int MAX_IN_A_ROW = 16;

	private final ReadyQueue queue = new ReadyQueue();

	private final Map<ListenerGroup, GroupQueue> groupQueues = new HashMap<>();

	private final InFlightLimiter limiter;

	private final Consumer<Throwable> onFailure;

	private final ScheduledThreadPoolExecutor timer;

	private final CountDownLatch running;

	private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

	private final AtomicBoolean failed = new AtomicBoolean();

	private volatile boolean closed;

	/**
	 * Start the workers.
	 * @param limiter counts the tasks that are complete
	 * @param onFailure called once, when a listener failed in all attempts
	 */
	DispatcherWorkers(String engine, ListenerSet listeners, EngineSettings.Dispatch settings, InFlightLimiter limiter,
			DeliveryGuard guard, Consumer<Throwable> onFailure) {
		this.limiter = limiter;
		this.onFailure = onFailure;
		this.running = new CountDownLatch(settings.concurrency());
		for (ListenerGroup group : listeners.groups()) {
			if (group.batch() && !group.wholeTransactions()) {
				this.groupQueues.put(group, new GroupQueue(this.queue, settings.concurrency()));
			}
		}
		CustomizableThreadFactory threads = new CustomizableThreadFactory("cdc-" + engine + "-retry-");
		threads.setDaemon(true);
		this.timer = new ScheduledThreadPoolExecutor(1, threads, new ThreadPoolExecutor.DiscardPolicy());
		SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("cdc-" + engine + "-lane-");
		executor.setDaemon(true);
		executor.setVirtualThreads(settings.virtualThreads());
		for (int i = 0; i < settings.concurrency(); i++) {
			executor.execute(new Worker(i, listeners.executor(guard)));
		}
	}

	/** Add a ready task without waking a worker. */
	void add(DeliveryTask task) {
		GroupQueue groupQueue = task.group().batch() ? this.groupQueues.get(task.group()) : null;
		if (groupQueue != null) {
			groupQueue.add(task);
		}
		else {
			this.queue.add(task);
		}
	}

	void wake() {
		this.queue.wake();
	}

	boolean isClosed() {
		return this.closed;
	}

	/** Whether no thread is working any more. */
	boolean isIdle() {
		return this.threads.isEmpty();
	}

	private void shutDown() {
		this.closed = true;
		this.timer.shutdownNow();
		this.queue.close();
		this.limiter.wake();
	}

	/**
	 * Drop the tasks that are ready, and wait for those that are running.
	 * @param timeout the maximum time to wait, {@code null} for no limit
	 * @return whether no task is running any more
	 */
	boolean close(@Nullable Duration timeout) {
		shutDown();
		try {
			if (timeout == null) {
				this.running.await();
			}
			else if (!this.running.await(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
				abandon();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			abandon();
		}
		return this.threads.isEmpty();
	}

	/** Interrupt the running tasks, and release all threads that wait for them. */
	private void abandon() {
		this.threads.forEach(Thread::interrupt);
		while (this.running.getCount() > 0) {
			this.running.countDown();
		}
	}

	/**
	 * Executes one delivery after another.
	 */
	private final class Worker implements Runnable {

		private final int number;

		private final DeliveryExecutor executor;

		Worker(int number, DeliveryExecutor executor) {
			this.number = number;
			this.executor = executor;
		}

		@Override
		public void run() {
			DispatcherWorkers workers = DispatcherWorkers.this;
			workers.threads.add(Thread.currentThread());
			try {
				for (DeliveryAttempt next = workers.queue.take(); next != null; next = workers.queue.take()) {
					execute(next);
				}
			}
			catch (Throwable ex) {
				fail(ex);
			}
			finally {
				this.executor.close();
				workers.threads.remove(Thread.currentThread());
				workers.running.countDown();
			}
		}

		private void fail(Throwable failure) {
			boolean first = DispatcherWorkers.this.failed.compareAndSet(false, true) && !DispatcherWorkers.this.closed;
			shutDown();
			if (first) {
				DispatcherWorkers.this.onFailure.accept(failure);
			}
		}

		private void execute(DeliveryAttempt delivery) {
			if (delivery instanceof GroupQueue.Batch batch) {
				execute(batch);
			}
			else {
				execute((DeliveryTask) delivery);
			}
		}

		private void execute(DeliveryTask first) {
			DeliveryTask task = first;
			for (int count = 1; task != null; count++) {
				if (!attempt(task)) {
					return;
				}
				DeliveryTask next = complete(task);
				if (next != null && (count % MAX_IN_A_ROW == 0 || DispatcherWorkers.this.closed)) {
					addAndWake(next);
					return;
				}
				task = next;
			}
		}

		private void execute(GroupQueue.Batch batch) {
			if (batch.fill() && attempt(batch)) {
				for (DeliveryTask task : batch.tasks()) {
					DeliveryTask next = complete(task);
					if (next != null && !next.batched()) {
						addAndWake(next);
					}
				}
			}
		}

		/** Make one attempt, and schedule the next one if necessary. */
		private boolean attempt(DeliveryAttempt delivery) {
			long wait = this.executor.attempt(delivery);
			if (wait == DeliveryExecutor.DONE) {
				return true;
			}
			ReadyQueue queue = DispatcherWorkers.this.queue;
			DispatcherWorkers.this.timer.schedule(() -> {
				queue.add(delivery);
				queue.wake();
			}, wait, TimeUnit.MILLISECONDS);
			return false;
		}

		/**
		 * Complete a task.
		 * @return the next task of its key if that is ready, else {@code null}
		 */
		private @Nullable DeliveryTask complete(DeliveryTask task) {
			task.complete();
			DispatcherWorkers.this.limiter.done(this.number, task.bytes());
			DeliveryTask.Node secondNode = task.secondNode();
			DeliveryTask other = (secondNode != null) ? secondNode.done() : null;
			if (other != null && other.predecessorDone()) {
				addAndWake(other);
			}
			DeliveryTask next = task.node().done();
			return (next != null && next.predecessorDone()) ? next : null;
		}

		private void addAndWake(DeliveryTask task) {
			add(task);
			wake();
		}

	}

}
