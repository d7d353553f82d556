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

package io.github.cdcspring.autoconfigure;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
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
import io.github.cdcspring.internal.engine.EmbeddedCdcEngine;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import io.github.cdcspring.testsupport.TestPostgres;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.aop.support.AopUtils;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronizationManager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * One application with two engines and every kind of listener.
 */
@PostgresTest
@TestInstance(Lifecycle.PER_CLASS)
@ExtendWith(OutputCaptureExtension.class)
class ListenersIT {

	private static final String SECRET = "s3cr3t-of-the-replication-role";

	private TestDatabase database;

	private TestDatabase second;

	private TestApplication application;

	@BeforeAll
	void start(TestDatabase database, CapturedOutput output) {
		this.database = database;
		this.second = TestPostgres.shared().createDatabase();
		database.grantOwnership();
		this.second.grantOwnership();
		String role = database.name() + "_repl";
		database.execute(
				"CREATE TABLE orders (id int PRIMARY KEY, customer text NOT NULL, status text, total numeric(9,2))",
				"ALTER TABLE orders REPLICA IDENTITY FULL",
				"CREATE TABLE totals (customer text PRIMARY KEY, total numeric(9,2))",
				"CREATE TABLE totals_log (id int PRIMARY KEY)",
				"CREATE TABLE measures (id int, day date, PRIMARY KEY (id, day)) PARTITION BY RANGE (day)",
				"CREATE TABLE measures_old PARTITION OF measures FOR VALUES FROM (MINVALUE) TO ('2026-01-01')",
				"CREATE TABLE measures_new PARTITION OF measures FOR VALUES FROM ('2026-01-01') TO (MAXVALUE)",
				"CREATE SCHEMA \"odd.schema\"",
				"CREATE TABLE \"odd.schema\".\"Ta*ble, x\" (id int PRIMARY KEY, \"No. of\" int)",
				"CREATE ROLE " + role + " LOGIN REPLICATION PASSWORD '" + SECRET + "' IN ROLE "
						+ database.applicationRole() + ", " + this.second.applicationRole());
		this.second.execute("CREATE TABLE entries (id int PRIMARY KEY, note text)");
		this.application = TestApplication.run(database, Listeners.class, "cdc.connection.username=" + role,
				"cdc.connection.password=" + SECRET, "cdc.engines.second.connection.url=" + this.second.jdbcUrl(),
				"logging.level.io.debezium=INFO", "logging.level.org.apache.kafka=INFO",
				"logging.level.io.github.cdcspring=DEBUG");
		assertThat(output).contains("database.password").doesNotContain(SECRET);
	}

	@AfterAll
	void stop() {
		this.application.close();
	}

	@Test
	void eachEngineHasItsOwnSlotAndOffset() {
		assertThat(this.application.engines()).extracting(EmbeddedCdcEngine::name)
			.containsExactlyInAnyOrder("default", "second");
		assertThat(this.application.engines()).extracting((engine) -> engine.settings().slot().name())
			.containsExactlyInAnyOrder(this.database.name(), this.database.name() + "_second");
		this.database.execute("SELECT pg_logical_emit_message(true, 'hello', 'engines')");
		this.second.execute("INSERT INTO entries VALUES (1, 'one')");
		assertSeen("entries CREATE public.entries 1 one");
		await().untilAsserted(() -> assertThat(this.database.queryForTexts("SELECT engine FROM cdc_offset"))
			.containsExactlyInAnyOrder("default", "second"));
	}

	@Test
	void listenersOfAnEventAreCalledInOrder() {
		this.database.execute("INSERT INTO orders VALUES (1, 'ordered', 'new', 1)");
		assertSeen("second ordered");
		assertThat(seen()).containsSubsequence("first ordered", "second ordered");
	}

	@Test
	void columnsAreComparedWithTheRowBefore() {
		this.database.execute("INSERT INTO orders VALUES (2, 'columns', 'new', 1)",
				"UPDATE orders SET total = 2 WHERE id = 2", "UPDATE orders SET status = 'paid' WHERE id = 2");
		assertSeen("status columns new 2.00 -> paid");
		assertThat(seen()).filteredOn((line) -> line.startsWith("status columns")).hasSize(1);
	}

	@Test
	void aBatchContainsEventsInOrder() {
		this.database.inTransaction("INSERT INTO orders VALUES (3, 'batch', 'new', 1)",
				"DELETE FROM orders WHERE id = 3");
		assertSeen("batch DELETE batch");
		assertThat(seen()).containsSubsequence("batch CREATE batch", "batch DELETE batch");
	}

	@Test
	void aPartitionedTableIsReceivedByItsRoot() {
		this.database.execute("INSERT INTO measures VALUES (1, '2025-12-31'), (1, '2026-01-01')");
		assertSeen("public.measures 2025-12-31");
		assertSeen("public.measures 2026-01-01");
	}

	@Test
	void unusualNamesAreReceived() {
		this.database.execute("INSERT INTO \"odd.schema\".\"Ta*ble, x\" VALUES (1, 42)");
		assertSeen("odd {id=1, No. of=42}");
	}

	@Test
	void messagesAreSelectedByPrefix() {
		this.database.execute("SELECT pg_logical_emit_message(true, 'other', 'not this')",
				"SELECT pg_logical_emit_message(true, 'hello', 'world')");
		assertSeen("message world");
		assertThat(seen()).doesNotContain("message not this");
	}

	@Test
	void aTruncateIsReceivedIfItsTableIsNamed() {
		this.database.execute("TRUNCATE totals_log");
		assertSeen("TRUNCATE public.totals_log");
	}

	@Test
	void aTransactionalListenerJoinsTheTransaction() {
		this.database.execute("INSERT INTO orders VALUES (4, 'transactional', 'new', 12.50)");
		await().untilAsserted(() -> assertThat(
				this.database.queryForText("SELECT total FROM totals WHERE customer = 'transactional'"))
			.isEqualTo("12.50"));
		assertThat(AopUtils.isCglibProxy(this.application.bean(Totals.class))).isTrue();
		assertSeen("in transaction true");
	}

	private List<String> seen() {
		return this.application.bean(Listeners.class).seen;
	}

	private void assertSeen(String line) {
		await().untilAsserted(() -> assertThat(seen()).contains(line));
	}

	record Purchase(Integer id, String customer, @Nullable String status, @Nullable BigDecimal total) {

	}

	record Measure(Integer id, LocalDate day) {

	}

	record Entry(Integer id, String note) {

	}

	@Target(ElementType.METHOD)
	@Retention(RetentionPolicy.RUNTIME)
	@CdcListener(tables = "entries", engine = "second")
	@interface EntriesListener {

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Totals.class)
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

		@EntriesListener
		void entry(Operation operation, TableId table, Entry entry) {
			this.seen.add("entries " + operation + " " + table + " " + entry.id() + " " + entry.note());
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

}
