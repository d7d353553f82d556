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

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs the JMH benchmarks in their own process.
 */
final class JmhPart {

	private static final String PART = "jmh";

	private final Results results;

	private final Progress progress;

	private final Path directory;

	JmhPart(Results results, Progress progress, Path directory) {
		this.results = results;
		this.progress = progress;
		this.directory = directory;
	}

	void run(boolean quick) throws InterruptedException {
		this.progress.log("Running the microbenchmarks");
		Path file = this.directory.resolve("jmh.json");
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(List.of("-cp", System.getProperty("java.class.path"), "org.openjdk.jmh.Main", "-rf", "json",
				"-rff", file.toString(), "-prof", "gc", "-f", "1", "-foe", "true", "-jvmArgsAppend", "-Xmx512m"));
		command.addAll(quick ? List.of("-wi", "2", "-w", "1", "-i", "1", "-r", "1")
				: List.of("-wi", "5", "-w", "2", "-i", "5", "-r", "1"));
		try {
			Process process = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(this.directory.resolve("jmh.log").toFile())
				.start();
			Thread end = new Thread(process::destroyForcibly);
			Runtime.getRuntime().addShutdownHook(end);
			boolean ended = process.waitFor(5, TimeUnit.MINUTES);
			process.descendants().forEach(ProcessHandle::destroyForcibly);
			process.destroyForcibly();
			Runtime.getRuntime().removeShutdownHook(end);
			if (!ended || process.waitFor() != 0) {
				throw new IOException(
						"JMH failed or took more than 5 minutes. See its log " + this.directory.resolve("jmh.log"));
			}
			read(file);
		}
		catch (IOException ex) {
			this.results.fail(PART, PART, new Contestant(PART, PART, PART, Map.of()), 1,
					String.valueOf(ex.getMessage()));
			this.progress.log("%s FAILED: %s", PART, ex.getMessage());
		}
	}

	private void read(Path file) {
		for (JsonNode benchmark : new JsonMapper().readTree(file.toFile())) {
			String name = benchmark.get("benchmark").asString();
			name = name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1);
			Map<String, Double> figures = new LinkedHashMap<>();
			figures.put("nanosPerEvent", benchmark.get("primaryMetric").get("score").asDouble());
			JsonNode allocated = benchmark.get("secondaryMetrics").get("gc.alloc.rate.norm");
			if (allocated != null) {
				figures.put("bytesPerEvent", allocated.get("score").asDouble());
			}
			this.results.add(PART, name, new Contestant(PART, PART, PART, Map.of()), 1, figures);
			this.progress.log("%s: %,.0f ns and %,.0f bytes per event", name, figures.get("nanosPerEvent"),
					figures.getOrDefault("bytesPerEvent", Double.NaN));
		}
	}

}
