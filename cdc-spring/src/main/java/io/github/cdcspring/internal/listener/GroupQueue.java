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

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.cdcspring.internal.row.Change;
import org.jspecify.annotations.Nullable;

/**
 * The ready tasks of a group that takes batches. A batch consists of a worker's share of
 * these tasks, so that all workers are busy, and of the tasks that follow them in the
 * queues of their keys.
 */
final class GroupQueue {

	private final ReadyTasks<DeliveryTask> tasks = new ReadyTasks<>();

	private final AtomicInteger size = new AtomicInteger();

	/** The number of batches in the ready queue that have no tasks yet. */
	private final AtomicInteger announced = new AtomicInteger();

	private final ReadyQueue readyQueue;

	private final int workers;

	GroupQueue(ReadyQueue readyQueue, int workers) {
		this.readyQueue = readyQueue;
		this.workers = workers;
	}

	void add(DeliveryTask task) {
		this.tasks.add(task);
		this.size.incrementAndGet();
		announce();
	}

	private void announce() {
		if (this.announced.get() < this.workers) {
			this.announced.incrementAndGet();
			this.readyQueue.add(new Batch());
		}
	}

	private List<DeliveryTask> take() {
		this.announced.decrementAndGet();
		List<DeliveryTask> batch = new ArrayList<>();
		int share = Math.max(1, this.size.get() / this.workers);
		for (int i = 0; i < share && batch.size() < SequentialDispatcher.MAX_BATCH; i++) {
			DeliveryTask first = poll();
			if (first == null) {
				break;
			}
			for (DeliveryTask task = first; task != null; task = next(task, batch)) {
				batch.add(task);
			}
		}
		if (!this.tasks.isEmpty()) {
			announce();
			this.readyQueue.wake();
		}
		return batch;
	}

	private static @Nullable DeliveryTask next(DeliveryTask task, List<DeliveryTask> batch) {
		return (batch.size() + 1 < SequentialDispatcher.MAX_BATCH) ? task.takeNext() : null;
	}

	private @Nullable DeliveryTask poll() {
		DeliveryTask task = this.tasks.poll();
		if (task != null) {
			this.size.decrementAndGet();
		}
		return task;
	}

	/**
	 * Tasks of several keys that are delivered in one call.
	 */
	final class Batch extends DeliveryAttempt {

		private List<DeliveryTask> tasks = List.of();

		/**
		 * Take the tasks, each key's in their order, unless an earlier attempt took them.
		 * @return whether there are any
		 */
		boolean fill() {
			if (this.tasks.isEmpty()) {
				this.tasks = take();
				if (!this.tasks.isEmpty()) {
					List<Change> changes = new ArrayList<>(this.tasks.size());
					this.tasks.forEach((task) -> changes.addAll(task.changes()));
					start(this.tasks.get(0).route(), changes);
				}
			}
			return !this.tasks.isEmpty();
		}

		List<DeliveryTask> tasks() {
			return this.tasks;
		}

	}

}
