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

package io.github.cdcspring.engine;

import org.jspecify.annotations.Nullable;

/**
 * The events that were received and are not known to be handled, in the order of the
 * stream. A position may be stored when every event up to it is handled, so positions
 * come out over a prefix without holes, in whatever order events are done.
 *
 * <p>
 * One thread adds, any thread completes, any thread advances.
 */
final class InFlight {

	private Entry tail = new Entry(null);

	private Entry head = this.tail;

	/**
	 * Add the next event.
	 * @param position what may be stored once this event and all before it are handled,
	 * {@code null} if nothing new
	 * @return the event's place, to be completed when it is handled
	 */
	Entry add(@Nullable Position position) {
		Entry entry = new Entry(position);
		this.tail.next = entry;
		this.tail = entry;
		return entry;
	}

	/**
	 * Drop the handled prefix.
	 * @return the last position in it, {@code null} if there was none
	 */
	synchronized @Nullable Position advance() {
		Position last = null;
		for (Entry next = this.head.next; next != null && next.handled; next = this.head.next) {
			if (next.position != null) {
				last = next.position;
				next.position = null;
			}
			// Else one entry that has grown old would keep all that came after it
			this.head.next = null;
			this.head = next;
		}
		return last;
	}

	/**
	 * Whether an event waits to be handled.
	 */
	synchronized boolean isEmpty() {
		return this.head.next == null;
	}

	/**
	 * The place of one event.
	 */
	static final class Entry implements Runnable {

		private volatile boolean handled;

		private volatile @Nullable Entry next;

		private @Nullable Position position;

		private Entry(@Nullable Position position) {
			this.position = position;
		}

		/** The event is handled. */
		@Override
		public void run() {
			this.handled = true;
		}

	}

}
