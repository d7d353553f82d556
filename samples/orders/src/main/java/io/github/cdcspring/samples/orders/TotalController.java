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

import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.SimplePropertyRowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Reads the totals that {@link CustomerTotals} keeps.
 */
@RestController
@RequestMapping("/totals")
class TotalController {

	private static final BigDecimal NOTHING = BigDecimal.ZERO.setScale(2);

	private static final RowMapper<CustomerTotal> ROW = new SimplePropertyRowMapper<>(CustomerTotal.class);

	private final JdbcClient jdbc;

	TotalController(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	@GetMapping
	List<CustomerTotal> highest() {
		return this.jdbc.sql("""
				SELECT customer, orders, total FROM customer_total WHERE orders > 0
				ORDER BY total DESC, customer LIMIT 100""").query(ROW).list();
	}

	@GetMapping("/{customer}")
	CustomerTotal get(@PathVariable String customer) {
		return this.jdbc.sql("SELECT customer, orders, total FROM customer_total WHERE customer = :customer")
			.param("customer", customer)
			.query(ROW)
			.optional()
			.orElseGet(() -> new CustomerTotal(customer, 0, NOTHING));
	}

}
