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

import io.github.cdcspring.Lsn;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest(webEnvironment = WebEnvironment.NONE, properties = "cdc.enabled=false")
class CustomerTotalsTests {

	@Autowired
	private CustomerTotals totals;

	@Autowired
	private TotalController controller;

	@BeforeEach
	void forgetEverything(@Autowired JdbcClient jdbc) {
		jdbc.sql("TRUNCATE counted_order, customer_total").update();
	}

	@Test
	void changeThatComesTwiceCountsOnce() {
		this.totals.saved(order(1, "ada", "12.50"), new Lsn(10));
		this.totals.saved(order(1, "ada", "12.50"), new Lsn(10));
		assertTotal("ada", 1, "12.50");
	}

	@Test
	void changesThatComeAgainDoNotTakeATotalBack() {
		this.totals.saved(order(1, "ada", "12.50"), new Lsn(10));
		this.totals.saved(order(1, "grace", "20.00"), new Lsn(20));
		this.totals.saved(order(2, "grace", "1.00"), new Lsn(30));
		this.totals.deleted(order(2, "grace", "1.00"), new Lsn(40));
		this.totals.saved(order(1, "ada", "12.50"), new Lsn(10));
		assertTotal("ada", 0, "0.00");
		assertTotal("grace", 1, "20.00");
		this.totals.saved(order(1, "grace", "20.00"), new Lsn(20));
		this.totals.saved(order(2, "grace", "1.00"), new Lsn(30));
		this.totals.deleted(order(2, "grace", "1.00"), new Lsn(40));
		assertTotal("ada", 0, "0.00");
		assertTotal("grace", 1, "20.00");
	}

	@Test
	void deletedOrderIsNotRevivedByItsCreation() {
		this.totals.deleted(order(1, "ada", "12.50"), new Lsn(20));
		this.totals.saved(order(1, "ada", "12.50"), new Lsn(10));
		assertTotal("ada", 0, "0.00");
	}

	@Test
	void truncateEmptiesAllTotalsButKeepsWhatCameLater() {
		this.totals.saved(order(1, "ada", "12.50"), new Lsn(10));
		this.totals.saved(order(2, "grace", "5.00"), new Lsn(20));
		this.totals.truncated(new Lsn(30));
		assertTotal("ada", 0, "0.00");
		assertTotal("grace", 0, "0.00");
		this.totals.saved(order(3, "ada", "1.00"), new Lsn(40));
		this.totals.truncated(new Lsn(30));
		assertTotal("ada", 1, "1.00");
	}

	private void assertTotal(String customer, long orders, String total) {
		assertThat(this.controller.get(customer)).isEqualTo(new CustomerTotal(customer, orders, new BigDecimal(total)));
	}

	private Order order(long id, String customer, String amount) {
		return new Order(id, customer, "book", new BigDecimal(amount));
	}

}
