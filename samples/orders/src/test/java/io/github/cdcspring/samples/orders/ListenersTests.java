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

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

import io.github.cdcspring.boot.test.CdcScenario;
import io.github.cdcspring.boot.test.CdcTest;
import io.github.cdcspring.boot.test.CdcTestEngine;
import io.github.cdcspring.boot.test.CdcTestEvent;
import io.github.cdcspring.boot.test.KillPoint;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The listeners of the application, with the test kit: on a real server, and with events
 * that the test makes.
 */
class ListenersTests {

	private static List<Map<String, Object>> totals(JdbcClient jdbc) {
		return jdbc.sql("SELECT * FROM customer_total ORDER BY customer").query().listOfRows();
	}

	@Nested
	@CdcTest
	class OnTheStream {

		@Autowired
		private CdcScenario scenario;

		@Autowired
		private JdbcClient jdbc;

		@Test
		void totalFollowsTheOrders() {
			this.scenario.stimulate(() -> insert("ada", "12.50"))
				.andWaitForChanges()
				.andVerify((nothing) -> assertThat(total("ada")).isEqualByComparingTo("12.50"));
			this.scenario.stimulate(() -> this.jdbc.sql("UPDATE orders SET amount = 3 WHERE customer = 'ada'").update())
				.andWaitForChanges()
				.andVerify((nothing) -> assertThat(total("ada")).isEqualByComparingTo("3"));
		}

		@ParameterizedTest
		@EnumSource
		void totalIsCorrectWhereverTheApplicationIsKilled(KillPoint point) {
			String customer = point.name();
			this.scenario.killAt(point)
				.stimulate(() -> insert(customer, "5"))
				.andWaitForChanges()
				.andVerify((nothing) -> assertThat(total(customer)).isEqualByComparingTo("5"));
		}

		@Test
		void eventsThatComeAgainChangeNothing() {
			this.scenario.assertIdempotent(() -> {
				insert("grace", "1");
				this.jdbc.sql("UPDATE orders SET customer = 'margaret' WHERE customer = 'grace'").update();
				this.jdbc.sql("DELETE FROM orders WHERE customer = 'margaret'").update();
			}, () -> totals(this.jdbc));
		}

		private int insert(String customer, String amount) {
			return this.jdbc.sql("INSERT INTO orders (customer, item, amount) VALUES (?, 'book', ?::numeric)")
				.params(customer, amount)
				.update();
		}

		private BigDecimal total(String customer) {
			return this.jdbc.sql("SELECT total FROM customer_total WHERE customer = ?")
				.param(customer)
				.query(BigDecimal.class)
				.single();
		}

	}

	@Nested
	@CdcTest(startEngines = false)
	class WithEvents {

		@Autowired
		private CdcTestEngine engine;

		@Autowired
		private JdbcClient jdbc;

		@Test
		void totalsDoNotDependOnTheOrderOfKeys() {
			Order first = order(1, "ada", "12.50");
			Order second = order(2, "ada", "30");
			this.engine.assertOrderIndependent(
					List.of(CdcTestEvent.create("orders", first), CdcTestEvent.create("orders", second),
							CdcTestEvent.update("orders", first, order(1, "grace", "12.50")),
							CdcTestEvent.delete("orders", second)),
					() -> this.jdbc.sql("TRUNCATE counted_order, customer_total").update(), () -> totals(this.jdbc));
		}

		@Test
		void truncateComesTwice() {
			this.engine.deliver(CdcTestEvent.create("orders", order(3, "edsger", "1")));
			this.engine.assertIdempotent(CdcTestEvent.truncate("orders"), () -> totals(this.jdbc));
		}

		private static Order order(long id, String customer, String amount) {
			return new Order(id, customer, "book", new BigDecimal(amount));
		}

	}

}
