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

import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

import org.jspecify.annotations.Nullable;

/**
 * The place of a task in the queue of one lane. The queue is nothing but its links: one
 * thread appends behind the last, and whoever is done with a task finds the one behind
 * it. Neither takes a lock.
 */
final class Link {

	private static final Object DONE = new Object();

	private static final AtomicReferenceFieldUpdater<Link, @Nullable Object> NEXT = AtomicReferenceFieldUpdater
		.newUpdater(Link.class, Object.class, "next");

	private final DeliveryTask task;

	private volatile @Nullable Object next;

	Link(DeliveryTask task) {
		this.task = task;
	}

	/**
	 * Append.
	 * @return {@code false} if this task is done, so that the next need not wait
	 */
	boolean append(Link link) {
		return NEXT.compareAndSet(this, null, link);
	}

	/**
	 * This task is done.
	 * @return the task behind it, {@code null} if there is none
	 */
	@Nullable DeliveryTask done() {
		return (NEXT.getAndSet(this, DONE) instanceof Link link) ? link.task : null;
	}

	boolean isDone() {
		return this.next == DONE;
	}

	/** The task behind this one, {@code null} if there is none so far. */
	@Nullable DeliveryTask next() {
		return (this.next instanceof Link link) ? link.task : null;
	}

}
