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

import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import io.github.cdcspring.internal.row.Change;
import org.jspecify.annotations.Nullable;

/**
 * One event for one group, in the queue of its lane; in those of two lanes where the
 * row's key was changed.
 */
final class DeliveryTask extends DeliveryAttempt implements Work {

	private static final AtomicIntegerFieldUpdater<DeliveryTask> WAITS_FOR = AtomicIntegerFieldUpdater
		.newUpdater(DeliveryTask.class, "waitsFor");

	private final Link link = new Link(this);

	private final long bytes;

	private @Nullable Link second;

	private @Nullable Runnable handled;

	private volatile int waitsFor;

	/** Whether a worker took it together with the one before. */
	private boolean taken;

	DeliveryTask(Route route, Change change, Runnable handled, long bytes) {
		begin(route, change);
		this.handled = handled;
		this.bytes = bytes;
	}

	DeliveryTask(Route route, List<Change> changes, Runnable handled, long bytes) {
		begin(route, changes);
		this.handled = handled;
		this.bytes = bytes;
	}

	long bytes() {
		return this.bytes;
	}

	Link link() {
		return this.link;
	}

	Link secondLink() {
		Link second = new Link(this);
		this.second = second;
		return second;
	}

	@Nullable Link second() {
		return this.second;
	}

	/** Before it is appended behind other tasks. */
	void waitFor(int tasks) {
		WAITS_FOR.lazySet(this, tasks);
	}

	/**
	 * One of those before it is done.
	 * @return whether it was the last that this one waited for
	 */
	boolean oneIsDone() {
		return WAITS_FOR.decrementAndGet(this) == 0;
	}

	/**
	 * The next one of the lane, for a worker that hands over both at once.
	 * @return the task, {@code null} if there is none or it waits for another one too
	 */
	@Nullable DeliveryTask takeNext() {
		DeliveryTask next = (this.second == null) ? this.link.next() : null;
		if (next == null || next.second != null || next.waitsFor != 1) {
			return null;
		}
		next.taken = true;
		return next;
	}

	boolean taken() {
		return this.taken;
	}

	/** All its listeners have returned. */
	void handled() {
		Runnable handled = this.handled;
		this.handled = null;
		clear();
		if (handled != null) {
			handled.run();
		}
	}

	@Override
	public void run(DispatcherWorker worker) {
		worker.runTask(this);
	}

}
