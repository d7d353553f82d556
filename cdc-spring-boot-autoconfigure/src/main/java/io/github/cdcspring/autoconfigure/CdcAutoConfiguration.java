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

import javax.sql.DataSource;

import io.github.cdcspring.CdcBackfill;
import io.github.cdcspring.CdcListener;
import io.github.cdcspring.CdcListenerInterceptor;
import io.github.cdcspring.CdcSlot;
import io.github.cdcspring.autoconfigure.ApplicationConnectionConfiguration.ApplicationConnection;
import io.github.cdcspring.engine.CdcEngineRegistry;
import io.github.cdcspring.internal.debezium.DebeziumRuntimeHints;
import io.github.cdcspring.internal.engine.EmbeddedEngineRegistry;
import io.github.cdcspring.internal.engine.EngineCreatedListener;
import io.github.cdcspring.internal.engine.EngineEventPublisher;
import io.github.cdcspring.internal.kafka.ConsumerSource;
import io.github.cdcspring.internal.listener.CdcListenerAnnotationBeanPostProcessor;
import io.github.cdcspring.internal.listener.ListenerRegistry;
import io.github.cdcspring.internal.row.JsonConversion;
import io.github.cdcspring.internal.row.RowMappers;
import io.github.cdcspring.offset.OffsetStore;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.env.Environment;
import org.springframework.format.support.FormattingConversionService;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * Auto-configuration for {@link CdcListener} methods.
 *
 * @since 0.1.0
 */
@AutoConfiguration(afterName = { "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
		"org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration",
		"org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration",
		"org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration" })
@ConditionalOnClass(name = "io.debezium.connector.postgresql.PostgresConnector")
@ConditionalOnBooleanProperty(name = "cdc.enabled", matchIfMissing = true)
@EnableConfigurationProperties(CdcProperties.class)
@Import({ ApplicationConnectionConfiguration.class, JsonConfiguration.class, KafkaSourceConfiguration.class })
@ImportRuntimeHints({ CdcRuntimeHints.class, DebeziumRuntimeHints.class })
public final class CdcAutoConfiguration {

	@Bean
	static CdcBindHandlerAdvisor cdcBindHandlerAdvisor() {
		return new CdcBindHandlerAdvisor();
	}

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
	 * No other bean depends on a listener, nor on the registry that starts the engines.
	 */
	@Bean
	static LazyInitializationExcludeFilter cdcLazyInitializationExcludeFilter() {
		return (beanName, beanDefinition, beanType) -> EmbeddedEngineRegistry.class.isAssignableFrom(beanType)
				|| CdcListenerAnnotationBeanPostProcessor.hasListeners(beanType);
	}

	@Bean
	@ConditionalOnMissingBean
	RowMappers cdcRowMappers(ListableBeanFactory beanFactory, ObjectProvider<JsonConversion> json) {
		ApplicationConversionService conversionService = new ApplicationConversionService();
		ApplicationConversionService.addBeans(conversionService, beanFactory);
		FormattingConversionService applicationConverters = new FormattingConversionService();
		ApplicationConversionService.addBeans(applicationConverters, beanFactory);
		return new RowMappers(conversionService, applicationConverters, json.getIfAvailable());
	}

	@Bean
	EngineSettingsReader cdcEngineSettingsReader(Environment environment, CdcProperties properties,
			ObjectProvider<CdcConnectionDetails> connectionDetails, ObjectProvider<ApplicationConnection> connection,
			OffsetStores stores, ObjectProvider<SslBundles> sslBundles) {
		ApplicationConnection application = connection.getIfAvailable();
		return new EngineSettingsReader(environment, properties,
				new ConnectionSettingsReader(connectionDetails.getIfAvailable(),
						(application != null) ? application.details() : null, sslBundles),
				stores);
	}

	@Bean
	OffsetStores cdcOffsetStores(ObjectProvider<OffsetStore> store, ObjectProvider<DataSource> dataSource) {
		return new OffsetStores(store.getIfAvailable(), dataSource.getIfUnique());
	}

	@Bean
	DeliveryOptionsFactory cdcDeliveryOptionsFactory(ObjectProvider<CdcListenerInterceptor> interceptors,
			ObjectProvider<DataSource> dataSource, ObjectProvider<PlatformTransactionManager> transactions,
			OffsetStores stores) {
		return new DeliveryOptionsFactory(interceptors.orderedStream().toList(), dataSource.getIfUnique(),
				transactions.getIfUnique(), stores);
	}

	@Bean
	EngineFactory cdcEngineFactory(EngineSettingsReader settings, ListenerRegistry listeners, RowMappers mappers,
			OffsetStores stores, DeliveryOptionsFactory options, ObjectProvider<ConsumerSource> consumers,
			UnregisteredListeners unregistered) {
		return new EngineFactory(settings, listeners, mappers, new EngineSources(stores, consumers.getIfUnique()),
				options, unregistered);
	}

	@Bean
	UnregisteredListeners cdcUnregisteredListeners(ConfigurableListableBeanFactory beanFactory) {
		return new UnregisteredListeners(beanFactory);
	}

	@Bean
	@ConditionalOnMissingBean
	EmbeddedEngineRegistry cdcEngineRegistry(EngineFactory factory, ObjectProvider<EngineCreatedListener> listeners) {
		return new EmbeddedEngineRegistry(factory::create, listeners.orderedStream().toList());
	}

	@Bean
	EngineEventPublisher cdcEngineEventPublisher(ApplicationEventPublisher events) {
		return new EngineEventPublisher(events);
	}

	@Bean
	EngineFailureExit cdcEngineFailureExit(CdcProperties properties, ApplicationContext context,
			ObjectProvider<EmbeddedEngineRegistry> engines) {
		return new EngineFailureExit(properties.getFailureExitCode(), context, engines);
	}

	@Bean
	CdcSlot cdcSlot(ObjectProvider<CdcEngineRegistry> engines) {
		return new EngineSlot(engines, ListenerRegistry.DEFAULT_ENGINE);
	}

	@Bean
	CdcBackfill cdcBackfill(ObjectProvider<CdcEngineRegistry> engines) {
		return new DefaultEngineBackfill(engines);
	}

}
