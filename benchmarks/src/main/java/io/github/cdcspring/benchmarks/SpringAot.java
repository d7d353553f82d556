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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

import io.github.cdcspring.benchmarks.contestant.PgbenchApplication;

/**
 * Prepares the starter's application with Spring AOT for exactly the class path with
 * which it is measured, as the goal {@code process-aot} of Spring Boot's Maven plugin
 * does.
 */
final class SpringAot {

	/** Makes an application use what was prepared. */
	static final String ENABLED = "-Dspring.aot.enabled=true";

	private final Path directory;

	private final String classPath;

	SpringAot(Path directory, String classPath) {
		this.directory = directory;
		this.classPath = classPath;
	}

	/** Return the class path with the generated classes, in a jar as archives need it. */
	String process() throws InterruptedException {
		try {
			Path sources = Files.createDirectories(this.directory.resolve("sources"));
			Path classes = Files.createDirectories(this.directory.resolve("classes"));
			generate(sources, classes);
			compile(sources, classes);
			Path jar = this.directory.resolve("aot.jar");
			run("jar", "--create", "--file", jar.toString(), "-C", classes.toString(), ".");
			return jar + File.pathSeparator + this.classPath;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void generate(Path sources, Path classes) throws IOException, InterruptedException {
		Path log = this.directory.resolve("process-aot.log");
		int status = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				this.classPath, "org.springframework.boot.SpringApplicationAotProcessor",
				PgbenchApplication.class.getName(), sources.toString(), classes.toString(), classes.toString(),
				"io.github.cdcspring", "cdc-benchmarks")
			.redirectErrorStream(true)
			.redirectOutput(log.toFile())
			.start()
			.waitFor();
		if (status != 0) {
			throw new IllegalStateException("Spring AOT failed with status " + status + ". See " + log);
		}
	}

	private void compile(Path sources, Path classes) throws IOException {
		List<String> arguments = new ArrayList<>(List.of("-proc:none", "-nowarn", "-cp",
				classes + File.pathSeparator + this.classPath, "-d", classes.toString()));
		try (Stream<Path> files = Files.walk(sources)) {
			files.map(Path::toString).filter((file) -> file.endsWith(".java")).forEach(arguments::add);
		}
		run("javac", arguments.toArray(String[]::new));
	}

	private static void run(String tool, String... arguments) {
		int status = ToolProvider.findFirst(tool)
			.orElseThrow(() -> new IllegalStateException("Spring AOT needs a JDK with " + tool))
			.run(System.out, System.err, arguments);
		if (status != 0) {
			throw new IllegalStateException(tool + " failed with status " + status);
		}
	}

}
