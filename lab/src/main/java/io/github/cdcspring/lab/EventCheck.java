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

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Compares what one listener received with what the surviving primary holds. Numbers are
 * written one after the other, so they must arrive in their order when they arrive for
 * the first time.
 *
 * @param lost rows of the surviving primary that never arrived
 * @param duplicated events that arrived again
 * @param outOfOrder events that arrived for the first time after a later one
 * @param phantom events whose row the surviving primary does not have
 */
record EventCheck(long lost, long duplicated, long outOfOrder, long phantom) {

	/**
	 * Compare.
	 * @param received the events of the table
	 * @param present the numbers that the surviving primary has
	 */
	static EventCheck of(List<Recorded.Event> received, Set<Long> present) {
		Map<String, List<Recorded.Event>> byListener = received.stream()
			.collect(Collectors.groupingBy(Recorded.Event::listener));
		if (byListener.isEmpty()) {
			return new EventCheck(present.size(), 0, 0, 0);
		}
		return byListener.values()
			.stream()
			.map((events) -> ofListener(events, present))
			.reduce(new EventCheck(0, 0, 0, 0), EventCheck::plus);
	}

	private static EventCheck ofListener(List<Recorded.Event> received, Set<Long> present) {
		Set<Long> seen = new HashSet<>();
		long last = 0;
		long duplicated = 0;
		long outOfOrder = 0;
		for (Recorded.Event event : received) {
			long number = Long.parseLong(event.key());
			if (!seen.add(number)) {
				duplicated++;
				continue;
			}
			// A snapshot reads rows in any order
			boolean ordered = !event.operation().equals("READ");
			outOfOrder += (ordered && number < last) ? 1 : 0;
			last = ordered ? Math.max(last, number) : last;
		}
		long lost = present.stream().filter((number) -> !seen.contains(number)).count();
		long phantom = seen.stream().filter((number) -> !present.contains(number)).count();
		return new EventCheck(lost, duplicated, outOfOrder, phantom);
	}

	private EventCheck plus(EventCheck other) {
		return new EventCheck(this.lost + other.lost, this.duplicated + other.duplicated,
				this.outOfOrder + other.outOfOrder, this.phantom + other.phantom);
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

}
