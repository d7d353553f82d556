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

package io.github.cdcspring.internal.parking;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.internal.support.StoreException;
import org.jspecify.annotations.Nullable;

/**
 * The queues of parked events of an engine. An event that failed starts the queue of its
 * key, and later events of the key join it. When the queue is empty, events of the key
 * are delivered again. The keys with a queue are kept in memory, so that events of other
 * keys cost nothing; the table is authoritative.
 * <p>
 * Safe for use by several threads, provided that the events of each key come one after
 * the other.
 */
public final class ParkedEventQueues {

	private static final int LOCKS = 64;

	private final ParkedEventStore store;

	private final Set<ParkedKey> keys = ConcurrentHashMap.newKeySet();

	private final Object[] locks = new Object[LOCKS];

	private final ReentrantLock replaying = new ReentrantLock();

	/**
	 * Create the queues.
	 * @param store the store of the events
	 */
	public ParkedEventQueues(ParkedEventStore store) {
		this.store = store;
		for (int i = 0; i < LOCKS; i++) {
			this.locks[i] = new Object();
		}
	}

	/**
	 * Return the store of the events.
	 * @return the store
	 */
	public ParkedEventStore store() {
		return this.store;
	}

	/**
	 * Read which keys have a queue. To be called before events are delivered.
	 * @throws StoreException if the store cannot be read
	 */
	public void open() {
		// A key whose queue was emptied since is removed with its next event
		this.keys.addAll(this.store.keys());
	}

	/**
	 * Whether no key has a queue, which is faster to find out than for one key.
	 * @return {@code true} if no key has a queue
	 */
	public boolean isEmpty() {
		return this.keys.isEmpty();
	}

	/**
	 * Return how many keys have a queue, as far as this instance knows.
	 * @return the number of keys
	 */
	public int size() {
		return this.keys.size();
	}

	/**
	 * Park an event that failed.
	 * @param event the event
	 * @param attempts how often the listener was called
	 * @param failure the last failure
	 * @throws StoreException if the event could not be parked
	 */
	public void park(NewParkedEvent event, int attempts, ParkedFailure failure) {
		synchronized (lock(event.key())) {
			this.store.park(event, attempts, failure);
			this.keys.add(event.key());
		}
	}

	/**
	 * Park an event if its key has a queue.
	 * @param key the key
	 * @param event creates the event
	 * @return {@code false} if the key has no queue, so that the event has to be
	 * delivered
	 * @throws StoreException if the event could not be parked
	 */
	public boolean parkBehind(ParkedKey key, Supplier<NewParkedEvent> event) {
		if (!this.keys.contains(key)) {
			return false;
		}
		synchronized (lock(key)) {
			if (!this.keys.contains(key)) {
				return false;
			}
			if (this.store.parkBehind(event.get())) {
				return true;
			}
			// The queue was emptied with SQL
			this.keys.remove(key);
			return false;
		}
	}

	/**
	 * Replay the events of a key in their order, until one fails or none is left. If none
	 * is left, new events of the key are delivered again: an event that arrives meanwhile
	 * is either in the queue before that is decided, or comes after it.
	 * @param key the key
	 * @param limit the maximum number of events
	 * @param replayer replays an event and removes it
	 * @return the result
	 * @throws CdcException if another replay is running
	 */
	public ReplayResult replay(ParkedKey key, int limit, Replayer replayer) {
		if (!this.replaying.tryLock()) {
			throw new CdcException("Another replay is running. Wait until it has ended, then try again.");
		}
		try {
			int delivered = 0;
			while (delivered < limit) {
				Optional<ParkedEventStore.Stored> first = this.store.first(key);
				if (first.isEmpty()) {
					break;
				}
				ParkedFailure failure = replayer.replay(first.get());
				if (failure != null) {
					return new ReplayResult(delivered, failure);
				}
				delivered++;
			}
			resumeIfEmpty(key);
			return new ReplayResult(delivered, null);
		}
		finally {
			this.replaying.unlock();
		}
	}

	/**
	 * Remove an event without delivering it.
	 * @param event the event
	 * @return whether it was parked
	 * @throws StoreException if the event could not be removed
	 */
	public boolean discard(ParkedEvent event) {
		boolean removed = this.store.remove(event.id());
		resumeIfEmpty(event.key());
		return removed;
	}

	/**
	 * Remove the events of a key without delivering them.
	 * @param key the key
	 * @return the number of events
	 * @throws StoreException if the events could not be removed
	 */
	public int discardAll(ParkedKey key) {
		int removed = this.store.removeAll(key);
		resumeIfEmpty(key);
		return removed;
	}

	private void resumeIfEmpty(ParkedKey key) {
		synchronized (lock(key)) {
			if (!this.store.has(key)) {
				this.keys.remove(key);
			}
		}
	}

	private Object lock(ParkedKey key) {
		return this.locks[Math.floorMod(key.hashCode(), LOCKS)];
	}

	/**
	 * Replays a parked event.
	 */
	@FunctionalInterface
	public interface Replayer {

		/**
		 * Deliver the event again, and remove it if that succeeded.
		 * @param stored the event
		 * @return the failure, {@code null} if the event was processed
		 */
		@Nullable ParkedFailure replay(ParkedEventStore.Stored stored);

	}

}
