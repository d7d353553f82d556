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

package io.github.cdcspring.internal.startup.check;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

import com.sun.net.httpserver.HttpServer;
import io.github.cdcspring.internal.support.NotReadyException;
import io.github.cdcspring.settings.OffsetMismatchStrategy;
import io.github.cdcspring.settings.SurvivesFailover;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What each answer of Patroni leads to. The answers are those of its {@code GET /config}.
 */
class PatroniSlotTests {

	private static final String ENTRY = "\"cdc_shop\": {\"type\": \"logical\", \"database\": \"shop\", \"plugin\": \"pgoutput\"}";

	private final AtomicReference<String> answer = new AtomicReference<>("{}");

	private final TestEngine engine = new TestEngine().survives(SurvivesFailover.PATRONI);

	private CountDownLatch beforeAnswer = new CountDownLatch(0);

	private int status = 200;

	private HttpServer server;

	@BeforeEach
	void startPatroni() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/config", (exchange) -> {
			awaitTurn();
			byte[] body = this.answer.get().getBytes(StandardCharsets.UTF_8);
			exchange.sendResponseHeaders(this.status, body.length);
			exchange.getResponseBody().write(body);
			exchange.close();
		});
		this.server.start();
		this.engine.patroniUrl = URI.create("http://localhost:" + this.server.getAddress().getPort());
	}

	private void awaitTurn() {
		try {
			this.beforeAnswer.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@AfterEach
	void stopPatroni() {
		this.server.stop(0);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"ttl\": 30, \"slots\": {%s}, \"postgresql\": {\"use_slots\": true}}",
			"{\"slots\": {\"other\": {\"type\": \"physical\"}, %s}}", "{\"permanent_slots\": {%s}, \"slots\": {}}",
			"{\"permanent_replication_slots\": {%s}, \"slots\": {\"other\": 0}}",
			"{\"slots\": {\"cdc_shop\": {\"database\": \"shop\", \"plugin\": \"pgoutput\"}}, \"standby_cluster\": null}" })
	void acceptsPermanentLogicalSlot(String configuration) {
		this.answer.set(configuration.formatted(ENTRY));
		assertThat(violations()).isEmpty();
	}

	@Test
	void ignoresSlashAtTheEndOfTheUrl() {
		this.answer.set("{\"slots\": {%s}}".formatted(ENTRY));
		this.engine.patroniUrl = URI.create(this.engine.patroniUrl + "/");
		assertThat(violations()).isEmpty();
	}

	@Test
	void slotThatIsNotPermanent() {
		this.answer.set("{\"slots\": {\"other\": {\"type\": \"physical\"}}}");
		assertThat(violations()).containsExactly(new RefusalText("survives-failover",
				"cdc.slot.survives-failover=patroni does not hold for replication slot 'cdc_shop': Patroni's configuration "
						+ "has no permanent slot of this name. After a failover it would be gone.",
				"""
						Run patronictl edit-config and write:
						slots:
						  cdc_shop:
						    type: logical
						    database: "shop"
						    plugin: pgoutput
						""".replace("\n", System.lineSeparator()),
				List.of("cdc.slot.survives-failover", "cdc.slot.patroni-url")));
	}

	@Test
	void slotThatIsNotPermanentAlthoughAStrategyReliesOnIt() {
		this.engine.strategy(OffsetMismatchStrategy.TRUST_GREATER_LSN);
		assertThat(violations()).singleElement().satisfies((violation) -> {
			assertThat(violation.rule()).isEqualTo("slot-authority-without-surviving-slot");
			assertThat(violation.problem())
				.isEqualTo("cdc.slot.survives-failover=patroni does not hold for replication slot "
						+ "'cdc_shop': Patroni's configuration has no permanent slot of this name. After a failover the changes "
						+ "until it is recreated would be skipped, because cdc.offset-mismatch-strategy=trust_greater_lsn "
						+ "trusts the slot.");
		});
	}

	@Test
	void namesTheKeyThatPatroniUses() {
		this.answer.set("{\"permanent_slots\": {\"other\": 0}, \"slots\": {%s}}".formatted(ENTRY));
		assertThat(violations()).singleElement()
			.satisfies((violation) -> assertThat(violation.action())
				.startsWith("Run patronictl edit-config and write:%npermanent_slots:%n  cdc_shop:%n".formatted()));
	}

	@Test
	void entryOfAnotherKindOfSlot() {
		this.answer.set("{\"slots\": {\"cdc_shop\": {\"type\": \"physical\"}}}");
		assertThat(problem()).contains("Patroni's configuration has it as a physical slot.");
		this.answer.set("{\"slots\": {\"cdc_shop\": 0}}");
		assertThat(problem()).contains("Patroni's configuration has it as a physical slot.");
		this.answer.set("{\"slots\": {\"cdc_shop\": {\"database\": \"other\", \"plugin\": \"pgoutput\"}}}");
		assertThat(problem()).contains("Patroni's configuration has it for database 'other', not 'shop'.");
		this.answer.set("{\"slots\": {\"cdc_shop\": {\"database\": \"shop\", \"plugin\": \"wal2json\"}}}");
		assertThat(problem()).contains("Patroni's configuration has it for plugin 'wal2json', not 'pgoutput'.");
	}

	@Test
	void clusterThatKeepsNoLogicalSlots() {
		this.answer.set("{\"slots\": {%s}, \"postgresql\": {\"use_slots\": false}}".formatted(ENTRY));
		assertThat(violations()).singleElement().satisfies((violation) -> {
			assertThat(violation.problem()).contains("postgresql.use_slots is false in Patroni's configuration.");
			assertThat(violation.action())
				.isEqualTo("Run patronictl edit-config and set postgresql.use_slots to true.");
		});
		this.answer.set("{\"slots\": {%s}, \"standby_cluster\": {\"host\": \"a\"}}".formatted(ENTRY));
		assertThat(violations()).singleElement().satisfies((violation) -> {
			assertThat(violation.problem())
				.contains("this is a standby cluster, for which Patroni keeps physical slots only.");
			assertThat(violation.action())
				.isEqualTo("Connect to the primary cluster and set cdc.slot.patroni-url to its Patroni.");
		});
	}

	@Test
	void patroniThatDoesNotAnswer() {
		this.status = 302;
		assertThat(violations()).containsExactly(unknown("answered with status 302"));
		this.status = 200;
		for (String text : List.of("", "<html>", "[]", "{\"slots\": {", "null")) {
			this.answer.set(text);
			assertThat(violations()).as(text).containsExactly(unknown("did not answer with a JSON object"));
		}
	}

	@Test
	void waitsForPatroni() {
		this.status = 502;
		assertThatExceptionOfType(NotReadyException.class).isThrownBy(this::violations)
			.withMessageContaining(this.engine.patroniUrl + "/config answered with status 502");
		stopPatroni();
		assertThatExceptionOfType(NotReadyException.class).isThrownBy(this::violations)
			.withMessageContaining("cannot be reached (ConnectException)");
	}

	@Test
	void asksTheOtherNodesOfTheCluster() {
		this.answer.set("{\"slots\": {\"other\": {\"type\": \"physical\"}}}");
		this.engine.patroniUrls = List.of(URI.create("http://localhost:1"),
				URI.create(String.valueOf(this.engine.patroniUrl)));
		this.engine.patroniUrl = null;
		assertThat(violations()).singleElement()
			.satisfies((violation) -> assertThat(violation.problem()).contains("has no permanent slot of this name"));
	}

	/**
	 * The node of a former primary may be unreachable, and must not keep a start waiting.
	 */
	@Test
	void asksAllNodesAtTheSameTime() throws IOException {
		CountDownLatch asked = new CountDownLatch(1);
		HttpServer other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		other.createContext("/", (exchange) -> asked.countDown());
		other.start();
		this.answer.set("{\"slots\": {%s}}".formatted(ENTRY));
		this.beforeAnswer = asked;
		try {
			this.engine.patroniUrls = List.of(URI.create(String.valueOf(this.engine.patroniUrl)),
					URI.create("http://localhost:" + other.getAddress().getPort()));
			this.engine.patroniUrl = null;
			assertThat(violations()).isEmpty();
		}
		finally {
			asked.countDown();
			other.stop(0);
		}
	}

	@Test
	void patroniThatHangs() throws IOException {
		try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			this.engine.patroniUrl = URI.create("http://localhost:" + silent.getLocalPort());
			assertThatExceptionOfType(NotReadyException.class).isThrownBy(this::violations)
				.withMessageContaining("did not answer within 3 s");
		}
	}

	@Test
	void asksPatroniOnlyIfItIsDeclared() {
		assertThat(violations()).isNotEmpty();
		this.engine.survives(SurvivesFailover.NO);
		assertThat(violations()).isEmpty();
		this.engine.survives(SurvivesFailover.PATRONI).patroniUrl = null;
		assertThat(violations()).isEmpty();
	}

	private RefusalText unknown(String why) {
		return new RefusalText("survives-failover",
				"cdc.slot.survives-failover=patroni cannot be verified: " + this.engine.patroniUrl + "/config " + why
						+ ".",
				"Set cdc.slot.patroni-url to the REST API of a running Patroni. Or remove it to rely on your declaration "
						+ "alone.",
				List.of("cdc.slot.patroni-url"));
	}

	private String problem() {
		List<RefusalText> violations = violations();
		assertThat(violations).hasSize(1);
		return violations.get(0).problem();
	}

	private List<RefusalText> violations() {
		return RefusalText
			.of(SlotChecks.SURVIVES_FAILOVER.check(OtherServersTests.context(this.engine, 18, false, null)));
	}

}
