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
import java.util.List;

import io.github.cdcspring.boot.test.Orders.Deliveries;
import io.github.cdcspring.boot.test.Orders.Order;
import io.github.cdcspring.boot.test.Orders.Totals;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

@CdcTest(startEngines = false, properties = { "cdc.listener.on-failure=park", "cdc.listener.transactional=true",
		"cdc.listener.concurrency=2" })
class CdcTestEngineIT {

	@Autowired
	private CdcTestEngine engine;

	@Autowired
	private JdbcClient jdbc;

	@Autowired
	private Totals totals;

	@Autowired
	private Deliveries deliveries;

	@Test
	void deliversInTheListenersTransactionAndOnlyOnce() {
		CdcTestEvent event = CdcTestEvent.create("orders", order(1, "ada", "12.50"));
		this.engine.assertIdempotent(event, () -> List.of(this.totals.of("ada"), this.deliveries.count.get()));
		assertThat(this.totals.of("ada")).isEqualByComparingTo("12.50");
		assertThat(count("cdc_processed WHERE listener_group IS NOT NULL")).isPositive();
		assertThat(count("pg_replication_slots WHERE database = current_database()")).isZero();
	}

	@Test
	void parksWhatAListenerRefusesAndLaterEventsOfItsKey() {
		this.totals.refused = "mallory";
		try {
			this.engine.deliver(CdcTestEvent.create("orders", order(2, "mallory", "1")));
		}
		finally {
			this.totals.refused = null;
		}
		this.engine.deliver(CdcTestEvent.update("orders", order(2, "mallory", "1"), order(2, "mallory", "2")));
		assertThat(this.totals.of("mallory")).isZero();
		assertThat(count("cdc_parked_event")).isEqualTo(2);
	}

	@Test
	void totalsDoNotDependOnTheOrderOfKeys() {
		List<CdcTestEvent> events = List.of(CdcTestEvent.create("orders", order(3, "grace", "1")),
				CdcTestEvent.create("orders", order(4, "grace", "2")),
				CdcTestEvent.update("orders", order(3, "grace", "1"), order(3, "grace", "5")));
		this.engine.assertOrderIndependent(events, () -> this.jdbc.sql("TRUNCATE total").update(),
				() -> this.totals.of("grace"));
		assertThat(this.totals.of("grace")).isEqualByComparingTo("7");
	}

	private static Order order(long id, String customer, String amount) {
		return new Order(id, customer, new BigDecimal(amount));
	}

	private long count(String from) {
		return this.jdbc.sql("SELECT count(*) FROM " + from).query(Long.class).single();
	}

}
