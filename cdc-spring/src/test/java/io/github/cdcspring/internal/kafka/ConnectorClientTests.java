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
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import com.sun.net.httpserver.HttpServer;
import io.github.cdcspring.internal.startup.check.TestEngine;
import io.github.cdcspring.internal.support.NotReadyException;
import io.github.cdcspring.settings.ConnectorManagement;
import io.github.cdcspring.settings.EngineSettings;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What is told from the answers of Kafka Connect.
 */
class ConnectorClientTests {

	private HttpServer server;

	private int status = 200;

	private String answer = "{}";

	private @Nullable String location;

	private final List<String> requests = new CopyOnWriteArrayList<>();

	@BeforeEach
	void startServer() throws Exception {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/connectors", (exchange) -> {
			this.requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
					+ exchange.getRequestHeaders().getFirst("Authorization") + " "
					+ new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
			if (this.location != null) {
				exchange.getResponseHeaders().add("Location", this.location);
			}
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

	private ConnectorClient loggedIn() {
		URI url = URI.create("http://localhost:" + this.server.getAddress().getPort() + "/");
		return new ConnectorClient(new TestEngine().settings(), new EngineSettings.Kafka.Connect(url, "shop",
				ConnectorManagement.RECONCILE, "env:PASSWORD", new EngineSettings.Kafka.Connect.Login("me", "s3cr3t")));
	}

	@Test
	void logsInAndNeverTellsThePassword() {
		loggedIn().read();
		assertThat(this.requests).singleElement().isEqualTo("GET /connectors/shop/config Basic bWU6czNjcjN0 ");
		this.status = 401;
		assertThatExceptionOfType(NotReadyException.class).isThrownBy(() -> loggedIn().read())
			.withMessageContaining("answered with status 401, so check cdc.kafka.connect.username")
			.satisfies((ex) -> assertThat(ex).hasMessageNotContaining("s3cr3t"));
		this.status = 200;
		reader().status();
		assertThat(this.requests).last().isEqualTo("GET /connectors/shop/status null ");
	}

	@Test
	void sendsTheLoginToNoOtherHost() {
		this.status = 307;
		this.location = "http://127.0.0.1:" + this.server.getAddress().getPort() + "/connectors/shop/other";
		assertThatExceptionOfType(NotReadyException.class).isThrownBy(() -> loggedIn().read())
			.withMessageContaining("answered with status 307");
		assertThat(this.requests).hasSize(1);
	}

	@Test
	void changesTheConfigurationWithoutRepeatingTheAnswer() {
		reader().change(Map.of("lsn.flush.mode", "connector"));
		assertThat(this.requests)
			.containsExactly("PATCH /connectors/shop/config null {\"lsn.flush.mode\":\"connector\"}");
		this.status = 400;
		this.answer = "{\"message\":\"s3cr3t is wrong\"}";
		assertThatExceptionOfType(NotReadyException.class).isThrownBy(() -> reader().create(Map.of()))
			.withMessageContaining("was answered with status 400")
			.satisfies((ex) -> assertThat(ex).hasMessageNotContaining("s3cr3t"));
	}

	@Test
	void createsAConnectorThatDoesNotRunAndReplacesNone() {
		reader().create(Map.of("slot.name", "shop"));
		assertThat(this.requests)
			.containsExactly("POST /connectors null {\"name\":\"shop\",\"initial_state\":\"STOPPED\","
					+ "\"config\":{\"slot.name\":\"shop\"}}");
		reader().resume();
		assertThat(this.requests).last().isEqualTo("PUT /connectors/shop/resume null ");
		this.requests.clear();
		this.status = 409;
		assertThatExceptionOfType(NotReadyException.class).isThrownBy(() -> reader().create(Map.of()))
			.withMessageContaining("POST " + "http://localhost")
			.withMessageContaining("whether the connector was created meanwhile");
		assertThat(this.requests).hasSize(1);
	}

	@Test
	void readsTheOffset() {
		this.answer = "{\"offsets\":[{\"partition\":{\"server\":\"shop\"},\"offset\":{\"lsn\":4711}}]}";
		assertThat(reader().offset("shop")).containsEntry("lsn", 4711);
		assertThat(reader().offset("other")).isNull();
		this.answer = """
				{"offsets":[{"partition":{"server":"former"},"offset":{"lsn":1}},
				{"partition":{"server":"shop"},"offset":{"lsn":4711}}]}""";
		assertThat(reader().offset("shop")).containsEntry("lsn", 4711);
		this.answer = "{\"offsets\":[]}";
		assertThat(reader().offset("shop")).isNull();
	}

	@Test
	void doesNotTakeAWorkerThatDoesNotKnowTheCreatedConnectorForOneWithoutAnOffset() {
		this.status = 404;
		assertThatExceptionOfType(NotReadyException.class)
			.isThrownBy(() -> reader(Duration.ofMillis(300)).keptOffset("shop"))
			.withMessageContaining("because no worker knows it: GET ")
			.withMessageContaining("was answered with status 404");
		assertThat(this.requests).hasSizeGreaterThan(1);
	}

	private ConnectorClient reader() {
		return reader(Duration.ofSeconds(60));
	}

	private ConnectorClient reader(Duration creationTimeout) {
		URI url = URI.create("http://localhost:" + this.server.getAddress().getPort() + "/");
		return new ConnectorClient(new TestEngine().settings(), new EngineSettings.Kafka.Connect(url, "shop"),
				creationTimeout);
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
	void reportsTheClassOfTheFirstCauseWithoutItsMessage() {
		this.answer = """
				{"connector":{"state":"RUNNING"},"tasks":[{"id":0,"state":"FAILED",
				"trace":"a.ConnectException: row 4711\\n\\tat a.B.c\\nCaused by: b.Second: 1\\n\\tat a.B\\n\
				Caused by: org.postgresql.util.PSQLException: ERROR: 4711"}]}""";
		assertThat(reader().status().failure())
			.isEqualTo("a.ConnectException, caused by org.postgresql.util.PSQLException");
	}

	@Test
	void reportsTheFailureOfAConnectorWithoutTask() {
		this.answer = """
				{"connector":{"state":"FAILED","trace":"a.ConfigException: s3cr3t"},"tasks":[]}""";
		assertThat(reader().status().failure()).isEqualTo("a.ConfigException");
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
