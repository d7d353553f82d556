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

package io.github.cdcspring.internal.engine;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.cdcspring.ActionStep;
import io.github.cdcspring.Before;
import io.github.cdcspring.CdcListener;
import io.github.cdcspring.ChangeEvent;
import io.github.cdcspring.Column;
import io.github.cdcspring.ColumnValue;
import io.github.cdcspring.EventPosition;
import io.github.cdcspring.LogicalMessage;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.Operation;
import io.github.cdcspring.RowKey;
import io.github.cdcspring.TableId;
import io.github.cdcspring.engine.StartRefusedException;
import io.github.cdcspring.engine.Violation;
import io.github.cdcspring.internal.startup.check.AcceptedRisk;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

/**
 * The columns of the tables are compared with what the listeners declare before an event
 * arrives.
 */
@PostgresTest
@ExtendWith(OutputCaptureExtension.class)
class RowBindingIT {

	private static final String MEMORY = "cdc.offset.store=memory";

	private static final String NO_DATA = "cdc.snapshot.mode=no_data";

	@BeforeEach
	void createTables(TestDatabase database) {
		database.execute("CREATE DOMAIN amount AS numeric(10,2)", "CREATE TYPE mood AS ENUM ('sad')",
				"CREATE TABLE orders (id bigint PRIMARY KEY, customer text, amount amount, moods mood[], placed date, "
						+ "flag bit(1), attributes jsonb)",
				"ALTER TABLE orders REPLICA IDENTITY FULL", "CREATE TABLE customers (id bigint PRIMARY KEY, name text)",
				"CREATE TABLE unfit (id bigint PRIMARY KEY)",
				"CREATE TABLE measures (id int, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)",
				"CREATE TABLE measures_2026 PARTITION OF measures FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')");
	}

	@Test
	void refusesARecordThatWantsAColumnThatTheTableLacks(TestDatabase database) {
		assertThat(refusal(database, MisspeltRecord.class)).isEqualTo(new Violation("row-binding",
				"The method 'on' of bean 'rowBindingIT.MisspeltRecord' cannot receive the rows of public.orders. Cannot map "
						+ "public.orders to " + Misspelt.class.getName() + ": no column matches 'custmer' for "
						+ "Misspelt.custmer (java.lang.String). The columns are id, customer, amount, moods, placed, flag, "
						+ "attributes.",
				List.of(ActionStep
					.of("Fix the name or name the column with @Column. If the table may not have the column, "
							+ "declare it @Nullable, Optional or ColumnValue.")),
				List.of()));
	}

	@ParameterizedTest
	@ValueSource(classes = { MisspeltRecord.class, MisspeltEvents.class, MisspeltBatch.class, MisspeltBefore.class,
			MisspeltBean.class, WrongType.class, MisspeltColumns.class, PartitionedTable.class, SecondTable.class })
	void refusesEachFormOfParameter(Class<?> listener, TestDatabase database) {
		assertThat(refusal(database, listener).rule()).isEqualTo("row-binding");
	}

	private static Violation refusal(TestDatabase database, Class<?> listener) {
		Throwable failure = catchThrowableOfType(Exception.class,
				() -> TestApplication.start(database, listener, MEMORY).close());
		while (failure != null && !(failure instanceof StartRefusedException)) {
			failure = failure.getCause();
		}
		assertThat(failure).isInstanceOf(StartRefusedException.class);
		List<Violation> violations = ((StartRefusedException) failure).violations();
		assertThat(violations).hasSize(1);
		assertThat(violations.get(0).problem()).startsWith("The method 'on' of bean '");
		return violations.get(0);
	}

	@Test
	void startsWithEveryFormThatCanBeCalled(TestDatabase database, CapturedOutput output) {
		try (TestApplication application = TestApplication.run(database, EveryForm.class, MEMORY, NO_DATA)) {
			EveryForm forms = application.bean(EveryForm.class);
			database.execute("INSERT INTO orders VALUES (1, 'ada', 5, '{sad}', '2026-01-01', B'1', '{\"a\": 1}')",
					"INSERT INTO customers VALUES (1, 'ada')", "INSERT INTO measures VALUES (1, '2026-02-02')",
					"SELECT pg_logical_emit_message(true, 'audit', '')");
			// A batch is delivered after later events
			await().untilAsserted(() -> assertThat(forms.seen).contains("message", "optional", "map", "map event",
					"any event", "raw event", "batch", "facts", "bean", "declared", "wide", "measure",
					"unfit customer was not called"));
		}
		assertThat(output)
			.contains("No column of public.orders matches the properties note, other of " + OrderBean.class.getName()
					+ ", which the method 'bean' of bean 'rowBindingIT.EveryForm' takes, so they "
					+ "keep their initial value.");
		assertThat(output.getAll().split("No column of public.orders matches", -1)).hasSize(2);
		assertThat(output)
			.contains("The method 'wildcard' of bean 'rowBindingIT.EveryForm' will fail at the first row of "
					+ "public.unfit. Cannot map public.unfit to " + Customer.class.getName());
	}

	@Test
	void refusesATypeThatNoDeletedRowFits(TestDatabase database) {
		database.execute("CREATE TABLE items (id int PRIMARY KEY, price int)");
		assertThat(refusal(database, DeletedRecord.class)).isEqualTo(new Violation("delete-binding",
				"The method 'on' of bean 'rowBindingIT.DeletedRecord' cannot receive the deleted rows of public.items. Cannot "
						+ "map column 'price' (int4) of public.items to Item.price (int): of a deleted row, PostgreSQL sends "
						+ "only the replica identity (id).",
				List.of(ActionStep
					.of("Declare it as its wrapper type or as ColumnValue, or give the table and its partitions REPLICA "
							+ "IDENTITY FULL."),
						ActionStep.sql("For the latter, run: ",
								"ALTER TABLE \"public\".\"items\" REPLICA IDENTITY FULL;")),
				List.of()));
		database.execute("DROP TABLE items",
				"CREATE TABLE items (id int PRIMARY KEY, price int NOT NULL) PARTITION BY RANGE (id)",
				"CREATE TABLE items_1 PARTITION OF items FOR VALUES FROM (0) TO (10)",
				"CREATE TABLE items_2 PARTITION OF items FOR VALUES FROM (10) TO (20)",
				"ALTER TABLE items_1 REPLICA IDENTITY FULL",
				"CREATE UNIQUE INDEX priced ON items_2 (price) INCLUDE (id)",
				"ALTER TABLE items_2 REPLICA IDENTITY USING INDEX priced",
				"ALTER PUBLICATION \"" + database.name() + "\" ADD TABLE items");
		assertThat(refusal(database, DeletedEvents.class).problem()).contains("to Item.id (int): of a deleted row",
				"replica identity (price)");
		assertThat(refusal(database, DeletedBean.class).action())
			.endsWith("run: ALTER TABLE \"public\".\"items\" REPLICA IDENTITY FULL; ALTER TABLE \"public\".\"items_2\" "
					+ "REPLICA IDENTITY FULL;");
		database.execute("ALTER TABLE items_2 REPLICA IDENTITY FULL");
		TestApplication.run(database, DeletedRecord.class, MEMORY, NO_DATA).close();
	}

	@Test
	void warnsOfATypeThatNoDeletedRowFitsIfDeletesMayNeverCome(TestDatabase database, CapturedOutput output) {
		database.execute("CREATE TABLE items (id int PRIMARY KEY, price int)");
		try (TestApplication application = TestApplication.run(database, DeletedByDefault.class, MEMORY, NO_DATA)) {
			DeletedByDefault listener = application.bean(DeletedByDefault.class);
			database.execute("INSERT INTO items VALUES (1, 2)", "UPDATE items SET price = 3", "DELETE FROM items");
			await().until(() -> listener.seen.contains(Operation.DELETE));
			assertThat(listener.seen).containsExactly(Operation.CREATE, Operation.UPDATE, Operation.DELETE);
		}
		assertThat(output)
			.contains(
					"The method 'on' of bean 'rowBindingIT.DeletedByDefault' will fail at each DELETE of public.items. "
							+ "Cannot map column 'price' (int4) of public.items to Item.price (int)",
					"The method 'wildcard' of bean 'rowBindingIT.DeletedByDefault' will fail at each DELETE of ")
			.doesNotContain("method 'onWhole' of bean", "method 'onOther' of bean", "method 'created' of bean");
	}

	@Test
	void startsIfTheRiskIsAccepted(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, MisspeltRecord.class, MEMORY, NO_DATA,
				"cdc.safety.accept=row-binding")) {
			assertThat(application.engine().acceptedRisks()).extracting(AcceptedRisk::rule)
				.containsExactly("row-binding");
		}
	}

	@Test
	void aColumnThatDebeziumOmitsIsNotJudged(TestDatabase database) {
		TestApplication
			.run(database, WithoutType.class, MEMORY, NO_DATA, "cdc.debezium.column.exclude.list=public.orders.placed")
			.close();
	}

	record Misspelt(long id, String custmer) {

	}

	static class MisspeltRecord {

		@CdcListener("orders")
		void on(Misspelt order) {
		}

	}

	static class MisspeltEvents {

		@CdcListener("orders")
		void on(ChangeEvent<Misspelt> order) {
		}

	}

	static class MisspeltBatch {

		@CdcListener("orders")
		void on(List<Misspelt> orders) {
		}

	}

	static class MisspeltBefore {

		@CdcListener("orders")
		void on(Map<String, Object> row, @Before Misspelt order) {
		}

	}

	static class WrongBean {

		public void setId(long id) {
		}

		@Column("custmer")
		public void setName(String name) {
		}

	}

	static class MisspeltBean {

		@CdcListener("orders")
		void on(WrongBean order) {
		}

	}

	record Typed(long id, LocalDate amount) {

	}

	static class WrongType {

		@CdcListener("orders")
		void on(Typed order) {
		}

	}

	static class MisspeltColumns {

		@CdcListener(tables = "orders", columns = "custmer")
		void on(Map<String, Object> order) {
		}

	}

	static class PartitionedTable {

		@CdcListener("measures")
		void on(Misspelt measure) {
		}

	}

	record Customer(long id, String name) {

	}

	static class SecondTable {

		@CdcListener({ "customers", "orders" })
		void on(Customer customer) {
		}

	}

	record Item(int id, int price) {

	}

	record WholeItem(int id, @Nullable Integer price) {

	}

	static class ItemBean {

		public void setId(int id) {
		}

		public void setPrice(int price) {
		}

	}

	static class DeletedRecord {

		@CdcListener(tables = "items", operations = { Operation.CREATE, Operation.DELETE })
		void on(Item item) {
		}

	}

	static class DeletedEvents {

		@CdcListener(tables = "items", operations = Operation.DELETE)
		void on(List<ChangeEvent<Item>> items) {
		}

	}

	static class DeletedBean {

		@CdcListener(tables = "items", operations = Operation.DELETE)
		void on(ItemBean item) {
		}

	}

	static class DeletedByDefault {

		final List<Operation> seen = new CopyOnWriteArrayList<>();

		@CdcListener(tables = "items", onFailure = "skip")
		void on(Item item) {
		}

		@CdcListener(tables = "item*", operations = Operation.DELETE, onFailure = "skip")
		void wildcard(Item item) {
		}

		@CdcListener(tables = "items", operations = { Operation.CREATE, Operation.UPDATE })
		void created(Item item) {
		}

		@CdcListener("items")
		void onWhole(WholeItem item, Operation operation) {
			this.seen.add(operation);
		}

		@CdcListener("customers")
		void onOther(Customer customer) {
		}

	}

	static class WithoutType {

		@CdcListener("orders")
		void on(PlacedBean order) {
		}

	}

	static class PlacedBean {

		public void setId(long id) {
		}

		public void setPlaced(Thread placed) {
		}

	}

	static class OrderBean {

		private long id;

		public void setId(long id) {
			this.id = id;
		}

		public void setNote(String note) {
		}

		public void setOther(String other) {
		}

		public void setLacking(Optional<String> lacking) {
		}

	}

	record Lacking(long id, @Nullable String none, Optional<String> nothing, ColumnValue<String> nowhere) {

	}

	record Declared(long id, BigDecimal amount, List<Mood> moods, LocalDate placed, boolean flag,
			Map<String, Object> attributes) {

	}

	enum Mood {

		SAD

	}

	record Wide(long id, @Nullable String customer, @Nullable String name) {

	}

	record Measure(int id, LocalDate at) {

	}

	static class EveryForm {

		final List<String> seen = new CopyOnWriteArrayList<>(List.of("unfit customer was not called"));

		@CdcListener("orders")
		void optional(Lacking order) {
			this.seen.add("optional");
		}

		@CdcListener("*.*")
		void map(Map<String, Object> row) {
			this.seen.add("map");
		}

		@CdcListener("*")
		void mapEvent(ChangeEvent<Map<String, Object>> event) {
			this.seen.add("map event");
		}

		@CdcListener("orders")
		void anyEvent(ChangeEvent<?> event) {
			this.seen.add("any event");
		}

		@CdcListener("orders")
		@SuppressWarnings("rawtypes")
		void rawEvent(ChangeEvent event) {
			this.seen.add("raw event");
		}

		@CdcListener("orders")
		void batch(List<ChangeEvent<Declared>> orders) {
			this.seen.add("batch");
		}

		@CdcListener("orders")
		void facts(TableId table, RowKey key, Operation operation, EventPosition position, Lsn lsn) {
			this.seen.add("facts");
		}

		@CdcListener("orders")
		void bean(OrderBean order) {
			this.seen.add("bean");
		}

		@CdcListener("orders")
		void declared(Declared order, @Before Declared before) {
			this.seen.add("declared");
		}

		@CdcListener({ "orders", "customers" })
		void wide(Wide row) {
			this.seen.add("wide");
		}

		@CdcListener("measures")
		void measure(Measure measure) {
			this.seen.add("measure");
		}

		@CdcListener({ "customer*", "unfit*" })
		void wildcard(Customer customer) {
		}

		@CdcListener(tables = "orders", operations = Operation.TRUNCATE)
		void truncate(ChangeEvent<Misspelt> event) {
		}

		@CdcListener(messages = "audit")
		void message(LogicalMessage message) {
			this.seen.add("message");
		}

	}

}
