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
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.github.cdcspring.testsupport.ChildProcess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The executable jar in a process of its own. It starts the embedded PostgreSQL by
 * itself.
 */
final class OrdersProcess implements AutoCloseable {

	private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:\\d+/");

	private final HttpClient http = HttpClient.newHttpClient();

	private final Path log;

	private final ChildProcess process;

	private final URI address;

	/**
	 * Start the application, and wait until its web server is ready.
	 * @param jdk the home of the JDK to use
	 * @param log the file to which its output is appended
	 * @param options further options of the JVM
	 */
	OrdersProcess(Path jdk, Path log, String... options) throws IOException {
		this.log = log;
		List<String> command = new ArrayList<>(List.of(jdk.resolve("bin").resolve("java").toString(), "-Xmx256m",
				"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
		command.addAll(List.of(options));
		command.addAll(List.of("-jar", jar().toString(), "--server.port=0"));
		this.process = ChildProcess.start(new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())));
		await().atMost(Duration.ofMinutes(2))
			.failFast(() -> assertThat(this.process.isAlive()).as(this::log).isTrue())
			.until(() -> ADDRESS.matcher(log()).find());
		this.address = URI.create(ADDRESS.matcher(log()).results().map(MatchResult::group).findFirst().orElseThrow());
	}

	private static Path jar() throws IOException {
		try (Stream<Path> files = Files.list(Path.of("target"))) {
			return files.filter((file) -> file.getFileName().toString().matches("cdc-sample-orders-.*\\.jar"))
				.findFirst()
				.orElseThrow();
		}
	}

	long pid() {
		return this.process.pid();
	}

	String log() {
		try {
			return Files.readString(this.log);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Create an order, and wait until a listener has changed the customer's total. */
	void orderAndAwaitTotal(String customer) throws IOException, InterruptedException {
		HttpRequest order = HttpRequest.newBuilder(this.address.resolve("orders"))
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers
				.ofString("{\"customer\":\"" + customer + "\",\"item\":\"book\",\"amount\":12.50}"))
			.build();
		assertThat(this.http.send(order, BodyHandlers.ofString()).statusCode()).isEqualTo(201);
		await().untilAsserted(() -> assertThat(get("totals/" + customer, "application/json"))
			.isEqualTo("{\"customer\":\"" + customer + "\",\"orders\":1,\"total\":12.50}"));
	}

	String get(String path, String accepted) throws IOException, InterruptedException {
		HttpResponse<String> response = this.http.send(
				HttpRequest.newBuilder(this.address.resolve(path)).header("Accept", accepted).build(),
				BodyHandlers.ofString());
		assertThat(response.statusCode()).as(path).isEqualTo(200);
		return response.body();
	}

	@Override
	public void close() {
		this.process.requestEnd();
		this.process.awaitEnd(60);
		this.process.kill();
	}

}
