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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import io.github.cdcspring.LogicalMessage;
import io.github.cdcspring.Operation;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.row.Change;
import org.jspecify.annotations.Nullable;

/**
 * Finds the listeners that subscribe to an event. Serves one thread.
 */
final class ListenerRouter {

	private static final int OPERATIONS = Operation.values().length;

	private final List<ListenerGroup> groups;

	private final Map<ListenerEndpoint, ListenerInvoker> invokers;

	private final Map<TableId, Route[][]> byTable = new HashMap<>();

	private final Map<String, Route[]> byMessage = new HashMap<>();

	private final Map<TableListener, Route[]> byListener = new HashMap<>();

	private @Nullable TableId lastTable;

	private Route[][] lastRoutes = {};

	ListenerRouter(List<ListenerGroup> groups, Map<ListenerEndpoint, ListenerInvoker> invokers) {
		this.groups = groups;
		this.invokers = invokers;
	}

	Route[] route(Change change) {
		LogicalMessage message = change.message();
		if (message != null) {
			return route(message.prefix());
		}
		TableId table = change.table();
		if (table == null) {
			return Route.NONE;
		}
		if (table != this.lastTable) {
			this.lastRoutes = this.byTable.computeIfAbsent(table, (unseen) -> new Route[OPERATIONS][]);
			this.lastTable = table;
		}
		Operation operation = change.operation();
		String only = change.listener();
		if (only != null) {
			return this.byListener.computeIfAbsent(new TableListener(table, only),
					(unseen) -> routes((listener) -> listener.id().equals(only) && listener.matches(operation, table)));
		}
		Route[] routes = this.lastRoutes[operation.ordinal()];
		if (routes == null) {
			routes = routes((listener) -> listener.matches(operation, table));
			this.lastRoutes[operation.ordinal()] = routes;
		}
		return routes;
	}

	/**
	 * There may be any number of prefixes that no listener names, so keep none of them.
	 */
	private Route[] route(String prefix) {
		Route[] routes = this.byMessage.get(prefix);
		if (routes == null) {
			routes = routes((listener) -> listener.matchesMessage(prefix));
			if (routes.length > 0) {
				this.byMessage.put(prefix, routes);
			}
		}
		return routes;
	}

	private Route[] routes(Predicate<ListenerEndpoint> matches) {
		List<Route> routes = new ArrayList<>();
		for (ListenerGroup group : this.groups) {
			ListenerInvoker[] listeners = group.listeners()
				.stream()
				.filter(matches)
				.map(this.invokers::get)
				.toArray(ListenerInvoker[]::new);
			if (listeners.length > 0) {
				routes.add(new Route(group, listeners));
			}
		}
		return routes.isEmpty() ? Route.NONE : routes.toArray(Route[]::new);
	}

	/**
	 * The rows of a table that only one listener receives.
	 */
	private record TableListener(TableId table, String listener) {

	}

}
