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

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

import io.github.cdcspring.Before;
import io.github.cdcspring.CdcListener;
import io.github.cdcspring.ChangeEvent;
import io.github.cdcspring.Column;
import io.github.cdcspring.ColumnValue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.context.annotation.AnnotatedBeanDefinitionReader;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.javapoet.ClassName;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The hints as an application gets them: the processor is found by Spring.
 */
class ListenerBeanRegistrationAotProcessorTests {

	@Test
	void listenerMethodsCanBeInvoked() throws Exception {
		RuntimeHints hints = process(Orders.class);
		assertThat(RuntimeHintsPredicates.reflection()
			.onMethodInvocation(Orders.class.getDeclaredMethod("on", Row.class, Row.class))).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection()
			.onMethodInvocation(Inherited.class.getDeclaredMethod("inherited", ChangeEvent.class))).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection()
			.onMethodInvocation(Orders.class.getDeclaredMethod("other", Row.class))).rejects(hints);
	}

	@Test
	void listenersThatAJdkProxyHidesCanBeInvoked() throws Exception {
		assertThat(RuntimeHintsPredicates.reflection()
			.onMethodInvocation(Contract.class.getDeclaredMethod("received", Map.class)))
			.accepts(process(ByContract.class));
	}

	@Test
	void rowsCanBeCreated() throws Exception {
		RuntimeHints hints = process(Orders.class);
		assertThat(RuntimeHintsPredicates.reflection()
			.onConstructorInvocation(
					Row.class.getDeclaredConstructor(Long.class, Item[].class, State.class, ColumnValue.class)))
			.accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection()
			.onConstructorInvocation(Item.class.getDeclaredConstructor(String.class))).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection()
			.onConstructorInvocation(Nested.class.getDeclaredConstructor(BigDecimal.class))).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onType(State.class)).accepts(hints);
	}

	@Test
	void beansCanBeFilled() throws Exception {
		RuntimeHints hints = process(Orders.class);
		assertThat(RuntimeHintsPredicates.reflection().onConstructorInvocation(Bean.class.getDeclaredConstructor()))
			.accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection()
			.onMethodInvocation(Base.class.getDeclaredMethod("setName", String.class))).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection()
			.onType(Base.class)
			.withMemberCategory(MemberCategory.ACCESS_DECLARED_FIELDS)).accepts(hints);
	}

	@Test
	void beansWithoutListenersGetNoHints() throws Exception {
		assertThat(RuntimeHintsPredicates.reflection().onType(Row.class)).rejects(process(WithoutListeners.class));
	}

	@Test
	void aListenerThatCannotWorkIsRefusedInTheBuild() {
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> process(Invalid.class))
			.havingRootCause()
			.isInstanceOf(InvalidListenerException.class)
			.withMessageContaining("method 'on' of bean 'orders'");
	}

	private static RuntimeHints process(Class<?> bean) {
		DefaultGenerationContext generation = new DefaultGenerationContext(new ClassNameGenerator(ClassName.get(bean)),
				new InMemoryGeneratedFiles());
		try (GenericApplicationContext context = new GenericApplicationContext()) {
			new AnnotatedBeanDefinitionReader(context).registerBean(bean, "orders");
			new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
		}
		return generation.getRuntimeHints();
	}

	static class Inherited<T> {

		@CdcListener("items")
		void inherited(ChangeEvent<T> event) {
		}

	}

	static class Orders extends Inherited<Bean> {

		@CdcListener("orders")
		void on(Row row, @Before Row before) {
		}

		@CdcListener("lists")
		void batch(List<ChangeEvent<Map<String, Object>>> events) {
		}

		void other(Row row) {
		}

	}

	interface Contract {

		void received(Map<String, Object> row);

	}

	static class ByContract implements Contract {

		@Override
		@CdcListener("orders")
		public void received(Map<String, Object> row) {
		}

	}

	static class WithoutListeners {

		void on(Row row) {
		}

	}

	static class Invalid {

		@CdcListener("orders")
		void on(int row) {
		}

	}

	record Row(Long id, Item[] items, State state, ColumnValue<Nested> nested) {

	}

	record Item(String name) {

	}

	record Nested(BigDecimal amount) {

	}

	enum State {

		OPEN, CLOSED

	}

	static class Base {

		@Column("label")
		private @Nullable String name;

		public @Nullable String getName() {
			return this.name;
		}

		public void setName(@Nullable String name) {
			this.name = name;
		}

	}

	static class Bean extends Base {

	}

}
