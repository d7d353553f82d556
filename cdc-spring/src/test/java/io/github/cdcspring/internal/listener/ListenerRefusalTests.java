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

package io.github.cdcspring.internal.listener;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.github.cdcspring.Before;
import io.github.cdcspring.CdcListener;
import io.github.cdcspring.ChangeEvent;
import io.github.cdcspring.LogicalMessage;
import io.github.cdcspring.Lsn;
import io.github.cdcspring.Operation;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.scheduling.annotation.Async;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Every listener that cannot work, with the words that refuse it.
 */
class ListenerRefusalTests {

	private static final String PACKAGE = ListenerRefusalTests.class.getPackageName() + ".";

	private static final String ON = "Listener method 'on' of bean 'orders' ";

	private static final String ROW_CURE = ". Take a record or a class of your own, Map<String, Object>, ChangeEvent<...>, or one of "
			+ "Operation, TableId, RowKey, EventPosition, Lsn, LogicalMessage and Instant.";

	private static final String RETURNED = "Finish the work before the method returns, because the event is acknowledged then.";

	static Stream<Arguments> refused() {
		return Stream.of(
				arguments(NeitherTablesNorMessages.class,
						"names neither tables nor messages. Name at least one, as in @CdcListener(\"orders\")."),
				arguments(MalformedTable.class,
						"has an invalid table pattern: 'a.b.c' is not a table pattern: it has 3 parts, not schema and "
								+ "table. Write schema.table, with * for any characters, and double quotes around a name with "
								+ "special characters."),
				arguments(BlankTable.class,
						"has an empty value in 'tables', which ${app.blank} resolves to. Set a value, or remove it."),
				arguments(EmptyColumn.class, "has an empty value in 'columns'. Set a value, or remove it."),
				arguments(UnknownPlaceholder.class,
						"has a value in 'tables' that cannot be resolved: Could not resolve placeholder 'app.missing' in "
								+ "value \"${app.missing}\". Set the property, or add a default to the placeholder."),
				arguments(MessageOperationWithoutMessages.class,
						"receives the operation MESSAGE but names no messages. Name their prefixes in 'messages', or "
								+ "remove MESSAGE."),
				arguments(MessagesWithoutMessageOperation.class,
						"names messages but does not receive the operation MESSAGE. Add MESSAGE to 'operations', or "
								+ "remove 'messages'."),
				arguments(TruncateWithoutTables.class,
						"receives the operations [TRUNCATE, MESSAGE] but names no tables. Name the tables, or remove "
								+ "every operation except MESSAGE."),
				arguments(TablesWithoutOperation.class,
						"names tables but receives no operation on them. Add operations other than MESSAGE, or remove "
								+ "'tables'."),
				arguments(ColumnsWithoutUpdate.class,
						"has 'columns', which filter updates, but receives no updates. Add UPDATE to 'operations', or "
								+ "remove 'columns'."),
				arguments(ColumnsOfMessages.class,
						"has 'columns', which filter updates, but receives no updates. Add UPDATE to 'operations', or "
								+ "remove 'columns'."),
				arguments(MessagesWithRow.class,
						"receives logical messages but takes a row, which a message does not have. Take LogicalMessage "
								+ "or ChangeEvent<...> instead, or receive messages in another method."),
				arguments(MessagesWithBatchOfRows.class,
						"receives logical messages but takes a row, which a message does not have. Take LogicalMessage "
								+ "or ChangeEvent<...> instead, or receive messages in another method."),
				arguments(MessageOfTable.class,
						"takes LogicalMessage but names no messages, so it would always be null. Name their prefixes in "
								+ "'messages', or take the row instead."),
				arguments(BatchOfMessagesAndTables.class,
						"takes a batch of LogicalMessage but names tables, whose events are not messages. Take "
								+ "List<ChangeEvent<...>>, or receive messages in another method."),
				arguments(RowOfTruncate.class,
						"takes a row but receives only TRUNCATE, which has none. Take TableId or ChangeEvent<...> "
								+ "instead, or add operations."),
				arguments(BeforeOfCreate.class,
						"takes a row @Before but receives neither updates nor deletes. Add UPDATE or DELETE to "
								+ "'operations', or remove the parameter."),
				arguments(TwoRows.class,
						"takes more than one row. Mark the parameter for the previous row with @Before."),
				arguments(TwoRowsBefore.class, "takes more than one row @Before. Remove all but one."),
				arguments(BeforeOfEvent.class,
						"has the parameter 'event' of type io.github.cdcspring.ChangeEvent<" + PACKAGE
								+ "Order> with @Before, which is only for a row. Remove @Before."),
				arguments(BeforeOfFact.class,
						"has the parameter 'lsn' of type io.github.cdcspring.Lsn with @Before, which is only for a row. "
								+ "Remove @Before."),
				arguments(BatchWithOthers.class,
						"takes a list and other parameters. Take List<ChangeEvent<...>> only, whose elements contain the "
								+ "other values."),
				arguments(RawList.class,
						"has the parameter 'batch' of type java.util.List, whose element type is unknown. Declare it, as "
								+ "in List<ChangeEvent<Order>>."),
				arguments(ListOfAnything.class,
						"has the parameter 'batch' of type java.util.List<?>, whose element type is unknown. Declare it, "
								+ "as in List<ChangeEvent<Order>>."),
				arguments(BatchOfPositions.class,
						"has the parameter 'batch' of type java.util.List<io.github.cdcspring.Lsn>, a batch of "
								+ "io.github.cdcspring.Lsn, but a batch can contain only rows, events or messages. Take "
								+ "List<ChangeEvent<Order>>, whose elements contain it."),
				arguments(BatchOfText.class,
						"has the parameter 'batch' of type java.util.List<java.lang.String>, a batch of "
								+ "java.lang.String, which cannot be a row: it is a type of the platform" + ROW_CURE),
				arguments(EventOfText.class,
						"has the parameter 'event' of type io.github.cdcspring.ChangeEvent<java.lang.String>, with rows "
								+ "of java.lang.String, which cannot be a row: it is a type of the platform"
								+ ROW_CURE),
				arguments(TextRow.class, notARow("java.lang.String", "a type of the platform")),
				arguments(ObjectRow.class, notARow("java.lang.Object", "a type of the platform")),
				arguments(PrimitiveRow.class, notARow("long", "a primitive type")),
				arguments(ArrayRow.class, notARow(PACKAGE + "Order[]", "an array")),
				arguments(EnumRow.class, notARow("java.util.concurrent.TimeUnit", "an enum")),
				arguments(InterfaceRow.class, notARow("java.lang.CharSequence", "an interface")),
				arguments(AbstractRow.class, notARow(PACKAGE + "ListenerRefusalTests$Shape", "an abstract class")),
				arguments(InnerRow.class,
						notARow(PACKAGE + "ListenerRefusalTests$Inner", "an inner class that is not static")),
				arguments(VariableRow.class, notARow("T", "an unresolved type variable")),
				arguments(MapOfNumbers.class,
						"has the parameter 'row' of type java.util.Map<java.lang.String, java.lang.Integer>, but a row "
								+ "as a map has column names as keys and values of any type. Take Map<String, Object>."),
				arguments(PrivateMethod.class, "is private, so no proxy can intercept the call. Remove 'private'."),
				arguments(StaticMethod.class, "is static, so no proxy can intercept the call. Remove 'static'."),
				arguments(ReturnsFuture.class,
						"returns java.util.concurrent.CompletableFuture, whose work may continue after the method has "
								+ "returned. " + RETURNED),
				arguments(ReturnsPublisher.class,
						"returns java.util.concurrent.Flow$Publisher, whose work may continue after the method has "
								+ "returned. " + RETURNED),
				arguments(AsyncMethod.class,
						"is @Async, so its work continues after the call has returned. Remove @Async, because the event "
								+ "is acknowledged when the method returns."),
				arguments(AsyncClass.class,
						"is @Async, so its work continues after the call has returned. Remove @Async, because the event "
								+ "is acknowledged when the method returns."));
	}

	private static String notARow(String type, String what) {
		return "has the parameter 'row' of type " + type + ", which cannot be a row: it is " + what + ROW_CURE;
	}

	@ParameterizedTest
	@MethodSource("refused")
	void refusesAtStartWithBeanAndMethodAndCure(Class<?> bean, String message) {
		assertRefused(() -> ListenerContext.of(bean), ON + message);
	}

	@Test
	void refusesAJdkProxyWithoutTheMethod() {
		assertRefused(() -> ListenerContext.of(BehindInterface.class, JdkProxies.class), ON
				+ "cannot be called: the bean is a JDK proxy, and none of its interfaces has the method. Add the "
				+ "method to an interface of the bean, or proxy the class (spring.aop.proxy-target-class=true, or "
				+ "proxyTargetClass=true in the annotation that enables the proxy).");
	}

	@Test
	void refusesAFinalMethodBehindAClassProxy() {
		assertRefused(() -> ListenerContext.of(FinalMethod.class, ClassProxies.class),
				ON + "is final, but the bean is proxied by a subclass, which cannot override it. Remove 'final'.");
	}

	@Test
	void refusesAPrototype() {
		assertRefused(() -> {
			try (var context = ListenerContext.of(PrototypeBean.class)) {
				context.getBean("orders");
			}
		}, ON + "belongs to a bean that is not a singleton, so the instance to call is unknown. Move the method "
				+ "to a singleton bean.");
	}

	@Test
	void refusesABeanBehindAScopedProxy() {
		assertRefused(() -> {
			try (var context = ListenerContext.of((beans) -> beans.register(ScopedBeans.class))) {
				context.getBean("orders");
			}
		}, ON + "belongs to a bean that is not a singleton, so the instance to call is unknown. Move the method "
				+ "to a singleton bean.");
	}

	@Test
	void refusesADuplicateId() {
		assertRefused(() -> ListenerContext.of((context) -> {
			context.registerBean("first", WithId.class);
			context.registerBean("second", WithId.class);
		}), "The listener id 'mine' is used twice, by method 'on' of bean 'first' and by method 'on' of bean "
				+ "'second'. Give each listener its own id with @CdcListener(id = \"...\").");
	}

	@Test
	void refusesAListenerThatComesAfterTheEngines() {
		assertRefused(() -> {
			try (var context = ListenerContext.of((beans) -> beans.registerBean("orders", WithId.class,
					(definition) -> definition.setLazyInit(true)))) {
				context.getBean(ListenerRegistry.class).close();
				context.getBean("orders");
			}
		}, "Listener 'mine' (method 'on' of bean 'orders') was created after the engines had started, so it "
				+ "would receive no events. Make its bean a singleton that is not lazy.");
	}

	@Test
	void tellsProblemAndCureApart() {
		InvalidListenerException ex = new ListenerLocation("orders", "on").refuse("is wrong", "Make it right.");
		assertThat(ex.getProblem()).isEqualTo("Listener method 'on' of bean 'orders' is wrong");
		assertThat(ex.getAction()).isEqualTo("Make it right.");
	}

	private static void assertRefused(ThrowingCallable start, String message) {
		assertThatExceptionOfType(BeanCreationException.class).isThrownBy(start)
			.havingRootCause()
			.isInstanceOf(InvalidListenerException.class)
			.withMessage(message);
	}

	static class NeitherTablesNorMessages {

		@CdcListener
		void on(Order row) {
		}

	}

	static class MalformedTable {

		@CdcListener("a.b.c")
		void on(Order row) {
		}

	}

	static class BlankTable {

		@CdcListener("${app.blank}")
		void on(Order row) {
		}

	}

	static class EmptyColumn {

		@CdcListener(tables = "orders", columns = "")
		void on(Order row) {
		}

	}

	static class UnknownPlaceholder {

		@CdcListener("${app.missing}")
		void on(Order row) {
		}

	}

	static class MessageOperationWithoutMessages {

		@CdcListener(tables = "orders", operations = { Operation.CREATE, Operation.MESSAGE })
		void on() {
		}

	}

	static class MessagesWithoutMessageOperation {

		@CdcListener(tables = "orders", messages = "m", operations = Operation.CREATE)
		void on() {
		}

	}

	static class TruncateWithoutTables {

		@CdcListener(messages = "m", operations = { Operation.TRUNCATE, Operation.MESSAGE })
		void on() {
		}

	}

	static class TablesWithoutOperation {

		@CdcListener(tables = "orders", messages = "m", operations = Operation.MESSAGE)
		void on() {
		}

	}

	static class ColumnsWithoutUpdate {

		@CdcListener(tables = "orders", columns = "amount", operations = Operation.CREATE)
		void on() {
		}

	}

	static class ColumnsOfMessages {

		@CdcListener(messages = "m", columns = "amount")
		void on() {
		}

	}

	static class MessagesWithRow {

		@CdcListener(tables = "orders", messages = "m")
		void on(Order row) {
		}

	}

	static class MessagesWithBatchOfRows {

		@CdcListener(messages = "m")
		void on(List<Order> rows) {
		}

	}

	static class MessageOfTable {

		@CdcListener("orders")
		void on(LogicalMessage message) {
		}

	}

	static class BatchOfMessagesAndTables {

		@CdcListener(tables = "orders", messages = "m")
		void on(List<LogicalMessage> messages) {
		}

	}

	static class RowOfTruncate {

		@CdcListener(tables = "orders", operations = Operation.TRUNCATE)
		void on(Order row) {
		}

	}

	static class BeforeOfCreate {

		@CdcListener(tables = "orders", operations = { Operation.CREATE, Operation.READ })
		void on(Order row, @Before Order before) {
		}

	}

	static class TwoRows {

		@CdcListener("orders")
		void on(Order row, Order before) {
		}

	}

	static class TwoRowsBefore {

		@CdcListener("orders")
		void on(@Before Order row, @Before Map<String, Object> before) {
		}

	}

	static class BeforeOfEvent {

		@CdcListener("orders")
		void on(@Before ChangeEvent<Order> event) {
		}

	}

	static class BeforeOfFact {

		@CdcListener("orders")
		void on(@Before Lsn lsn) {
		}

	}

	static class BatchWithOthers {

		@CdcListener("orders")
		void on(List<Order> rows, Operation operation) {
		}

	}

	@SuppressWarnings("rawtypes")
	static class RawList {

		@CdcListener("orders")
		void on(List batch) {
		}

	}

	static class ListOfAnything {

		@CdcListener("orders")
		void on(List<?> batch) {
		}

	}

	static class BatchOfPositions {

		@CdcListener("orders")
		void on(List<Lsn> batch) {
		}

	}

	static class BatchOfText {

		@CdcListener("orders")
		void on(List<String> batch) {
		}

	}

	static class EventOfText {

		@CdcListener("orders")
		void on(ChangeEvent<String> event) {
		}

	}

	static class TextRow {

		@CdcListener("orders")
		void on(String row) {
		}

	}

	static class ObjectRow {

		@CdcListener("orders")
		void on(Object row) {
		}

	}

	static class PrimitiveRow {

		@CdcListener("orders")
		void on(long row) {
		}

	}

	static class ArrayRow {

		@CdcListener("orders")
		void on(Order... row) {
		}

	}

	static class EnumRow {

		@CdcListener("orders")
		void on(TimeUnit row) {
		}

	}

	static class InterfaceRow {

		@CdcListener("orders")
		void on(CharSequence row) {
		}

	}

	abstract static class Shape {

	}

	static class AbstractRow {

		@CdcListener("orders")
		void on(Shape row) {
		}

	}

	class Inner {

	}

	static class InnerRow {

		@CdcListener("orders")
		void on(Inner row) {
		}

	}

	static class VariableRow {

		@CdcListener("orders")
		<T> void on(T row) {
		}

	}

	static class MapOfNumbers {

		@CdcListener("orders")
		void on(Map<String, Integer> row) {
		}

	}

	static class PrivateMethod {

		@CdcListener("orders")
		private void on(Order row) {
		}

	}

	static class StaticMethod {

		@CdcListener("orders")
		static void on(Order row) {
		}

	}

	static class ReturnsFuture {

		@CdcListener("orders")
		CompletableFuture<Void> on(Order row) {
			return CompletableFuture.completedFuture(null);
		}

	}

	static class ReturnsPublisher {

		@CdcListener("orders")
		Flow.Publisher<Order> on(Order row) {
			throw new UnsupportedOperationException();
		}

	}

	static class AsyncMethod {

		@Async
		@CdcListener("orders")
		void on(Order row) {
		}

	}

	@Async
	static class AsyncClass {

		@CdcListener("orders")
		void on(Order row) {
		}

	}

	static class BehindInterface implements Runnable {

		@CdcListener("orders")
		public void on(Order row) {
		}

		@Override
		public void run() {
		}

	}

	static class FinalMethod {

		@CdcListener("orders")
		public final void on(Order row) {
		}

	}

	@Scope("prototype")
	static class PrototypeBean {

		@CdcListener("orders")
		void on(Order row) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ScopedBeans {

		@Bean
		@Scope(scopeName = "prototype", proxyMode = ScopedProxyMode.TARGET_CLASS)
		FinalMethod orders() {
			return new FinalMethod();
		}

	}

	static class WithId {

		@CdcListener(tables = "orders", id = "mine")
		void on(Order row) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class JdkProxies {

		@Bean
		static BeanPostProcessor jdkProxies() {
			return proxies(false);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ClassProxies {

		@Bean
		static BeanPostProcessor classProxies() {
			return proxies(true);
		}

	}

	private static BeanPostProcessor proxies(boolean targetClass) {
		return new BeanPostProcessor() {

			@Override
			public Object postProcessAfterInitialization(Object bean, String beanName) {
				if (!beanName.equals("orders")) {
					return bean;
				}
				ProxyFactory factory = new ProxyFactory(bean);
				factory.setProxyTargetClass(targetClass);
				return factory.getProxy();
			}

		};
	}

}
