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
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * The ready tasks of a group that takes lists. A worker takes many of them at once: its
 * share of what is ready, so that the others have work too, and of each lane as much as
 * follows.
 */
final class GroupQueue implements Work {

	private final Queue<DeliveryTask> ready = new ConcurrentLinkedQueue<>();

	private final AtomicInteger size = new AtomicInteger();

	/** How often this queue itself stands among the work. */
	private final AtomicInteger announced = new AtomicInteger();

	private final ReadyQueue queue;

	private final int workers;

	GroupQueue(ReadyQueue queue, int workers) {
		this.queue = queue;
		this.workers = workers;
	}

	void add(DeliveryTask task) {
		this.ready.add(task);
		this.size.incrementAndGet();
		announce();
	}

	private void announce() {
		if (this.announced.get() < this.workers) {
			this.announced.incrementAndGet();
			this.queue.add(this);
		}
	}

	/** The tasks of one call, in the order of each lane. */
	List<DeliveryTask> take() {
		this.announced.decrementAndGet();
		List<DeliveryTask> tasks = new ArrayList<>();
		int share = Math.max(1, this.size.get() / this.workers);
		for (int i = 0; i < share && tasks.size() < SequentialDispatcher.MAX_BATCH; i++) {
			DeliveryTask first = poll();
			if (first == null) {
				break;
			}
			for (DeliveryTask task = first; task != null; task = follow(task, tasks)) {
				tasks.add(task);
			}
		}
		if (!this.ready.isEmpty()) {
			announce();
			this.queue.wake();
		}
		return tasks;
	}

	private static @Nullable DeliveryTask follow(DeliveryTask task, List<DeliveryTask> tasks) {
		return (tasks.size() + 1 < SequentialDispatcher.MAX_BATCH) ? task.takeNext() : null;
	}

	private @Nullable DeliveryTask poll() {
		DeliveryTask task = this.ready.poll();
		if (task != null) {
			this.size.decrementAndGet();
		}
		return task;
	}

	@Override
	public void run(DispatcherWorker worker) {
		List<DeliveryTask> tasks = take();
		if (!tasks.isEmpty()) {
			worker.runPortion(new BatchTask(tasks));
		}
	}

}
