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

import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.OnFailure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.PropertySourcesPlaceholderConfigurer;
import org.springframework.core.env.MapPropertySource;

/**
 * An application context that finds listeners as an application's would.
 */
public final class ListenerContext {

	private ListenerContext() {
	}

	/** A context with one bean, named {@code orders}. */
	static AnnotationConfigApplicationContext of(Class<?> bean, Class<?>... configurations) {
		return of((context) -> context.registerBean("orders", bean), configurations);
	}

	public static AnnotationConfigApplicationContext of(Consumer<AnnotationConfigApplicationContext> beans,
			Class<?>... configurations) {
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
		context.getEnvironment()
			.getPropertySources()
			.addFirst(new MapPropertySource("test", Map.of("app.table", "sales.orders", "app.blank", " ")));
		context.register(Listeners.class);
		if (configurations.length > 0) {
			context.register(configurations);
		}
		beans.accept(context);
		try {
			context.refresh();
		}
		catch (RuntimeException ex) {
			context.close();
			throw ex;
		}
		return context;
	}

	public static EngineSettings.Listener settings(EngineSettings.Retry retry, EngineSettings.Dispatch dispatch) {
		return new EngineSettings.Listener(retry, Duration.ofSeconds(30),
				new EngineSettings.Timeout(Duration.ofMinutes(1), false), dispatch,
				new EngineSettings.FailureHandling(OnFailure.STOP, false, "cdc_parked_event", "cdc_processed", true),
				EngineSettings.Restart.DEFAULT);
	}

	@Configuration(proxyBeanMethods = false)
	static class Listeners {

		@Bean
		static CdcListenerAnnotationBeanPostProcessor processor(ObjectProvider<ListenerRegistry> registry) {
			return new CdcListenerAnnotationBeanPostProcessor(registry);
		}

		/** Refuses what cannot be resolved, as in every Spring Boot application. */
		@Bean
		static PropertySourcesPlaceholderConfigurer placeholders() {
			return new PropertySourcesPlaceholderConfigurer();
		}

		@Bean
		ListenerRegistry registry() {
			return new ListenerRegistry();
		}

	}

}
