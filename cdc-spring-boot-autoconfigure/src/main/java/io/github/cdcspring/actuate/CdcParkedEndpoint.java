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

package io.github.cdcspring.actuate;

import java.security.Principal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.engine.CdcEngine;
import io.github.cdcspring.engine.EngineLifecycle;
import io.github.cdcspring.engine.ParkedEvents;
import io.github.cdcspring.parking.Replayed;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * Lists the parked events of each engine, without their data, and replays or discards
 * them where that is allowed.
 *
 * @since 0.1.0
 */
@Endpoint(id = "cdcparked")
public class CdcParkedEndpoint {

	private static final Logger logger = LoggerFactory.getLogger(CdcParkedEndpoint.class);

	private static final int FORBIDDEN = 403;

	private static final int CONFLICT = 409;

	private static final int MAX_LISTED = 1_000;

	private static final int LISTED = 100;

	private final EngineLifecycle engines;

	private final boolean writable;

	/**
	 * Create an endpoint.
	 * @param engines the engines
	 * @param writable whether events may be replayed and discarded
	 */
	public CdcParkedEndpoint(EngineLifecycle engines, boolean writable) {
		this.engines = engines;
		this.writable = writable;
	}

	/**
	 * How many events each engine has parked.
	 * @return the numbers, by engine
	 */
	@ReadOperation
	public Map<String, Long> count() {
		Map<String, Long> counts = new LinkedHashMap<>();
		for (CdcEngine engine : this.engines.engines()) {
			ParkedEvents parked = engine.parkedEvents();
			if (parked != null) {
				counts.put(engine.name(), parked.count());
			}
		}
		return counts;
	}

	/**
	 * The parked events of an engine, in the order in which they were parked.
	 * @param engine its name
	 * @param keyHash the key, {@code null} for all
	 * @param after the event after which to begin, {@code null} for the first
	 * @param limit how many, 100 by default
	 * @return the events, {@code null} if the engine parks none
	 */
	@ReadOperation
	public @Nullable ParkedEventList list(@Selector String engine, @Nullable String keyHash, @Nullable Long after,
			@Nullable Integer limit) {
		ParkedEvents parked = parked(engine);
		return (parked != null) ? new ParkedEventList(parked.count(),
				parked
					.list(keyHash, (after != null) ? after : 0,
							(limit != null) ? Math.max(1, Math.min(limit, MAX_LISTED)) : LISTED)
					.stream()
					.map(ParkedEventDescription::of)
					.toList())
				: null;
	}

	/**
	 * Deliver one event again, or all of a key.
	 * @param engine the engine's name
	 * @param id the event
	 * @param keyHash or the key
	 * @param security who asks
	 * @return what came of it
	 */
	@WriteOperation
	public WebEndpointResponse<ParkedEventOutcome> replay(@Selector String engine, @Nullable Long id,
			@Nullable String keyHash, SecurityContext security) {
		return write("replay", engine, id, keyHash, security, (parked) -> {
			Replayed replayed = (id != null) ? parked.replay(id) : parked.replayKey(String.valueOf(keyHash));
			return new ParkedEventOutcome(replayed.delivered(), null,
					(replayed.failure() != null) ? replayed.failure().toString() : null, null);
		});
	}

	/**
	 * Let go of one event, or of all of a key, undelivered.
	 * @param engine the engine's name
	 * @param id the event
	 * @param keyHash or the key
	 * @param security who asks
	 * @return what came of it
	 */
	@DeleteOperation
	public WebEndpointResponse<ParkedEventOutcome> discard(@Selector String engine, @Nullable Long id,
			@Nullable String keyHash, SecurityContext security) {
		return write("discard", engine, id, keyHash, security, (parked) -> {
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

	private WebEndpointResponse<ParkedEventOutcome> write(String what, String engine, @Nullable Long id,
			@Nullable String keyHash, SecurityContext security, Function<ParkedEvents, ParkedEventOutcome> operation) {
		if (!this.writable) {
			return refused(FORBIDDEN,
					"Parked events may only be looked at here. Set cdc.endpoint.writable=true, and let nobody but "
							+ "operators reach the endpoint.");
		}
		ParkedEvents parked = parked(engine);
		if (parked == null) {
			return refused(WebEndpointResponse.STATUS_NOT_FOUND, "There is no engine of that name that parks events.");
		}
		if ((id == null) == (keyHash == null)) {
			return refused(WebEndpointResponse.STATUS_BAD_REQUEST, "Give either 'id' or 'keyHash'.");
		}
		Principal principal = security.getPrincipal();
		try {
			ParkedEventOutcome outcome = operation.apply(parked);
			logger.info("{} of parked {} of engine '{}', asked for by {}: {}", what,
					(id != null) ? "event " + id : "key " + keyHash, engine,
					(principal != null) ? principal.getName() : "somebody unknown", outcome);
			return new WebEndpointResponse<>(outcome);
		}
		catch (CdcException ex) {
			return refused(CONFLICT, String.valueOf(ex.getMessage()));
		}
	}

	private static WebEndpointResponse<ParkedEventOutcome> refused(int status, String why) {
		return new WebEndpointResponse<>(new ParkedEventOutcome(null, null, null, why), status);
	}

	private @Nullable ParkedEvents parked(String engine) {
		return this.engines.engine(engine).map(CdcEngine::parkedEvents).orElse(null);
	}

}
