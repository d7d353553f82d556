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

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.github.cdcspring.benchmarks.contestant.ContestantProcess;
import io.github.cdcspring.benchmarks.contestant.Task;
import org.jspecify.annotations.Nullable;

/**
 * A contestant's process, as its parent sees it. All processes use the same JVM and the
 * same options.
 */
final class Child implements AutoCloseable {

	static final List<String> JVM_OPTIONS = List.of("-Xmx512m");

	private static final Set<Process> running = ConcurrentHashMap.newKeySet();

	static {
		Runtime.getRuntime().addShutdownHook(new Thread(() -> running.forEach(Child::end)));
	}

	private final Process process;

	private final ProcessBuilder builder;

	private final Path log;

	private final long started;

	private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

	private Child(ProcessBuilder builder, Path log) throws IOException {
		this.builder = builder;
		this.started = System.nanoTime();
		this.process = builder.start();
		running.add(this.process);
		this.log = log;
		Thread reader = new Thread(this::read, "child-" + this.process.pid());
		reader.setDaemon(true);
		reader.start();
	}

	static Child start(Task task, String classPath, List<String> jvmOptions) throws IOException {
		Files.createDirectories(task.directory());
		Path log = task.directory().resolve("contestant.log");
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(JVM_OPTIONS);
		command.addAll(jvmOptions);
		command.addAll(List.of("-cp", classPath, ContestantProcess.class.getName()));
		command.addAll(task.arguments());
		return new Child(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile())),
				log);
	}

	/** Kill the process, and start another one with the same task. */
	Child killAndStart() throws IOException, InterruptedException {
		close();
		return new Child(this.builder, this.log);
	}

	private void read() {
		try (BufferedReader out = new BufferedReader(
				new InputStreamReader(this.process.getInputStream(), StandardCharsets.UTF_8))) {
			for (String line = out.readLine(); line != null; line = out.readLine()) {
				if (line.startsWith("@")) {
					this.lines.add(line.substring(1));
				}
			}
		}
		catch (IOException ex) {
			// The process has ended
		}
		this.lines.add("ended");
	}

	/** The start time as a value of {@link System#nanoTime()}. */
	long started() {
		return this.started;
	}

	/**
	 * Wait for a line.
	 * @param word the first word of the line; other lines are skipped
	 * @param timeout the time limit
	 * @return the values in the line
	 */
	Figures await(String word, Duration timeout) throws ContestantFailedException, InterruptedException {
		long deadline = System.nanoTime() + timeout.toNanos();
		while (true) {
			String line = this.lines.poll(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
			if (line == null) {
				throw new ContestantFailedException(
						"printed no '" + word + "' within " + timeout.toSeconds() + " s. See its log " + this.log);
			}
			if (line.startsWith("failed ")) {
				throw new ContestantFailedException(line.substring("failed ".length()) + ". See its log " + this.log);
			}
			if (line.equals("ended")) {
				throw new ContestantFailedException("exited unexpectedly. See its log " + this.log);
			}
			if (line.startsWith(word + " ")) {
				return values(line);
			}
		}
	}

	private static Figures values(String line) {
		Map<String, Long> values = new HashMap<>();
		for (String pair : line.substring(line.indexOf(' ') + 1).split(" ")) {
			int end = pair.indexOf('=');
			values.put(pair.substring(0, end), Long.valueOf(pair.substring(end + 1)));
		}
		return new Figures(values);
	}

	Figures ask(String command, String answer) throws ContestantFailedException, InterruptedException {
		tell(command);
		return await(answer, Duration.ofSeconds(20));
	}

	/**
	 * The figures in a line.
	 *
	 * @param values the figures by name
	 */
	record Figures(Map<String, Long> values) {

		static final Figures NONE = new Figures(Map.of());

		long get(String name) {
			Long value = this.values.get(name);
			if (value == null) {
				throw new IllegalStateException("The contestant did not report '" + name + "'");
			}
			return value;
		}

		long getOrZero(String name) {
			return this.values.getOrDefault(name, 0L);
		}

	}

	private void tell(String command) throws ContestantFailedException {
		try {
			Writer in = this.process.outputWriter(StandardCharsets.UTF_8);
			in.write(command + "\n");
			in.flush();
		}
		catch (IOException | UncheckedIOException ex) {
			throw new ContestantFailedException("exited unexpectedly. See its log " + this.log);
		}
	}

	/**
	 * End the process in the regular way, so that it can write its recording or its
	 * cache.
	 */
	void shutDown() throws InterruptedException {
		try {
			tell("end");
			this.process.waitFor(180, TimeUnit.SECONDS);
		}
		catch (ContestantFailedException ex) {
			// close() ends the process
		}
	}

	@Override
	public void close() throws InterruptedException {
		end(this.process);
		this.process.waitFor();
		running.remove(this.process);
	}

	/** End a process and its child processes. */
	private static void end(@Nullable Process process) {
		if (process != null) {
			List<ProcessHandle> started = process.descendants().toList();
			process.destroyForcibly();
			started.forEach(ProcessHandle::destroyForcibly);
		}
	}

}
