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
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class EventOrdersTests {

	@Test
	void eventsOfAKeyKeepTheirOrder() {
		Collection<List<Integer>> orders = orders(1, 2, 1, 3, 2);
		assertThat(orders).first().isEqualTo(List.of(0, 1, 2, 3, 4));
		assertThat(orders).doesNotHaveDuplicates()
			.contains(List.of(3, 1, 4, 0, 2), List.of(1, 3, 0, 4, 2))
			.allSatisfy((order) -> assertThat(order).containsSubsequence(0, 2).containsSubsequence(1, 4).hasSize(5));
	}

	@Test
	void eachKeyIsFirstOnceEvenIfThereAreMany() {
		Collection<List<Integer>> orders = orders(1, 2, 3, 4, 5, 6, 7);
		assertThat(orders).hasSizeLessThan(20);
		assertThat(orders).extracting((order) -> order.get(0)).contains(0, 1, 2, 3, 4, 5, 6);
	}

	private static Collection<List<Integer>> orders(int... keys) {
		List<CdcTestEvent> events = new ArrayList<>(
				IntStream.of(keys).mapToObj((key) -> CdcTestEvent.create("items", Map.of("id", key))).toList());
		return new EventOrders(events).orders();
	}

}
