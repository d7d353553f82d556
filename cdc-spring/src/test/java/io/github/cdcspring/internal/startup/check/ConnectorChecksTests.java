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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.listener.TablePattern;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.KafkaOrder;
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
		return new EngineSettings.Kafka("cdc_shop", "shop", this.order, this.connect);
	}

	private List<Violation> refusals(@Nullable Map<String, String> running) {
		StartRefusedException refused = catchThrowableOfType(StartRefusedException.class,
				() -> ConnectorChecks.check(this.engine.settings(), kafka(), this.connect, this.tables, running));
		return (refused != null) ? refused.violations() : List.of();
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
				.contains("curl -X PUT -H 'Content-Type: application/json' " + URL, "\"slot.name\":\"cdc_shop\"",
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
		assertThat(ConnectorChecks.check(this.engine.settings(), kafka(), this.connect, this.tables, running))
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

}
