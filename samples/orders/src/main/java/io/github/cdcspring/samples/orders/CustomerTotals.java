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
import java.util.Objects;
import java.util.stream.Stream;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.Operation;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Keeps the total of each customer from the changes of the table {@code orders}. A change
 * may come more than once, so nothing is added up: the last state of each order is kept
 * with its LSN, an older one is ignored, and a total is the sum of those states.
 */
@Component
class CustomerTotals {

	private final JdbcClient jdbc;

	private final ApplicationEventPublisher events;

	CustomerTotals(JdbcClient jdbc, ApplicationEventPublisher events) {
		this.jdbc = jdbc;
		this.events = events;
	}

	@CdcListener(tables = "orders", operations = { Operation.CREATE, Operation.UPDATE, Operation.READ })
	@Transactional
	void saved(Order order, Lsn lsn) {
		keep(order.id(), order.customer(), order.amount(), lsn);
	}

	@CdcListener(tables = "orders", operations = Operation.DELETE)
	@Transactional
	void deleted(Order order, Lsn lsn) {
		// The row stays as a tombstone, or an older change that comes again would revive
		// it
		keep(order.id(), null, null, lsn);
	}

	@CdcListener(tables = "orders", operations = Operation.TRUNCATE)
	@Transactional
	void truncated(Lsn lsn) {
		this.jdbc.sql("""
				UPDATE counted_order SET customer = NULL, amount = NULL, lsn = :lsn::pg_lsn
				WHERE lsn < :lsn::pg_lsn""").param("lsn", lsn.toString()).update();
		this.jdbc.sql("""
				UPDATE customer_total t SET (orders, total) = (
					SELECT count(*), coalesce(sum(amount), 0) FROM counted_order o WHERE o.customer = t.customer)""")
			.update();
		this.events.publishEvent(new TotalsChanged());
	}

	private void keep(long id, @Nullable String customer, @Nullable BigDecimal amount, Lsn lsn) {
		String previous = this.jdbc.sql("SELECT customer FROM counted_order WHERE order_id = :id")
			.param("id", id)
			.query(String.class)
			.optional()
			.orElse(null);
		int kept = this.jdbc.sql("""
				INSERT INTO counted_order AS kept (order_id, customer, amount, lsn)
				VALUES (:id, :customer, :amount, :lsn::pg_lsn)
				ON CONFLICT (order_id) DO UPDATE
				SET customer = excluded.customer, amount = excluded.amount, lsn = excluded.lsn
				WHERE kept.lsn <= excluded.lsn""")
			.param("id", id)
			.param("customer", customer)
			.param("amount", amount)
			.param("lsn", lsn.toString())
			.update();
		if (kept > 0) {
			// Sorted, so that two lanes never wait for each other's row
			Stream.of(previous, customer).filter(Objects::nonNull).distinct().sorted().forEach(this::sum);
			this.events.publishEvent(new TotalsChanged());
		}
	}

	private void sum(String customer) {
		// Takes the row's lock: with several lanes each sums up what the one before it
		// wrote
		this.jdbc.sql("""
				INSERT INTO customer_total (customer, orders, total) VALUES (:customer, 0, 0)
				ON CONFLICT (customer) DO UPDATE SET customer = excluded.customer""")
			.param("customer", customer)
			.update();
		this.jdbc.sql("""
				UPDATE customer_total SET (orders, total) = (
					SELECT count(*), coalesce(sum(amount), 0) FROM counted_order WHERE customer = :customer)
				WHERE customer = :customer""").param("customer", customer).update();
	}

}
