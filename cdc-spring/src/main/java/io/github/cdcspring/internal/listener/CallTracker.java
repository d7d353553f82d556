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

import java.util.concurrent.atomic.AtomicLongFieldUpdater;

import io.github.cdcspring.internal.row.Change;
import org.jspecify.annotations.Nullable;

/**
 * Where a thread that delivers says which listener it calls. It is looked at from outside
 * now and then, so that a call costs no look at the clock.
 */
final class CallTracker {

	private static final AtomicLongFieldUpdater<CallTracker> NUMBER = AtomicLongFieldUpdater
		.newUpdater(CallTracker.class, "number");

	private final boolean mayBeInterrupted;

	/** Odd while a listener is called. */
	private volatile long number;

	private volatile long interrupted = -1;

	private @Nullable ListenerEndpoint listener;

	private @Nullable Change first;

	private @Nullable Thread thread;

	CallTracker(boolean mayBeInterrupted) {
		this.mayBeInterrupted = mayBeInterrupted;
	}

	void begin(ListenerEndpoint listener, Change first) {
		this.listener = listener;
		this.first = first;
		this.thread = Thread.currentThread();
		NUMBER.lazySet(this, this.number + 1);
	}

	/**
	 * The call is over.
	 * @return whether it was interrupted for its length; the thread is not any more
	 */
	boolean end() {
		long number = this.number;
		this.first = null;
		if (!this.mayBeInterrupted) {
			NUMBER.lazySet(this, number + 1);
			return false;
		}
		this.number = number + 1;
		if (this.interrupted != number) {
			return false;
		}
		synchronized (this) {
			Thread.interrupted();
		}
		return true;
	}

	/**
	 * Interrupt a call, and no other one that has begun meanwhile.
	 */
	synchronized void interrupt(long number) {
		Thread thread = this.thread;
		if (!this.mayBeInterrupted || thread == null || this.interrupted == number) {
			return;
		}
		this.interrupted = number;
		if (this.number == number) {
			thread.interrupt();
		}
	}

	/**
	 * The call that goes on.
	 * @return the call, {@code null} if there is none
	 */
	@Nullable Sighting look() {
		long number = this.number;
		ListenerEndpoint listener = this.listener;
		Change first = this.first;
		if ((number & 1) == 0 || listener == null || first == null || this.number != number) {
			return null;
		}
		return new Sighting(number, listener, first);
	}

	/**
	 * What was seen.
	 *
	 * @param number which call of the slot it is
	 * @param listener the listener
	 * @param first its event, or the first one
	 */
	record Sighting(long number, ListenerEndpoint listener, Change first) {

	}

}
