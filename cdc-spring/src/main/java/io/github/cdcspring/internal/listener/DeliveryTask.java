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
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

import io.github.cdcspring.internal.row.Change;
import org.jspecify.annotations.Nullable;

/**
 * The delivery of an event, or of a transaction, to one group. It is in the queue of its
 * key; if the row's key changed, in the queues of both keys.
 */
final class DeliveryTask extends DeliveryAttempt {

	private static final AtomicIntegerFieldUpdater<DeliveryTask> PREDECESSORS = AtomicIntegerFieldUpdater
		.newUpdater(DeliveryTask.class, "predecessors");

	private final Node node = new Node(this);

	private final long bytes;

	private @Nullable Node secondNode;

	private @Nullable Runnable completion;

	private volatile int predecessors;

	/** Whether a batch took the task together with its predecessor. */
	private boolean batched;

	DeliveryTask(Route route, Change change, Runnable completion, long bytes) {
		start(route, change);
		this.completion = completion;
		this.bytes = bytes;
	}

	DeliveryTask(Route route, List<Change> changes, Runnable completion, long bytes) {
		start(route, changes);
		this.completion = completion;
		this.bytes = bytes;
	}

	long bytes() {
		return this.bytes;
	}

	Node node() {
		return this.node;
	}

	Node createSecondNode() {
		Node second = new Node(this);
		this.secondNode = second;
		return second;
	}

	@Nullable Node secondNode() {
		return this.secondNode;
	}

	/** Set how many tasks have to be complete before this one is ready. */
	void waitFor(int predecessors) {
		PREDECESSORS.lazySet(this, predecessors);
	}

	/**
	 * A predecessor is complete.
	 * @return whether the task is ready now
	 */
	boolean predecessorDone() {
		return PREDECESSORS.decrementAndGet(this) == 0;
	}

	/**
	 * Take the next task of the key into the same batch.
	 * @return the task, {@code null} if there is none or it has another predecessor
	 */
	@Nullable DeliveryTask takeNext() {
		DeliveryTask next = (this.secondNode == null) ? this.node.next() : null;
		if (next == null || next.secondNode != null || next.predecessors != 1) {
			return null;
		}
		next.batched = true;
		return next;
	}

	boolean batched() {
		return this.batched;
	}

	/** Complete the delivery, and release its events. */
	void complete() {
		Runnable completion = this.completion;
		this.completion = null;
		clear();
		if (completion != null) {
			completion.run();
		}
	}

	/**
	 * A task in the queue of a key. A queue consists of its nodes only: one thread
	 * appends after the last one, and the thread that completes a task finds the next
	 * one. Neither needs a lock.
	 */
	static final class Node {

		private static final Object DONE = new Object();

		private static final AtomicReferenceFieldUpdater<Node, @Nullable Object> NEXT = AtomicReferenceFieldUpdater
			.newUpdater(Node.class, Object.class, "next");

		private final DeliveryTask task;

		private volatile @Nullable Object next;

		Node(DeliveryTask task) {
			this.task = task;
		}

		/**
		 * Append a node.
		 * @return {@code false} if this task is complete, so that the appended one does
		 * not have to wait for it
		 */
		boolean append(Node node) {
			return NEXT.compareAndSet(this, null, node);
		}

		/**
		 * Mark the task complete.
		 * @return the next task, {@code null} if there is none
		 */
		@Nullable DeliveryTask done() {
			return (NEXT.getAndSet(this, DONE) instanceof Node following) ? following.task : null;
		}

		boolean isDone() {
			return this.next == DONE;
		}

		/** Return the next task, {@code null} if there is none yet. */
		@Nullable DeliveryTask next() {
			return (this.next instanceof Node following) ? following.task : null;
		}

	}

}
