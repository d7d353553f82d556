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

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.LogicalMessage;
import io.github.cdcspring.internal.engine.EmbeddedEngineRegistry;
import io.github.cdcspring.internal.listener.InvalidListenerException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.core.PriorityOrdered;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Listeners that nobody would ever call are refused, or a WARN names their bean.
 */
@ExtendWith(OutputCaptureExtension.class)
class UnregisteredListenersTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class, CdcAutoConfiguration.class))
		.withPropertyValues("spring.datasource.url=jdbc:postgresql://localhost:1/shop", "spring.datasource.username=me",
				"spring.datasource.password=secret", "cdc.offset.store=memory");

	@Test
	void refusesALazyBeanBesideAnother() {
		refuses(Beside.class, "Bean 'late' has @CdcListener methods that would never be called, because it is lazy and "
				+ "was not created before the engines start. Remove @Lazy, or use @Lazy(false).");
	}

	@Test
	void acceptsALazyBeanThatAnotherOneNeeds() {
		this.runner.withUserConfiguration(Needed.class).run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void refusesBeansThatAreNoSingletons() {
		refuses(Prototype.class, "because it is not a singleton");
		refuses(ScopedBean.class, "because it is not a singleton");
	}

	@Test
	void refusesTheProductOfAFactoryBeanThatNoBeanNeeds() {
		refuses(Product.class, "Bean 'product' has @CdcListener methods that would never be called");
	}

	@Test
	void refusesABeanThatAPostProcessorNeeds() {
		refuses(Early.class, "Bean 'early' has @CdcListener methods that would never be called");
	}

	@Test
	void refusesAnInstance() {
		this.runner.withInitializer((context) -> context.getBeanFactory().registerSingleton("instance", new Hello()))
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.isInstanceOf(InvalidListenerException.class)
				.hasMessageContaining("Bean 'instance'")
				.hasMessageContaining("registered as an instance"));
	}

	@Test
	void warnsOfALazyBeanThatIsDeclaredByItsInterface(CapturedOutput output) {
		this.runner.withUserConfiguration(ByInterface.class)
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean(EmbeddedEngineRegistry.class).engines()).hasSize(1);
			});
		assertThat(output).contains("Bean 'greeter' is lazy and declared as " + Greeter.class.getName()
				+ ". If it is a " + PoliteGreeter.class.getName() + ", its @CdcListener methods are never called.");
		assertThat(output).doesNotContain("Bean 'other'").doesNotContain("Bean 'hello'");
	}

	@Test
	void warnsOfNothingWhenTheBeanIsCreated(CapturedOutput output) {
		this.runner.withUserConfiguration(ByInterface.class)
			.run((context) -> assertThat(context.getBean(EmbeddedEngineRegistry.class).engines()).hasSize(1));
		assertThat(output).doesNotContain("never called");
	}

	@Test
	void refusesListenersOfAParentContext() {
		try (AnnotationConfigApplicationContext parent = new AnnotationConfigApplicationContext(Hello.class)) {
			this.runner.withParent(parent)
				.withUserConfiguration(PoliteGreeter.class)
				.run((context) -> assertThat(context.getStartupFailure()).rootCause()
					.isInstanceOf(InvalidListenerException.class)
					.hasMessageContaining("because it is in a parent context"));
		}
	}

	@Test
	void refusesListenersOfAChildContext() {
		this.runner.withUserConfiguration(PoliteGreeter.class).run((context) -> {
			assertThat(context).hasNotFailed();
			try (AnnotationConfigApplicationContext child = new AnnotationConfigApplicationContext()) {
				child.setParent(context);
				child.register(Other.class);
				child.refresh();
			}
			try (AnnotationConfigApplicationContext child = new AnnotationConfigApplicationContext()) {
				child.setParent(context);
				child.register(Hello.class);
				assertThatExceptionOfType(InvalidListenerException.class).isThrownBy(child::refresh)
					.withMessageContaining("because it is in a child context");
			}
		});
	}

	private void refuses(Class<?> configuration, String message) {
		this.runner.withUserConfiguration(configuration)
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.isInstanceOf(InvalidListenerException.class)
				.hasMessageContaining(message));
	}

	static class Hello {

		@CdcListener(messages = "hello")
		void on(LogicalMessage message) {
		}

	}

	static class Other {

	}

	interface Greeter {

	}

	static class PoliteGreeter implements Greeter {

		@CdcListener(messages = "polite")
		void on(LogicalMessage message) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Beside {

		@Bean
		Hello hello() {
			return new Hello();
		}

		@Bean
		@Lazy
		PoliteGreeter late() {
			return new PoliteGreeter();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Needed {

		@Bean
		@Lazy
		PoliteGreeter late() {
			return new PoliteGreeter();
		}

		@Bean
		Other other(PoliteGreeter late) {
			return new Other();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Prototype {

		@Bean
		@Scope("prototype")
		Hello hello() {
			return new Hello();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ScopedBean {

		@Bean
		@Scope(scopeName = "prototype", proxyMode = ScopedProxyMode.TARGET_CLASS)
		Hello hello() {
			return new Hello();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Product {

		@Bean
		FactoryBean<Hello> product() {
			return new FactoryBean<>() {

				@Override
				public Hello getObject() {
					return new Hello();
				}

				@Override
				public Class<?> getObjectType() {
					return Hello.class;
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Early {

		@Bean
		static Hello early() {
			return new Hello();
		}

		@Bean
		static EarlyPostProcessor processor(Hello early) {
			return new EarlyPostProcessor();
		}

	}

	static class EarlyPostProcessor implements BeanPostProcessor, PriorityOrdered {

		@Override
		public int getOrder() {
			return 0;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ByInterface {

		@Bean
		Hello hello() {
			return new Hello();
		}

		@Bean
		Greeter greeter() {
			return new PoliteGreeter();
		}

		@Bean
		Other other() {
			return new Other();
		}

	}

}
