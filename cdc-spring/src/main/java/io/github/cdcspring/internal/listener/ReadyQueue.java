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

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * What can be taken up at once, by whichever worker comes first. Adding wakes nobody; who
 * adds says when, so that many are added for one waking.
 */
final class ReadyQueue {

	private final Queue<Work> queue = new ConcurrentLinkedQueue<>();

	private final AtomicInteger idle = new AtomicInteger();

	private final Semaphore waking = new Semaphore(0);

	private volatile boolean closed;

	void add(Work work) {
		this.queue.add(work);
	}

	/**
	 * Wake a worker, if one is idle and none is being woken. It wakes the next one if it
	 * finds more than it takes: to wake a thread takes longer than most work, so as few
	 * are woken as there is work for.
	 */
	void wake() {
		if (this.idle.get() > 0 && this.waking.availablePermits() == 0) {
			this.waking.release();
		}
	}

	boolean isEmpty() {
		return this.queue.isEmpty();
	}

	/**
	 * Take what is next, and wait for it.
	 * @return the work, {@code null} when there is no more to be done
	 */
	@Nullable Work take() {
		Work work = this.closed ? null : this.queue.poll();
		if (work == null && !this.closed) {
			work = await();
			if (!this.queue.isEmpty()) {
				wake();
			}
		}
		return work;
	}

	/** Idle is said before looking once more, so that nothing is added unseen. */
	private @Nullable Work await() {
		this.idle.incrementAndGet();
		try {
			while (!this.closed) {
				Work work = this.queue.poll();
				if (work != null) {
					return work;
				}
				this.waking.acquireUninterruptibly();
			}
			return null;
		}
		finally {
			this.idle.decrementAndGet();
		}
	}

	/** Nothing more is taken up. */
	void close(int workers) {
		this.closed = true;
		this.queue.clear();
		this.waking.release(workers);
	}

}
