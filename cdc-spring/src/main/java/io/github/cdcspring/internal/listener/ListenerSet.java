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
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToIntFunction;

import io.github.cdcspring.Operation;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.row.Change;
import io.github.cdcspring.internal.row.RowMapper;
import io.github.cdcspring.internal.row.RowMappingException;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.core.retry.RetryPolicy;
import org.springframework.util.StringUtils;

/**
 * The listeners of an engine, ready to be called. Safe for use by several threads.
 */
public final class ListenerSet {

	private final String engine;

	private final EngineSettings.Listener settings;

	private final List<ListenerEndpoint> endpoints;

	private final DeliveryOptions options;

	private final @Nullable DeliveryObserver observer;

	private final ListenerTimeoutMonitor monitor;

	private final RetryPolicy retry;

	private final List<ListenerGroup> groups;

	private final List<RowMapper<?>> mappers = new ArrayList<>();

	private final Map<ListenerEndpoint, ListenerInvoker> invokers = new LinkedHashMap<>();

	private final RowBindings bindings;

	/**
	 * Create the listeners of an engine.
	 * @param engine the engine's name
	 * @param settings the settings of its listeners
	 * @param endpoints the listeners in their order
	 * @param mapperFor returns the mapper for a row type
	 * @param options what happens around the deliveries
	 * @param observer observes the deliveries, {@code null} for none
	 */
	public ListenerSet(String engine, EngineSettings.Listener settings, List<ListenerEndpoint> endpoints,
			Function<Type, RowMapper<?>> mapperFor, DeliveryOptions options, @Nullable DeliveryObserver observer) {
		this.engine = engine;
		this.settings = settings;
		this.endpoints = List.copyOf(endpoints);
		this.options = options;
		this.observer = observer;
		this.monitor = new ListenerTimeoutMonitor(engine, settings.timeout());
		this.retry = retryPolicy(settings.retry());
		this.groups = ListenerGroup.of(endpoints);
		this.bindings = new RowBindings(this.endpoints, mapperFor);
		List<Type> rowTypes = new ArrayList<>();
		for (ListenerEndpoint endpoint : endpoints) {
			this.invokers.put(endpoint, invoker(endpoint, (type) -> rowIndex(type, rowTypes, mapperFor)));
		}
	}

	private ListenerInvoker invoker(ListenerEndpoint endpoint, ToIntFunction<Type> rowIndex) {
		try {
			return new ListenerInvoker(endpoint, rowIndex, this.options.interceptors(), this.observer);
		}
		catch (RowMappingException ex) {
			String problem = StringUtils.trimTrailingCharacter(ex.problem(), '.');
			throw new InvalidListenerException(endpoint + " cannot receive rows. " + problem, ex.action());
		}
	}

	private int rowIndex(Type type, List<Type> rowTypes, Function<Type, RowMapper<?>> mapperFor) {
		int index = rowTypes.indexOf(type);
		if (index == -1) {
			index = rowTypes.size();
			rowTypes.add(type);
			this.mappers.add(mapperFor.apply(type));
		}
		return index;
	}

	/**
	 * Errors are not retried, nor the exceptions that the application excludes.
	 */
	static RetryPolicy retryPolicy(EngineSettings.Retry settings) {
		return RetryPolicy.builder()
			.maxRetries(settings.maxAttempts() - 1)
			.delay(settings.initialInterval())
			.multiplier(settings.multiplier())
			.maxDelay(settings.maxInterval())
			.predicate((ex) -> ex instanceof Exception && !isAmong(settings.notFor(), ex))
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

	/**
	 * Create a dispatcher, which is to be closed.
	 * @param guard asked before each delivery
	 * @param onFailure called in another thread than the dispatching one, when a listener
	 * failed in all attempts
	 * @return a dispatcher with as many threads as the settings say
	 */
	public ListenerDispatcher dispatcher(DeliveryGuard guard, Consumer<Throwable> onFailure) {
		EngineSettings.Dispatch dispatch = this.settings.dispatch();
		return (dispatch.concurrency() > 1) ? new KeyOrderedDispatcher(this.engine, this, dispatch, guard, onFailure)
				: new SequentialDispatcher(this, dispatch.maxTransactionBytes(), guard);
	}

	/**
	 * Deliver a single event to the listeners of a group, with the usual retries.
	 * @param change the event
	 * @param group the group's name
	 * @param options what happens around the delivery
	 * @param from the listener to start with, {@code null} for the first one
	 * @return {@code false} if no listener of the group subscribes to the event
	 * @throws ListenerFailedException if the engine would have to stop
	 */
	public boolean deliver(Change change, String group, DeliveryOptions options, @Nullable String from) {
		for (Route route : router().route(change)) {
			if (route.group().name().equals(group)) {
				DeliveryAttempt delivery = new DeliveryAttempt();
				delivery.start(route, change);
				if (from != null) {
					delivery.startAt(from);
				}
				try (DeliveryExecutor executor = executor(options, DeliveryGuard.NONE)) {
					executor.execute(delivery);
				}
				return true;
			}
		}
		return false;
	}

	/**
	 * Return the listener call that has been running longest.
	 * @return the call, {@code null} if none has been running for about a second
	 */
	public @Nullable RunningCall oldestCall() {
		return this.monitor.oldestCall();
	}

	/**
	 * Return the listeners in their order.
	 * @return the listeners
	 */
	public List<ListenerEndpoint> endpoints() {
		return this.endpoints;
	}

	/**
	 * Return whether a listener receives the existing rows of a table.
	 * @param table the table
	 * @return {@code true} if one does
	 */
	public boolean receivesExistingRows(TableId table) {
		return this.endpoints.stream().anyMatch((endpoint) -> endpoint.matches(Operation.READ, table));
	}

	/**
	 * Return whether a certain listener receives the existing rows of a table.
	 * @param id the id of the listener
	 * @param table the table
	 * @return {@code true} if it exists and does
	 */
	public boolean receivesExistingRows(String id, TableId table) {
		return this.endpoints.stream()
			.anyMatch((endpoint) -> endpoint.id().equals(id) && endpoint.matches(Operation.READ, table));
	}

	/**
	 * Return what compares the columns of tables with the listeners.
	 * @return the comparison
	 */
	public RowBindings bindings() {
		return this.bindings;
	}

	/**
	 * Return what happens around the deliveries.
	 * @return the options
	 */
	public DeliveryOptions options() {
		return this.options;
	}

	List<ListenerGroup> groups() {
		return this.groups;
	}

	/** Create a router for one thread. */
	ListenerRouter router() {
		return new ListenerRouter(this.groups, this.invokers);
	}

	/** Create an executor for one thread, to be closed. */
	DeliveryExecutor executor(DeliveryGuard guard) {
		return executor(this.options, guard);
	}

	private DeliveryExecutor executor(DeliveryOptions options, DeliveryGuard guard) {
		return new DeliveryExecutor(this.mappers, this.retry, options, this.observer, this.monitor, guard);
	}

	@Nullable DeliveryObserver observer() {
		return this.observer;
	}

}
