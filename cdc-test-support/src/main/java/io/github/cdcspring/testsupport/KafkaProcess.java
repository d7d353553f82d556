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

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * A process with a Kafka broker, a Kafka Connect worker, or both.
 */
final class KafkaProcess implements AutoCloseable {

	private static final int END_SECONDS = 60;

	private final List<String> arguments;

	private final List<String> jvmOptions;

	private final Path directory;

	private ChildProcess process;

	private KafkaProcess(Path directory, List<String> arguments, List<String> jvmOptions) {
		this.directory = directory;
		this.arguments = arguments;
		this.jvmOptions = jvmOptions;
		this.process = launch();
	}

	/**
	 * Start a process.
	 * @param broker the broker's properties, {@code null} for no broker
	 * @param worker the worker's properties, {@code null} for no worker
	 * @param jvmOptions further options of the JVM
	 */
	static KafkaProcess start(Path directory, @Nullable Map<String, String> broker,
			@Nullable Map<String, String> worker, List<String> jvmOptions) {
		List<String> arguments = new ArrayList<>();
		arguments.add((broker != null) ? write(directory.resolve("broker.properties"), broker) : "-");
		if (worker != null) {
			arguments.add(write(directory.resolve("worker.properties"), worker));
		}
		return new KafkaProcess(directory, arguments, jvmOptions);
	}

	private static String write(Path file, Map<String, String> properties) {
		try {
			Files.write(file,
					properties.entrySet().stream().map((each) -> each.getKey() + "=" + each.getValue()).toList());
			return file.toString();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private ChildProcess launch() {
		try {
			Path logging = this.directory.resolve("logback.xml");
			Files.writeString(logging, """
					<configuration>
						<appender name="console" class="ch.qos.logback.core.ConsoleAppender">
							<encoder><pattern>%d{HH:mm:ss.SSS} %-5level %logger{20} %msg%n</pattern></encoder>
						</appender>
						<logger name="io.debezium" level="INFO" />
						<root level="WARN"><appender-ref ref="console" /></root>
					</configuration>
					""");
			String classPath = Path.of(KafkaLauncher.class.getProtectionDomain().getCodeSource().getLocation().toURI())
					+ File.pathSeparator + Files.readString(Path.of(System.getProperty("kafka.classpath"))).strip();
			List<String> options = new ArrayList<>(this.jvmOptions);
			options.addAll(List.of("-Xmx512m", "-Dlogback.configurationFile=" + logging, "-cp", classPath,
					KafkaLauncher.class.getName()));
			options.addAll(this.arguments);
			return ChildProcess.startJava(options, log());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (URISyntaxException ex) {
			throw new IllegalStateException(ex);
		}
	}

	Path log() {
		return this.directory.resolve("kafka.log");
	}

	/** Start a process that was killed, with its data. */
	void startAgain() {
		this.process = launch();
	}

	/** Stop the process with SIGSTOP, or let it continue. */
	void freeze(boolean frozen) {
		this.process.signal(frozen ? "STOP" : "CONT");
	}

	/** End the process with SIGTERM, and wait until it has ended. */
	void end() {
		this.process.requestEnd();
		if (!this.process.awaitEnd(END_SECONDS)) {
			throw new IllegalStateException("A process of Kafka does not end:\n" + lastLines());
		}
	}

	/** Kill the process with SIGKILL. */
	@Override
	public void close() {
		this.process.kill();
	}

	Duration cpu() {
		return this.process.cpu();
	}

	boolean isAlive() {
		return this.process.isAlive();
	}

	String lastLines() {
		try (Stream<String> lines = Files.lines(log())) {
			List<String> all = lines.collect(Collectors.toList());
			return String.join("\n", all.subList(Math.max(0, all.size() - 40), all.size()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
