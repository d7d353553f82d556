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
import java.util.concurrent.atomic.AtomicInteger;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.Operation;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The components of the application.
 */
final class Orders {

	private Orders() {
	}

	record Order(long id, String customer, BigDecimal amount) {

	}

	/**
	 * Keeps each order's amount. Idempotent.
	 */
	@Component
	static class Totals {

		private final JdbcClient jdbc;

		volatile @Nullable String refused;

		Totals(JdbcClient jdbc) {
			this.jdbc = jdbc;
		}

		@CdcListener(value = "orders", operations = { Operation.CREATE, Operation.UPDATE, Operation.READ })
		void saved(Order order) {
			if (order.customer().equals(this.refused)) {
				throw new IllegalArgumentException("refused");
			}
			this.jdbc.sql("""
					INSERT INTO total (order_id, customer, amount) VALUES (?, ?, ?)
					ON CONFLICT (order_id) DO UPDATE SET customer = excluded.customer, amount = excluded.amount""")
				.params(order.id(), order.customer(), order.amount())
				.update();
		}

		BigDecimal of(String customer) {
			return this.jdbc.sql("SELECT coalesce(sum(amount), 0) FROM total WHERE customer = ?")
				.param(customer)
				.query(BigDecimal.class)
				.single();
		}

	}

	/**
	 * Counts deliveries. Not idempotent.
	 */
	@Component
	static class Deliveries {

		final AtomicInteger count = new AtomicInteger();

		@CdcListener("orders")
		void on(Order order) {
			this.count.incrementAndGet();
		}

	}

	/**
	 * Not a listener.
	 */
	@Component
	static class Unrelated {

	}

}
