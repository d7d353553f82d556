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

import java.nio.file.Path;
import java.util.Map;

import javax.sql.DataSource;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.LogicalMessage;
import io.github.cdcspring.autoconfigure.ApplicationConnectionConfiguration.ApplicationConnection;
import io.github.cdcspring.internal.actuate.CdcHealthIndicator;
import io.github.cdcspring.internal.engine.EmbeddedEngineRegistry;
import io.github.cdcspring.internal.listener.CdcListenerAnnotationBeanPostProcessor;
import io.github.cdcspring.internal.listener.InvalidListenerException;
import io.github.cdcspring.internal.row.JsonConversion;
import io.github.cdcspring.internal.row.RowMappers;
import io.github.cdcspring.offset.MemoryOffsetStore;
import io.github.cdcspring.offset.OffsetKey;
import io.github.cdcspring.offset.OffsetStore;
import io.github.cdcspring.settings.OffsetStoreType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;

import static org.assertj.core.api.Assertions.assertThat;

class CdcAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, DataSourceAutoConfiguration.class,
				CdcAutoConfiguration.class))
		.withPropertyValues("spring.datasource.url=jdbc:postgresql://localhost:1/shop", "spring.datasource.username=me",
				"spring.datasource.password=secret");

	@Test
	void backsOffWhenDisabled() {
		this.runner.withPropertyValues("cdc.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(EmbeddedEngineRegistry.class)
				.doesNotHaveBean(CdcListenerAnnotationBeanPostProcessor.class)
				.doesNotHaveBean(CdcProperties.class));
	}

	@Test
	void ignoresListenersWhenDisabled() {
		this.runner.withBean("listening", Listening.class)
			.withPropertyValues("cdc.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void startsNothingWithoutListeners() {
		this.runner.run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean(EmbeddedEngineRegistry.class).engines()).isEmpty();
		});
	}

	@Test
	void storesTheOffsetInTheApplicationsDatabase() {
		this.runner
			.run((context) -> assertThat(context.getBean(EngineSettingsReader.class).readDefault().offset().store())
				.isEqualTo(OffsetStoreType.JDBC));
	}

	@Test
	void storesTheOffsetInAFileWithoutSpringBootsJdbcModule() {
		withoutJdbcModule().run((context) -> {
			assertThat(context).hasNotFailed().doesNotHaveBean(ApplicationConnection.class);
			assertThat(context.getBean(EngineSettingsReader.class).readDefault().offset().store())
				.isEqualTo(OffsetStoreType.FILE);
		});
	}

	@Test
	void refusesTheJdbcStoreWithoutADataSource() {
		withoutJdbcModule().withBean("listening", Listening.class)
			.withPropertyValues("cdc.offset.store=jdbc")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidCdcPropertyException.class)
				.hasMessageStartingWith("'cdc.offset.store' is 'jdbc', but the application has no DataSource"));
	}

	@Test
	void usesADataSourceBeanWithoutSpringBootsJdbcModule() {
		withoutJdbcModule().withBean(DataSource.class, PGSimpleDataSource::new).run((context) -> {
			assertThat(context).hasNotFailed().doesNotHaveBean(ApplicationConnection.class);
			assertThat(context.getBean(EngineSettingsReader.class).readDefault().offset().store())
				.isEqualTo(OffsetStoreType.JDBC);
		});
	}

	private static ApplicationContextRunner withoutJdbcModule() {
		return new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(CdcAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader("org.springframework.boot.jdbc"))
			.withPropertyValues("cdc.connection.url=jdbc:postgresql://db/shop", "cdc.connection.username=me");
	}

	@Test
	void storesTheOffsetInAFileIfNoneOfSeveralDataSourcesIsPrimary() {
		this.runner.withBean("one", DataSource.class, PGSimpleDataSource::new)
			.withBean("two", DataSource.class, PGSimpleDataSource::new)
			.withPropertyValues("cdc.connection.url=jdbc:postgresql://db/shop", "cdc.connection.username=me")
			.run((context) -> assertThat(context.getBean(EngineSettingsReader.class).readDefault().offset().store())
				.isEqualTo(OffsetStoreType.FILE));
	}

	@Test
	void usesThePrimaryOneOfSeveralDataSources() {
		this.runner
			.withBean("one", DataSource.class, PGSimpleDataSource::new, (definition) -> definition.setPrimary(true))
			.withBean("two", DataSource.class, PGSimpleDataSource::new)
			.withPropertyValues("cdc.connection.url=jdbc:postgresql://db/shop", "cdc.connection.username=me")
			.run((context) -> assertThat(context.getBean(EngineSettingsReader.class).readDefault().offset().store())
				.isEqualTo(OffsetStoreType.JDBC));
	}

	@Test
	void contributesHealthIfTheApplicationDoes() {
		ApplicationContextRunner runner = this.runner
			.withConfiguration(AutoConfigurations.of(CdcHealthAutoConfiguration.class));
		runner.run((context) -> assertThat(context).hasSingleBean(CdcHealthIndicator.class));
		runner.withPropertyValues("management.health.cdc.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(CdcHealthIndicator.class));
		runner.withPropertyValues("cdc.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(CdcHealthIndicator.class));
	}

	@Test
	void readsNoJsonWithoutJackson() {
		this.runner.withClassLoader(new FilteredClassLoader("tools.jackson"))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(JsonConversion.class)
				.hasSingleBean(RowMappers.class));
	}

	@Test
	void createsTheJsonMapperWhenAColumnNeedsIt() {
		this.runner
			.withBean("mapper", JsonMapper.class, JsonMapper::shared, (definition) -> definition.setLazyInit(true))
			.run((context) -> {
				JsonConversion json = context.getBean(JsonConversion.class);
				assertThat(context.getBeanFactory().containsSingleton("mapper")).isFalse();
				json.converterFor(Map.class);
				assertThat(context.getBeanFactory().containsSingleton("mapper")).isTrue();
			});
	}

	@Test
	void startsWithoutActuatorHealthMetricsAndWeb() {
		this.runner
			.withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate",
					"org.springframework.boot.health", "io.micrometer", "org.springframework.web", "jakarta.servlet"))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(EmbeddedEngineRegistry.class));
	}

	@Test
	void backsOffWithoutDebezium() {
		this.runner.withClassLoader(new FilteredClassLoader("io.debezium.connector.postgresql"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(EmbeddedEngineRegistry.class));
	}

	@Test
	void anOffsetStoreBeanTakesPrecedence() {
		OffsetStore store = new MemoryOffsetStore();
		this.runner.withBean(OffsetStore.class, () -> store)
			.run((context) -> assertThat(context.getBean(OffsetStores.class)
				.of(context.getBean(EngineSettingsReader.class).readDefault().offset())).isSameAs(store));
	}

	@Test
	void aBeanThatOnlyListensIsCreatedThoughBeansAreLazy() {
		this.runner.withBean("elsewhere", Elsewhere.class)
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> {
				assertThat(context).getFailure().rootCause().isInstanceOf(InvalidListenerException.class);
				assertThat(context.getStartupFailure()).rootCause().hasMessageContaining("bean 'elsewhere'");
			});
	}

	@Test
	void theEngineRegistryIsNotLazy() {
		this.runner
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> {
				assertThat(context.getBeanFactory().getBeanDefinition("cdcEngineRegistry").isLazyInit()).isFalse();
				assertThat(context.getBean(EmbeddedEngineRegistry.class).isRunning()).isTrue();
			});
	}

	@Test
	void closesOffsetFilesWithTheContext(@TempDir Path directory) {
		ApplicationContextRunner files = this.runner.withPropertyValues("cdc.offset.store=file",
				"cdc.offset.file.path=" + directory.resolve("offset"));
		ContextConsumer<AssertableApplicationContext> use = (context) -> assertThat(context.getBean(OffsetStores.class)
			.of(context.getBean(EngineSettingsReader.class).readDefault().offset())
			.load(new OffsetKey("default", "slot"))).isEmpty();
		files.run(use);
		files.run(use);
	}

	static class Listening {

		@CdcListener(messages = "hello")
		void on(LogicalMessage message) {
		}

	}

	static class Elsewhere {

		@CdcListener(messages = "hello", engine = "elsewhere")
		void on(LogicalMessage message) {
		}

	}

}
