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

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

import io.github.cdcspring.internal.row.Change;
import org.jspecify.annotations.Nullable;

import org.springframework.core.retry.RetryPolicy;
import org.springframework.util.backoff.BackOffExecution;

/**
 * One delivery, and how far it has come. Used by one thread at a time.
 */
class DeliveryAttempt implements Delivery {

	private @Nullable Route route;

	private @Nullable Change single;

	private List<Change> changes = List.of();

	private int next;

	private final BitSet without = new BitSet();

	private int failures;

	private int failedAt;

	private @Nullable BackOffExecution waits;

	private boolean asked;

	private boolean mayRetry = true;

	/** Begin with one event. */
	final void begin(Route route, Change change) {
		this.route = route;
		this.single = change;
		begin();
	}

	/** Begin with the events of a list. */
	final void begin(Route route, List<Change> changes) {
		this.route = route;
		this.single = null;
		this.changes = changes;
		begin();
	}

	private void begin() {
		this.next = 0;
		this.without.clear();
		this.failures = 0;
		this.waits = null;
		this.asked = false;
		this.mayRetry = true;
	}

	/** Let go of the events, which may be large. */
	final void clear() {
		this.single = null;
		this.changes = List.of();
	}

	final Route route() {
		Route route = this.route;
		if (route == null) {
			throw new IllegalStateException("Nothing is handed over");
		}
		return route;
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

	/** Go on with some of the events. */
	final void keepOnly(List<Change> changes) {
		this.single = null;
		this.changes = changes;
	}

	/** The only event, {@code null} if there are several. */
	final @Nullable Change single() {
		return this.single;
	}

	@Override
	public final @Nullable ListenerEndpoint inHand() {
		ListenerInvoker listener = listener();
		return (listener != null) ? listener.endpoint() : null;
	}

	@Override
	public final int attempt() {
		return this.failures + 1;
	}

	/** How often it failed. */
	final int failures() {
		return this.failures;
	}

	/** The listener that is next, {@code null} when all have returned. */
	final @Nullable ListenerInvoker listener() {
		ListenerInvoker[] listeners = route().listeners();
		this.next = this.without.nextClearBit(this.next);
		return (this.next < listeners.length) ? listeners[this.next] : null;
	}

	/**
	 * The listener that is next has returned, or does without. One that is called again
	 * because a later one failed leaves the failures of that one as they are.
	 */
	final void passListener() {
		if (this.failures > 0 && this.next == this.failedAt) {
			this.failures = 0;
			this.waits = null;
		}
		this.next++;
	}

	/** The listener that is next does without, however often the others are called. */
	final void leaveOutListener() {
		this.without.set(this.next);
		this.failures = 0;
		this.waits = null;
	}

	/** Begin with a listener behind the first, where those before it have returned. */
	final void skipTo(String id) {
		ListenerInvoker[] listeners = route().listeners();
		for (int i = 0; i < listeners.length; i++) {
			if (listeners[i].endpoint().id().equals(id)) {
				this.next = i;
			}
		}
	}

	/** Every listener is to be called again. */
	final void rewind() {
		this.next = 0;
	}

	/** The first time, and only then. */
	final boolean askFirst() {
		boolean ask = !this.asked;
		this.asked = true;
		return ask;
	}

	/** What fails now is not tried again. */
	final void lastAttempt() {
		this.mayRetry = false;
	}

	/**
	 * Note a failure.
	 * @return how long to wait for the next attempt, in milliseconds;
	 * {@link BackOffExecution#STOP} if there is none
	 */
	final long failed(RetryPolicy policy, Throwable failure) {
		this.failures++;
		this.failedAt = this.next;
		if (!this.mayRetry || !policy.shouldRetry(failure)) {
			return BackOffExecution.STOP;
		}
		BackOffExecution waits = this.waits;
		if (waits == null) {
			waits = policy.getBackOff().start();
			this.waits = waits;
		}
		return waits.nextBackOff();
	}

	final List<Change> copyOfChanges() {
		return new ArrayList<>(changes());
	}

	/** The event or events, without their rows. */
	final String position() {
		List<Change> changes = changes();
		Change first = changes.get(0);
		if (changes.size() == 1) {
			return ListenerInvoker.describe(first);
		}
		return "a batch of " + changes.size() + " events, from " + ListenerInvoker.describe(first) + " to "
				+ ListenerInvoker.describe(changes.get(changes.size() - 1));
	}

}
