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

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * The deliveries that any worker can execute now. {@link #add} wakes no worker, so that
 * several deliveries can be added before one {@link #wake}.
 */
final class ReadyQueue {

	private final ReadyTasks<DeliveryAttempt> queue = new ReadyTasks<>();

	private final AtomicInteger idle = new AtomicInteger();

	private final Semaphore wakeUps = new Semaphore(0);

	private volatile boolean closed;

	void add(DeliveryAttempt delivery) {
		this.queue.add(delivery);
	}

	/**
	 * Wake a worker if one is idle and no other one is being woken. That worker wakes the
	 * next one if there is more to do. Waking a thread takes longer than most deliveries,
	 * so no more threads are woken than needed.
	 */
	void wake() {
		if (this.idle.get() > 0 && this.wakeUps.availablePermits() == 0) {
			this.wakeUps.release();
		}
	}

	/**
	 * Take the next delivery, and wait for it if there is none.
	 * @return the delivery, {@code null} if the queue is closed
	 */
	@Nullable DeliveryAttempt take() {
		DeliveryAttempt delivery = this.closed ? null : this.queue.poll();
		if (delivery == null && !this.closed) {
			delivery = await();
			if (!this.queue.isEmpty()) {
				wake();
			}
		}
		return delivery;
	}

	/** Mark the worker idle before checking again, to avoid a lost wake-up. */
	private @Nullable DeliveryAttempt await() {
		this.idle.incrementAndGet();
		try {
			while (!this.closed) {
				DeliveryAttempt delivery = this.queue.poll();
				if (delivery != null) {
					return delivery;
				}
				this.wakeUps.acquireUninterruptibly();
			}
			return null;
		}
		finally {
			this.idle.decrementAndGet();
		}
	}

	/** Drop all deliveries, and let the workers end. */
	void close() {
		this.closed = true;
		this.queue.clear();
		this.wakeUps.release(this.idle.get());
	}

}
