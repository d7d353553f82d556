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

package io.github.cdcspring.internal.actuate;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.internal.engine.EmbeddedEngineRegistry;
import io.github.cdcspring.internal.engine.ParkedEvents;
import io.github.cdcspring.internal.engine.SupervisedCdcEngine;
import io.github.cdcspring.internal.parking.ReplayResult;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * Endpoint that lists the parked events of each engine, without their data. With
 * unrestricted access it also replays and discards them.
 */
@Endpoint(id = "cdcparked", defaultAccess = Access.READ_ONLY)
public class CdcParkedEndpoint {

	private static final int MAX_LIMIT = 1_000;

	private static final int DEFAULT_LIMIT = 100;

	private static final int CONFLICT = 409;

	private final EmbeddedEngineRegistry engines;

	/**
	 * Create an endpoint.
	 * @param engines the engines
	 */
	public CdcParkedEndpoint(EmbeddedEngineRegistry engines) {
		this.engines = engines;
	}

	/**
	 * Return how many events each engine has parked.
	 * @return the numbers by engine
	 */
	@ReadOperation
	public Map<String, Long> count() {
		Map<String, Long> counts = new LinkedHashMap<>();
		for (SupervisedCdcEngine engine : this.engines.engines()) {
			ParkedEvents parked = engine.parkedEvents();
			if (parked != null) {
				counts.put(engine.name(), parked.count());
			}
		}
		return counts;
	}

	/**
	 * List the parked events of an engine in the order in which they were parked.
	 * @param engine its name
	 * @param keyHash the key, {@code null} for all keys
	 * @param after the event after which the list begins, {@code null} for the first
	 * @param limit the maximum number of events, 100 by default
	 * @return the events, {@code null} if the engine does not park events
	 */
	@ReadOperation
	public @Nullable ParkedEventsDescriptor list(@Selector String engine, @Nullable String keyHash,
			@Nullable Long after, @Nullable Integer limit) {
		ParkedEvents parked = parked(engine);
		if (parked == null) {
			return null;
		}
		return new ParkedEventsDescriptor(parked.count(),
				parked.list(keyHash, (after != null) ? after : 0, limit(limit))
					.stream()
					.map(ParkedEventDescriptor::of)
					.toList());
	}

	private static int limit(@Nullable Integer limit) {
		return (limit != null) ? Math.max(1, Math.min(limit, MAX_LIMIT)) : DEFAULT_LIMIT;
	}

	/**
	 * Deliver one parked event again, or all events of a key.
	 * @param engine the name of the engine
	 * @param id the event
	 * @param keyHash the key, instead of an event
	 * @return the result
	 */
	@WriteOperation
	public WebEndpointResponse<ParkedEventOutcome> replay(@Selector String engine, @Nullable Long id,
			@Nullable String keyHash) {
		return operate(engine, id, keyHash, (parked) -> {
			ReplayResult result = (id != null) ? parked.replay(id) : parked.replayKey(String.valueOf(keyHash));
			return new ParkedEventOutcome(result.delivered(), null,
					(result.failure() != null) ? result.failure().toString() : null, null);
		});
	}

	/**
	 * Discard one parked event without delivering it, or all events of a key.
	 * @param engine the name of the engine
	 * @param id the event
	 * @param keyHash the key, instead of an event
	 * @return the result
	 */
	@DeleteOperation
	public WebEndpointResponse<ParkedEventOutcome> discard(@Selector String engine, @Nullable Long id,
			@Nullable String keyHash) {
		return operate(engine, id, keyHash, (parked) -> {
			int discarded = 1;
			if (id != null) {
				parked.discard(id);
			}
			else {
				discarded = parked.discardKey(String.valueOf(keyHash));
			}
			return new ParkedEventOutcome(null, discarded, null, null);
		});
	}

	private WebEndpointResponse<ParkedEventOutcome> operate(String engine, @Nullable Long id, @Nullable String keyHash,
			Function<ParkedEvents, ParkedEventOutcome> action) {
		ParkedEvents parked = parked(engine);
		if (parked == null) {
			return refused(WebEndpointResponse.STATUS_NOT_FOUND, "There is no engine of that name that parks events.");
		}
		if ((id == null) == (keyHash == null)) {
			return refused(WebEndpointResponse.STATUS_BAD_REQUEST, "Give either 'id' or 'keyHash'.");
		}
		try {
			return new WebEndpointResponse<>(action.apply(parked));
		}
		catch (CdcException ex) {
			return refused(CONFLICT, String.valueOf(ex.getMessage()));
		}
	}

	private static WebEndpointResponse<ParkedEventOutcome> refused(int status, String reason) {
		return new WebEndpointResponse<>(new ParkedEventOutcome(null, null, null, reason), status);
	}

	private @Nullable ParkedEvents parked(String engine) {
		SupervisedCdcEngine named = this.engines.engine(engine);
		return (named != null) ? named.parkedEvents() : null;
	}

}
