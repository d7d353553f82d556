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
 * The queues of one engine: an event that failed is the first of its key's queue, later
 * ones of the key join it, and the key flows again when its queue is empty. Which keys
 * have a queue is kept in memory, so that all others cost nothing; the table is the
 * truth.
 * <p>
 * Safe for use by several threads, where each key's events come one after the other.
 *
 */
public final class ParkedEventQueues {

	private static final int LOCKS = 64;

	private final ParkedEventStore store;

	private final Set<ParkedKey> keys = ConcurrentHashMap.newKeySet();

	private final Object[] locks = new Object[LOCKS];

	private final ReentrantLock replaying = new ReentrantLock();

	/**
	 * Create the queues.
	 * @param store where they are
	 */
	public ParkedEventQueues(ParkedEventStore store) {
		this.store = store;
		for (int i = 0; i < LOCKS; i++) {
			this.locks[i] = new Object();
		}
	}

	/**
	 * Where the events are.
	 * @return the store
	 */
	public ParkedEventStore store() {
		return this.store;
	}

	/**
	 * Learn which keys have a queue. To be called before events are delivered.
	 * @throws StoreException if that cannot be read
	 */
	public void open() {
		// A key that had its queue emptied meanwhile is found out with its next event
		this.keys.addAll(this.store.keys());
	}

	/**
	 * Whether any key has a queue, which is cheaper to ask than whether one has.
	 * @return {@code true} if none has
	 */
	public boolean isEmpty() {
		return this.keys.isEmpty();
	}

	/**
	 * How many keys have a queue, as far as this instance knows.
	 * @return the number
	 */
	public int size() {
		return this.keys.size();
	}

	/**
	 * Park an event that failed.
	 * @param event the event
	 * @param attempts how often the listener was called
	 * @param failure how it failed
	 * @throws StoreException if it could not be parked
	 */
	public void park(NewParkedEvent event, int attempts, ParkedFailure failure) {
		synchronized (lock(event.key())) {
			this.store.park(event, attempts, failure);
			this.keys.add(event.key());
		}
	}

	/**
	 * Park an event if its key has a queue.
	 * @param key its key
	 * @param event makes the event
	 * @return {@code false} if the key has none, so that the event is to be delivered
	 * @throws StoreException if it could not be parked
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
			// Somebody emptied the queue with SQL
			this.keys.remove(key);
			return false;
		}
	}

	/**
	 * Deliver the events of a key again, in their order, until one fails or none is left.
	 * Then the key flows again: an event that comes meanwhile either is in the queue
	 * before that is decided, or comes after it.
	 * @param key the key
	 * @param limit how many at most
	 * @param delivery delivers an event and removes it
	 * @return what came of it
	 * @throws CdcException if another replay is going on
	 */
	public ReplayResult replay(ParkedKey key, int limit, Delivery delivery) {
		if (!this.replaying.tryLock()) {
			throw new CdcException("Another replay is going on. Wait for its end, and try again.");
		}
		try {
			int delivered = 0;
			while (delivered < limit) {
				Optional<ParkedEventStore.Stored> first = this.store.first(key);
				if (first.isEmpty()) {
					break;
				}
				ParkedFailure failure = delivery.deliver(first.get());
				if (failure != null) {
					return new ReplayResult(delivered, failure);
				}
				delivered++;
			}
			flowIfEmpty(key);
			return new ReplayResult(delivered, null);
		}
		finally {
			this.replaying.unlock();
		}
	}

	/**
	 * Remove an event undelivered.
	 * @param event the event
	 * @return whether it was there
	 * @throws StoreException if it could not be removed
	 */
	public boolean discard(ParkedEvent event) {
		boolean removed = this.store.remove(event.id());
		flowIfEmpty(event.key());
		return removed;
	}

	/**
	 * Remove the events of a key undelivered.
	 * @param key the key
	 * @return how many there were
	 * @throws StoreException if they could not be removed
	 */
	public int discardAll(ParkedKey key) {
		int removed = this.store.removeAll(key);
		flowIfEmpty(key);
		return removed;
	}

	private void flowIfEmpty(ParkedKey key) {
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
	 * Delivers a parked event.
	 */
	@FunctionalInterface
	public interface Delivery {

		/**
		 * Deliver the event, and remove it if that went well.
		 * @param stored the event
		 * @return how it failed, {@code null} if it did not
		 */
		@Nullable ParkedFailure deliver(ParkedEventStore.Stored stored);

	}

}
