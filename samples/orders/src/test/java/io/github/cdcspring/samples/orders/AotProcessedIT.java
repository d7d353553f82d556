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
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.github.cdcspring.testsupport.ChildProcess;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The executable jar as {@code process-aot} prepared it, with
 * {@code -Dspring.aot.enabled=true}. It starts the embedded PostgreSQL by itself.
 */
class AotProcessedIT {

	private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:\\d+/");

	private static final HttpClient http = HttpClient.newHttpClient();

	@TempDir
	private static Path folder;

	private static Path log;

	private static ChildProcess application;

	private static URI address;

	@BeforeAll
	static void start() throws IOException {
		log = folder.resolve("orders.log");
		application = ChildProcess.startJava(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
				"-Dspring.aot.enabled=true", "-jar", jar().toString(), "--server.port=0"), log);
		await().atMost(Duration.ofMinutes(2))
			.failFast(() -> assertThat(application.isAlive()).as(AotProcessedIT::log).isTrue())
			.until(() -> ADDRESS.matcher(log()).find());
		address = URI.create(ADDRESS.matcher(log()).results().map(MatchResult::group).findFirst().orElseThrow());
	}

	@AfterAll
	static void stop() {
		application.requestEnd();
		application.awaitEnd(60);
		application.kill();
	}

	private static Path jar() throws IOException {
		try (Stream<Path> files = Files.list(Path.of("target"))) {
			return files.filter((file) -> file.getFileName().toString().matches("cdc-sample-orders-.*\\.jar"))
				.findFirst()
				.orElseThrow();
		}
	}

	private static String log() {
		try {
			return Files.readString(log);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	void startsFromTheProcessedContext() {
		assertThat(log()).contains("Starting AOT-processed OrdersApplication");
	}

	@Test
	void eventsArriveAtTheListeners() throws Exception {
		HttpRequest order = HttpRequest.newBuilder(address.resolve("orders"))
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString("{\"customer\":\"ada\",\"item\":\"book\",\"amount\":12.50}"))
			.build();
		assertThat(http.send(order, BodyHandlers.ofString()).statusCode()).isEqualTo(201);
		await().untilAsserted(() -> assertThat(get("totals/ada", "application/json"))
			.isEqualTo("{\"customer\":\"ada\",\"orders\":1,\"total\":12.50}"));
	}

	@Test
	void allListenersAreRegistered() throws Exception {
		assertThat(get("actuator/cdc", "application/json")).contains("customerTotals.saved", "customerTotals.deleted",
				"customerTotals.truncated", "changeFeed.changed");
	}

	@Test
	void conditionalBeansArePresent() throws Exception {
		await().untilAsserted(() -> assertThat(get("actuator/health", "application/json"))
			.containsPattern("\"cdc\":\\{[^{]*(\\{.*)?\"status\":\"UP\""));
	}

	@Test
	void thePageAndItsFilesAreServed() throws Exception {
		assertThat(get("actuator/cdc", "text/html")).contains("<!DOCTYPE html>");
		assertThat(get("actuator/cdc/page/page.js", "*/*")).isNotEmpty();
	}

	private static String get(String path, String accepted) throws IOException, InterruptedException {
		HttpResponse<String> response = http.send(
				HttpRequest.newBuilder(address.resolve(path)).header("Accept", accepted).build(),
				BodyHandlers.ofString());
		assertThat(response.statusCode()).as(path).isEqualTo(200);
		return response.body();
	}

}
