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

import org.jspecify.annotations.Nullable;

/**
 * The events in flight, in the order of the stream or of a partition. An offset may be
 * stored once every event up to it is processed, whatever the order in which events
 * complete.
 * <p>
 * One thread adds events, any thread completes or advances. Processed neighbours are
 * merged from time to time, so that memory grows only with events that are not processed,
 * and not with those processed behind them.
 *
 * @param <T> the type of the offsets
 */
public final class InFlightTracker<T> {

	private static final int COMPACT_AT_LEAST = 4_096;

	private Entry<T> tail = new Entry<>(null);

	private Entry<T> head = this.tail;

	private int added;

	private int compactAt = COMPACT_AT_LEAST;

	/**
	 * Add the next event.
	 * @param offset the offset to store once this event and all before it are processed,
	 * {@code null} if the event brings no new one
	 * @return the entry to complete when the event is processed
	 */
	public Entry<T> add(@Nullable T offset) {
		if (++this.added >= this.compactAt) {
			this.added = 0;
			this.compactAt = Math.max(COMPACT_AT_LEAST, compact());
		}
		Entry<T> entry = new Entry<>(offset);
		this.tail.next = entry;
		this.tail = entry;
		return entry;
	}

	/**
	 * Merge processed neighbours into the last of them, which keeps the last offset.
	 * @return the number of entries left
	 */
	private synchronized int compact() {
		int left = 0;
		Entry<T> before = this.head;
		Entry<T> entry = before.next;
		while (entry != null) {
			Entry<T> next = entry.next;
			if (next != null && entry.processed && next.processed) {
				next.offset = (next.offset != null) ? next.offset : entry.offset;
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
	 * Drop the leading entries that are processed.
	 * @return the last offset among them, {@code null} if there was none
	 */
	public synchronized @Nullable T advance() {
		T last = null;
		for (Entry<T> next = this.head.next; next != null && next.processed; next = this.head.next) {
			if (next.offset != null) {
				last = next.offset;
				next.offset = null;
			}
			// Otherwise an entry in the old generation would keep all later ones alive
			this.head.next = null;
			this.head = next;
		}
		return last;
	}

	/**
	 * Return whether every event is processed and its offset was returned.
	 * @return {@code true} if no event is in flight
	 */
	public synchronized boolean isEmpty() {
		return this.head.next == null;
	}

	/** The number of entries in memory. */
	synchronized int size() {
		int size = 0;
		for (Entry<T> entry = this.head.next; entry != null; entry = entry.next) {
			size++;
		}
		return size;
	}

	/**
	 * One event in flight.
	 *
	 * @param <T> the type of its offset
	 */
	public static final class Entry<T> implements Runnable {

		private volatile boolean processed;

		private volatile @Nullable Entry<T> next;

		private @Nullable T offset;

		private Entry(@Nullable T offset) {
			this.offset = offset;
		}

		/** Mark the event as processed. */
		@Override
		public void run() {
			this.processed = true;
		}

	}

}
