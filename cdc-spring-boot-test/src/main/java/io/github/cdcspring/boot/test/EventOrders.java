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

package io.github.cdcspring.boot.test;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The orders in which parallel delivery may process events: those of each key keep their
 * order.
 */
final class EventOrders {

	/** All orders of more keys would be too many. */
	private static final int ALL_ORDERS = 4;

	private final List<CdcTestEvent> events;

	private final List<List<Integer>> keys;

	/**
	 * Find the keys of events.
	 * @throws IllegalArgumentException if all have the same key
	 */
	EventOrders(List<CdcTestEvent> events) {
		Map<Object, List<Integer>> keys = new LinkedHashMap<>();
		for (int i = 0; i < events.size(); i++) {
			keys.computeIfAbsent(events.get(i).orderingKey(), (key) -> new ArrayList<>()).add(i);
		}
		if (keys.size() < 2) {
			throw new IllegalArgumentException(
					"Events of one key always keep their order. Pass events of several keys, or name the key's columns.");
		}
		this.events = List.copyOf(events);
		this.keys = List.copyOf(keys.values());
	}

	/** The orders, each as the numbers of the events; the first one is the given one. */
	Collection<List<Integer>> orders() {
		List<List<Integer>> orders = new ArrayList<>();
		List<Integer> given = new ArrayList<>();
		for (int i = 0; i < this.events.size(); i++) {
			given.add(i);
		}
		orders.add(given);
		for (List<List<Integer>> keys : (this.keys.size() <= ALL_ORDERS) ? permutations(this.keys) : rotations()) {
			orders.add(keys.stream().flatMap(List::stream).toList());
			orders.add(alternating(keys));
		}
		return orders.stream().distinct().toList();
	}

	private List<List<List<Integer>>> rotations() {
		List<List<List<Integer>>> rotations = new ArrayList<>();
		List<List<Integer>> reversed = new ArrayList<>(this.keys);
		Collections.reverse(reversed);
		for (int i = 0; i < reversed.size(); i++) {
			rotations.add(List.copyOf(reversed));
			Collections.rotate(reversed, 1);
		}
		return rotations;
	}

	private static List<List<List<Integer>>> permutations(List<List<Integer>> keys) {
		if (keys.isEmpty()) {
			return List.of(List.of());
		}
		List<List<List<Integer>>> permutations = new ArrayList<>();
		for (List<Integer> first : keys) {
			List<List<Integer>> rest = new ArrayList<>(keys);
			rest.remove(first);
			for (List<List<Integer>> others : permutations(rest)) {
				List<List<Integer>> permutation = new ArrayList<>(List.of(first));
				permutation.addAll(others);
				permutations.add(permutation);
			}
		}
		return permutations;
	}

	/** One event of each key in turn. */
	private static List<Integer> alternating(List<List<Integer>> keys) {
		List<Integer> order = new ArrayList<>();
		int longest = keys.stream().mapToInt(List::size).max().orElse(0);
		for (int i = 0; i < longest; i++) {
			for (List<Integer> key : keys) {
				if (i < key.size()) {
					order.add(key.get(i));
				}
			}
		}
		return order;
	}

}
