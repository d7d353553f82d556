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

import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

import io.github.cdcspring.internal.row.Change;
import org.jspecify.annotations.Nullable;

import org.springframework.core.retry.RetryPolicy;
import org.springframework.util.backoff.BackOffExecution;

/**
 * The state of one delivery: its events, the next listener and the failed attempts. Used
 * by one thread at a time.
 */
class DeliveryAttempt implements Delivery {

	private @Nullable Route route;

	private @Nullable Change single;

	private List<Change> changes = List.of();

	private int next;

	private final BitSet skippedListeners = new BitSet();

	private int failures;

	private int failedListener;

	private @Nullable BackOffExecution backOff;

	private boolean checkedForParking;

	private boolean mayRetry = true;

	/** Start the delivery of one event. */
	final void start(Route route, Change change) {
		this.route = route;
		this.single = change;
		reset();
	}

	/** Start the delivery of several events. */
	final void start(Route route, List<Change> changes) {
		this.route = route;
		this.single = null;
		this.changes = changes;
		reset();
	}

	private void reset() {
		this.next = 0;
		this.skippedListeners.clear();
		this.failures = 0;
		this.backOff = null;
		this.checkedForParking = false;
		this.mayRetry = true;
	}

	/** Release the events, which can be large. */
	final void clear() {
		this.single = null;
		this.changes = List.of();
	}

	final Route route() {
		Route route = this.route;
		if (route == null) {
			throw new IllegalStateException("The delivery has not been started");
		}
		return route;
	}

	/** Whether it is the delivery of one row that a snapshot or a backfill has read. */
	boolean readsExistingRow() {
		Change single = this.single;
		return single != null && single.snapshot();
	}

	@Override
	public final ListenerGroup group() {
		return route().group();
	}

	@Override
	public final List<Change> changes() {
		Change single = this.single;
		return (single != null) ? List.of(single) : this.changes;
	}

	/** Remove all other events from the delivery. */
	final void retain(List<Change> changes) {
		this.single = null;
		this.changes = changes;
	}

	/** Return the only event, {@code null} if the delivery takes a list. */
	final @Nullable Change single() {
		return this.single;
	}

	@Override
	public final @Nullable ListenerEndpoint currentListener() {
		ListenerInvoker listener = nextListener();
		return (listener != null) ? listener.endpoint() : null;
	}

	@Override
	public final List<ListenerEndpoint> listeners() {
		ListenerInvoker[] listeners = route().listeners();
		return IntStream.range(0, listeners.length)
			.filter((index) -> !this.skippedListeners.get(index))
			.mapToObj((index) -> listeners[index].endpoint())
			.toList();
	}

	@Override
	public final int attempt() {
		return this.failures + 1;
	}

	/** Return how many attempts failed. */
	final int failures() {
		return this.failures;
	}

	/** Return the next listener, {@code null} if all have returned. */
	final @Nullable ListenerInvoker nextListener() {
		ListenerInvoker[] listeners = route().listeners();
		this.next = this.skippedListeners.nextClearBit(this.next);
		return (this.next < listeners.length) ? listeners[this.next] : null;
	}

	/**
	 * Advance to the listener after the next one. Resets the failed attempts, unless the
	 * passed listener is called again only because a later one failed.
	 */
	final void advance() {
		if (this.failures > 0 && this.next == this.failedListener) {
			this.failures = 0;
			this.backOff = null;
		}
		this.next++;
	}

	/** Skip the next listener in this and all later attempts. */
	final void skipListener() {
		this.skippedListeners.set(this.next);
		this.failures = 0;
		this.backOff = null;
	}

	/** Start with a listener after the first one, because those before it returned. */
	final void startAt(String listenerId) {
		ListenerInvoker[] listeners = route().listeners();
		for (int i = 0; i < listeners.length; i++) {
			if (listeners[i].endpoint().id().equals(listenerId)) {
				this.next = i;
			}
		}
	}

	/** Call every listener again. */
	final void rewind() {
		this.next = 0;
	}

	/** Return {@code true} the first time only. */
	final boolean checkForParking() {
		boolean first = !this.checkedForParking;
		this.checkedForParking = true;
		return first;
	}

	/** Do not retry after the next failure. */
	final void disableRetry() {
		this.mayRetry = false;
	}

	/**
	 * Record a failed attempt.
	 * @return how long to wait for the next attempt, in milliseconds;
	 * {@link BackOffExecution#STOP} if there is none
	 */
	final long fail(RetryPolicy policy, Throwable failure) {
		this.failures++;
		this.failedListener = this.next;
		if (!this.mayRetry || !policy.shouldRetry(failure)) {
			return BackOffExecution.STOP;
		}
		BackOffExecution backOff = this.backOff;
		if (backOff == null) {
			backOff = policy.getBackOff().start();
			this.backOff = backOff;
		}
		return backOff.nextBackOff();
	}

	/** Describe the next listener, or the group. */
	final String describeListener() {
		ListenerInvoker listener = nextListener();
		return (listener != null) ? listener.endpoint().toString() : "The delivery to group '" + group() + "'";
	}

	/** Describe the events without their rows. */
	final String describeEvents() {
		List<Change> changes = changes();
		Change first = changes.get(0);
		if (changes.size() == 1) {
			return ListenerInvoker.describe(first);
		}
		return "a batch of " + changes.size() + " events, from " + ListenerInvoker.describe(first) + " to "
				+ ListenerInvoker.describe(changes.get(changes.size() - 1));
	}

}
