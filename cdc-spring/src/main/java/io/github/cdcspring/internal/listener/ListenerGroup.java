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
import java.util.List;

/**
 * Listeners that are given an event together: those that take events one by one are
 * called for each in their order. One that takes lists is a group of its own, for its
 * call holds other events too, and so is one that asks for the order of the stream.
 *
 */
public final class ListenerGroup {

	/** The name of the group of those that take events one by one. */
	public static final String SINGLE = "*";

	private final String name;

	private final List<ListenerEndpoint> listeners;

	private final boolean batch;

	private final boolean inStreamOrder;

	private ListenerGroup(String name, List<ListenerEndpoint> listeners, boolean batch, boolean inStreamOrder) {
		this.name = name;
		this.listeners = List.copyOf(listeners);
		this.batch = batch;
		this.inStreamOrder = inStreamOrder;
	}

	/**
	 * The groups of an engine's listeners.
	 * @param listeners the listeners in order
	 */
	static List<ListenerGroup> of(List<ListenerEndpoint> listeners) {
		List<ListenerGroup> groups = new ArrayList<>();
		List<ListenerEndpoint> single = listeners.stream().filter((listener) -> !isAlone(listener)).toList();
		if (!single.isEmpty()) {
			groups.add(new ListenerGroup(SINGLE, single, false, false));
		}
		for (ListenerEndpoint listener : listeners) {
			if (isAlone(listener)) {
				groups.add(new ListenerGroup(listener.id(), List.of(listener), listener.batch(),
						listener.inStreamOrder()));
			}
		}
		return List.copyOf(groups);
	}

	private static boolean isAlone(ListenerEndpoint listener) {
		return listener.batch() || listener.inStreamOrder();
	}

	/**
	 * What tells it from the engine's other groups; the same after a restart, and
	 * whatever the concurrency.
	 * @return {@link #SINGLE}, or the id of the group's only listener
	 */
	public String name() {
		return this.name;
	}

	/**
	 * Its listeners.
	 * @return the listeners in order
	 */
	public List<ListenerEndpoint> listeners() {
		return this.listeners;
	}

	/**
	 * Whether its events come in the order of the stream, whatever the concurrency.
	 * @return {@code true} if they do
	 */
	public boolean inStreamOrder() {
		return this.inStreamOrder;
	}

	/**
	 * Whether it takes each transaction of the source in one call.
	 * @return {@code true} if it does
	 */
	public boolean wholeTransactions() {
		return this.batch && this.listeners.get(0).wholeTransactions();
	}

	/**
	 * Whether it takes several events in one call.
	 * @return {@code true} if it does
	 */
	public boolean batch() {
		return this.batch;
	}

	@Override
	public String toString() {
		return this.name;
	}

}
