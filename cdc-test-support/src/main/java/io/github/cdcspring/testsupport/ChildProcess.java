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

package io.github.cdcspring.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * An operating system process and its children, which end with this JVM.
 */
public final class ChildProcess {

	private static final int KILL_SECONDS = 60;

	private static final Set<ChildProcess> running = ConcurrentHashMap.newKeySet();

	static {
		Runtime.getRuntime().addShutdownHook(new Thread(ChildProcess::killRunning, "child-processes"));
	}

	private final Process process;

	private ChildProcess(Process process) {
		this.process = process;
	}

	/**
	 * Start a Java program with the JVM of this one.
	 * @param options the options of the JVM, the program and its arguments
	 * @param log the file to which its output is appended
	 */
	public static ChildProcess startJava(List<String> options, Path log) {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(options);
		return start(new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())));
	}

	public static ChildProcess start(ProcessBuilder builder) {
		try {
			ChildProcess process = new ChildProcess(builder.start());
			running.add(process);
			process.process.onExit().thenRun(() -> running.remove(process));
			return process;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public long pid() {
		return this.process.pid();
	}

	/** The CPU time that the process has used, without its children. */
	public Duration cpu() {
		return this.process.info().totalCpuDuration().orElseThrow();
	}

	public boolean isAlive() {
		return this.process.isAlive();
	}

	public int exitValue() {
		return this.process.exitValue();
	}

	/** Send a signal to the process, without its children. */
	public void signal(String name) {
		send(name, List.of(this.process.toHandle()));
	}

	/** Send a signal to the process and all its children. */
	public void signalAll(String name) {
		send(name, all());
	}

	private static void send(String name, List<ProcessHandle> processes) {
		List<String> command = Stream
			.concat(Stream.of("kill", "-" + name), processes.stream().map((process) -> String.valueOf(process.pid())))
			.toList();
		try {
			new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start()
				.waitFor();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private List<ProcessHandle> all() {
		return Stream.concat(Stream.of(this.process.toHandle()), this.process.descendants()).toList();
	}

	/** Ask the process to end with SIGTERM. */
	public void requestEnd() {
		this.process.destroy();
	}

	/**
	 * Kill the process and its children with SIGKILL, and wait until they are gone.
	 * @throws IllegalStateException if they are not
	 */
	public void kill() {
		kill(all());
	}

	private static void killRunning() {
		kill(running.stream().flatMap((process) -> process.all().stream()).toList());
	}

	private static void kill(List<ProcessHandle> all) {
		all.forEach(ProcessHandle::destroyForcibly);
		long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(KILL_SECONDS);
		for (ProcessHandle handle : all) {
			try {
				handle.onExit().get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
			}
			catch (TimeoutException ex) {
				throw new IllegalStateException(
						"Process " + handle.pid() + " has not ended within " + KILL_SECONDS + " s after SIGKILL");
			}
			catch (ExecutionException ex) {
				throw new IllegalStateException(ex);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new IllegalStateException("Interrupted while process " + handle.pid() + " ended", ex);
			}
		}
	}

	/**
	 * Wait until the process has ended.
	 * @return its exit status
	 */
	public int awaitEnd() throws InterruptedException {
		return this.process.waitFor();
	}

	/**
	 * Wait until the process has ended.
	 * @return whether it has in time
	 */
	public boolean awaitEnd(int seconds) {
		try {
			return this.process.waitFor(seconds, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

}
