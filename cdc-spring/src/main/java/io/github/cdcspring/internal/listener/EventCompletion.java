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

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import io.github.cdcspring.internal.row.Change;
import org.jspecify.annotations.Nullable;

/**
 * Completes an event after all its deliveries, one for each group, are complete.
 */
final class EventCompletion implements Runnable {

	private static final AtomicIntegerFieldUpdater<EventCompletion> PENDING = AtomicIntegerFieldUpdater
		.newUpdater(EventCompletion.class, "pending");

	private final Change change;

	private final Runnable onHandled;

	private final @Nullable DeliveryObserver observer;

	private volatile int pending;

	private EventCompletion(Change change, int deliveries, Runnable onHandled, @Nullable DeliveryObserver observer) {
		this.change = change;
		this.onHandled = onHandled;
		this.observer = observer;
		PENDING.lazySet(this, deliveries);
	}

	/**
	 * Return what has to be run after each delivery.
	 */
	static Runnable after(int deliveries, Change change, Runnable onHandled, @Nullable DeliveryObserver observer) {
		return (deliveries == 1 && observer == null) ? onHandled
				: new EventCompletion(change, deliveries, onHandled, observer);
	}

	/** Complete an event at once. */
	static void complete(Change change, Runnable onHandled, @Nullable DeliveryObserver observer) {
		onHandled.run();
		if (observer != null) {
			observer.handled(change);
		}
	}

	@Override
	public void run() {
		if (PENDING.decrementAndGet(this) == 0) {
			complete(this.change, this.onHandled, this.observer);
		}
	}

}
