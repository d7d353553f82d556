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

import io.github.cdcspring.boot.test.CdcTest;
import io.github.cdcspring.boot.test.CdcTestEngine;
import io.github.cdcspring.boot.test.CdcTestEvent;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

@CdcTest(startEngines = false)
@Import(TotalController.class)
class CustomerTotalsTests {

	@Autowired
	private CdcTestEngine engine;

	@Autowired
	private TotalController controller;

	@BeforeEach
	void forgetEverything(@Autowired JdbcClient jdbc) {
		jdbc.sql("TRUNCATE counted_order, customer_total").update();
	}

	@Test
	void changeThatComesTwiceCountsOnce() {
		CdcTestEvent created = CdcTestEvent.create("orders", order(1, "ada", "12.50"));
		this.engine.assertIdempotent(created, () -> this.controller.get("ada"));
		assertTotal("ada", 1, "12.50");
	}

	@Test
	void changesThatComeAgainDoNotTakeATotalBack() {
		CdcTestEvent first = CdcTestEvent.create("orders", order(1, "ada", "12.50"));
		CdcTestEvent moved = CdcTestEvent.update("orders", order(1, "ada", "12.50"), order(1, "grace", "20.00"));
		CdcTestEvent second = CdcTestEvent.create("orders", order(2, "grace", "1.00"));
		CdcTestEvent deleted = CdcTestEvent.delete("orders", order(2, "grace", "1.00"));
		this.engine.deliver(first, moved, second, deleted);
		this.engine.deliver(first);
		assertTotal("ada", 0, "0.00");
		assertTotal("grace", 1, "20.00");
		this.engine.deliver(moved, second, deleted);
		assertTotal("ada", 0, "0.00");
		assertTotal("grace", 1, "20.00");
	}

	@Test
	void deletedOrderIsNotRevivedByItsCreation() {
		CdcTestEvent created = CdcTestEvent.create("orders", order(1, "ada", "12.50"));
		this.engine.deliver(CdcTestEvent.delete("orders", order(1, "ada", "12.50")), created);
		assertTotal("ada", 0, "0.00");
	}

	@Test
	void truncateEmptiesAllTotalsButKeepsWhatCameLater() {
		this.engine.deliver(CdcTestEvent.create("orders", order(1, "ada", "12.50")),
				CdcTestEvent.create("orders", order(2, "grace", "5.00")));
		CdcTestEvent truncate = CdcTestEvent.truncate("orders");
		this.engine.deliver(truncate);
		assertTotal("ada", 0, "0.00");
		assertTotal("grace", 0, "0.00");
		this.engine.deliver(CdcTestEvent.create("orders", order(3, "ada", "1.00")), truncate);
		assertTotal("ada", 1, "1.00");
	}

	private void assertTotal(String customer, long orders, String total) {
		assertThat(this.controller.get(customer)).isEqualTo(new CustomerTotal(customer, orders, new BigDecimal(total)));
	}

	private Order order(long id, String customer, String amount) {
		return new Order(id, customer, "book", new BigDecimal(amount));
	}

}
