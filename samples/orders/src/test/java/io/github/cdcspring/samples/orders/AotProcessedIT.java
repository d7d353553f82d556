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
import java.nio.file.Path;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The executable jar as {@code process-aot} prepared it, with
 * {@code -Dspring.aot.enabled=true}.
 */
class AotProcessedIT {

	@TempDir
	private static Path folder;

	private static OrdersProcess application;

	@BeforeAll
	static void start() throws IOException {
		application = new OrdersProcess(Path.of(System.getProperty("java.home")), folder.resolve("orders.log"),
				"-Dspring.aot.enabled=true");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void startsFromTheProcessedContext() {
		assertThat(application.log()).contains("Starting AOT-processed OrdersApplication");
	}

	@Test
	void eventsArriveAtTheListeners() throws Exception {
		application.orderAndAwaitTotal("ada");
	}

	@Test
	void allListenersAreRegistered() throws Exception {
		assertThat(application.get("actuator/cdc", "application/json")).contains("customerTotals.saved",
				"customerTotals.deleted", "customerTotals.truncated", "changeFeed.changed");
	}

	@Test
	void conditionalBeansArePresent() throws Exception {
		await().untilAsserted(() -> assertThat(application.get("actuator/health", "application/json"))
			.containsPattern("\"cdc\":\\{[^{]*(\\{.*)?\"status\":\"UP\""));
	}

	@Test
	void thePageAndItsFilesAreServed() throws Exception {
		assertThat(application.get("actuator/cdc", "text/html")).contains("<!DOCTYPE html>");
		assertThat(application.get("actuator/cdc/page/page.js", "*/*")).isNotEmpty();
	}

}
