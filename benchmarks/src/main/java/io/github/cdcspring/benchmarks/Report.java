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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reports all figures as JSON, and a summary as Markdown and as a chart.
 */
final class Report {

	private final Options options;

	private final Results results;

	private final long seconds;

	private final Instant date = Instant.now().truncatedTo(ChronoUnit.SECONDS);

	Report(Options options, Results results, long seconds) {
		this.options = options;
		this.results = results;
		this.seconds = seconds;
	}

	void write(Path directory) throws IOException {
		JsonMapper json = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
		Files.writeString(directory.resolve("results.json"), json.writeValueAsString(content()));
		Files.writeString(directory.resolve("results.md"), markdown());
		Files.writeString(directory.resolve("results.svg"), new Plot(this.results).svg());
	}

	private Map<String, Object> content() {
		Map<String, Object> content = new LinkedHashMap<>();
		content.put("date", this.date.toString());
		content.put("machine", Machine.describe());
		content.put("server", this.results.server());
		content.put("quick", this.options.quick());
		content.put("rounds", this.options.rounds());
		content.put("seconds", this.seconds);
		content.put("jvmOptions", Child.JVM_OPTIONS);
		content.put("starterProperties", this.options.starter());
		content.put("goals", Goal.evaluate(this.results).stream().map(Goal.Outcome::toMap).toList());
		content.put("samples", this.results.samples());
		content.put("failures", this.results.failures());
		return content;
	}

	String markdown() {
		StringBuilder text = new StringBuilder();
		text.append("\n")
			.append(Machine.describe())
			.append(", ")
			.append(this.results.server())
			.append(". ")
			.append(this.date.toString(), 0, 10)
			.append(", ");
		text.append(this.options.quick() ? "a quick run" : "a full run").append(" of ");
		text.append(this.seconds / 60).append(" min ").append(this.seconds % 60).append(" s.");
		text.append(" The figures are medians, with the range over the rounds in parentheses.\n");
		MarkdownTables tables = new MarkdownTables(this.results);
		for (String part : List.of("drain", "work", "growth")) {
			for (String workload : this.results.workloads(part)) {
				text.append(tables.drain(part, workload));
			}
		}
		text.append(tables.latency()).append(tables.idle()).append(tables.first()).append(tables.poll());
		text.append(tables.visible()).append(tables.backfill()).append(tables.kafka()).append(tables.jmh());
		text.append(tables.goals()).append(tables.failures());
		return text.toString();
	}

}
