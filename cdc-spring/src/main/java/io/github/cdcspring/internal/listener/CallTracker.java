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
 * Tracks which listener a thread is calling. {@link ListenerTimeoutMonitor} reads it from
 * time to time, so that a call does not have to read the clock.
 */
final class CallTracker {

	private static final AtomicLongFieldUpdater<CallTracker> NUMBER = AtomicLongFieldUpdater
		.newUpdater(CallTracker.class, "number");

	private final boolean mayBeInterrupted;

	/** Odd during a call. */
	private volatile long number;

	private volatile long interrupted = -1;

	private volatile boolean closed;

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
	 * End the call, and clear the thread's interrupted status if the call was interrupted
	 * because of the timeout.
	 * @return whether it was
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
	 * Interrupt a call, unless it has ended.
	 */
	synchronized void interrupt(Call call) {
		Thread thread = this.thread;
		if (!this.mayBeInterrupted || thread == null || this.interrupted == call.number()) {
			return;
		}
		this.interrupted = call.number();
		if (this.number == call.number()) {
			thread.interrupt();
		}
	}

	/**
	 * Return the call that is running, {@code null} if there is none.
	 */
	@Nullable Call current() {
		long number = this.number;
		ListenerEndpoint listener = this.listener;
		Change first = this.first;
		if ((number & 1) == 0 || listener == null || first == null || this.number != number) {
			return null;
		}
		return new Call(number, listener, first);
	}

	/**
	 * No call begins after this; one that is running stays visible until it ends.
	 */
	void close() {
		this.closed = true;
	}

	boolean isClosed() {
		return this.closed;
	}

	/**
	 * A call of a listener.
	 *
	 * @param number the number of the call, unique for the tracker
	 * @param listener the listener
	 * @param first the event, or the first one of a batch
	 */
	record Call(long number, ListenerEndpoint listener, Change first) {

	}

}
