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
import java.util.stream.Collectors;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.internal.listener.DeliveryOptions;
import io.github.cdcspring.internal.listener.ListenerEndpoint;
import io.github.cdcspring.internal.parking.KeptEvents;
import io.github.cdcspring.internal.parking.ParkedEvent;
import io.github.cdcspring.internal.parking.ParkedEventQueues;
import io.github.cdcspring.internal.parking.ParkedKey;
import io.github.cdcspring.internal.parking.ReplayResult;
import io.github.cdcspring.internal.row.RowMappers;
import io.github.cdcspring.internal.support.StoreException;
import org.jspecify.annotations.Nullable;

/**
 * The parked events of an engine, in the operator's hands. Only the instance whose engine
 * is running replays and discards: it is the one that new events come to.
 *
 */
public final class ParkedEvents {

	private final EmbeddedCdcEngine engine;

	private final ParkedEventQueues parkedQueues;

	private final KeptEvents kept;

	private final List<ListenerEndpoint> endpoints;

	private final RowMappers mappers;

	private final DeliveryOptions options;

	ParkedEvents(EmbeddedCdcEngine engine, ParkedEventQueues parkedQueues, KeptEvents kept,
			List<ListenerEndpoint> endpoints, RowMappers mappers, DeliveryOptions options) {
		this.engine = engine;
		this.parkedQueues = parkedQueues;
		this.kept = kept;
		this.endpoints = endpoints;
		this.mappers = mappers;
		this.options = options;
	}

	/**
	 * How many events are parked.
	 * @return the number
	 * @throws StoreException if they cannot be read
	 */
	public long count() {
		return this.parkedQueues.store().count();
	}

	/**
	 * How many keys have parked events, as far as this instance knows; asks nobody.
	 * @return the number
	 */
	public int keys() {
		return this.parkedQueues.size();
	}

	/**
	 * The events in the order in which they were parked.
	 * @param keyHash the key, {@code null} for all
	 * @param after the number after which to begin, 0 for the first
	 * @param limit how many at most
	 * @return the events, without their data
	 * @throws StoreException if they cannot be read
	 */
	public List<ParkedEvent> list(@Nullable String keyHash, long after, int limit) {
		return this.parkedQueues.store().list(keyHash, after, limit);
	}

	/**
	 * Deliver one event again.
	 * @param id its number
	 * @return what came of it
	 * @throws CdcException if there is no such event, another one of its key stands
	 * before it, or the engine does not run here
	 */
	public ReplayResult replay(long id) {
		requireRunning();
		ParkedEvent event = find(id);
		long first = this.parkedQueues.store().first(event.key()).map((stored) -> stored.event().id()).orElse(id);
		if (first != id) {
			throw new CdcException("Parked event " + id + " waits behind event " + first + " of its key "
					+ event.key().keyHash() + ". Replay the key, or event " + first + " first.");
		}
		return replay(event.key(), 1);
	}

	/**
	 * Deliver all events of a key again, until one fails.
	 * @param keyHash the key
	 * @return what came of it
	 * @throws CdcException if the key has no events, or the engine does not run here
	 */
	public ReplayResult replayKey(String keyHash) {
		requireRunning();
		int delivered = 0;
		for (ParkedKey key : queues(keyHash)) {
			ReplayResult result = replay(key, Integer.MAX_VALUE);
			delivered += result.delivered();
			if (result.failure() != null) {
				return new ReplayResult(delivered, result.failure());
			}
		}
		return new ReplayResult(delivered, null);
	}

	/**
	 * Let go of an event undelivered.
	 * @param id its number
	 * @return the event
	 * @throws CdcException if there is no such event, or the engine does not run here
	 */
	public ParkedEvent discard(long id) {
		requireRunning();
		ParkedEvent event = find(id);
		this.parkedQueues.discard(event);
		return event;
	}

	/**
	 * Let go of all events of a key undelivered. The next one of the key is delivered.
	 * @param keyHash the key
	 * @return how many there were
	 * @throws CdcException if the key has no events, or the engine does not run here
	 */
	public int discardKey(String keyHash) {
		requireRunning();
		return queues(keyHash).stream().mapToInt(this.parkedQueues::discardAll).sum();
	}

	private ReplayResult replay(ParkedKey key, int limit) {
		try (ParkedEventReplayer replayer = new ParkedEventReplayer(this.engine, this.parkedQueues.store(), this.kept,
				this.endpoints, this.mappers, this.options)) {
			return this.parkedQueues.replay(key, limit, replayer);
		}
	}

	private ParkedEvent find(long id) {
		return this.parkedQueues.store()
			.find(id)
			.orElseThrow(() -> new CdcException("Engine '" + this.engine.name() + "' has no parked event " + id + "."));
	}

	private Set<ParkedKey> queues(String keyHash) {
		Set<ParkedKey> queues = this.parkedQueues.store()
			.keys()
			.stream()
			.filter((key) -> key.keyHash().equals(keyHash))
			.collect(Collectors.toSet());
		if (queues.isEmpty()) {
			throw new CdcException("Engine '" + this.engine.name() + "' has no parked events of that key.");
		}
		return queues;
	}

	private void requireRunning() {
		EngineState state = this.engine.status().state();
		if (state != EngineState.RUNNING) {
			throw new CdcException("Engine '" + this.engine.name() + "' is " + state + " here, so new events of a key "
					+ "could come elsewhere while its parked ones are replayed. Ask the instance whose engine is "
					+ "RUNNING.");
		}
	}

}
