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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * The starter's runtime class path, as {@code dependency:list} wrote it in this build.
 *
 * @param jars the jars, or folders of classes before the reactor has packaged them
 */
record RuntimeClasspath(List<Jar> jars) {

	static RuntimeClasspath ofThisBuild() {
		try {
			return new RuntimeClasspath(Files.readAllLines(Path.of("target", "runtime-classpath.txt"))
				.stream()
				.map(String::strip)
				.filter((line) -> line.indexOf(':') > 0 && !line.endsWith(":"))
				.map(Jar::parse)
				.toList());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	List<String> names() {
		return this.jars.stream().map(Jar::name).toList();
	}

	List<Path> files() {
		return this.jars.stream().map(Jar::file).toList();
	}

	String size() {
		long bytes = this.jars.stream().mapToLong(Jar::bytes).sum();
		return String.format(Locale.ROOT, "%d jars, %.1f MB", this.jars.size(), bytes / 1_000_000.0);
	}

	/**
	 * A jar.
	 *
	 * @param name group and artifact
	 * @param file its location
	 */
	record Jar(String name, Path file) {

		/**
		 * Parse {@code group:artifact:type[:classifier]:version:scope:file -- module}.
		 */
		private static Jar parse(String line) {
			String[] parts = line.split(" -- ")[0].split(":");
			int file = line.contains(":\\") ? parts.length - 2 : parts.length - 1;
			return new Jar(parts[0] + ":" + parts[1],
					Path.of(String.join(":", List.of(parts).subList(file, parts.length))));
		}

		private long bytes() {
			try {
				return Files.isDirectory(this.file) ? 0 : Files.size(this.file);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
