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

package io.github.cdcspring.benchmarks;

import java.util.List;
import java.util.Optional;

/**
 * The summary of a figure over several rounds.
 *
 * @param median the median
 * @param lowest the lowest value
 * @param highest the highest value
 * @param rounds the number of rounds
 */
record Summary(double median, double lowest, double highest, int rounds) {

	static Optional<Summary> of(List<Double> values) {
		if (values.isEmpty()) {
			return Optional.empty();
		}
		List<Double> sorted = values.stream().sorted().toList();
		int middle = sorted.size() / 2;
		double median = (sorted.size() % 2 == 1) ? sorted.get(middle)
				: (sorted.get(middle - 1) + sorted.get(middle)) / 2;
		return Optional.of(new Summary(median, sorted.get(0), sorted.get(sorted.size() - 1), sorted.size()));
	}

}
