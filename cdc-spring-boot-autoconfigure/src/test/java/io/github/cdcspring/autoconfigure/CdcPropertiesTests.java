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

import java.beans.PropertyDescriptor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.LsnFlushMode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.BeanUtils;
import org.springframework.beans.BeanWrapperImpl;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How the properties are bound.
 */
@ExtendWith(OutputCaptureExtension.class)
class CdcPropertiesTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, CdcAutoConfiguration.class))
		.withPropertyValues("cdc.connection.url=jdbc:postgresql://db/shop?user=me");

	@TestFactory
	Stream<DynamicTest> aDurationWithoutUnitIsInSeconds() {
		List<String> durations = paths("", CdcProperties.class, Duration.class);
		assertThat(durations).hasSizeGreaterThanOrEqualTo(7).contains("heartbeat.interval", "listener.timeout");
		return durations.stream().map((path) -> DynamicTest.dynamicTest(path, () -> {
			String key = "cdc." + Stream.of(path.split("\\."))
				.map(DataObjectPropertyName::toDashedForm)
				.reduce("", (start, element) -> start.isEmpty() ? element : start + "." + element);
			this.runner.withPropertyValues(key + "=7", key.replace("cdc.", "cdc.engines.audit.") + "=8")
				.run((context) -> {
					CdcProperties properties = context.getBean(CdcProperties.class);
					assertThat(value(properties, path)).isEqualTo(Duration.ofSeconds(7));
					assertThat(value(properties.getEngines().get("audit"), path)).isEqualTo(Duration.ofSeconds(8));
				});
		}));
	}

	private static Object value(Object properties, String path) {
		return new BeanWrapperImpl(properties).getPropertyValue(path);
	}

	private static List<String> paths(String prefix, Class<?> type, Class<?> valueType) {
		List<String> paths = new ArrayList<>();
		for (PropertyDescriptor property : BeanUtils.getPropertyDescriptors(type)) {
			if (property.getPropertyType() == valueType) {
				paths.add(prefix + property.getName());
			}
			else if (property.getPropertyType().getName().startsWith(CdcProperties.class.getPackageName())) {
				paths.addAll(paths(prefix + property.getName() + ".", property.getPropertyType(), valueType));
			}
		}
		return paths;
	}

	@Test
	void whatABeanPostProcessorChangesTakesEffect() {
		this.runner.withPropertyValues("cdc.heartbeat.interval=1s", "cdc.engines.audit.slot.name=audit")
			.withBean(Changing.class)
			.run((context) -> {
				EngineSettingsReader reader = context.getBean(EngineSettingsReader.class);
				EngineSettings settings = reader.readDefault();
				assertThat(settings.heartbeatInterval()).hasSeconds(2);
				assertThat(settings.lsnFlushMode()).isEqualTo(LsnFlushMode.CONNECTOR_AND_DRIVER);
				assertThat(settings.slot().name()).isEqualTo("changed");
				assertThat(reader.read("audit").slot().name()).isEqualTo("changed_audit");
				assertThat(reader.read("audit").heartbeatInterval()).hasSeconds(3);
				assertThat(reader.read("added").connection().jdbcUrl()).isEqualTo("jdbc:postgresql://other:5432/shop");
				assertThat(reader.read("added").slot().name()).isEqualTo("changed_added");
			});
	}

	@ParameterizedTest
	@CsvSource({ "cdc.listner.concurrency, cdc.listener.concurrency", "cdc.lsn-flush-mod, cdc.lsn-flush-mode",
			"cdc.listener.max-in-hand, cdc.listener.max-in-flight",
			"cdc.listener.retry.max-attempt, cdc.listener.retry.max-attempts", "cdc.slot.nam, cdc.slot.name",
			"cdc.engines.audit.lsn-flash-mode, cdc.engines.audit.lsn-flush-mode",
			"cdc.engines.audit.listner.concurrency, cdc.engines.audit.listener.concurrency",
			"cdc.loging.debezium, cdc.logging.debezium", "cdc.enable, cdc.enabled",
			"cdc.kafka.connect.connectr, cdc.kafka.connect.connector",
			"cdc.connection.driver-property.sslmode, cdc.connection.driver-properties" })
	void anUnknownKeyIsWarnedAboutWithTheNearestOne(String unknown, String nearest, CapturedOutput output) {
		this.runner.withPropertyValues(unknown + "=planted-value").run((context) -> assertThat(context).hasNotFailed());
		assertThat(output)
			.containsOnlyOnce("'" + unknown + "' is unknown. Did you mean '" + nearest + "'? (\"" + unknown
					+ "\" from property source \"test\")")
			.doesNotContain("planted-value");
		assertThat(unknownKeys(output)).containsExactly(unknown);
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "cdc.something.else.entirely", "cdc.engines.audit.enabled", "cdc.engines.audit.logging.x" })
	void anUnknownKeyThatResemblesNoneIsWarnedAbout(String unknown, CapturedOutput output) {
		this.runner.withPropertyValues(unknown + "=planted-value").run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).containsOnlyOnce("'" + unknown + "' is unknown").doesNotContain("planted-value");
	}

	@Test
	void aKeyInSeveralSourcesIsWarnedAboutOnce(CapturedOutput output) {
		this.runner.withPropertyValues("cdc.listner.concurrency=1")
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addLast(new MapPropertySource("other", Map.of("cdc.listner.concurrency", "2"))))
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).containsOnlyOnce("'cdc.listner.concurrency' is unknown");
	}

	@Test
	void aKnownKeyIsNotWarnedAbout(CapturedOutput output) {
		Map<String, Object> environment = new LinkedHashMap<>();
		environment.put("CDC_LISTENER_MAXINFLIGHT", "5");
		environment.put("CDC_LISTENER_MAX_IN_FLIGHT_SIZE", "1MB");
		environment.put("CDC_DEBEZIUM_MAX_BATCH_SIZE", "10");
		environment.put("CDC_ENGINES_AUDIT_LISTENER_RETRY_NOTFOR_0", "java.io.IOException");
		environment.put("CDC_SAFETY_ACCEPT", "");
		environment.put("CDC_SERVICE_HOST", "10.0.0.1");
		environment.put("CDC_PORT", "tcp://10.0.0.1:80");
		this.runner
			.withPropertyValues("cdc.debezium.max.queue.size=10000", "cdc.debezium[poll.interval.ms]=5",
					"cdc.engines.audit.debezium.max.batch.size=5", "cdc.engines.my-audit.listener.maxInFlight=3",
					"cdc.connection.driver-properties.ApplicationName=shop",
					"cdc.listener.retry.not-for[0]=java.io.IOException",
					"cdc.listener.retry.not-for[1]=java.lang.Error", "cdc.enabled=true", "cdc.logging.debezium=true",
					"cdc.flushLsnSource=true", "cdc.listener.max_in_flight=7", "cdcother.key=1")
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment", environment)))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean(CdcProperties.class).getListener().getMaxInFlight()).isEqualTo(5);
			});
		assertThat(unknownKeys(output)).isEmpty();
	}

	/** The keys that are warned about, without the system properties of this build. */
	private static List<String> unknownKeys(CapturedOutput output) {
		return Pattern.compile("'(cdc[^']*)' is unknown")
			.matcher(output)
			.results()
			.map((result) -> result.group(1))
			.filter((key) -> System.getProperty(key) == null)
			.toList();
	}

	static class Changing implements BeanPostProcessor {

		@Override
		public Object postProcessBeforeInitialization(Object bean, String beanName) {
			return bean;
		}

		@Override
		public Object postProcessAfterInitialization(Object bean, String beanName) {
			if (bean instanceof CdcProperties properties) {
				properties.getHeartbeat().setInterval(properties.getHeartbeat().getInterval().plusSeconds(1));
				properties.setLsnFlushMode(LsnFlushMode.CONNECTOR_AND_DRIVER);
				properties.getSlot().setName("changed");
				CdcEngineProperties audit = properties.getEngines().get("audit");
				audit.getHeartbeat().setInterval(audit.getHeartbeat().getInterval().plusSeconds(2));
				audit.getSlot().setName(null);
				CdcEngineProperties added = new CdcEngineProperties();
				added.getConnection().setUrl("jdbc:postgresql://other/shop?user=me");
				properties.getEngines().put("added", added);
			}
			return bean;
		}

	}

}
