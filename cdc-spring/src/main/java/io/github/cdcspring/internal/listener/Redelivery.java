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

import java.lang.reflect.Type;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import io.github.cdcspring.internal.row.Change;
import io.github.cdcspring.internal.row.RowMapper;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;

/**
 * Delivers single events that were put aside before. Serves one thread.
 *
 */
public final class Redelivery implements AutoCloseable {

	private final ListenerRouter router;

	private final DeliveryExecutor executor;

	private final ListenerTimeoutMonitor monitor;

	/**
	 * Create a redelivery.
	 * @param settings the engine's settings
	 * @param endpoints its listeners in order
	 * @param binders gives the binder of a row type
	 * @param options what stands around the delivery
	 */
	public Redelivery(EngineSettings settings, List<ListenerEndpoint> endpoints, Function<Type, RowMapper<?>> binders,
			DeliveryOptions options) {
		this.monitor = new ListenerTimeoutMonitor(settings.name(), settings.listener().timeout());
		ListenerSet listeners = new ListenerSet(endpoints, binders, settings.listener().retry(), options, this.monitor);
		this.router = listeners.routes();
		this.executor = listeners.deliverer();
	}

	/**
	 * Deliver an event to the listeners of a group.
	 * @param change the event
	 * @param group the group's name
	 * @param from the listener to begin with, {@code null} for the first
	 * @return {@code false} if no listener of that group asks for such an event
	 * @throws ListenerFailedException if a listener failed for good
	 */
	public boolean deliver(Change change, String group, @Nullable String from) {
		for (Route route : this.router.of(change)) {
			if (route.group().name().equals(group)) {
				deliver(change, route, from);
				return true;
			}
		}
		return false;
	}

	private void deliver(Change change, Route route, @Nullable String from) {
		DeliveryAttempt attempt = new DeliveryAttempt();
		attempt.begin(route, change);
		if (from != null) {
			attempt.skipTo(from);
		}
		for (long wait = this.executor.attempt(attempt); wait != DeliveryExecutor.DONE; wait = this.executor
			.attempt(attempt)) {
			try {
				TimeUnit.MILLISECONDS.sleep(wait);
			}
			catch (InterruptedException ex) {
				throw DeliveryExecutor.interrupted(attempt, ex);
			}
		}
	}

	/** Nothing more is delivered. */
	@Override
	public void close() {
		this.monitor.close();
	}

}
