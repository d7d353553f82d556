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

package io.github.cdcspring.boot.test.listeners;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.cdcspring.Before;
import io.github.cdcspring.CdcListener;
import io.github.cdcspring.ChangeEvent;
import io.github.cdcspring.LogicalMessage;
import io.github.cdcspring.Operation;
import io.github.cdcspring.TableId;
import io.github.cdcspring.boot.test.CdcScenario;
import io.github.cdcspring.boot.test.CdcTest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every kind of listener in one application.
 */
@CdcTest(
		properties = "spring.sql.init.schema-locations=classpath:io/github/cdcspring/boot/test/listeners/listeners.sql")
@Import({ ListenersIT.Listeners.class, ListenersIT.Totals.class, ListenersIT.ExistingRows.class })
class ListenersIT {

	@Autowired
	private CdcScenario scenario;

	@Autowired
	private JdbcTemplate jdbc;

	@Autowired
	private Listeners listeners;

	@Autowired
	private ExistingRows existing;

	@Test
	void snapshotAndChangesAreReceivedInOrder() {
		this.scenario.awaitCaughtUp();
		assertThat(this.existing.items).containsExactly("READ 1 book");
		change("INSERT INTO items VALUES (2, 'pen')", "UPDATE items SET name = 'ink' WHERE id = 2",
				"DELETE FROM items WHERE id = 1");
		assertThat(this.existing.items).containsExactly("READ 1 book", "CREATE 2 pen", "UPDATE 2 ink", "DELETE 1 null");
	}

	/** By snapshot and by stream. */
	@Test
	void rowsOfInheritingTablesAreReceivedUnderTheirNameOnly() {
		change("UPDATE notes SET text = 'd'");
		assertThat(this.existing.rows).containsExactlyInAnyOrder("READ notes 1 a", "READ Let\"ters 2 b",
				"READ parts 3 c", "UPDATE notes 1 d", "UPDATE Let\"ters 2 d");
	}

	@Test
	void listenersOfAnEventAreCalledInOrder() {
		change("INSERT INTO orders VALUES (1, 'ordered', 'new', 1)");
		assertThat(seen()).containsSubsequence("first ordered", "second ordered");
	}

	@Test
	void columnsAreComparedWithTheRowBefore() {
		change("INSERT INTO orders VALUES (2, 'columns', 'new', 1)", "UPDATE orders SET total = 2 WHERE id = 2",
				"UPDATE orders SET status = 'paid' WHERE id = 2");
		assertThat(seen()).filteredOn((line) -> line.startsWith("status columns"))
			.containsExactly("status columns new 2.00 -> paid");
	}

	@Test
	void aBatchContainsEventsInOrder(@Autowired TransactionTemplate transaction) {
		this.scenario.stimulate(() -> transaction.executeWithoutResult((status) -> {
			this.jdbc.execute("INSERT INTO orders VALUES (3, 'batch', 'new', 1)");
			this.jdbc.execute("DELETE FROM orders WHERE id = 3");
		})).andWaitForChanges();
		assertThat(seen()).containsSubsequence("batch CREATE batch", "batch DELETE batch");
	}

	@Test
	void aPartitionedTableIsReceivedByItsRoot() {
		change("INSERT INTO measures VALUES (1, '2025-12-31'), (1, '2026-01-01')");
		assertThat(seen()).contains("public.measures 2025-12-31", "public.measures 2026-01-01");
	}

	@Test
	void unusualNamesAreReceived() {
		change("INSERT INTO \"odd.schema\".\"Ta*ble, x\" VALUES (1, 42)");
		assertThat(seen()).contains("odd {id=1, No. of=42}");
	}

	@Test
	void messagesAreSelectedByPrefix() {
		change("SELECT pg_logical_emit_message(true, 'other', 'not this')",
				"SELECT pg_logical_emit_message(true, 'hello', 'world')");
		assertThat(seen()).contains("message world").doesNotContain("message not this");
	}

	@Test
	void aTruncateIsReceivedIfItsTableIsNamed() {
		change("TRUNCATE totals_log");
		assertThat(seen()).contains("TRUNCATE public.totals_log");
	}

	@Test
	void aTransactionalListenerJoinsTheTransaction(@Autowired Totals totals) {
		change("INSERT INTO orders VALUES (4, 'transactional', 'new', 12.50)");
		assertThat(this.jdbc.queryForObject("SELECT total FROM totals WHERE customer = 'transactional'", String.class))
			.isEqualTo("12.50");
		assertThat(AopUtils.isCglibProxy(totals)).isTrue();
		assertThat(seen()).contains("in transaction true");
	}

	private void change(String... statements) {
		this.scenario.stimulate(() -> List.of(statements).forEach(this.jdbc::execute)).andWaitForChanges();
	}

	private List<String> seen() {
		return this.listeners.seen;
	}

	record Purchase(Integer id, String customer, @Nullable String status, @Nullable BigDecimal total) {

	}

	record Measure(Integer id, LocalDate day) {

	}

	record Item(Integer id, String name) {

	}

	static class Listeners {

		final List<String> seen = new CopyOnWriteArrayList<>();

		@CdcListener("orders")
		@Order(2)
		void aSecond(Purchase order) {
			this.seen.add("second " + order.customer());
		}

		@CdcListener("orders")
		@Order(1)
		void bFirst(Purchase order) {
			this.seen.add("first " + order.customer());
		}

		@CdcListener(tables = "orders", columns = "status", operations = Operation.UPDATE)
		void status(@Before Purchase before, Purchase order) {
			this.seen.add("status " + order.customer() + " " + before.status() + " " + before.total() + " -> "
					+ order.status());
		}

		@CdcListener("orders")
		void batch(List<ChangeEvent<Purchase>> events) {
			events.forEach((event) -> this.seen
				.add("batch " + event.operation() + " " + ((event.row() != null) ? event.row().customer() : null)));
		}

		@CdcListener(tables = "totals_log", operations = Operation.TRUNCATE)
		void truncated(Operation operation, TableId table) {
			this.seen.add(operation + " " + table);
		}

		@CdcListener("measures")
		void measured(TableId table, Measure measure) {
			this.seen.add(table + " " + measure.day());
		}

		@CdcListener("\"odd.schema\".\"Ta*ble, x\"")
		void odd(Map<String, Object> row) {
			this.seen.add("odd " + row);
		}

		@CdcListener(messages = "hello")
		void message(LogicalMessage message) {
			this.seen.add("message " + new String(message.content(), StandardCharsets.UTF_8));
		}

	}

	@Transactional
	static class Totals {

		private final JdbcClient jdbc;

		private final Listeners listeners;

		Totals(JdbcClient jdbc, Listeners listeners) {
			this.jdbc = jdbc;
			this.listeners = listeners;
		}

		@CdcListener(tables = "orders", operations = Operation.CREATE)
		void add(Purchase order) {
			this.listeners.seen.add("in transaction " + TransactionSynchronizationManager.isActualTransactionActive());
			this.jdbc.sql(
					"INSERT INTO totals VALUES (?, ?) ON CONFLICT (customer) DO UPDATE SET total = totals.total + excluded.total")
				.params(order.customer(), order.total())
				.update();
		}

	}

	static class ExistingRows {

		final List<String> items = new CopyOnWriteArrayList<>();

		final List<String> rows = new CopyOnWriteArrayList<>();

		@CdcListener("items")
		void on(Item item, Operation operation, ChangeEvent<Item> event) {
			this.items.add(operation + " " + item.id() + " " + item.name());
		}

		@CdcListener({ "notes", "\"Let\"\"ters\"", "parts" })
		void on(Map<String, Object> row, TableId table, Operation operation) {
			this.rows.add(operation + " " + table.name() + " " + row.get("id") + " " + row.get("text"));
		}

	}

}
