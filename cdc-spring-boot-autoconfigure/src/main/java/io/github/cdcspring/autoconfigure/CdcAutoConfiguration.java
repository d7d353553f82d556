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
import io.github.cdcspring.CdcListenerInterceptor;
import io.github.cdcspring.CdcSlot;
import io.github.cdcspring.engine.CdcEngineRegistry;
import io.github.cdcspring.internal.engine.EmbeddedEngineRegistry;
import io.github.cdcspring.internal.engine.EngineCreatedListener;
import io.github.cdcspring.internal.listener.CdcListenerAnnotationBeanPostProcessor;
import io.github.cdcspring.internal.listener.DeliveryObserver;
import io.github.cdcspring.internal.listener.ListenerRegistry;
import io.github.cdcspring.internal.row.JsonConversion;
import io.github.cdcspring.internal.row.RowMappers;
import io.github.cdcspring.offset.OffsetStore;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration of everything that an application with {@link CdcListener} methods
 * needs.
 *
 * @since 0.1.0
 */
@AutoConfiguration(afterName = { "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
		"org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration",
		"org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration" })
@ConditionalOnClass(name = "io.debezium.connector.postgresql.PostgresConnector")
@ConditionalOnBooleanProperty(name = "cdc.enabled", matchIfMissing = true)
@EnableConfigurationProperties(CdcProperties.class)
@Import({ ApplicationConnectionConfiguration.class, ApplicationDatabaseConfiguration.class, JsonConfiguration.class })
public final class CdcAutoConfiguration {

	@Bean
	static ListenerRegistry cdcListenerRegistry() {
		return new ListenerRegistry();
	}

	@Bean
	static CdcListenerAnnotationBeanPostProcessor cdcListenerAnnotationBeanPostProcessor(
			ObjectProvider<ListenerRegistry> registry) {
		return new CdcListenerAnnotationBeanPostProcessor(registry);
	}

	/**
	 * Nobody asks for a bean that only listens, nor for what starts the engines.
	 */
	@Bean
	static LazyInitializationExcludeFilter cdcLazyInitializationExcludeFilter() {
		return (beanName, beanDefinition, beanType) -> EmbeddedEngineRegistry.class.isAssignableFrom(beanType)
				|| CdcListenerAnnotationBeanPostProcessor.hasListeners(beanType);
	}

	@Bean
	@ConditionalOnMissingBean
	RowMappers cdcRowBinders(ListableBeanFactory beanFactory, ObjectProvider<JsonConversion> json) {
		ApplicationConversionService conversionService = new ApplicationConversionService();
		ApplicationConversionService.addBeans(conversionService, beanFactory);
		return new RowMappers(conversionService, json.getIfAvailable());
	}

	@Bean
	EngineSettingsReader cdcEngineSettingsReader(Environment environment,
			ObjectProvider<CdcConnectionDetails> connectionDetails, ObjectProvider<ApplicationConnection> connection,
			ObjectProvider<ApplicationDatabase> database, OffsetStores stores, ObjectProvider<SslBundles> sslBundles) {
		ApplicationConnection applicationConnection = connection.getIfAvailable();
		ApplicationDatabase applicationDatabase = database.getIfAvailable();
		return new EngineSettingsReader(environment,
				new ConnectionSettingsReader(connectionDetails.getIfAvailable(),
						(applicationConnection != null) ? applicationConnection.details() : null, sslBundles),
				applicationDatabase != null && applicationDatabase.hasDataSource(), stores);
	}

	@Bean
	OffsetStores cdcOffsetStores(ObjectProvider<OffsetStore> store, ObjectProvider<ApplicationDatabase> database) {
		return new OffsetStores(store.getIfAvailable(), database.getIfAvailable());
	}

	@Bean
	DeliveryOptionsFactory cdcDeliveryHooksFactory(ObjectProvider<CdcListenerInterceptor> interceptors,
			ObjectProvider<DeliveryObserver.Factory> observers) {
		return new DeliveryOptionsFactory(interceptors, observers);
	}

	@Bean
	KeptEventsFactory cdcKeptEventsFactory(ObjectProvider<ApplicationDatabase> database, OffsetStores stores) {
		return new KeptEventsFactory(database.getIfAvailable(), stores);
	}

	@Bean
	EngineFactory cdcEngineFactory(CdcProperties properties, EngineSettingsReader settings, ListenerRegistry listeners,
			RowMappers mappers, OffsetStores stores, DeliveryOptionsFactory hooks, KeptEventsFactory kept) {
		return new EngineFactory(EngineSettingsReader.checkedNames(properties.getEngines().keySet()), settings,
				listeners, mappers, stores, hooks, kept);
	}

	@Bean
	@ConditionalOnMissingBean
	EmbeddedEngineRegistry cdcEngineLifecycle(EngineFactory factory, ObjectProvider<EngineCreatedListener> listeners) {
		return new EmbeddedEngineRegistry(factory::create, listeners.orderedStream().toList());
	}

	@Bean
	CdcSlot cdcSlot(ObjectProvider<CdcEngineRegistry> engines) {
		return new EngineSlot(engines, ListenerRegistry.DEFAULT_ENGINE);
	}

}
