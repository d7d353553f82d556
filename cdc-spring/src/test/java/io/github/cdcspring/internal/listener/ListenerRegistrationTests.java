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

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.cdcspring.Before;
import io.github.cdcspring.CdcListener;
import io.github.cdcspring.ChangeEvent;
import io.github.cdcspring.LogicalMessage;
import io.github.cdcspring.Operation;
import io.github.cdcspring.TableId;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.AliasFor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

class ListenerRegistrationTests {

	private static final TableId ORDERS = new TableId("public", "orders");

	@Test
	void aListenerWithTablesReceivesWhatHappensToRows() {
		ListenerEndpoint endpoint = only(Plain.class);
		assertThat(endpoint.id()).isEqualTo("orders.on");
		assertThat(endpoint.engine()).isEqualTo(ListenerRegistry.DEFAULT_ENGINE);
		assertThat(endpoint.describe()).isEqualTo("method 'on' of bean 'orders'");
		assertThat(endpoint).hasToString("Listener 'orders.on' (method 'on' of bean 'orders')");
		assertThat(endpoint.tables()).containsExactly(TablePattern.parse("orders"));
		assertThat(endpoint.operations()).containsExactlyInAnyOrder(Operation.CREATE, Operation.UPDATE,
				Operation.DELETE, Operation.READ);
		assertThat(endpoint.columns()).isEmpty();
		assertThat(endpoint.messages()).isEmpty();
		assertThat(endpoint.wantsRowBefore()).isFalse();
		assertThat(endpoint.batch()).isFalse();
		assertThat(endpoint.matches(Operation.CREATE, ORDERS)).isTrue();
		assertThat(endpoint.matches(Operation.TRUNCATE, ORDERS)).isFalse();
		assertThat(endpoint.matches(Operation.CREATE, new TableId("public", "items"))).isFalse();
		assertThat(endpoint.matchesMessage("m")).isFalse();
	}

	@Test
	void aListenerWithMessagesReceivesMessagesByWholePrefix() {
		ListenerEndpoint endpoint = only(Messages.class);
		assertThat(endpoint.operations()).containsExactly(Operation.MESSAGE);
		assertThat(endpoint.matchesMessage("audit")).isTrue();
		assertThat(endpoint.matchesMessage("audit.more")).isFalse();
		assertThat(endpoint.matches(Operation.CREATE, ORDERS)).isFalse();
	}

	@Test
	void aListenerWithBothReceivesBoth() {
		assertThat(only(Both.class).operations()).containsExactlyInAnyOrder(Operation.CREATE, Operation.UPDATE,
				Operation.DELETE, Operation.READ, Operation.MESSAGE);
	}

	@Test
	void namedOperationsReplaceTheDefaults() {
		assertThat(only(Named.class).operations()).containsExactlyInAnyOrder(Operation.CREATE, Operation.TRUNCATE);
	}

	@Test
	void resolvesPlaceholdersInAllTexts() {
		ListenerEndpoint endpoint = only(Placeholders.class);
		assertThat(endpoint.tables()).containsExactly(TablePattern.parse("sales.orders"),
				TablePattern.parse("public.more"));
		assertThat(endpoint.id()).isEqualTo("id-sales.orders");
		assertThat(endpoint.engine()).isEqualTo("second");
		assertThat(endpoint.columns()).containsExactly("amount", "customer");
		assertThat(endpoint.messages()).containsExactly("prefix");
	}

	@Test
	void takesTheAnnotationAsMetaAnnotation() {
		ListenerEndpoint endpoint = only(Composed.class);
		assertThat(endpoint.tables()).containsExactly(TablePattern.parse("orders"));
		assertThat(endpoint.operations()).containsExactly(Operation.DELETE);
	}

	@Test
	void numbersSeveralAnnotationsOfOneMethod() {
		try (var context = ListenerContext.of(Repeated.class)) {
			List<ListenerEndpoint> endpoints = endpoints(context);
			assertThat(endpoints).extracting(ListenerEndpoint::id).containsExactly("orders.on", "orders.on#2", "third");
			assertThat(endpoints).flatExtracting(ListenerEndpoint::tables)
				.containsExactly(TablePattern.parse("orders"), TablePattern.parse("items"), TablePattern.parse("more"));
		}
	}

	@Test
	void numbersOverloadsTheSameAtEveryStart() {
		try (var context = ListenerContext.of(Overloaded.class)) {
			assertThat(endpoints(context)).extracting(ListenerEndpoint::id, ListenerEndpoint::batch)
				.containsExactly(tuple("orders.on", false), tuple("orders.on#2", true));
		}
	}

	@Test
	void findsAnnotationsOfInterfacesAndSuperclasses() {
		try (var context = ListenerContext.of(Inheriting.class)) {
			assertThat(endpoints(context)).extracting((endpoint) -> endpoint.tables().get(0).toTableId().name())
				.containsExactly("from_class", "from_interface", "from_override");
		}
	}

	@Test
	void findsParameterAnnotationsAndTypesOfGenericSuperclasses() {
		ListenerEndpoint endpoint = only(ConcreteOrders.class);
		assertThat(endpoint.wantsRowBefore()).isTrue();
		assertThat(endpoint.parameters()).containsExactly(new ListenerParameter.RowBefore(Order.class),
				new ListenerParameter.Row(Order.class), new ListenerParameter.Event(Order.class));
	}

	@Test
	void resolvesTypeVariablesOfInheritedMethods() {
		assertThat(only(InheritingGeneric.class).parameters())
			.containsExactly(new ListenerParameter.Batch(new ListenerParameter.Event(Order.class)));
	}

	@Test
	void choosingByColumnsTakesTheRowBefore() {
		assertThat(only(Placeholders.class).wantsRowBefore()).isTrue();
	}

	@Test
	void ordersByAnnotationThenRegistration() {
		try (var context = ListenerContext.of((beans) -> {
			beans.registerBean("b", Ordered.class);
			beans.registerBean("a", Ordered.class);
		})) {
			assertThat(endpoints(context)).extracting(ListenerEndpoint::id)
				.containsExactly("b.z", "a.z", "b.late", "a.late", "b.a", "b.b", "a.a", "a.b");
		}
	}

	@Test
	void givesEachEngineItsOwn() {
		try (var context = ListenerContext.of((beans) -> {
			beans.registerBean("orders", Plain.class);
			beans.registerBean("others", Placeholders.class);
		})) {
			ListenerRegistry registry = context.getBean(ListenerRegistry.class);
			assertThat(registry.endpoints("default")).extracting(ListenerEndpoint::id).containsExactly("orders.on");
			assertThat(registry.endpoints("second")).extracting(ListenerEndpoint::id)
				.containsExactly("id-sales.orders");
			assertThat(registry.endpoints("third")).isEmpty();
		}
	}

	@Test
	void callsThroughAClassProxy() throws Throwable {
		try (var context = ListenerContext.of(Proxied.class, ClassProxies.class)) {
			endpoints(context).get(0).invoke(new Object[] { new Order(1, "ada") });
			assertThat(context.getBean(ClassProxies.class).calls).hasValue(1);
			assertThat(context.getBean(Proxied.class).received()).containsExactly(new Order(1, "ada"));
		}
	}

	@Test
	void callsThroughAJdkProxyThatHasTheMethod() throws Throwable {
		try (var context = ListenerContext.of(WithInterface.class, ClassProxies.class)) {
			endpoints(context).get(0).invoke(new Object[] { new Order(1, "ada") });
			assertThat(context.getBean(ClassProxies.class).calls).hasValue(1);
			assertThat(context.getBean("orders")).isNotInstanceOf(WithInterface.class);
		}
	}

	@Test
	void leavesBeansWithoutListenersAlone() {
		try (var context = ListenerContext.of(Object.class)) {
			assertThat(endpoints(context)).isEmpty();
		}
	}

	@Test
	void bringsNoRegistryIntoBeingWithoutAListener() {
		try (var context = ListenerContext.of((beans) -> {
		})) {
			var processor = context.getBean(CdcListenerAnnotationBeanPostProcessor.class);
			assertThat(processor.postProcessAfterInitialization("text", "text")).isEqualTo("text");
		}
	}

	@Test
	void tellsWhichClassesMustNotBeLazy() {
		assertThat(CdcListenerAnnotationBeanPostProcessor.hasListeners(Plain.class)).isTrue();
		assertThat(CdcListenerAnnotationBeanPostProcessor.hasListeners(Inheriting.class)).isTrue();
		assertThat(CdcListenerAnnotationBeanPostProcessor.hasListeners(String.class)).isFalse();
		assertThat(CdcListenerAnnotationBeanPostProcessor.hasListeners(Order.class)).isFalse();
	}

	private static ListenerEndpoint only(Class<?> bean) {
		try (var context = ListenerContext.of(bean)) {
			List<ListenerEndpoint> endpoints = endpoints(context);
			assertThat(endpoints).hasSize(1);
			return endpoints.get(0);
		}
	}

	private static List<ListenerEndpoint> endpoints(AnnotationConfigApplicationContext context) {
		return context.getBean(ListenerRegistry.class).endpoints();
	}

	static class Plain {

		@CdcListener("orders")
		void on(Order order) {
		}

	}

	static class Messages {

		@CdcListener(messages = "audit")
		String on(LogicalMessage message) {
			return "ignored";
		}

	}

	static class Both {

		@CdcListener(tables = "orders", messages = "audit")
		void on(ChangeEvent<Order> event, LogicalMessage message) {
		}

	}

	static class Named {

		@CdcListener(tables = "orders", operations = { Operation.CREATE, Operation.TRUNCATE })
		void on(Order order) {
		}

	}

	static class Placeholders {

		@CdcListener(tables = { "${app.table}", "#{'more'}" }, id = "id-${app.table}", engine = "${app.engine:second}",
				columns = { "${app.column:amount}", "customer" }, messages = "${app.prefix:prefix}")
		void on(ChangeEvent<?> event) {
		}

	}

	@Retention(RetentionPolicy.RUNTIME)
	@CdcListener(tables = "orders")
	@interface OrdersListener {

		@AliasFor(annotation = CdcListener.class, attribute = "operations")
		Operation[] on() default {};

	}

	static class Composed {

		@OrdersListener(on = Operation.DELETE)
		void on(Order order) {
		}

	}

	static class Repeated {

		@CdcListener("orders")
		@CdcListener("items")
		@CdcListener(tables = "more", id = "third")
		void on(Order order) {
		}

	}

	static class Overloaded {

		@CdcListener("orders")
		void on(Order order) {
		}

		@CdcListener("orders")
		void on(List<Order> orders) {
		}

	}

	interface Declaring {

		@CdcListener("from_interface")
		void b(Order order);

		@CdcListener("overridden")
		default void c(Order order) {
		}

	}

	static class Base {

		@CdcListener("from_class")
		public void a(Order order) {
		}

	}

	static class Inheriting extends Base implements Declaring {

		@Override
		public void a(Order order) {
		}

		@Override
		public void b(Order order) {
		}

		@Override
		@CdcListener("from_override")
		public void c(Order order) {
		}

	}

	abstract static class Generic<T> {

		@CdcListener("orders")
		abstract void on(@Before T before, T after, ChangeEvent<T> event);

	}

	static class ConcreteOrders extends Generic<Order> {

		@Override
		void on(Order before, Order after, ChangeEvent<Order> event) {
		}

	}

	abstract static class GenericBatch<T> {

		@CdcListener("orders")
		void on(List<ChangeEvent<T>> events) {
		}

	}

	static class InheritingGeneric extends GenericBatch<Order> {

	}

	static class Ordered {

		@CdcListener("orders")
		@org.springframework.core.annotation.Order(1)
		void z() {
		}

		@CdcListener("orders")
		@org.springframework.core.annotation.Order(2)
		void late() {
		}

		@CdcListener("orders")
		void b() {
		}

		@CdcListener("orders")
		void a() {
		}

	}

	static class Proxied {

		private final List<Order> received = new ArrayList<>();

		@CdcListener("orders")
		void on(Order order) {
			this.received.add(order);
		}

		List<Order> received() {
			return this.received;
		}

	}

	interface OrderSink {

		void on(Order order);

	}

	static class WithInterface implements OrderSink {

		@Override
		@CdcListener("orders")
		public void on(Order order) {
		}

	}

	/** Proxies unordered, that is after the ordered post-processors. */
	@Configuration(proxyBeanMethods = false)
	static class ClassProxies implements BeanPostProcessor {

		private final AtomicInteger calls = new AtomicInteger();

		@Override
		public Object postProcessAfterInitialization(Object bean, String beanName) {
			if (!beanName.equals("orders")) {
				return bean;
			}
			ProxyFactory factory = new ProxyFactory(bean);
			factory.setProxyTargetClass(bean.getClass().getInterfaces().length == 0);
			factory.addAdvice((MethodInterceptor) (invocation) -> {
				if (invocation.getMethod().getName().equals("on")) {
					this.calls.incrementAndGet();
				}
				return invocation.proceed();
			});
			return factory.getProxy();
		}

		@Bean
		String unrelated() {
			return "unrelated";
		}

	}

}
