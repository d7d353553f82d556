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

import org.jspecify.annotations.Nullable;

/**
 * Takes up what is ready, until there is no more. What has to be tried again later goes
 * back, so that nobody waits for it but its lane.
 */
final class DispatcherWorker implements Runnable {

	/** How many events of one lane are taken before others have their turn. */
	private static final int TURN = 16;

	private final int number;

	private final KeyOrderedDispatcher lanes;

	private final DeliveryExecutor executor;

	DispatcherWorker(int number, KeyOrderedDispatcher lanes, DeliveryExecutor executor) {
		this.number = number;
		this.lanes = lanes;
		this.executor = executor;
	}

	@Override
	public void run() {
		try {
			for (Work work = this.lanes.take(); work != null; work = this.lanes.take()) {
				work.run(this);
			}
		}
		catch (Throwable ex) {
			this.lanes.failed(ex);
		}
		finally {
			this.lanes.ended();
		}
	}

	void runTask(DeliveryTask first) {
		DeliveryTask task = first;
		for (int turn = 1; task != null; turn++) {
			if (!attempt(task, task)) {
				return;
			}
			DeliveryTask next = done(task);
			if (next != null && (turn % TURN == 0 || this.lanes.isClosed())) {
				this.lanes.ready(next);
				return;
			}
			task = next;
		}
	}

	void runPortion(BatchTask batch) {
		if (attempt(batch, batch)) {
			for (DeliveryTask task : batch.tasks()) {
				DeliveryTask next = done(task);
				if (next != null && !next.taken()) {
					this.lanes.ready(next);
				}
			}
		}
	}

	private boolean attempt(DeliveryAttempt attempt, Work work) {
		long wait = this.executor.attempt(attempt);
		if (wait == DeliveryExecutor.DONE) {
			return true;
		}
		this.lanes.later(work, wait);
		return false;
	}

	/**
	 * A task is done.
	 * @return the one behind it that is ready now, {@code null} if there is none
	 */
	private @Nullable DeliveryTask done(DeliveryTask task) {
		task.handled();
		this.lanes.inHand().done(this.number, task.bytes());
		Link second = task.second();
		DeliveryTask other = (second != null) ? second.done() : null;
		if (other != null && other.oneIsDone()) {
			this.lanes.ready(other);
		}
		DeliveryTask next = task.link().done();
		return (next != null && next.oneIsDone()) ? next : null;
	}

}
