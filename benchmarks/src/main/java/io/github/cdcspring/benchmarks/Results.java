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

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The figures and failures of a run.
 */
final class Results {

	private final List<Sample> samples = new ArrayList<>();

	private final List<Failure> failures = new ArrayList<>();

	private final Map<String, String> titles = new LinkedHashMap<>();

	private String server = "no server";

	/**
	 * The figures of a contestant in one round of a workload.
	 *
	 * @param part the part of the run
	 * @param workload the name of the workload or benchmark
	 * @param contestant the contestant
	 * @param round the round
	 * @param figures the figures by name
	 */
	record Sample(String part, String workload, String contestant, int round, Map<String, Double> figures) {
	}

	/**
	 * The failure of a contestant.
	 *
	 * @param part the part of the run
	 * @param workload the workload
	 * @param contestant the contestant
	 * @param round the round
	 * @param problem the reason
	 */
	record Failure(String part, String workload, String contestant, int round, String problem) {
	}

	synchronized void add(String part, String workload, Contestant contestant, int round, Map<String, Double> figures) {
		this.titles.putIfAbsent(contestant.id(), contestant.title());
		this.samples.add(new Sample(part, workload, contestant.id(), round, figures));
	}

	synchronized void fail(String part, String workload, Contestant contestant, int round, String problem) {
		this.titles.putIfAbsent(contestant.id(), contestant.title());
		this.failures.add(new Failure(part, workload, contestant.id(), round, problem));
	}

	synchronized void title(String id, String title) {
		this.titles.putIfAbsent(id, title);
	}

	synchronized void server(String version) {
		this.server = version;
	}

	synchronized String server() {
		return this.server;
	}

	synchronized List<Sample> samples() {
		return List.copyOf(this.samples);
	}

	synchronized List<Failure> failures() {
		return List.copyOf(this.failures);
	}

	synchronized String title(String id) {
		return this.titles.getOrDefault(id, id);
	}

	List<String> workloads(String part) {
		return of(part).map(Sample::workload).distinct().toList();
	}

	List<String> contestants(String part) {
		return of(part).map(Sample::contestant).distinct().toList();
	}

	private Stream<Sample> of(String part) {
		return samples().stream().filter((sample) -> sample.part().equals(part));
	}

	/** Summarize a figure over all rounds. */
	Optional<Summary> figure(String part, String workload, String contestant, String figure) {
		return Summary.of(of(part)
			.filter((sample) -> sample.workload().equals(workload) && sample.contestant().equals(contestant))
			.flatMap((sample) -> Optional.ofNullable(sample.figures().get(figure)).stream())
			.toList());
	}

	/** Summarize the ratio of two contestants' figures over all rounds. */
	Optional<Summary> ratio(String part, String workload, String contestant, String other, String figure) {
		List<Double> ratios = new ArrayList<>();
		of(part).filter((sample) -> sample.workload().equals(workload) && sample.contestant().equals(contestant))
			.forEach((sample) -> of(part)
				.filter((by) -> by.workload().equals(workload) && by.contestant().equals(other)
						&& by.round() == sample.round())
				.findFirst()
				.ifPresent((by) -> {
					Double value = sample.figures().get(figure);
					Double divisor = by.figures().get(figure);
					if (value != null && divisor != null && divisor > 0) {
						ratios.add(value / divisor);
					}
				}));
		return Summary.of(ratios);
	}

}
