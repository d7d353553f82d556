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

import java.security.Principal;
import java.util.function.Function;

import io.github.cdcspring.CdcException;
import io.github.cdcspring.internal.engine.EmbeddedEngineRegistry;
import io.github.cdcspring.internal.engine.ParkedEvents;
import io.github.cdcspring.internal.parking.ReplayResult;
import io.github.cdcspring.internal.support.LogSafe;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * The endpoint that also replays and discards, for where the operator allows it. Each
 * operation is noted in the log, with who asked for it.
 *
 */
@Endpoint(id = "cdcparked")
public final class WritableCdcParkedEndpoint extends CdcParkedEndpoint {

	private static final Logger logger = LoggerFactory.getLogger(WritableCdcParkedEndpoint.class);

	private static final int CONFLICT = 409;

	/**
	 * Create an endpoint.
	 * @param engines the engines
	 */
	public WritableCdcParkedEndpoint(EmbeddedEngineRegistry engines) {
		super(engines);
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
			ReplayResult result = (id != null) ? parked.replay(id) : parked.replayKey(String.valueOf(keyHash));
			return new ParkedEventOutcome(result.delivered(), null,
					(result.failure() != null) ? result.failure().toString() : null, null);
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
			logger.info("Operation '{}' on parked {} of engine '{}', asked for by {}: {}", what,
					(id != null) ? "event " + id : "key " + LogSafe.of(String.valueOf(keyHash)), engine,
					(principal != null) ? "'" + LogSafe.of(principal.getName()) + "'" : "somebody unnamed", outcome);
			return new WebEndpointResponse<>(outcome);
		}
		catch (CdcException ex) {
			return refused(CONFLICT, String.valueOf(ex.getMessage()));
		}
	}

	private static WebEndpointResponse<ParkedEventOutcome> refused(int status, String why) {
		return new WebEndpointResponse<>(new ParkedEventOutcome(null, null, null, why), status);
	}

}
