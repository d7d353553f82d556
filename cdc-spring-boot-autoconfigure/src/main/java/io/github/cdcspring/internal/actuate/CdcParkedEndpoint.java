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

import io.github.cdcspring.internal.engine.EmbeddedCdcEngine;
import io.github.cdcspring.internal.engine.EmbeddedEngineRegistry;
import io.github.cdcspring.internal.engine.ParkedEvents;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/**
 * Lists the parked events of each engine, without their data.
 *
 */
@Endpoint(id = "cdcparked")
public class CdcParkedEndpoint {

	private static final int MAX_LISTED = 1_000;

	private static final int LISTED = 100;

	private final EmbeddedEngineRegistry engines;

	/**
	 * Create an endpoint.
	 * @param engines the engines
	 */
	public CdcParkedEndpoint(EmbeddedEngineRegistry engines) {
		this.engines = engines;
	}

	/**
	 * How many events each engine has parked.
	 * @return the numbers, by engine
	 */
	@ReadOperation
	public Map<String, Long> count() {
		Map<String, Long> counts = new LinkedHashMap<>();
		for (EmbeddedCdcEngine engine : this.engines.engines()) {
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
	public @Nullable ParkedEventsDescriptor list(@Selector String engine, @Nullable String keyHash,
			@Nullable Long after, @Nullable Integer limit) {
		ParkedEvents parked = parked(engine);
		return (parked != null) ? new ParkedEventsDescriptor(parked.count(),
				parked
					.list(keyHash, (after != null) ? after : 0,
							(limit != null) ? Math.max(1, Math.min(limit, MAX_LISTED)) : LISTED)
					.stream()
					.map(ParkedEventDescriptor::of)
					.toList())
				: null;
	}

	final @Nullable ParkedEvents parked(String engine) {
		EmbeddedCdcEngine named = this.engines.engine(engine);
		return (named != null) ? named.parkedEvents() : null;
	}

}
