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

import io.github.cdcspring.internal.listener.DeliveryTask.Node;
import io.github.cdcspring.internal.row.Change;
import org.jspecify.annotations.Nullable;

/**
 * The queues of a group's keys. Serves the dispatching thread.
 * <p>
 * If the key of a row changed, the event with the new key is in the queues of both keys.
 * So it is delivered after the delete of the old key, and later events of the old key are
 * delivered after it.
 */
final class KeyQueues {

	private static final int MIN_SWEEP_SIZE = 4_096;

	private final boolean inStreamOrder;

	/** The last task of each key; complete ones are removed from time to time. */
	private final Map<Object, Node> last = new HashMap<>();

	private int sweepSize = MIN_SWEEP_SIZE;

	/**
	 * Create the queues.
	 * @param inStreamOrder whether all tasks are in one queue
	 */
	KeyQueues(boolean inStreamOrder) {
		this.inStreamOrder = inStreamOrder;
	}

	/**
	 * Append a task to the queue of its key.
	 * @return whether the task is ready, because it is the first one
	 */
	boolean append(DeliveryTask task, Change change) {
		Object key = this.inStreamOrder ? KeyQueues.class : change.orderingKey();
		Object previousKey = this.inStreamOrder ? null : change.previousOrderingKey();
		if (previousKey != null && !previousKey.equals(key)) {
			return appendToBoth(task, key, previousKey);
		}
		task.waitFor(1);
		Node last = this.last.put(key, task.node());
		if (last == null) {
			sweep();
			return true;
		}
		return !last.append(task.node());
	}

	private boolean appendToBoth(DeliveryTask task, Object key, Object previousKey) {
		// One more than two, so that it is not ready before both are appended
		task.waitFor(3);
		Node first = this.last.put(key, task.node());
		Node secondNode = task.createSecondNode();
		Node second = this.last.put(previousKey, secondNode);
		if (!mustWait(first, task.node())) {
			task.predecessorDone();
		}
		if (!mustWait(second, secondNode)) {
			task.predecessorDone();
		}
		return task.predecessorDone();
	}

	private static boolean mustWait(@Nullable Node last, Node node) {
		return last != null && last.append(node);
	}

	private void sweep() {
		if (this.last.size() >= this.sweepSize) {
			this.last.values().removeIf(Node::isDone);
			this.sweepSize = Math.max(MIN_SWEEP_SIZE, 2 * this.last.size());
		}
	}

}
