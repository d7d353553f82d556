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

package io.github.cdcspring.internal.debezium;

import org.jspecify.annotations.Nullable;

/**
 * The events that were received and are not known to be handled, in the order of the
 * stream. A position may be stored when every event up to it is handled, so positions
 * come out over a prefix without holes, in whatever order events are done.
 *
 * <p>
 * One thread adds, any thread completes, any thread advances. Neighbours that are handled
 * become one entry now and then: what is kept grows with what is not handled, and not
 * with what was handled behind a hole.
 */
public final class InFlightTracker {

	private static final int COMPACT_AT_LEAST = 4_096;

	private Entry tail = new Entry(null);

	private Entry head = this.tail;

	private int added;

	private int compactAt = COMPACT_AT_LEAST;

	/**
	 * Add the next event.
	 * @param position what may be stored once this event and all before it are handled,
	 * {@code null} if nothing new
	 * @return the event's place, to be completed when it is handled
	 */
	Entry add(@Nullable SourceOffset position) {
		if (++this.added >= this.compactAt) {
			this.added = 0;
			this.compactAt = Math.max(COMPACT_AT_LEAST, compact());
		}
		Entry entry = new Entry(position);
		this.tail.next = entry;
		this.tail = entry;
		return entry;
	}

	/**
	 * Let handled neighbours become one, the last of them, with the last position.
	 * @return how many entries are left
	 */
	private synchronized int compact() {
		int left = 0;
		Entry before = this.head;
		Entry entry = before.next;
		while (entry != null) {
			Entry next = entry.next;
			if (next != null && entry.handled && next.handled) {
				next.position = (next.position != null) ? next.position : entry.position;
				before.next = next;
				entry.next = null;
			}
			else {
				before = entry;
				left++;
			}
			entry = next;
		}
		return left;
	}

	/**
	 * Drop the handled prefix.
	 * @return the last position in it, {@code null} if there was none
	 */
	synchronized @Nullable SourceOffset advance() {
		SourceOffset last = null;
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

	/** How many entries are kept. */
	synchronized int size() {
		int size = 0;
		for (Entry entry = this.head.next; entry != null; entry = entry.next) {
			size++;
		}
		return size;
	}

	/**
	 * The place of one event.
	 */
	static final class Entry implements Runnable {

		private volatile boolean handled;

		private volatile @Nullable Entry next;

		private @Nullable SourceOffset position;

		private Entry(@Nullable SourceOffset position) {
			this.position = position;
		}

		/** The event is handled. */
		@Override
		public void run() {
			this.handled = true;
		}

	}

}
