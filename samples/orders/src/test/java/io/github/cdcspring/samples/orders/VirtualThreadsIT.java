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

package io.github.cdcspring.samples.orders;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Which threads are virtual on a JDK that has them. The tests' own JDK may be older, so
 * one that is installed next to it is used, too.
 */
class VirtualThreadsIT {

	private static final int FIRST = 21;

	private static final Pattern THREAD = Pattern.compile("^#\\d+ \"(cdc-[^\"]+)\"( virtual)?", Pattern.MULTILINE);

	@TempDir
	private Path folder;

	@Test
	void onlyLanesAreVirtual() throws Exception {
		Optional<Path> jdk = jdk();
		assumeTrue(jdk.isPresent(), "There is no JDK of version " + FIRST + " or newer here");
		try (OrdersProcess application = new OrdersProcess(jdk.get(), this.folder.resolve("orders.log"),
				"-Dspring.threads.virtual.enabled=true", "-Dcdc.listener.concurrency=4")) {
			application.orderAndAwaitTotal("ada");
			Map<String, Boolean> virtual = threads(jdk.get(), application.pid());
			assertThat(virtual).containsKeys("cdc-default", "cdc-default-lane-1", "cdc-default-monitor");
			assertThat(virtual).allSatisfy((name, isVirtual) -> assertThat(isVirtual).as(name)
				.isEqualTo(name.startsWith("cdc-default-lane-")));
		}
	}

	/** The threads of the starter, and whether they are virtual. */
	private Map<String, Boolean> threads(Path jdk, long pid) throws IOException, InterruptedException {
		Path dump = this.folder.resolve("threads.txt");
		Path output = this.folder.resolve("jcmd.log");
		int status = new ProcessBuilder(jcmd(jdk).toString(), String.valueOf(pid), "Thread.dump_to_file",
				dump.toString())
			.redirectErrorStream(true)
			.redirectOutput(output.toFile())
			.start()
			.waitFor();
		assertThat(status).as(() -> read(output)).isZero();
		Map<String, Boolean> threads = new TreeMap<>();
		THREAD.matcher(read(dump)).results().forEach((thread) -> threads.put(thread.group(1), thread.group(2) != null));
		return threads;
	}

	private static Optional<Path> jdk() throws IOException {
		Path own = Path.of(System.getProperty("java.home")).toRealPath();
		if (Runtime.version().feature() >= FIRST) {
			return Optional.of(own);
		}
		try (Stream<Path> others = Files.list(own.getParent())) {
			return others.filter((jdk) -> feature(jdk) >= FIRST && Files.isExecutable(jcmd(jdk))).sorted().findFirst();
		}
	}

	private static Path jcmd(Path jdk) {
		return jdk.resolve("bin").resolve("jcmd");
	}

	private static int feature(Path jdk) {
		Path release = jdk.resolve("release");
		if (!Files.isRegularFile(release)) {
			return 0;
		}
		Properties properties = new Properties();
		try (InputStream in = Files.newInputStream(release)) {
			properties.load(in);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return Runtime.Version.parse(properties.getProperty("JAVA_VERSION").replace("\"", "")).feature();
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
