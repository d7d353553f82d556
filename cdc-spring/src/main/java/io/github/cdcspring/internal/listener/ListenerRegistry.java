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

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import io.github.cdcspring.settings.EngineSettings;

/**
 * The listeners of the application, collected while its beans are made.
 *
 */
public final class ListenerRegistry {

	/** The name of the engine that {@code cdc.*} itself describes. */
	public static final String DEFAULT_ENGINE = EngineSettings.DEFAULT_ENGINE;

	private final List<ListenerEndpoint> endpoints = new ArrayList<>();

	private boolean closed;

	synchronized void register(ListenerEndpoint endpoint) {
		if (this.closed) {
			throw new InvalidListenerException(
					endpoint + " was created after the engines had started, so it would receive no events",
					"Make its bean a singleton that is not lazy.");
		}
		for (ListenerEndpoint other : this.endpoints) {
			if (other.id().equals(endpoint.id())) {
				throw new InvalidListenerException(
						"The listener id '" + endpoint.id() + "' is used twice, by " + other.describe() + " and by "
								+ endpoint.describe(),
						"Give each listener its own id with @CdcListener(id = \"...\").");
			}
		}
		this.endpoints.add(endpoint);
	}

	/**
	 * All listeners.
	 * @return the listeners, ordered by {@code @Order} on their methods, then as they
	 * were registered
	 */
	public synchronized List<ListenerEndpoint> endpoints() {
		return this.endpoints.stream().sorted(Comparator.comparingInt(ListenerEndpoint::order)).toList();
	}

	/**
	 * The listeners that one engine feeds.
	 * @param engine the engine's name
	 * @return the listeners in order
	 */
	public List<ListenerEndpoint> endpoints(String engine) {
		return endpoints().stream().filter((endpoint) -> endpoint.engine().equals(engine)).toList();
	}

	/**
	 * Take no more listeners. To be called when the engines have been given theirs: one
	 * that came later would receive nothing without a word.
	 */
	public synchronized void close() {
		this.closed = true;
	}

}
