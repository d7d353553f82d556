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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import io.github.cdcspring.internal.row.RowMapper;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.core.retry.RetryPolicy;

/**
 * The listeners of an engine, ready to be called.
 */
final class ListenerSet {

	private final List<RowMapper<?>> slots = new ArrayList<>();

	private final Map<ListenerEndpoint, ListenerInvoker> invokers = new LinkedHashMap<>();

	private final List<ListenerGroup> groups;

	private final RetryPolicy retry;

	private final DeliveryOptions options;

	private final ListenerTimeoutMonitor monitor;

	ListenerSet(List<ListenerEndpoint> endpoints, Function<Type, RowMapper<?>> binders, EngineSettings.Retry retry,
			DeliveryOptions options, ListenerTimeoutMonitor monitor) {
		this.monitor = monitor;
		this.groups = ListenerGroup.of(endpoints);
		this.retry = retryPolicy(retry);
		this.options = options;
		List<Type> types = new ArrayList<>();
		for (ListenerEndpoint endpoint : endpoints) {
			this.invokers.put(endpoint, new ListenerInvoker(endpoint, (type) -> slot(type, types, binders), options));
		}
	}

	private int slot(Type type, List<Type> types, Function<Type, RowMapper<?>> binders) {
		int slot = types.indexOf(type);
		if (slot == -1) {
			slot = types.size();
			types.add(type);
			this.slots.add(binders.apply(type));
		}
		return slot;
	}

	/**
	 * Neither an error nor an interruption passes by trying again, nor what the
	 * application says does not.
	 */
	static RetryPolicy retryPolicy(EngineSettings.Retry settings) {
		return RetryPolicy.builder()
			.maxRetries(settings.maxAttempts() - 1)
			.delay(settings.initialInterval())
			.multiplier(settings.multiplier())
			.maxDelay(settings.maxInterval())
			.predicate((ex) -> ex instanceof Exception && !DeliveryExecutor.isInterruption(ex)
					&& !isAmong(settings.notFor(), ex))
			.build();
	}

	private static boolean isAmong(Set<Class<? extends Throwable>> types, Throwable throwable) {
		for (Throwable cause = throwable; cause != null; cause = cause.getCause()) {
			for (Class<? extends Throwable> type : types) {
				if (type.isInstance(cause)) {
					return true;
				}
			}
		}
		return false;
	}

	List<ListenerGroup> groups() {
		return this.groups;
	}

	/** For one thread. */
	ListenerRouter routes() {
		return new ListenerRouter(this.groups, this.invokers);
	}

	/** For one thread. */
	DeliveryExecutor deliverer() {
		return new DeliveryExecutor(this.slots, this.retry, this.options, this.monitor.slot());
	}

	ListenerTimeoutMonitor watch() {
		return this.monitor;
	}

	@Nullable DeliveryObserver observer() {
		return this.options.observer();
	}

}
