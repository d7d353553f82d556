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

package io.github.cdcspring.boot.test;

import java.math.BigDecimal;

import io.github.cdcspring.boot.test.Orders.Order;
import io.github.cdcspring.boot.test.Orders.Totals;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.core.KafkaTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * An application that receives from Kafka, without a broker.
 */
@CdcTest(startEngines = false,
		properties = { "cdc.source=kafka", "cdc.kafka.group-id=shop", "cdc.listener.on-failure=park" })
class KafkaSliceIT {

	@Autowired
	private CdcTestEngine engine;

	@Autowired
	private JdbcClient jdbc;

	@Autowired
	private Totals totals;

	@Test
	void deliversWithTheSettingsOfTheApplication(@Autowired KafkaTemplate<?, ?> template) {
		assertThat(template).isNotNull();
		CdcTestEvent event = CdcTestEvent.create("orders", new Order(1, "ada", new BigDecimal("12.50")));
		this.engine.assertIdempotent(event, () -> this.totals.of("ada"));
		assertThat(this.totals.of("ada")).isEqualByComparingTo("12.50");
		this.totals.refused = "mallory";
		try {
			this.engine.deliver(CdcTestEvent.create("orders", new Order(2, "mallory", BigDecimal.ONE)));
		}
		finally {
			this.totals.refused = null;
		}
		assertThat(this.jdbc.sql("SELECT slot_name FROM cdc_parked_event").query(String.class).list()).singleElement()
			.asString()
			.endsWith("@shop");
	}

	@Test
	void scenarioNeedsTheEmbeddedEngine(@Autowired CdcScenario scenario) {
		this.engine.deliver(CdcTestEvent.read("orders", new Order(3, "grace", BigDecimal.ONE)));
		assertThatIllegalStateException().isThrownBy(scenario::awaitCaughtUp)
			.withMessageContaining("receives from Kafka")
			.withMessageEndingWith("Set 'cdc.source=embedded' in this test.");
	}

}
