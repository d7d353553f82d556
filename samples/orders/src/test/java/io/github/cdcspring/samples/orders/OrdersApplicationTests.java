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

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import io.github.cdcspring.boot.test.AutoConfigureCdcTest;
import io.github.cdcspring.boot.test.CdcScenario;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@AutoConfigureRestTestClient
@AutoConfigureCdcTest(embeddedDatabase = false)
class OrdersApplicationTests {

	@Autowired
	private RestTestClient client;

	@Autowired
	private CdcScenario scenario;

	@LocalServerPort
	private int port;

	@Test
	void totalFollowsTheOrder() {
		Order order = post("ada", "book", "12.50");
		assertTotal("ada", 1, "12.50");
		Order second = post("ada", "lamp", "30");
		assertTotal("ada", 2, "42.50");
		this.client.put()
			.uri("/orders/{id}", order.id())
			.contentType(MediaType.APPLICATION_JSON)
			.body(json("ada", "book, signed", "20.25"))
			.exchange()
			.expectStatus()
			.isOk();
		assertTotal("ada", 2, "50.25");
		this.client.delete().uri("/orders/{id}", second.id()).exchange().expectStatus().isNoContent();
		assertTotal("ada", 1, "20.25");
	}

	@Test
	void orderThatChangesHandsMovesFromOneTotalToTheOther() {
		Order order = post("grace", "compiler", "99.90");
		assertTotal("grace", 1, "99.90");
		this.client.put()
			.uri("/orders/{id}", order.id())
			.contentType(MediaType.APPLICATION_JSON)
			.body(json("margaret", "compiler", "99.90"))
			.exchange()
			.expectStatus()
			.isOk();
		assertTotal("margaret", 1, "99.90");
		assertTotal("grace", 0, "0.00");
	}

	@Test
	void changesArriveOnAnOpenPage() throws Exception {
		// A row that is committed before the engine receives changes arrives as READ
		this.scenario.awaitCaughtUp();
		List<String> lines = new CopyOnWriteArrayList<>();
		HttpClient http = HttpClient.newHttpClient();
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.port + "/changes")).build();
		Stream<String> stream = http.send(request, BodyHandlers.ofLines()).body();
		Thread reader = new Thread(() -> stream.forEach(lines::add));
		reader.setDaemon(true);
		reader.start();
		Order order = post("edsger", "pen", "3.90");
		await().untilAsserted(() -> assertThat(lines).anySatisfy((line) -> assertThat(line).startsWith("data:")
			.contains("\"operation\":\"CREATE\"", "\"id\":" + order.id(), "\"customer\":\"edsger\"", "\"lsn\":\"0/",
					"\"transactionId\":", "\"latencyMillis\":")));
		this.client.delete().uri("/orders/{id}", order.id()).exchange().expectStatus().isNoContent();
		await().untilAsserted(() -> assertThat(lines).anySatisfy((line) -> assertThat(line)
			.contains("\"operation\":\"DELETE\"", "\"id\":" + order.id(), "\"item\":\"pen\"", "\"after\":null")));
	}

	@Test
	void createdOrderIsWhereItsLocationSays() {
		URI location = this.client.post()
			.uri("/orders")
			.contentType(MediaType.APPLICATION_JSON)
			.body(json("barbara", "desk", "310"))
			.exchange()
			.expectStatus()
			.isCreated()
			.expectBody()
			.jsonPath("$.id")
			.isNumber()
			.jsonPath("$.amount")
			.isEqualTo(310.00)
			.returnResult()
			.getResponseHeaders()
			.getLocation();
		assertThat(location).isNotNull();
		this.client.get()
			.uri(location)
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$.item")
			.isEqualTo("desk");
	}

	@Test
	void orderThatIsNotThereIsNotFound() {
		this.client.put()
			.uri("/orders/999999")
			.contentType(MediaType.APPLICATION_JSON)
			.body(json("ada", "book", "1"))
			.exchange()
			.expectStatus()
			.isNotFound();
		this.client.delete().uri("/orders/999999").exchange().expectStatus().isNotFound();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			{"customer":" ","item":"book","amount":1}          | customer must not be blank
			{"item":"book","amount":1}                         | customer must not be blank
			{"customer":"ada\\u0000","item":"book","amount":1} | customer must not contain control characters
			{"customer":"ada","item":"","amount":1}            | item must not be blank
			{"customer":"ada","item":"book","amount":-0.01}    | amount must not be negative
			{"customer":"ada","item":"book"}                   | amount must be given
			{"customer":"ada","item":"book","amount":1.234}    | amount must have at most 10 digits before and 2 after
			{"customer":"ada","item":"book","amount":1e99}     | amount must have at most 10 digits before and 2 after
			{"customer":"ada","item":"book","amount":"much"}   | amount has a value of the wrong type
			{"customer":"ada","ite                             | The body is not the JSON of an order
			[]                                                 | The body is not the JSON of an order
			null                                               | The body is missing
			""")
	void badInputIsRefusedInWords(String body, String problem) {
		this.client.post()
			.uri("/orders")
			.contentType(MediaType.APPLICATION_JSON)
			.body(body)
			.exchange()
			.expectStatus()
			.isBadRequest()
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.expectBody()
			.jsonPath("$.detail")
			.value(String.class, (detail) -> assertThat(detail).startsWith(problem));
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "/orders.js", "/orders.css" })
	void pageNeedsNobodyElse(String path) {
		String content = this.client.get()
			.uri(path)
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody(String.class)
			.returnResult()
			.getResponseBody();
		assertThat(content).isNotEmpty().doesNotContain("http:", "https:", "src=\"//", "url(");
	}

	@Test
	void browsersFindThePageOfSlotAndOffset() {
		assertThat(content("/", MediaType.TEXT_HTML)).contains("href=\"actuator/cdc\"");
		assertThat(content("/actuator/cdc", MediaType.TEXT_HTML)).contains("<!DOCTYPE html>");
		assertThat(content("/actuator/cdc", MediaType.ALL)).contains("\"confirmedFlushLsn\"");
	}

	private @Nullable String content(String path, MediaType accepted) {
		return this.client.get()
			.uri(path)
			.accept(accepted)
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody(String.class)
			.returnResult()
			.getResponseBody();
	}

	private Order post(String customer, String item, String amount) {
		Order order = this.client.post()
			.uri("/orders")
			.contentType(MediaType.APPLICATION_JSON)
			.body(json(customer, item, amount))
			.exchange()
			.expectStatus()
			.isCreated()
			.expectBody(Order.class)
			.returnResult()
			.getResponseBody();
		assertThat(order).isNotNull();
		return order;
	}

	private String json(String customer, String item, String amount) {
		return "{\"customer\":\"%s\",\"item\":\"%s\",\"amount\":%s}".formatted(customer, item, amount);
	}

	private void assertTotal(String customer, int orders, String total) {
		String expected = "{\"customer\":\"%s\",\"orders\":%d,\"total\":%s}".formatted(customer, orders, total);
		this.scenario.awaitCaughtUp();
		this.client.get()
			.uri("/totals/{customer}", customer)
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody(String.class)
			.isEqualTo(expected);
	}

}
