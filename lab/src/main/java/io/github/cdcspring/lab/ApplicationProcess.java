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

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.github.cdcspring.testsupport.ChildProcess;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * A Spring Boot application from its executable jar, with the lab's probe on its class
 * path. Each start appends to the same recording and log.
 */
final class ApplicationProcess implements AutoCloseable {

	/** Spring Boot's health, which the ledger sample does not have by itself. */
	private static final Path HEALTH = Path
		.of(URI.create(HealthIndicator.class.getProtectionDomain().getCodeSource().getLocation().toString()));

	private final List<String> command = new ArrayList<>();

	private final List<String> prefix = new ArrayList<>();

	private final Map<String, String> environment = new HashMap<>();

	private final Path log;

	private final Recorded recorded;

	private @Nullable ChildProcess process;

	/**
	 * Describe an application.
	 * @param name distinguishes its files
	 * @param jar its executable jar
	 * @param probe the jar with the probe
	 * @param directory where its files are written
	 * @param arguments its arguments
	 */
	ApplicationProcess(String name, Path jar, Path probe, Path directory, List<String> arguments) {
		this(name, jar, probe, false, directory, arguments);
	}

	private ApplicationProcess(String name, Path jar, Path probe, boolean withHealth, Path directory,
			List<String> arguments) {
		this(name, List.of("-Dloader.path=" + (withHealth ? probe + "," + HEALTH : probe), "-cp", jar.toString(),
				"org.springframework.boot.loader.launch.PropertiesLauncher"), directory, arguments);
	}

	private ApplicationProcess(String name, List<String> program, Path directory, List<String> arguments) {
		this.log = directory.resolve(name + ".log");
		Path recording = directory.resolve(name + ".recording");
		this.recorded = new Recorded(recording);
		this.command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
				"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Djava.io.tmpdir=" + directory));
		this.command.addAll(program);
		this.command.addAll(arguments);
		this.command.add("--lab.record=" + recording);
	}

	/** Describe the ledger sample, and record its health. */
	static ApplicationProcess withHealth(String name, LabFiles files, Path directory, List<String> arguments) {
		return new ApplicationProcess(name, files.ledger(), files.probe(), true, directory, arguments);
	}

	/** Describe the ledger sample as an application that receives from Kafka. */
	static ApplicationProcess receivingFromKafka(String name, LabFiles files, Path directory, List<String> arguments) {
		return new ApplicationProcess(name, List.of("-cp", files.kafka() + File.pathSeparator + files.probe(),
				"io.github.cdcspring.samples.ledger.LedgerApplication"), directory, arguments);
	}

	/** What its listeners received and its engines did. */
	Recorded recorded() {
		return this.recorded;
	}

	/** Set further variables of its environment. */
	void environment(Map<String, String> environment) {
		this.environment.putAll(environment);
	}

	/** Let another program start it. */
	void startedBy(List<String> prefix) {
		this.prefix.addAll(prefix);
	}

	/** How another process sees a file of this one, which may have mounts of its own. */
	Path seen(Path file) {
		return Path.of("/proc", String.valueOf(process().pid()), "root").resolve(Path.of("/").relativize(file));
	}

	void start() {
		List<String> command = Stream.concat(this.prefix.stream(), this.command.stream()).toList();
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.appendTo(this.log.toFile()));
		builder.environment().putAll(this.environment);
		this.process = ChildProcess.start(builder);
	}

	/** How many lines of stack traces Debezium and Kafka Connect have logged. */
	long stackTraceLines() {
		try (Stream<String> lines = Files.lines(this.log)) {
			long[] count = new long[1];
			boolean[] ofDebezium = new boolean[1];
			lines.forEach((line) -> {
				if (line.matches("\\d{4}-\\d\\d-\\d\\dT.*")) {
					ofDebezium[0] = line.matches(".*\\] (io\\.debezium|i\\.d|org\\.apache\\.kafka|o\\.a\\.k)\\..*");
				}
				count[0] += (ofDebezium[0] && line.startsWith("\tat ")) ? 1 : 0;
			});
			return count[0];
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Wait until it has ended by itself. */
	void awaitEnd() {
		if (!process().awaitEnd(60)) {
			throw new IllegalStateException("The application does not end; its log is " + this.log);
		}
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

	private ChildProcess process() {
		ChildProcess process = this.process;
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
