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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;

import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringBootVersion;

import static org.assertj.core.api.Assertions.assertThat;

class RuntimeClasspathTests {

	private final RuntimeClasspath classpath = RuntimeClasspath.ofThisBuild();

	@Test
	void containsExactlyTheseJars() throws IOException {
		List<String> expected = new ArrayList<>(section("Spring Boot"));
		expected.addAll(section("Debezium"));
		if (SpringBootVersion.getVersion().startsWith("4.0.")) {
			expected.addAll(section("Spring Boot 4.0's Kafka"));
		}
		Files.writeString(Path.of("target", "runtime-classpath-size.txt"), size() + System.lineSeparator());
		assertThat(this.classpath.names())
			.as("%s. If the difference is meant, change runtime-classpath.txt, and the figures in the README", size())
			.containsExactlyInAnyOrderElementsOf(expected);
	}

	@Test
	void containsNoWebServerAndNoRestStackOfKafkaConnect() throws IOException {
		assertThat(this.classpath.names()).as(size())
			.noneMatch((name) -> name.matches(
					"(?i).*(jetty|jersey|glassfish|jose4j|swagger|classgraph|connect-file|xml\\.bind|jaxb|ws\\.rs|jakarta\\.rs|hk2|servlet|tomcat|undertow|netty|javassist|activation).*"));
	}

	@Test
	void containsNoClassOfTheServletApi() throws IOException {
		List<String> found = new ArrayList<>();
		for (RuntimeClasspath.Jar jar : this.classpath.jars()) {
			if (!Files.isDirectory(jar.file()) && hasServlets(jar.file())) {
				found.add(jar.name());
			}
		}
		assertThat(found).isEmpty();
	}

	private static boolean hasServlets(Path jar) throws IOException {
		try (JarFile file = new JarFile(jar.toFile())) {
			return file.stream()
				.anyMatch((entry) -> entry.getName().startsWith("jakarta/servlet/")
						|| entry.getName().startsWith("javax/servlet/"));
		}
	}

	private String size() throws IOException {
		List<String> boot = section("Spring Boot");
		RuntimeClasspath added = new RuntimeClasspath(
				this.classpath.jars().stream().filter((jar) -> !boot.contains(jar.name())).toList());
		return "%s, of which Spring Boot's own starter has all but %s".formatted(this.classpath.size(), added.size());
	}

	private static List<String> section(String title) throws IOException {
		return Files.readAllLines(Path.of("src", "test", "resources", "runtime-classpath.txt"))
			.stream()
			.dropWhile((line) -> !line.equals("# " + title))
			.skip(1)
			.takeWhile((line) -> !line.startsWith("#"))
			.toList();
	}

}
