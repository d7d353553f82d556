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

package io.github.cdcspring.internal.engine;

import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.internal.listener.ListenerSet;
import io.github.cdcspring.internal.parking.ParkedEvent;
import io.github.cdcspring.internal.parking.ParkedEventQueues;
import io.github.cdcspring.internal.parking.ParkedKey;
import io.github.cdcspring.internal.parking.ReplayResult;
import io.github.cdcspring.internal.support.StoreException;
import org.jspecify.annotations.Nullable;

/**
 * The operator's view of an engine's parked events. Only the instance whose engine is
 * running can replay and discard them, because it receives new events.
 */
public final class ParkedEvents {

	private final String engine;

	private final Supplier<EngineState> state;

	private final ParkedEventQueues queues;

	private final ListenerSet listeners;

	ParkedEvents(String engine, Supplier<EngineState> state, ParkedEventQueues queues, ListenerSet listeners) {
		this.engine = engine;
		this.state = state;
		this.queues = queues;
		this.listeners = listeners;
	}

	/**
	 * Return how many events are parked.
	 * @return the number of events
	 * @throws StoreException if the store cannot be read
	 */
	public long count() {
		return this.queues.store().count();
	}

	/**
	 * Return how many keys have parked events, as far as this instance knows. Does not
	 * query the database.
	 * @return the number of keys
	 */
	public int keys() {
		return this.queues.size();
	}

	/**
	 * Return the events in the order in which they were parked.
	 * @param keyHash the key, {@code null} for all keys
	 * @param after the id after which to start, 0 for the first event
	 * @param limit the maximum number of events
	 * @return the events, without their rows
	 * @throws StoreException if the store cannot be read
	 */
	public List<ParkedEvent> list(@Nullable String keyHash, long after, int limit) {
		return this.queues.store().list(keyHash, after, limit);
	}

	/**
	 * Deliver one event again.
	 * @param id the id of the event
	 * @return the result
	 * @throws CdcException if there is no such event, another event of its key is parked
	 * before it, or the engine is not running in this instance
	 */
	public ReplayResult replay(long id) {
		requireRunning();
		ParkedEvent event = find(id);
		long first = this.queues.store().first(event.key()).map((stored) -> stored.event().id()).orElse(id);
		if (first != id) {
			throw new CdcException("Parked event " + id + " is parked behind event " + first + " of its key "
					+ event.key().keyHash() + ". Replay the key, or event " + first + " first.");
		}
		return replay(event.key(), 1);
	}

	/**
	 * Deliver all events of a key again, until one fails.
	 * @param keyHash the key
	 * @return the result
	 * @throws CdcException if the key has no events, or the engine is not running in this
	 * instance
	 */
	public ReplayResult replayKey(String keyHash) {
		requireRunning();
		int delivered = 0;
		for (ParkedKey key : keys(keyHash)) {
			ReplayResult result = replay(key, Integer.MAX_VALUE);
			delivered += result.delivered();
			if (result.failure() != null) {
				return new ReplayResult(delivered, result.failure());
			}
		}
		return new ReplayResult(delivered, null);
	}

	/**
	 * Remove an event without delivering it.
	 * @param id the id of the event
	 * @return the event
	 * @throws CdcException if there is no such event, or the engine is not running in
	 * this instance
	 */
	public ParkedEvent discard(long id) {
		requireRunning();
		ParkedEvent event = find(id);
		this.queues.discard(event);
		return event;
	}

	/**
	 * Remove all events of a key without delivering them. The next event of the key is
	 * delivered.
	 * @param keyHash the key
	 * @return the number of events
	 * @throws CdcException if the key has no events, or the engine is not running in this
	 * instance
	 */
	public int discardKey(String keyHash) {
		requireRunning();
		return keys(keyHash).stream().mapToInt(this.queues::discardAll).sum();
	}

	private ReplayResult replay(ParkedKey key, int limit) {
		return this.queues.replay(key, limit,
				new ParkedEventReplayer(this.engine, this.queues.store(), this.listeners));
	}

	private ParkedEvent find(long id) {
		return this.queues.store()
			.find(id)
			.orElseThrow(() -> new CdcException("Engine '" + this.engine + "' has no parked event " + id + "."));
	}

	private Set<ParkedKey> keys(String keyHash) {
		Set<ParkedKey> keys = this.queues.store()
			.keys()
			.stream()
			.filter((key) -> key.keyHash().equals(keyHash))
			.collect(Collectors.toSet());
		if (keys.isEmpty()) {
			throw new CdcException("Engine '" + this.engine + "' has no parked events of that key.");
		}
		return keys;
	}

	private void requireRunning() {
		EngineState state = this.state.get();
		if (state != EngineState.RUNNING) {
			throw new CdcException("Engine '" + this.engine + "' is " + state + " in this instance. Another instance "
					+ "could receive new events of a key during the replay. Send the request to the instance whose "
					+ "engine is RUNNING.");
		}
	}

}
