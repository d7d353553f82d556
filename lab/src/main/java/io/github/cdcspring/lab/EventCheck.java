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

package io.github.cdcspring.lab;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Compares what one listener received with what the surviving primary holds. The changes
 * of a row must arrive in the order of the stream when they arrive for the first time.
 * Rows are written one after the other, so with one lane they must arrive in their order,
 * too.
 *
 * @param lost changes of the surviving primary that never arrived
 * @param duplicated events that arrived again
 * @param outOfOrder events that arrived for the first time after a later one
 * @param phantom events whose change the surviving primary does not have
 */
record EventCheck(long lost, long duplicated, long outOfOrder, long phantom) {

	/**
	 * Compare.
	 * @param received the events of the table
	 * @param expected how often each row that must have arrived was changed
	 * @param possible how often each row may have been changed
	 * @param lanes how many events are delivered in parallel
	 */
	static EventCheck of(List<Recorded.Event> received, Map<Long, Integer> expected, Map<Long, Integer> possible,
			int lanes) {
		Map<String, List<Recorded.Event>> byListener = received.stream()
			.collect(Collectors.groupingBy(Recorded.Event::listener));
		if (byListener.isEmpty()) {
			return new EventCheck(expected.values().stream().mapToLong(Integer::intValue).sum(), 0, 0, 0);
		}
		return byListener.values().stream().map((events) -> {
			Listener listener = new Listener(lanes);
			events.forEach(listener::receive);
			return new EventCheck(listener.lost(expected), listener.duplicated, listener.outOfOrder,
					listener.phantom(possible));
		}).reduce(new EventCheck(0, 0, 0, 0), EventCheck::plus);
	}

	private EventCheck plus(EventCheck other) {
		return new EventCheck(this.lost + other.lost, this.duplicated + other.duplicated,
				this.outOfOrder + other.outOfOrder, this.phantom + other.phantom);
	}

	/** Count duplicates and wrong order from an earlier check on. */
	EventCheck since(EventCheck earlier) {
		return new EventCheck(this.lost, this.duplicated - earlier.duplicated, this.outOfOrder - earlier.outOfOrder,
				this.phantom);
	}

	/** At-least-once delivery permits duplicates, and nothing else. */
	boolean isGood() {
		return this.lost == 0 && this.outOfOrder == 0 && this.phantom == 0;
	}

	@Override
	public String toString() {
		return "lost %d, duplicated %d, out of order %d, phantom %d".formatted(this.lost, this.duplicated,
				this.outOfOrder, this.phantom);
	}

	/**
	 * What one listener has received.
	 */
	private static final class Listener {

		private final boolean wholeOrder;

		private final Set<String> seen = new HashSet<>();

		private final Map<Long, List<Recorded.Event>> rows = new HashMap<>();

		private long lastCreated;

		private long duplicated;

		private long outOfOrder;

		private Listener(int lanes) {
			this.wholeOrder = lanes == 1;
		}

		private void receive(Recorded.Event event) {
			if (!this.seen.add(event.identity())) {
				this.duplicated++;
				return;
			}
			List<Recorded.Event> row = this.rows.computeIfAbsent(event.number(), (number) -> new ArrayList<>());
			// A snapshot reads rows in any order
			if (!event.isRead()) {
				boolean late = row.stream().anyMatch((earlier) -> !earlier.isRead() && earlier.isAfter(event));
				boolean overtaken = this.wholeOrder && event.isCreate() && event.number() < this.lastCreated;
				this.outOfOrder += (late || overtaken) ? 1 : 0;
				this.lastCreated = event.isCreate() ? Math.max(this.lastCreated, event.number()) : this.lastCreated;
			}
			row.add(event);
		}

		private long lost(Map<Long, Integer> expected) {
			return expected.entrySet()
				.stream()
				.mapToLong((entry) -> Math.max(0, entry.getValue() - known(entry.getKey(), entry.getValue())))
				.sum();
		}

		/** A row that was read contains all changes from before. */
		private long known(long number, int expected) {
			List<Recorded.Event> row = this.rows.getOrDefault(number, List.of());
			return row.stream().anyMatch(Recorded.Event::isRead) ? expected : row.size();
		}

		private long phantom(Map<Long, Integer> possible) {
			return this.rows.entrySet()
				.stream()
				.mapToLong((entry) -> Math.max(0,
						entry.getValue().stream().filter((event) -> !event.isRead()).count()
								- possible.getOrDefault(entry.getKey(), 0)))
				.sum();
		}

	}

}
