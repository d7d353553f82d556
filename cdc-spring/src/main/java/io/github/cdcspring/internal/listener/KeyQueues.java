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

import java.util.HashMap;
import java.util.Map;

import io.github.cdcspring.internal.row.Change;
import org.jspecify.annotations.Nullable;

/**
 * The queues of one group's lanes: where in them a task stands, and whether it has to
 * wait there. Serves the one thread that delivers.
 * <p>
 * A row whose key was changed leaves one lane for another: the create of the new key
 * stands in the queues of both, so that it comes after the delete of the old key, and
 * whatever uses the old key again comes after it.
 */
final class KeyQueues {

	private static final int SWEEP_AT_LEAST = 4_096;

	private final boolean oneLane;

	/** The last task of each lane; those that are done are swept away now and then. */
	private final Map<Object, Link> last = new HashMap<>();

	private int sweepAt = SWEEP_AT_LEAST;

	/**
	 * Create the queues.
	 * @param oneLane whether all tasks are in one lane
	 */
	KeyQueues(boolean oneLane) {
		this.oneLane = oneLane;
	}

	/**
	 * Append a task.
	 * @return whether it is ready
	 */
	boolean append(DeliveryTask task, Change change) {
		Object lane = this.oneLane ? KeyQueues.class : change.orderingKey();
		Object previousLane = this.oneLane ? null : change.previousOrderingKey();
		if (previousLane != null && !previousLane.equals(lane)) {
			return appendToBoth(task, lane, previousLane);
		}
		task.waitFor(1);
		Link last = this.last.put(lane, task.link());
		if (last == null) {
			sweep();
			return true;
		}
		return !last.append(task.link());
	}

	private boolean appendToBoth(DeliveryTask task, Object lane, Object previousLane) {
		// One more than it can wait for, until both are known
		task.waitFor(3);
		Link first = this.last.put(lane, task.link());
		Link secondLink = task.secondLink();
		Link second = this.last.put(previousLane, secondLink);
		if (!waits(first, task.link())) {
			task.oneIsDone();
		}
		if (!waits(second, secondLink)) {
			task.oneIsDone();
		}
		return task.oneIsDone();
	}

	private static boolean waits(@Nullable Link last, Link link) {
		return last != null && last.append(link);
	}

	private void sweep() {
		if (this.last.size() >= this.sweepAt) {
			this.last.values().removeIf(Link::isDone);
			this.sweepAt = Math.max(SWEEP_AT_LEAST, 2 * this.last.size());
		}
	}

}
