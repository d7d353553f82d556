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

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import io.github.cdcspring.LogicalMessage;
import io.github.cdcspring.Operation;
import io.github.cdcspring.TableId;
import io.github.cdcspring.internal.engine.EventCount.Outcome;
import io.github.cdcspring.internal.listener.DeliveryObserver;
import io.github.cdcspring.internal.listener.ListenerEndpoint;
import io.github.cdcspring.internal.listener.ListenerErrorHandler;
import io.github.cdcspring.internal.row.Change;
import org.jspecify.annotations.Nullable;

/**
 * Counts the outcomes of an engine's events since the application started. Counting an
 * event takes a lookup and a few counters, and creates no object.
 */
public final class DeliveryStatistics implements DeliveryObserver {

	/** For messages of prefixes that no listener names. */
	private static final String OTHER = "other";

	/**
	 * An engine may capture thousands of tables, and each takes several series of a
	 * monitor.
	 */
	private static final int MAX_EXPECTED_TABLES = 100;

	private static final int OPERATIONS = Operation.values().length;

	private volatile DeliveryObserver[] others = {};

	private final Map<TableId, @Nullable EventCount[]> byTable = new ConcurrentHashMap<>();

	private final Map<String, EventCount> byMessage = new ConcurrentHashMap<>();

	private final Collection<EventCount> counts = new CopyOnWriteArrayList<>();

	/**
	 * Events that were skipped or parked for one listener, and may still reach others.
	 */
	private final Set<Change> givenUp = Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));

	private volatile boolean anyGivenUp;

	private volatile Consumer<EventCount> onCount = (count) -> {
	};

	private final Set<String> messages;

	/**
	 * Create statistics.
	 * @param messages the prefixes that a listener names. All other messages are counted
	 * together, because there may be any number of other prefixes
	 */
	DeliveryStatistics(Set<String> messages) {
		this.messages = messages;
	}

	/**
	 * Add an observer, which is told of everything as well.
	 * @param other the observer
	 */
	public synchronized void add(DeliveryObserver other) {
		DeliveryObserver[] others = Arrays.copyOf(this.others, this.others.length + 1);
		others[others.length - 1] = other;
		this.others = others;
	}

	/**
	 * Set the consumer of new counts. It also gets those that exist already.
	 * @param consumer called with a count when it is created
	 */
	public synchronized void onCount(Consumer<EventCount> consumer) {
		this.onCount = consumer;
		this.counts.forEach(consumer);
	}

	/**
	 * The counts so far.
	 * @return the counts, one for each table and operation, or prefix, that was seen
	 */
	public Collection<EventCount> counts() {
		return this.counts.stream().filter(EventCount::isPositive).toList();
	}

	/**
	 * Create counts of what listeners are going to receive. A monitor that knows them
	 * with 0 sees the first failure as an increase.
	 * @param endpoints the listeners
	 * @param tables the captured tables. The counts of the first hundred are created
	 */
	void expect(Collection<ListenerEndpoint> endpoints, Set<TableId> tables) {
		for (ListenerEndpoint endpoint : endpoints) {
			tables.stream()
				.filter((table) -> endpoint.tables().stream().anyMatch((pattern) -> pattern.matches(table)))
				.sorted()
				.limit(MAX_EXPECTED_TABLES)
				.forEach((table) -> endpoint.operations().forEach((operation) -> count(table, operation)));
			endpoint.messages().forEach(this::count);
		}
	}

	/**
	 * Begin a run of the engine.
	 */
	void begin() {
		this.givenUp.clear();
		this.anyGivenUp = false;
	}

	@Override
	public void called(ListenerEndpoint listener, Change first, int events, long nanos, @Nullable Throwable failure) {
		for (DeliveryObserver other : this.others) {
			other.called(listener, first, events, nanos, failure);
		}
	}

	@Override
	public void recovered(Change change, ListenerErrorHandler.Outcome outcome) {
		switch (outcome) {
			case STOP -> count(change).add(Outcome.FAILED);
			case SKIP -> giveUp(change, Outcome.SKIPPED);
			case PARKED -> giveUp(change, Outcome.PARKED);
		}
		for (DeliveryObserver other : this.others) {
			other.recovered(change, outcome);
		}
	}

	private void giveUp(Change change, Outcome outcome) {
		if (this.givenUp.add(change)) {
			this.anyGivenUp = true;
			count(change).add(outcome);
		}
	}

	@Override
	public void handled(Change change) {
		if (!this.anyGivenUp || !this.givenUp.remove(change)) {
			count(change).add(Outcome.HANDLED);
		}
		for (DeliveryObserver other : this.others) {
			other.handled(change);
		}
	}

	private EventCount count(Change change) {
		LogicalMessage message = change.message();
		TableId table = change.table();
		Operation operation = change.operation();
		if (message != null || table == null) {
			String prefix = (message != null && this.messages.contains(message.prefix())) ? message.prefix() : OTHER;
			return count(prefix);
		}
		@Nullable EventCount[] counts = this.byTable.get(table);
		EventCount count = (counts != null) ? counts[operation.ordinal()] : null;
		return (count != null) ? count : count(table, operation);
	}

	private EventCount count(String prefix) {
		EventCount count = this.byMessage.get(prefix);
		return (count != null) ? count
				: this.byMessage.computeIfAbsent(prefix, (unseen) -> add(null, unseen, Operation.MESSAGE));
	}

	private synchronized EventCount count(TableId table, Operation operation) {
		@Nullable EventCount[] counts = this.byTable.getOrDefault(table, new @Nullable EventCount[OPERATIONS]);
		EventCount count = counts[operation.ordinal()];
		if (count == null) {
			count = add(table, null, operation);
			@Nullable EventCount[] more = counts.clone();
			more[operation.ordinal()] = count;
			this.byTable.put(table, more);
		}
		return count;
	}

	private synchronized EventCount add(@Nullable TableId table, @Nullable String message, Operation operation) {
		EventCount count = new EventCount(table, message, operation);
		this.counts.add(count);
		this.onCount.accept(count);
		return count;
	}

}
