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

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A Spring Boot application from its executable jar, with the lab's probe on its class
 * path. Each start appends to the same recording and log.
 */
final class ApplicationProcess implements AutoCloseable {

	private final List<String> command = new ArrayList<>();

	private final Path log;

	private final Recorded recorded;

	private @Nullable LabProcess process;

	/**
	 * Describe an application.
	 * @param name distinguishes its files
	 * @param jar its executable jar
	 * @param probe the jar with the probe
	 * @param directory where its files are written
	 * @param arguments its arguments
	 */
	ApplicationProcess(String name, Path jar, Path probe, Path directory, List<String> arguments) {
		this.log = directory.resolve(name + ".log");
		Path recording = directory.resolve(name + ".recording");
		this.recorded = new Recorded(recording);
		this.command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
				"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Djava.io.tmpdir=" + directory,
				"-Dloader.path=" + probe, "-cp", jar.toString(),
				"org.springframework.boot.loader.launch.PropertiesLauncher"));
		this.command.addAll(arguments);
		this.command.add("--lab.record=" + recording);
	}

	/** What its listeners received and its engines did. */
	Recorded recorded() {
		return this.recorded;
	}

	void start() {
		this.process = LabProcess.start(new ProcessBuilder(this.command).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.appendTo(this.log.toFile())));
	}

	/**
	 * Check that it runs.
	 * @throws IllegalStateException if it has ended by itself
	 */
	void check() {
		if (this.process != null && !this.process.isAlive()) {
			throw new IllegalStateException("The application ended by itself with status " + this.process.exitValue()
					+ "; its log is " + this.log);
		}
	}

	private LabProcess process() {
		LabProcess process = this.process;
		if (process == null) {
			throw new IllegalStateException("The application was not started");
		}
		return process;
	}

	/** End it with SIGKILL. */
	void kill() {
		process().kill();
	}

	/** Stop its execution with SIGSTOP. */
	void pause() {
		process().signal("STOP");
	}

	/** Continue its execution with SIGCONT. */
	void resume() {
		process().signal("CONT");
	}

	/** Ask it to end with SIGTERM. */
	void requestStop() {
		process().signal("TERM");
	}

	/** Ask it to end with SIGTERM, and wait until it has. */
	void stop() {
		requestStop();
		if (!process().awaitEnd(60)) {
			process().kill();
		}
	}

	@Override
	public void close() {
		if (this.process != null) {
			this.process.kill();
		}
	}

}
