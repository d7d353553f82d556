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

package io.github.cdcspring.starter;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A main class in a JVM that has exactly the starter's runtime class path. It prints a
 * line that begins with {@code EVENT} for each event, stops when it reads {@code stop},
 * and then prints {@code END true}.
 */
final class ForkedProcess implements AutoCloseable {

	private final List<String> lines = new CopyOnWriteArrayList<>();

	private final Process process;

	private final Thread reader;

	private final BufferedWriter commands;

	ForkedProcess(Class<?> main, List<String> arguments) throws IOException {
		this.process = new ProcessBuilder(command(main, arguments)).redirectErrorStream(true).start();
		this.commands = this.process.outputWriter();
		this.reader = new Thread(this::read, "process-output");
		this.reader.start();
	}

	private static List<String> command(Class<?> main, List<String> arguments) {
		String classpath = Stream
			.concat(RuntimeClasspath.ofThisBuild().files().stream(), Stream.of(Path.of("target", "test-classes")))
			.map(Path::toString)
			.collect(Collectors.joining(File.pathSeparator));
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-cp",
						classpath, main.getName()));
		command.addAll(arguments);
		return command;
	}

	private void read() {
		try (BufferedReader output = this.process.inputReader()) {
			output.lines().forEach(this.lines::add);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	List<String> lines() {
		return this.lines;
	}

	void awaitEvent(String... parts) {
		Awaitility.await()
			.failFast(this::assertAlive)
			.untilAsserted(() -> assertThat(this.lines)
				.anyMatch((line) -> line.startsWith("EVENT") && Stream.of(parts).allMatch(line::contains)));
	}

	private void assertAlive() {
		assertThat(this.process.isAlive()).as(() -> "The process ended: " + this.lines).isTrue();
		assertThat(this.lines).noneMatch((line) -> line.startsWith("END"));
	}

	private void stop() throws IOException {
		this.commands.write("stop");
		this.commands.newLine();
		this.commands.flush();
	}

	@Override
	public void close() throws Exception {
		try {
			stop();
			this.reader.join(Duration.ofMinutes(2).toMillis());
			assertThat(this.lines)
				.noneMatch((line) -> line.matches(".*(NoClassDefFound|ClassNotFound|NoSuch|Linkage).*"))
				.anyMatch((line) -> line.startsWith("END true"));
		}
		finally {
			this.process.destroyForcibly();
		}
	}

}
