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
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.cdcspring.benchmarks.contestant.Task;

/**
 * Runs contestants: knows the server, the class path and the directory, and collects the
 * results.
 */
final class Stage {

	private final BenchmarkServer server;

	private final Path directory;

	private final String classPath;

	private final List<String> jvmOptions;

	private final Results results;

	private final Progress progress;

	private final Options options;

	/** Numbers the processes, so that each has its own slot and offset table. */
	private final AtomicInteger tasks;

	Stage(BenchmarkServer server, Path directory, String classPath, Results results, Progress progress,
			Options options) {
		this(server, directory, classPath, List.of(), results, progress, options, new AtomicInteger());
	}

	private Stage(BenchmarkServer server, Path directory, String classPath, List<String> jvmOptions, Results results,
			Progress progress, Options options, AtomicInteger tasks) {
		this.server = server;
		this.directory = directory;
		this.classPath = classPath;
		this.jvmOptions = jvmOptions;
		this.results = results;
		this.progress = progress;
		this.options = options;
		this.tasks = tasks;
	}

	/** Return a stage with another directory, class path and other JVM options. */
	Stage with(String name, String classPath, String... jvmOptions) {
		return new Stage(this.server, this.directory.resolve(name), classPath, List.of(jvmOptions), this.results,
				this.progress, this.options, this.tasks);
	}

	Path directory() {
		return this.directory;
	}

	BenchmarkServer server() {
		return this.server;
	}

	Progress progress() {
		return this.progress;
	}

	/**
	 * Let a contestant receive a workload from its own copy of the slot. A failure is
	 * recorded in the results. The process and the slot are always removed.
	 */
	void run(String part, Workload workload, Contestant contestant, int round, Trial trial)
			throws InterruptedException {
		run(part, workload.name(), workload, contestant, round, 0, 0, 0, trial);
	}

	void run(String part, String variant, Workload workload, Contestant contestant, int round, long events, long warmUp,
			long work, Trial trial) throws InterruptedException {
		if (this.progress.seconds() > this.options.minutes() * 60L) {
			this.results.fail(part, variant, contestant, round,
					"skipped, because the limit of " + this.options.minutes() + " minutes was reached");
			return;
		}
		String slot = nextSlot();
		try {
			workload.copySlot(this.server, slot);
			try (Child child = start(workload, contestant, slot, events, warmUp, work)) {
				Map<String, Double> figures = new LinkedHashMap<>();
				trial.run(child, figures);
				if (this.options.profile()) {
					child.shutDown();
				}
				this.results.add(part, variant, contestant, round, figures);
			}
			finally {
				this.server.dropSlot(slot);
			}
		}
		catch (ContestantFailedException | IOException | SQLException ex) {
			this.results.fail(part, variant, contestant, round, String.valueOf(ex.getMessage()));
			this.progress.log("%s %s: %s FAILED: %s", part, variant, contestant.id(), ex.getMessage());
		}
	}

	/** A name that no other slot has. */
	String nextSlot() {
		return "run_" + this.tasks.incrementAndGet();
	}

	/** Start the process of a contestant. */
	Child start(Workload workload, Contestant contestant, String slot, long events, long warmUp, long work)
			throws IOException {
		Task task = new Task(contestant.receiver(), this.server.port(), workload.name(), slot, Workload.PUBLICATION,
				workload.rows(), events, warmUp, work, this.directory.resolve(slot), contestant.settings());
		return Child.start(task, this.classPath, jvmOptions(task));
	}

	private List<String> jvmOptions(Task task) {
		List<String> all = new ArrayList<>(this.jvmOptions);
		if (this.options.profile()) {
			all.add("-XX:StartFlightRecording=settings=profile,dumponexit=true,filename="
					+ task.directory().resolve("profile.jfr"));
		}
		return all;
	}

	/** Measures a running contestant. */
	interface Trial {

		void run(Child child, Map<String, Double> figures)
				throws ContestantFailedException, InterruptedException, SQLException;

	}

	/** The time limit for a number of events. */
	static Duration patience(long events, long perSecond) {
		return Duration.ofSeconds(60 + events / perSecond);
	}

}
