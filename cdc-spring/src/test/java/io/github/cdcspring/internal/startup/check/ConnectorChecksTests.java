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

import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.cdcspring.Gap;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.internal.listener.TablePattern;
import io.github.cdcspring.internal.startup.ReplicationState;
import io.github.cdcspring.internal.startup.ServerState;
import io.github.cdcspring.internal.startup.SlotOffsetComparison;
import io.github.cdcspring.internal.startup.TestSlot;
import io.github.cdcspring.offset.OffsetOrigin;
import io.github.cdcspring.offset.StoredOffset;
import io.github.cdcspring.settings.ConnectorManagement;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.KafkaOrder;
import io.github.cdcspring.settings.OffsetMismatchStrategy;
import io.github.cdcspring.settings.SurvivesFailover;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Which connectors are refused, and with which command.
 */
class ConnectorChecksTests {

	private static final String URL = "http://connect:8083/connectors/shop%20orders/config";

	private final TestEngine engine = new TestEngine();

	private final EngineSettings.Kafka.Connect connect = new EngineSettings.Kafka.Connect(
			URI.create("http://connect:8083/"), "shop orders");

	private KafkaOrder order = KafkaOrder.KEY;

	private List<TablePattern> tables = List.of(TablePattern.parse("orders"), TablePattern.parse("sales.*"));

	private EngineSettings.Kafka kafka() {
		return new EngineSettings.Kafka("cdc_shop", "shop", this.order, EngineSettings.Kafka.MAX_OUTAGE, this.connect);
	}

	private List<RefusalText> refusals(@Nullable Map<String, String> running) {
		StartRefusedException refused = catchThrowableOfType(StartRefusedException.class, () -> ConnectorChecks
			.check(this.engine.settings(), kafka(), this.connect, this.tables, running, null, TopicStates.UNKNOWN));
		return (refused != null) ? RefusalText.of(refused.violations()) : List.of();
	}

	private List<RefusalText> refusals(@Nullable ConnectorPosition position, TopicStates topics) {
		StartRefusedException refused = catchThrowableOfType(StartRefusedException.class, () -> ConnectorChecks
			.check(this.engine.settings(), kafka(), this.connect, this.tables, running(), position, topics));
		return (refused != null) ? RefusalText.of(refused.violations()) : List.of();
	}

	private @Nullable Map<String, String> reconciled(@Nullable Map<String, String> running) {
		return ConnectorChecks.reconciled(this.engine.settings(), kafka(), this.connect, this.tables, running);
	}

	private Map<String, String> running() {
		return new LinkedHashMap<>(ConnectorConfiguration.complete(this.engine.settings(), kafka(), this.tables));
	}

	@Test
	void acceptsWhatItAsksFor() {
		assertThat(refusals(running())).isEmpty();
		this.order = KafkaOrder.STREAM;
		assertThat(refusals(running())).isEmpty();
	}

	@Test
	void refusesAConnectorThatDoesNotExistWithTheCommandThatCreatesIt() {
		assertThat(refusals(null)).singleElement().satisfies((violation) -> {
			assertThat(violation.rule()).isEqualTo("connector-missing");
			assertThat(violation.action())
				.contains(
						"curl -X POST -H 'Content-Type: application/json' http://connect:8083/connectors -d '{"
								+ "\"name\":\"shop orders\",\"initial_state\":\"STOPPED\",",
						"\"slot.name\":\"cdc_shop\"", "curl -X PUT " + URL.replace("/config", "/resume"),
						"\"table.include.list\":\"public\\\\.orders,sales\\\\..*\"",
						"\"database.password\":\"${env:DATABASE_PASSWORD}\"", "'\\''heartbeat'\\''")
				.doesNotContain("s3cr3t");
			assertThat(violation.properties()).containsExactly("cdc.kafka.connect.connector");
		});
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			connector.class,      io.debezium.connector.postgresql.PostgresConnector, connector-plugin
			value.converter,      ,                                                   connector-plugin
			header.converter,     ,                                                   connector-plugin
			slot.name,            other,                                              connector-stream
			publication.name,     ,                                                   connector-stream
			database.dbname,      other,                                              connector-stream
			topic.prefix,         other,                                              connector-stream
			transforms,           unwrap,                                             connector-order
			table.include.list,   public.other,                                       connector-tables
			table.exclude.list,   public\\.ord.*,                                     connector-tables
			schema.include.list,  sales,                                              connector-tables
			lsn.flush.mode,       manual,                                             connector-slot
			heartbeat.interval.ms,,                                                   connector-slot
			heartbeat.interval.ms,0,                                                  connector-slot
			slot.drop.on.stop,    true,                                               connector-slot-authority
			offset.mismatch.strategy, trust_slot,                                     connector-slot-authority
			offset.mismatch.strategy, TRUST_GREATER_LSN,                              connector-slot-authority
			""")
	void refusesWhatDiffers(String property, @Nullable String value, String rule) {
		Map<String, String> running = running();
		if (value != null) {
			running.put(property, value);
		}
		else {
			running.remove(property);
		}
		assertThat(refusals(running)).singleElement().satisfies((violation) -> {
			assertThat(violation.rule()).isEqualTo(rule);
			if (!rule.equals("connector-tables")) {
				assertThat(violation.problem())
					.contains("'" + property + "' is " + ((value != null) ? "'" + value : "not"));
				assertThat(violation.action()).contains("curl -X PATCH", URL, "{\"" + property + "\":\"");
			}
		});
	}

	@Test
	void refusesASettingThatTrustsTheSlot() {
		this.engine.strategy(OffsetMismatchStrategy.TRUST_GREATER_LSN);
		assertThat(refusals(running())).singleElement().satisfies((violation) -> {
			assertThat(violation.rule()).isEqualTo("connector-slot-authority");
			assertThat(violation.problem()).contains("cdc.offset-mismatch-strategy=trust_greater_lsn");
		});
	}

	@Test
	void refusesTransformationsThatDoNotWriteAllEventsToOneTopic() {
		Map<String, String> byKey = running();
		this.order = KafkaOrder.STREAM;
		assertThat(refusals(byKey)).singleElement().satisfies((violation) -> {
			assertThat(violation.rule()).isEqualTo("connector-order");
			assertThat(violation.action()).contains("\"provide.transaction.metadata\":\"true\"",
					"\"transforms.stream.replacement\":\"cdc_shop.stream\"");
		});
	}

	@Test
	void doesNotCompareWhatAProviderSupplies() {
		Map<String, String> running = running();
		running.put("slot.name", "${file:/etc/connect/shop.properties:slot}");
		assertThat(refusals(running)).isEmpty();
	}

	@Test
	void takesDefaultsOfTheConnectorForWhatIsNotSet() {
		Map<String, String> running = running();
		running.keySet().removeAll(List.of("lsn.flush.mode", "table.include.list", "value.converter.compact"));
		assertThat(refusals(running)).isEmpty();
	}

	@Test
	void theOperatorMayAcceptTablesAndSlot() {
		this.engine.accepting("connector-tables", "connector-slot");
		Map<String, String> running = running();
		running.put("table.include.list", "public.other");
		running.put("lsn.flush.mode", "manual");
		assertThat(refusals(running)).isEmpty();
		assertThat(ConnectorChecks.check(this.engine.settings(), kafka(), this.connect, this.tables, running, null,
				TopicStates.UNKNOWN))
			.extracting(AcceptedRisk::rule)
			.containsExactly("connector-tables", "connector-slot");
	}

	@Test
	void namesOfTablesAreNoExpressions() {
		this.tables = List.of(TablePattern.parse("\"odd.schema\".\"a,b(c\""));
		Map<String, String> running = running();
		assertThat(running.get("table.include.list")).isEqualTo("odd\\.schema\\.a\\,b\\(c");
		assertThat(refusals(running)).isEmpty();
	}

	@Test
	void reconcilesWhatDiffersAndKeepsEverythingElse() {
		Map<String, String> running = running();
		running.put("database.password", "s3cr3t");
		running.put("poll.interval.ms", "20");
		running.put("lsn.flush.mode", "manual");
		running.put("heartbeat.interval.ms", "0");
		running.put("table.include.list", "public.other,sales\\..*");
		Map<String, String> expected = new LinkedHashMap<>(running);
		expected.put("lsn.flush.mode", running().get("lsn.flush.mode"));
		expected.put("heartbeat.interval.ms", running().get("heartbeat.interval.ms"));
		expected.put("table.include.list", "public.other,sales\\..*,public\\.orders");
		assertThat(reconciled(running)).isEqualTo(expected);
		assertThat(refusals(reconciled(running))).isEmpty();
		assertThat(reconciled(expected)).isEqualTo(expected);
		assertThat(reconciled(null)).isEqualTo(running());
	}

	@Test
	void neverRemovesATransformationOrChangesTheOrder() {
		Map<String, String> running = running();
		running.put("transforms", "mask");
		running.put("transforms.mask.type", "org.apache.kafka.connect.transforms.MaskField$Value");
		for (KafkaOrder order : KafkaOrder.values()) {
			this.order = order;
			assertThat(reconciled(running)).isEqualTo(running);
			assertThat(refusals(reconciled(running))).singleElement().satisfies((violation) -> {
				assertThat(violation.rule()).isEqualTo("connector-order");
				assertThat(violation.problem()).contains("'transforms' is 'mask'");
				assertThat(violation.action()).startsWith("A start never changes this");
			});
		}
		this.order = KafkaOrder.STREAM;
		Map<String, String> ofStream = running();
		this.order = KafkaOrder.KEY;
		assertThat(reconciled(ofStream)).isEqualTo(ofStream);
		assertThat(refusals(reconciled(ofStream))).extracting(RefusalText::rule).containsExactly("connector-order");
	}

	@Test
	void givesTheDriverWhatTheApplicationGivesItWithoutSecrets() {
		this.engine.connection = new EngineSettings.Connection("db", 5432, "shop", "me", "s3cr3t",
				Map.of("sslmode", "verify-full", "sslpassword", "s3cr3t", "sslfactory", "com.example.Factory",
						"sslhostnameverifier", "com.example.Verifier", "sslpasswordcallback", "com.example.Callback",
						"authenticationPluginClassName", "com.example.Plugin", "xmlFactoryFactory", "com.example.Xml"));
		assertThat(running()).containsEntry("driver.sslmode", "verify-full")
			.containsEntry("driver.sslpassword", "${env:DATABASE_SSLPASSWORD}")
			.doesNotContainKeys("driver.sslfactory", "driver.sslhostnameverifier", "driver.sslpasswordcallback",
					"driver.authenticationPluginClassName", "driver.xmlFactoryFactory")
			.doesNotContainValue("s3cr3t");
	}

	@Test
	void createsNoConnectorToSeveralHosts() {
		this.engine.connection = new EngineSettings.Connection("a,b", 5432, "shop", "me", "s3cr3t", Map.of());
		assertThat(reconciled(null)).isNull();
		assertThat(refusals(reconciled(null))).singleElement().satisfies((violation) -> {
			assertThat(violation.rule()).isEqualTo("connector-missing");
			assertThat(violation.action()).startsWith("Its connector takes one host, but the settings name several.");
		});
	}

	@Test
	void doesNotTurnAnotherConnectorIntoThisOne() {
		Map<String, String> running = running();
		running.put("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
		running.put("slot.name", "other");
		running.put("table.exclude.list", "public.orders");
		assertThat(refusals(reconciled(running))).extracting(RefusalText::rule)
			.containsExactly("connector-plugin", "connector-stream", "connector-tables");
	}

	@Test
	void refersToThePasswordInTheOperatorsPlace() {
		EngineSettings.Kafka.Connect connect = new EngineSettings.Kafka.Connect(this.connect.url(), "shop",
				ConnectorManagement.RECONCILE, "file:/run/shop:password",
				new EngineSettings.Kafka.Connect.Login("me", "s3cr3t"));
		EngineSettings.Kafka kafka = new EngineSettings.Kafka("cdc_shop", "shop", this.order,
				EngineSettings.Kafka.MAX_OUTAGE, connect);
		assertThat(ConnectorConfiguration.complete(this.engine.settings(), kafka, this.tables))
			.containsEntry("database.password", "${file:/run/shop:password}");
		assertThat(connect.toString()).doesNotContain("s3cr3t").doesNotContain("me,");
		assertThat(new ConnectorContext(this.engine.settings(), kafka, connect, this.tables, null, null,
				TopicStates.UNKNOWN)
			.change(Map.of())).contains("-u \"$CONNECT_USER:$CONNECT_PASSWORD\"").doesNotContain("s3cr3t");
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			0/100, 0/100, ,
			0/200, 0/100, ,
			0/100, 0/200, 0/200,
			0/100, 0/200, 0/300,
			0/100, 0/200, 0/150, 'is at 0/200, and the topics have events up to 0/150.'
			0/100, 0/200, ,      'is at 0/200, and the topics have no event that was written before'
			0/100, ,      0/300, ' does not exist'
			""")
	void refusesASlotThatIsAheadByMoreThanKafkaHolds(String offset, @Nullable String slot, @Nullable String kafkaEnd,
			@Nullable String problem) throws SQLException {
		ConnectorPosition position = position(offset, slot, kafkaEnd);
		if (problem == null) {
			assertThat(refusals(position, TopicStates.UNKNOWN)).isEmpty();
			return;
		}
		assertThat(refusals(position, TopicStates.UNKNOWN)).singleElement().satisfies((violation) -> {
			assertThat(violation.rule()).isEqualTo("connector-gap");
			assertThat(violation.problem()).contains("its offset is " + offset, problem);
		});
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			0/100, 0/100, ,      0,   'Continues at the offset, 0/100. Events of the 1024 bytes'
			0/200, 0/100, ,      0,   'Continues at the offset, 0/200. Events of the 768 bytes'
			0/100, 0/200, 0/300, 0,   'Continues at the slot, 0/200. The topics contain what lies between'
			0/100, 0/200, 0/150, 256, 'Cannot continue without a loss: replication slot '
			0/100, ,      0/300, 0,   'Cannot continue without a loss: its replication slot does not exist.'
			""")
	void tellsWhatARestartOfTheConnectorWouldDo(String offset, @Nullable String slot, @Nullable String kafkaEnd,
			long missing, String sentence) throws SQLException {
		ConnectorPosition position = position(offset, slot, kafkaEnd);
		assertThat(position.onRestart()).startsWith(sentence);
		assertThat(position.missingBytes()).isEqualTo(missing);
	}

	@Test
	void theOperatorMayAcceptOneGap() throws SQLException {
		ConnectorPosition position = position("0/100", "0/200", null);
		assertThat(refusals(position, TopicStates.UNKNOWN)).singleElement()
			.satisfies((violation) -> assertThat(violation.action()).contains("cdc.safety.accept-gap=0/100-0/200.",
					"before it runs: curl -X PATCH", "-d '{\"cdc.safety.accept-gap\":\"0/100-0/200\"}'"));
		this.engine.acceptingGap(Gap.parse("0/100-0/200"));
		assertThat(refusals(position, TopicStates.UNKNOWN)).isEmpty();
		assertThat(refusals(position("0/100", "0/201", null), TopicStates.UNKNOWN)).hasSize(1);
	}

	@Test
	void theOperatorMayAcceptASlotPastTheTimelineOfTheOffset() throws SQLException {
		ReplicationState found = new ReplicationState(
				new ServerState(180006, "18.6", Lsn.parse("0/500"), false, 2, "7", "logical", 10, 10, null,
						Instant.EPOCH),
				new TestSlot().at("0/300").state(), new StoredOffset(Lsn.parse("0/100"), "{}",
						new OffsetOrigin("7", 1, null), null, List.of(), false, Instant.EPOCH));
		ConnectorPosition position = new ConnectorPosition(found,
				SlotOffsetComparison.of(found, (timeline) -> Map.of(1, Lsn.parse("0/200"))), null, null);
		assertThat(refusals(position, TopicStates.UNKNOWN)).singleElement().satisfies((violation) -> {
			assertThat(violation.problem()).contains("is at 0/300, past the timeline of the offset");
			assertThat(violation.action()).contains("cdc.safety.accept-gap=0/100-0/300");
		});
		this.engine.acceptingGap(Gap.parse("0/100-0/300"));
		assertThat(refusals(position, TopicStates.UNKNOWN)).isEmpty();
	}

	@Test
	void refusesASlotThatDoesNotSurviveAFailoverAsDeclared() throws SQLException {
		this.engine.survives(SurvivesFailover.FAILOVER_SLOT);
		Map<String, String> running = running();
		assertThat(running).containsEntry("slot.failover", "true");
		running.remove("slot.failover");
		assertThat(refusals(running)).singleElement().satisfies((violation) -> {
			assertThat(violation.rule()).isEqualTo("connector-slot");
			assertThat(violation.problem()).endsWith(": 'slot.failover' is not set.");
			assertThat(violation.action()).contains("-d '{\"slot.failover\":\"true\"}'");
		});
		assertThat(reconciled(running)).containsEntry("slot.failover", "true");
		assertThat(refusals(position("0/100", "0/100", null), TopicStates.UNKNOWN)).extracting(RefusalText::rule)
			.containsExactly("survives-failover", "synchronized-standby-slots");
		this.engine.survives(SurvivesFailover.NO);
		assertThat(refusals(position("0/100", "0/100", null), TopicStates.UNKNOWN)).isEmpty();
	}

	private static ConnectorPosition position(String offset, @Nullable String slot, @Nullable String kafkaEnd)
			throws SQLException {
		ReplicationState found = new ReplicationState(
				new ServerState(180006, "18.6", Lsn.parse("0/500"), false, 1, "7", "logical", 10, 10, null,
						Instant.EPOCH),
				(slot != null) ? new TestSlot().at(slot).state() : null,
				new StoredOffset(Lsn.parse(offset), "{}", null, null, List.of(), false, Instant.EPOCH));
		return new ConnectorPosition(found, SlotOffsetComparison.of(found, (timeline) -> Map.of()),
				(kafkaEnd != null) ? Lsn.parse(kafkaEnd) : null, null);
	}

	@Test
	void refusesAnOffsetThatTheServerDoesNotHave() throws SQLException {
		assertThat(refusals(position("0/900", "0/100", null), TopicStates.UNKNOWN)).singleElement()
			.satisfies((violation) -> {
				assertThat(violation.rule()).isEqualTo("history-mismatch");
				assertThat(violation.problem())
					.contains("the offset 0/900 is not part of this server's history, which is on timeline 1 at 0/500");
				assertThat(violation.action()).startsWith("Have the connector reach the server");
			});
	}

	@Test
	void refusesWhatTheConnectorHasSkippedUntilItIsAccepted() throws SQLException {
		ConnectorPosition position = position("0/200", "0/200", null);
		Gap gap = Gap.parse("0/80-0/100");
		ConnectorPosition skipped = new ConnectorPosition(position.found(), position.comparison(), null, gap);
		assertThat(refusals(skipped, TopicStates.UNKNOWN)).singleElement().satisfies((violation) -> {
			assertThat(violation.rule()).isEqualTo("connector-gap");
			assertThat(violation.problem()).contains("has skipped 128 bytes of WAL");
			assertThat(violation.action()).contains("-d '{\"cdc.safety.accept-gap\":\"0/80-0/100\"}'",
					"cdc.safety.accept-gap=0/80-0/100.");
		});
		this.engine.acceptingGap(gap);
		assertThat(refusals(skipped, TopicStates.UNKNOWN)).isEmpty();
	}

	@Test
	void refusesTopicsThatDoNotSurviveTheOutage() {
		TopicStates.Topic kept = new TopicStates.Topic("kept", 1, Duration.ofDays(1), null, false);
		assertThat(refusals(null, new TopicStates(1, Duration.ofDays(7),
				List.of(kept, new TopicStates.Topic("ever", 1, null, null, false)))))
			.isEmpty();
		assertThat(refusals(null,
				new TopicStates(1, Duration.ofHours(23),
						List.of(new TopicStates.Topic("short", 1, Duration.ofHours(23), null, false),
								new TopicStates.Topic("compacted", 1, null, null, true),
								new TopicStates.Topic("small", 1, null, 1_000_000L, false)))))
			.extracting(RefusalText::rule)
			.containsExactly("topic-retention", "topic-retention", "topic-retention", "topic-retention-bytes");
		assertThat(refusals(null, new TopicStates(3, null, List.of(kept)))).extracting(RefusalText::rule)
			.containsExactly("topic-replication");
		this.engine.accepting("topic-retention-bytes");
		assertThat(refusals(null,
				new TopicStates(1, null,
						List.of(new TopicStates.Topic("small", 1, Duration.ofHours(23), 1_000_000L, false)))))
			.extracting(RefusalText::rule)
			.containsExactly("topic-retention");
		this.engine.accepting("topic-retention", "topic-replication");
		assertThat(refusals(null, new TopicStates(3, Duration.ofHours(1), List.of(kept)))).isEmpty();
	}

}
