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

package io.github.cdcspring.internal.row;

import java.beans.ConstructorProperties;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.math.BigDecimal;
import java.net.URI;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.github.cdcspring.Column;
import io.github.cdcspring.TableId;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.core.convert.support.DefaultConversionService;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Immutable classes, and the annotations of JPA and Spring Data.
 */
@PostgresTest
class RowConstructorTests {

	private static final TableId orders = new TableId("public", "orders");

	private static final List<TableColumn> columns = List.of(column("id", 20), column("customer_name", 25),
			column("Ref", 25), column("total", 1700));

	private static final List<Change> changes = new ArrayList<>();

	private final RowMappers mappers = new RowMappers(new DefaultConversionService(), null);

	private static TableColumn column(String name, int oid) {
		return new TableColumn(name, name, oid, PostgresType.of(oid, name, false, 0, false));
	}

	@BeforeAll
	static void stream(TestDatabase database) throws Exception {
		database
			.execute("CREATE TABLE orders (id bigint PRIMARY KEY, customer_name text, \"Ref\" text, total numeric)");
		try (EngineRecords records = new EngineRecords(database, Map.of())) {
			database.execute("INSERT INTO orders VALUES (1, 'ada', 'r1', 5)",
					"INSERT INTO orders VALUES (2, NULL, NULL, NULL)");
			changes.addAll(records.changes(new RecordDecoder("cdc-heartbeat", (table) -> false), 2));
		}
	}

	@Test
	void mapsImmutableClassByNamesOfItsParameters() {
		Immutable order = after(0, Immutable.class);
		assertThat(order.id).isEqualTo(1);
		assertThat(order.customerName).isEqualTo("ada");
		assertThat(order.reference).isEqualTo("r1");
		assertThat(order.missing).isEmpty();
		assertThat(order.nothing).isNull();
		assertThat(after(1, Immutable.class).customerName).isNull();
	}

	@Test
	void mapsImmutableClassByConstructorProperties() {
		Named order = after(0, Named.class);
		assertThat(order.first).isEqualTo(1);
		assertThat(order.second).isEqualTo("ada");
	}

	@Test
	void mapsClassWithoutSettersByItsFullConstructor() {
		assertThat(after(0, ForHibernate.class).id).isEqualTo(1);
	}

	@Test
	void keepsUsingSettersWhereTheyExist() {
		WithSetter order = after(0, WithSetter.class);
		assertThat(order.id).isEqualTo(1);
		assertThat(order.constructed).isFalse();
	}

	@Test
	void namesWhatAnImmutableClassLacks() {
		assertThatExceptionOfType(RowMappingException.class).isThrownBy(() -> after(0, Misspelt.class))
			.withMessageContaining("no column matches 'custmerName' for Misspelt.custmerName (java.lang.String)");
	}

	@Test
	void rejectsClassWithSeveralConstructors() {
		assertThatExceptionOfType(RowMappingException.class).isThrownBy(() -> this.mappers.mapperFor(Several.class))
			.withMessage("Cannot map rows to " + Several.class.getName()
					+ ": it has neither exactly one constructor nor "
					+ "one without parameters. Declare a record, an immutable class with one constructor, a bean with "
					+ "setters, or Map<String, Object>.");
	}

	@Test
	void honoursColumnNamesOfJpaAndSpringData() {
		Entity entity = after(0, Entity.class);
		assertThat(entity.key).isEqualTo(1);
		assertThat(entity.buyer).isEqualTo("ada");
		assertThat(entity.reference).isEqualTo("r1");
		assertThat(entity.converted).as("a type that JPA would convert").isNull();
		assertThat(after(0, Aggregate.class)).isEqualTo(new Aggregate(1L, "ada", "r1", "r1"));
	}

	@Test
	void propertyThatAnotherLibraryConvertsDoesNotTakeTheColumnOfItsName() {
		Converted bean = after(0, Converted.class);
		assertThat(bean.id).isEqualTo(1);
		assertThat(bean.customerName).isNull();
		assertThat(after(0, ConvertedNullable.class)).isEqualTo(new ConvertedNullable(1, null));
		assertThatExceptionOfType(RowMappingException.class).isThrownBy(() -> after(0, ConvertedRecord.class))
			.withMessageContaining("Cannot map column 'id' (")
			.withMessageContaining("to ConvertedRecord.customerName (java.net.URI)")
			.withMessageContaining("no converter exists");
	}

	@Test
	void knowsPropertiesWithoutColumn() {
		assertThat(this.mappers.mapperFor(Entity.class).check(orders, columns)).containsExactly("converted", "unknown");
		assertThat(this.mappers.mapperFor(Immutable.class).check(orders, columns)).isEmpty();
	}

	@Test
	void leavesOutPropertiesThatAreNoColumns() {
		WithRelations bean = after(0, WithRelations.class);
		assertThat(bean.id).isEqualTo(1);
		assertThat(bean.total).isNull();
		assertThat(bean.customerName).isNull();
		assertThat(bean.ref).isEqualTo("r1");
		assertThat(after(0, Computed.class)).isEqualTo(new Computed(1, null, 0));
		assertThat(this.mappers.mapperFor(WithRelations.class).check(orders, columns)).isEmpty();
	}

	@Test
	void knowsTablesOfJpaAndSpringData() {
		assertThat(MappedNames.mappedTable(Entity.class)).isEqualTo("\"sales\".\"order_items\"");
		assertThat(MappedNames.mappedTable(Aggregate.class)).isEqualTo("\"Orders\"");
		assertThat(MappedNames.mappedTable(QuotedEntity.class)).isEqualTo("\"Odd.Name\"");
		assertThat(MappedNames.mappedTable(UnnamedEntity.class)).isNull();
		assertThat(MappedNames.mappedTable(Acronym.class)).isEqualTo("\"orderid\"");
		assertThat(MappedNames.mappedTable(Last.class)).isEqualTo("\"userx\"");
		assertThat(MappedNames.mappedTable(Dotted.class)).isEqualTo("\"sales_order2_items\"");
		assertThat(MappedNames.mappedTable(Immutable.class)).isNull();
	}

	private <T> T after(int change, Class<T> type) {
		return changes.get(change).after(this.mappers.<T>mapperFor(type));
	}

	static final class Immutable {

		private final long id;

		private final @Nullable String customerName;

		@Column("Ref")
		private final @Nullable String reference;

		private final Optional<String> missing;

		private final @Nullable String nothing;

		Immutable(long id, @Nullable String customerName, @Nullable String reference, Optional<String> missing,
				@Nullable String nothing) {
			this.id = id;
			this.customerName = customerName;
			this.reference = reference;
			this.missing = missing;
			this.nothing = nothing;
		}

	}

	static final class Named {

		private final long first;

		private final String second;

		@ConstructorProperties({ "id", "customerName" })
		Named(long first, String second) {
			this.first = first;
			this.second = second;
		}

	}

	static class ForHibernate {

		private final long id;

		protected ForHibernate() {
			this(0);
		}

		ForHibernate(long id) {
			this.id = id;
		}

		public long getId() {
			return this.id;
		}

	}

	static class WithSetter {

		private long id;

		private final boolean constructed;

		WithSetter() {
			this.constructed = false;
		}

		WithSetter(long id) {
			this.id = id;
			this.constructed = true;
		}

		public void setId(long id) {
			this.id = id;
		}

	}

	record Misspelt(long id, String custmerName) {

	}

	static final class Several {

		Several(long id) {
		}

		Several(String name) {
		}

	}

	@Retention(RetentionPolicy.RUNTIME)
	@interface ManyToOne {

	}

	static class WithRelations {

		private long id;

		@jakarta.persistence.Transient
		private @Nullable BigDecimal total;

		@ManyToOne
		private @Nullable Immutable customerName;

		@ManyToOne
		@Column("Ref")
		private @Nullable String ref;

		public void setId(long id) {
			this.id = id;
		}

		public void setTotal(BigDecimal total) {
			this.total = total;
		}

		public void setCustomerName(Immutable customerName) {
			this.customerName = customerName;
		}

		public void setRef(String ref) {
			this.ref = ref;
		}

	}

	static class Converted {

		private long id;

		@jakarta.persistence.Column(name = "id")
		private @Nullable URI customerName;

		public void setId(long id) {
			this.id = id;
		}

		public void setCustomerName(URI customerName) {
			this.customerName = customerName;
		}

	}

	record ConvertedRecord(long id, @jakarta.persistence.Column(name = "id") URI customerName) {

	}

	record ConvertedNullable(long id, @jakarta.persistence.Column(name = "id") @Nullable URI customerName) {

	}

	record Computed(long id, @ManyToOne @Nullable Immutable customerName, @ManyToOne int total) {

	}

	@jakarta.persistence.Table(name = "OrderItems", schema = "sales")
	static class Entity {

		@jakarta.persistence.Column(name = "id")
		private long key;

		@jakarta.persistence.Column(name = "customerName")
		private @Nullable String buyer;

		private @Nullable String reference;

		@jakarta.persistence.Column(name = "Ref")
		private @Nullable BitSet converted;

		@jakarta.persistence.Transient
		private @Nullable String computed;

		@org.springframework.data.annotation.Transient
		private @Nullable String derived;

		private @Nullable String unknown;

		public void setKey(long key) {
			this.key = key;
		}

		public void setBuyer(String buyer) {
			this.buyer = buyer;
		}

		@jakarta.persistence.Column(name = "`Ref`")
		public void setReference(String reference) {
			this.reference = reference;
		}

		public void setConverted(BitSet converted) {
			this.converted = converted;
		}

		public void setComputed(String computed) {
			this.computed = computed;
		}

		public void setDerived(String derived) {
			this.derived = derived;
		}

		public void setUnknown(String unknown) {
			this.unknown = unknown;
		}

	}

	@org.springframework.data.relational.core.mapping.Table("Orders")
	record Aggregate(@org.springframework.data.relational.core.mapping.Column("id") Long key,
			@org.springframework.data.relational.core.mapping.Column("customer_name") String buyer,
			@org.springframework.data.relational.core.mapping.Column("Ref") String reference,
			@org.springframework.data.relational.core.mapping.Column("gone") @Column("Ref") String again) {

	}

	@jakarta.persistence.Table(name = "\"Odd.Name\"")
	static class QuotedEntity {

	}

	@jakarta.persistence.Table(name = "orderID")
	static class Acronym {

	}

	@jakarta.persistence.Table(name = "userX")
	static class Last {

	}

	@jakarta.persistence.Table(name = "Sales.order2Items")
	static class Dotted {

	}

	@jakarta.persistence.Table
	static class UnnamedEntity {

	}

}
