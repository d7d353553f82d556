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

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Limits the tasks in flight, in number and bytes. The dispatching thread adds tasks, and
 * waits while there are too many. Each worker counts its completed tasks separately, so
 * that counting causes no contention.
 */
final class InFlightLimiter {

	/** Two counters for each worker, each worker's on a cache line of its own. */
	private static final int STRIDE = 16;

	/** The longest sleep until the condition is checked again. */
	private static final long MAX_PARK_NANOS = 50_000_000;

	private final int workers;

	private final long maxTasks;

	private final long maxBytes;

	private final AtomicLongArray done;

	/** Written by the dispatching thread, read by others only after it has stopped. */
	private long tasks;

	private long bytes;

	private long doneTasks;

	private long doneBytes;

	private volatile @Nullable Thread waiting;

	private volatile long waitingFor;

	InFlightLimiter(int workers, long maxTasks, long maxBytes) {
		this.workers = workers;
		this.maxTasks = maxTasks;
		this.maxBytes = maxBytes;
		this.done = new AtomicLongArray((workers + 1) * STRIDE);
	}

	/** Add a task. To be called by the dispatching thread. */
	void add(long bytes) {
		this.tasks++;
		this.bytes += bytes;
	}

	/** Remove a task that a worker completed. */
	void done(int worker, long bytes) {
		int index = (worker + 1) * STRIDE;
		this.done.lazySet(index, this.done.getPlain(index) + 1);
		this.done.set(index + 1, this.done.getPlain(index + 1) + bytes);
		Thread waiting = this.waiting;
		if (waiting != null && tasks() <= this.waitingFor) {
			LockSupport.unpark(waiting);
		}
	}

	long tasks() {
		long tasks = this.tasks;
		for (int worker = 1; worker <= this.workers; worker++) {
			tasks -= this.done.get(worker * STRIDE);
		}
		return tasks;
	}

	private long bytes() {
		long bytes = this.bytes;
		for (int worker = 1; worker <= this.workers; worker++) {
			bytes -= this.done.get(worker * STRIDE + 1);
		}
		return bytes;
	}

	/** Whether one more task may be added. To be called by the dispatching thread. */
	boolean hasCapacity() {
		if (this.tasks - this.doneTasks < this.maxTasks && this.bytes - this.doneBytes < this.maxBytes) {
			return true;
		}
		this.doneTasks = this.tasks - tasks();
		this.doneBytes = this.bytes - bytes();
		return this.tasks - this.doneTasks < this.maxTasks && this.bytes - this.doneBytes < this.maxBytes;
	}

	/**
	 * Wait until a quarter of the limits is free. To wake the thread for each task would
	 * cost more than the task.
	 */
	void awaitCapacity(BooleanSupplier stopped) throws InterruptedException {
		long enough = this.maxTasks - Math.max(1, this.maxTasks / 4);
		long enoughBytes = this.maxBytes - this.maxBytes / 4;
		await(() -> stopped.getAsBoolean() || (tasks() <= enough && bytes() <= enoughBytes), enough);
	}

	/** Wait until no task is in flight. */
	void awaitEmpty(BooleanSupplier stopped) throws InterruptedException {
		await(() -> stopped.getAsBoolean() || tasks() == 0, 0);
	}

	private void await(BooleanSupplier condition, long tasks) throws InterruptedException {
		this.waitingFor = tasks;
		this.waiting = Thread.currentThread();
		try {
			while (!condition.getAsBoolean()) {
				if (Thread.interrupted()) {
					throw new InterruptedException();
				}
				LockSupport.parkNanos(this, MAX_PARK_NANOS);
			}
		}
		finally {
			this.waiting = null;
		}
	}

	/** Make the waiting thread check its condition. */
	void wake() {
		LockSupport.unpark(this.waiting);
	}

}
