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

package io.github.cdcspring.internal.kafka;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;

import com.sun.net.httpserver.HttpServer;
import io.github.cdcspring.internal.startup.check.TestEngine;
import io.github.cdcspring.internal.support.NotReadyException;
import io.github.cdcspring.settings.EngineSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What is told from the answers of Kafka Connect.
 */
class ConnectorReaderTests {

	private HttpServer server;

	private int status = 200;

	private String answer = "{}";

	@BeforeEach
	void startServer() throws Exception {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/connectors/shop/", (exchange) -> {
			byte[] body = this.answer.getBytes(StandardCharsets.UTF_8);
			exchange.sendResponseHeaders(this.status, body.length);
			exchange.getResponseBody().write(body);
			exchange.close();
		});
		this.server.start();
	}

	@AfterEach
	void stopServer() {
		this.server.stop(0);
	}

	private ConnectorReader reader() {
		URI url = URI.create("http://localhost:" + this.server.getAddress().getPort() + "/");
		return new ConnectorReader(new TestEngine().settings(), new EngineSettings.Kafka.Connect(url, "shop"));
	}

	@Test
	void readsTheConfiguration() {
		this.answer = "{\"slot.name\":\"shop\"}";
		assertThat(reader().read()).containsOnlyKeys("slot.name").containsValue("shop");
	}

	@Test
	void reportsTheClassOfAFailureWithoutItsMessage() {
		this.answer = """
				{"connector":{"state":"RUNNING"},"tasks":[{"id":0,"state":"FAILED",
				"trace":"org.apache.kafka.connect.errors.ConnectException: row 4711\\n\\tat a.B.c"}]}""";
		ConnectorStatus status = reader().status();
		assertThat(status).isEqualTo(
				new ConnectorStatus("shop", "RUNNING", "FAILED", "org.apache.kafka.connect.errors.ConnectException"));
		assertThat(status.problem())
			.startsWith("Connector 'shop' is RUNNING and its task FAILED "
					+ "(org.apache.kafka.connect.errors.ConnectException), so no event arrives")
			.doesNotContain("4711");
	}

	@Test
	void aConnectorWithoutTaskSendsNothing() {
		this.answer = "{\"connector\":{\"state\":\"RUNNING\"},\"tasks\":[]}";
		assertThat(reader().status().problem()).startsWith("Connector 'shop' is RUNNING and without a task");
	}

	@Test
	void aConnectorThatRunsIsNoProblem() {
		this.answer = "{\"connector\":{\"state\":\"RUNNING\"},\"tasks\":[{\"id\":0,\"state\":\"RUNNING\"}]}";
		assertThat(reader().status().problem()).isNull();
	}

	@Test
	void aConnectorThatDoesNotExistHasNeither() {
		this.status = 404;
		assertThat(reader().read()).isNull();
		assertThat(reader().status()).isNull();
	}

	@Test
	void waitsForAWorkerThatDoesNotAnswer() {
		this.status = 500;
		assertThatExceptionOfType(NotReadyException.class).isThrownBy(() -> reader().read())
			.withMessageContaining("/connectors/shop/config answered with status 500")
			.withMessageContaining("cdc.kafka.connect.manage=none");
		this.server.stop(0);
		assertThatExceptionOfType(NotReadyException.class).isThrownBy(() -> reader().status())
			.withMessageContaining("cannot be reached");
		this.status = 200;
	}

}
