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

import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import io.github.cdcspring.Column;
import io.github.cdcspring.ColumnValue;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.core.ResolvableType;
import org.springframework.core.convert.support.DefaultConversionService;
import org.springframework.core.convert.support.GenericConversionService;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@PostgresTest
class RowMappersTests {

	private static final List<Change> changes = new ArrayList<>();

	private final RowMappers mappers = new RowMappers(conversionService(), applicationConverters(), null);

	private static DefaultConversionService conversionService() {
		DefaultConversionService conversionService = new DefaultConversionService();
		conversionService.addConverter(String.class, Email.class, Email::new);
		conversionService.addConverter(BigDecimal.class, Money.class, Money::new);
		return conversionService;
	}

	private static GenericConversionService applicationConverters() {
		GenericConversionService applicationConverters = new GenericConversionService();
		applicationConverters.addConverter(String.class, Grade.class, (label) -> Grade.valueOf("GRADE_" + label));
		return applicationConverters;
	}

	@BeforeAll
	static void stream(TestDatabase database) throws Exception {
		database
			.execute("CREATE TABLE orders (order_id bigint PRIMARY KEY, \"customerName\" text, amount numeric(10,2), "
					+ "placed_at timestamptz, state text, grade text, attributes jsonb, wait interval, \"Ref\" uuid, "
					+ "user_id int, userid int)");
		try (EngineRecords records = new EngineRecords(database, Map.of())) {
			database.execute(
					"INSERT INTO orders VALUES (1, 'ada', 12.5, '2024-01-01 00:00+00', 'Open', 'A', '{\"a\": 1}', "
							+ "'5 min', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 5, 6)",
					"INSERT INTO orders VALUES (9223372036854775807, NULL, 'NaN', 'infinity', 'lost', 'Z', '[]', "
							+ "'1 mon', NULL, NULL, NULL)");
			changes.addAll(records.changes(new RecordDecoder("cdc-heartbeat", (table) -> false), 2));
		}
	}

	@Test
	void mapsRowToRecord() {
		Order order = after(0, Order.class);
		assertThat(order)
			.isEqualTo(new Order(1, "ada", new Money(new BigDecimal("12.50")), Instant.parse("2024-01-01T00:00:00Z"),
					State.OPEN, Optional.of("A"), ColumnValue.of("{\"a\": 1}"), 5, new Email("ada"), null));
		assertThat(this.mappers.mapperFor(Order.class)).isSameAs(this.mappers.mapperFor(Order.class))
			.extracting(RowMapper::type)
			.isEqualTo(Order.class);
	}

	@Test
	void mapsRowToBeanAndKeepsOtherProperties() {
		OrderBean bean = after(0, OrderBean.class);
		assertThat(bean.orderId).isEqualTo(1);
		assertThat(bean.customer).isEqualTo("ada");
		assertThat(bean.state).isEqualTo(State.OPEN);
		assertThat(bean.when).isEqualTo(Instant.parse("2024-01-01T00:00:00Z"));
		assertThat(bean.note).isEqualTo("untouched");
		assertThat(changes.get(0).after(this.mappers.<OrderBean>mapperFor(OrderBean.class))).isNotSameAs(bean);
	}

	@Test
	void mapsRowToMapOfStrings() {
		RowMapper<Map<String, String>> mapper = this.mappers
			.mapperFor(ResolvableType.forClassWithGenerics(Map.class, String.class, String.class).getType());
		assertThat(changes.get(0).after(mapper)).containsExactly(Map.entry("order_id", "1"),
				Map.entry("customerName", "ada"), Map.entry("amount", "12.50"),
				Map.entry("placed_at", "2024-01-01T00:00:00Z"), Map.entry("state", "Open"), Map.entry("grade", "A"),
				Map.entry("attributes", "{\"a\": 1}"), Map.entry("wait", "PT5M"),
				Map.entry("Ref", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"), Map.entry("user_id", "5"),
				Map.entry("userid", "6"));
	}

	@Test
	void usesApplicationConverterIfNoConstantMatches() {
		assertThat(after(0, Graded.class).grade()).isEqualTo(Grade.GRADE_A);
	}

	@Test
	void rejectsNullForPrimitive() {
		assertThatValueIsRejected(() -> after(1, PrimitiveUser.class),
				"Cannot map column 'user_id' (int4) of public.orders to "
						+ "PrimitiveUser.userId (int) at %s: the value is NULL, which a primitive type cannot represent. "
						+ "Declare it as its wrapper type, Optional or ColumnValue.");
	}

	@Test
	void rejectsValueOutOfRange() {
		assertThatValueIsRejected(() -> after(1, NarrowOrder.class),
				"Cannot map column 'order_id' (int8) of public.orders to "
						+ "NarrowOrder.orderId (int) at %s: the type cannot represent the value exactly. Declare a wider type, or String.");
		assertThat(after(0, NarrowOrder.class).orderId()).isEqualTo(1);
	}

	@Test
	void rejectsNanForBigDecimal() {
		assertThatValueIsRejected(() -> after(1, Amount.class),
				"Cannot map column 'amount' (numeric) of public.orders to "
						+ "Amount.amount (java.math.BigDecimal) at %s: the value is NaN or infinite. "
						+ "Declare it as Double or String.");
	}

	@Test
	void rejectsIntervalWithMonthsForDuration() {
		assertThat(after(0, Wait.class).delay()).isEqualTo(Duration.ofMinutes(5));
		assertThatValueIsRejected(() -> after(1, Wait.class),
				"Cannot map column 'wait' (interval) of public.orders to "
						+ "Wait.delay (java.time.Duration) at %s: a Duration cannot represent months and days, and a "
						+ "Period cannot represent a time of day. Declare it as PostgresInterval.");
	}

	@Test
	void rejectsLabelWithoutConstant() {
		assertThatValueIsRejected(() -> after(1, Stated.class), "Cannot map column 'state' (text) of public.orders to "
				+ "Stated.state (io.github.cdcspring.internal.row.RowMappersTests$State) at %s: no constant of the enum has "
				+ "this name. Add the constant, declare it as String, or register a Converter<String, State>.");
	}

	@Test
	void namesTheFailedConverterButNotTheValue() {
		assertThatExceptionOfType(RowMappingException.class).isThrownBy(() -> after(1, Mailed.class))
			.withMessageMatching("Cannot map column 'state' \\(text\\) of public.orders to Mailed.state "
					+ "\\(io.github.cdcspring.internal.row.RowMappersTests\\$Email\\) at \\S+: its conversion failed with "
					+ "\\S+ at \\S+. The exception's message is left out, because it may contain the value. "
					+ "Check the code at that line.")
			.withMessageNotContaining("lost")
			.withNoCause();
	}

	@Test
	void namesTheFailedConstructorButNotTheValue() {
		assertThatExceptionOfType(RowMappingException.class).isThrownBy(() -> after(1, Strict.class))
			.withMessageMatching(
					"Cannot map a row of public.orders to io.github.cdcspring.internal.row.RowMappersTests\\$Strict "
							+ "at \\S+: its code threw java.lang.IllegalArgumentException at .*Strict.<init>.*. The "
							+ "exception's message is left out, because it may contain the row's data. "
							+ "Check the code at that line.")
			.withNoCause();
	}

	@Test
	void rejectsTypeWithoutConverter() {
		assertThatMappingFails(Addressed.class,
				"Cannot map column 'amount' (numeric) of public.orders to Addressed.amount "
						+ "(java.lang.Thread): no converter exists from its natural type BigDecimal. "
						+ "Declare it as BigDecimal, or register a Converter<BigDecimal, Thread>.");
	}

	@Test
	void rejectsJsonWithoutJackson() {
		assertThatMappingFails(Attributed.class,
				"Cannot map column 'attributes' (jsonb) of public.orders to Attributed.attributes "
						+ "(java.util.Map<java.lang.String, java.lang.Object>): no converter exists from its natural type "
						+ "String. Declare it as String, or register a Converter<String, Map>.");
	}

	@Test
	void rejectsComponentWithoutColumn() {
		assertThatMappingFails(Misspelt.class,
				"Cannot map public.orders to io.github.cdcspring.internal.row.RowMappersTests$Misspelt: no column "
						+ "matches 'custmerName' for Misspelt.custmerName (java.lang.String). The columns are order_id, "
						+ "customerName, amount, placed_at, state, grade, attributes, wait, Ref, user_id, userid. Fix the "
						+ "name or name the column with @Column. If the table may not have the column, declare it @Nullable, "
						+ "Optional or ColumnValue.");
	}

	@Test
	void rejectsAnnotationWithUnknownColumn() {
		assertThatExceptionOfType(RowMappingException.class).isThrownBy(() -> after(0, WrongBean.class))
			.withMessageStartingWith("At " + changes.get(0).lsn()
					+ ": Cannot map public.orders to io.github.cdcspring.internal.row.RowMappersTests$WrongBean: "
					+ "no column 'missing' exists for WrongBean.name (java.lang.String). The columns are order_id, ");
	}

	@Test
	void rejectsBeanWithoutMatchingProperty() {
		assertThatMappingFails(StrangeBean.class,
				"Cannot map public.orders to io.github.cdcspring.internal.row.RowMappersTests$StrangeBean: no property "
						+ "matches a column. The columns are order_id, customerName, amount, placed_at, state, grade, attributes, "
						+ "wait, Ref, user_id, userid. Add setters for these columns, or name the columns with @Column.");
	}

	@Test
	void rejectsAmbiguousColumns() {
		assertThatMappingFails(Alike.class,
				"Cannot map public.orders to io.github.cdcspring.internal.row.RowMappersTests$Alike: the columns "
						+ "user_id, userid all match 'userID'. Name the column with @Column.");
		assertThat(after(0, Distinct.class)).isEqualTo(new Distinct(5, 6));
	}

	@Test
	void fillsOptionalPropertiesWithoutColumn() {
		assertThat(after(0, Lacking.class))
			.isEqualTo(new Lacking(1, null, Optional.empty(), ColumnValue.unavailable()));
	}

	@Test
	void rejectsTypesThatAreNotRows() {
		for (Class<?> type : List.of(String.class, Integer.class, List.class, State.class, int[].class,
				Collection.class)) {
			assertThatExceptionOfType(RowMappingException.class).isThrownBy(() -> this.mappers.mapperFor(type))
				.withMessage("Cannot map rows to " + type.getTypeName()
						+ ": it is not a row type. Declare a record, an immutable class with one constructor, a bean "
						+ "with setters, or Map<String, Object>.");
		}
	}

	@Test
	void onlyOneClassDependsOnJackson() {
		ArchRuleDefinition.noClasses()
			.that()
			.doNotHaveSimpleName("JacksonJson")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("tools.jackson..")
			.check(new ClassFileImporter().withImportOption((location) -> !location.contains("test-classes"))
				.importPackages("io.github.cdcspring.internal.row"));
	}

	private <T> T after(int change, Class<T> type) {
		return changes.get(change).after(this.mappers.<T>mapperFor(type));
	}

	private void assertThatMappingFails(Class<?> type, String message) {
		assertThatExceptionOfType(RowMappingException.class).isThrownBy(() -> after(0, type))
			.withMessage("At " + changes.get(0).lsn() + ": " + message);
	}

	private static void assertThatValueIsRejected(ThrowingCallable mapping, String message) {
		assertThatExceptionOfType(RowMappingException.class).isThrownBy(mapping)
			.withMessage(message.formatted(changes.get(1).lsn()));
	}

	enum State {

		OPEN, CLOSED

	}

	enum Grade {

		GRADE_A

	}

	record Email(String address) {

		Email {
			if (address.equals("lost")) {
				throw new IllegalArgumentException("Not an address: " + address);
			}
		}

	}

	record Money(BigDecimal amount) {

	}

	record Order(long orderId, String customerName, Money amount, Instant placedAt, State state, Optional<String> grade,
			ColumnValue<String> attributes, @Column("user_id") int user, @Column("customerName") Email mail,
			@Nullable URI none) {

	}

	record PrimitiveUser(int userId) {

	}

	record NarrowOrder(int orderId) {

	}

	record Amount(BigDecimal amount) {

	}

	record Wait(@Column("wait") Duration delay) {

	}

	record Stated(State state) {

	}

	record Graded(Grade grade) {

	}

	record Mailed(Email state) {

	}

	record Strict(String state) {

		Strict {
			if (state.equals("lost")) {
				throw new IllegalArgumentException("Not a state: " + state);
			}
		}

	}

	record Addressed(Thread amount) {

	}

	record Attributed(Map<String, Object> attributes) {

	}

	record Misspelt(long orderId, String custmerName) {

	}

	record Alike(int userID) {

	}

	record Distinct(int userId, int userid) {

	}

	record Lacking(long orderId, @Nullable String none, Optional<String> nothing, ColumnValue<String> nowhere) {

	}

	static class BaseBean {

		long orderId;

		public void setOrderId(long orderId) {
			this.orderId = orderId;
		}

	}

	static class OrderBean extends BaseBean {

		@Column("customerName")
		private @Nullable String customer;

		private @Nullable State state;

		private @Nullable Instant when;

		private String note = "untouched";

		public void setCustomer(String customer) {
			this.customer = customer;
		}

		public void setState(State state) {
			this.state = state;
		}

		@Column("placed_at")
		public void setWhen(Instant when) {
			this.when = when;
		}

		public void setNote(String note) {
			this.note = note;
		}

	}

	static class WrongBean {

		public void setName(@Column("missing") String name) {
		}

	}

	static class StrangeBean {

		public void setStrange(String strange) {
		}

	}

}
