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

import java.util.List;
import java.util.Map;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.ChangeEvent;
import io.github.cdcspring.Operation;
import io.github.cdcspring.TableId;
import io.github.cdcspring.settings.EngineSettings;
import io.github.cdcspring.settings.KafkaOrder;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.kafka.core.ConsumerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Settings and listeners of {@code cdc.source=kafka}, without Kafka.
 */
class KafkaSourceTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(KafkaAutoConfiguration.class, CdcAutoConfiguration.class))
		.withPropertyValues("cdc.connection.url=jdbc:postgresql://localhost:1/shop", "cdc.connection.username=me",
				"spring.application.name=shop");

	private final ApplicationContextRunner kafka = this.runner.withPropertyValues("cdc.source=kafka");

	@Test
	void embedsDebeziumByDefault() {
		assertThat(read(this.runner, "default")).isNull();
	}

	@Test
	void namesAreThoseOfSlotAndApplication() {
		assertThat(read(this.kafka, "default"))
			.isEqualTo(new EngineSettings.Kafka("cdc_shop", "shop-cdc", KafkaOrder.KEY));
		assertThat(read(this.kafka, "audit"))
			.isEqualTo(new EngineSettings.Kafka("cdc_shop_audit", "shop-cdc-audit", KafkaOrder.KEY));
	}

	@Test
	void theGroupIsNotThatOfTheApplicationsOtherConsumers() {
		assertThat(read(this.kafka.withPropertyValues("spring.kafka.consumer.group-id=shop"), "default").groupId())
			.isEqualTo("shop-cdc");
	}

	@Test
	void furtherEnginesHaveTheirOwnSourceAndGroup() {
		ApplicationContextRunner both = this.kafka.withPropertyValues("cdc.kafka.group-id=all",
				"cdc.kafka.topic-prefix=all", "cdc.kafka.order=stream", "cdc.engines.embedded.source=embedded",
				"cdc.engines.audit.kafka.topic-prefix=audit");
		assertThat(read(both, "default")).isEqualTo(new EngineSettings.Kafka("all", "all", KafkaOrder.STREAM));
		assertThat(read(both, "audit")).isEqualTo(new EngineSettings.Kafka("audit", "all-audit", KafkaOrder.STREAM));
		assertThat(read(both, "embedded")).isNull();
	}

	@Test
	void refusesAGroupWithoutAName() {
		assertThatExceptionOfType(InvalidCdcPropertyException.class)
			.isThrownBy(() -> read(this.kafka.withPropertyValues("spring.application.name="), "default"))
			.withMessageContaining("cdc.kafka.group-id");
	}

	@Test
	void refusesAPrefixThatIsNoTopic() {
		assertThatExceptionOfType(InvalidCdcPropertyException.class)
			.isThrownBy(() -> read(this.kafka.withPropertyValues("cdc.kafka.topic-prefix=a b"), "default"))
			.withMessageContaining("cdc.kafka.topic-prefix");
	}

	private static EngineSettings.Kafka read(ApplicationContextRunner runner, String engine) {
		EngineSettings.Kafka[] kafka = new EngineSettings.Kafka[1];
		RuntimeException[] failure = new RuntimeException[1];
		runner
			.withPropertyValues("cdc.engines." + engine + "x.connection.port=1",
					"cdc.engines.audit.connection.port=5432")
			.run((context) -> {
				try {
					kafka[0] = context.getBean(EngineSettingsReader.class).read(engine).kafka();
				}
				catch (RuntimeException ex) {
					failure[0] = ex;
				}
			});
		if (failure[0] != null) {
			throw failure[0];
		}
		return kafka[0];
	}

	@Test
	void refusesEnginesThatShareAGroup() {
		this.kafka.withPropertyValues("cdc.kafka.group-id=all", "cdc.engines.audit.kafka.group-id=all")
			.withBean(Plain.class)
			.withBean(Audit.class)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("'cdc.engines.audit.kafka.group-id' is 'all', which is also the group of engine "
						+ "'default'"));
	}

	@Test
	void refusesToReceiveWithoutSpringKafka() {
		this.runner.withPropertyValues("cdc.source=kafka")
			.withClassLoader(new FilteredClassLoader(ConsumerFactory.class))
			.withBean(Plain.class)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("'cdc.source' is 'kafka', but the application has no consumer factory"));
	}

	@Test
	void refusesListenersThatNeedTheOrderOfTheStream() {
		assertRefused(InOrder.class, "has 'inStreamOrder', but 'cdc.kafka.order' is 'key'");
		assertRefused(Whole.class, "takes whole transactions, but 'cdc.kafka.order' is 'key'");
		assertRefused(Truncated.class, "receives TRUNCATE, but 'cdc.kafka.order' is 'key'");
	}

	private void assertRefused(Class<?> listener, String reason) {
		this.kafka.withBean(listener)
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining(reason));
	}

	static class Plain {

		@CdcListener("item")
		void on(TableId table) {
		}

	}

	static class Audit {

		@CdcListener(tables = "item", engine = "audit")
		void on(TableId table) {
		}

	}

	static class InOrder {

		@CdcListener(tables = "item", inStreamOrder = true)
		void on(TableId table) {
		}

	}

	static class Whole {

		@CdcListener(tables = "item", wholeTransactions = true)
		void on(List<ChangeEvent<Map<String, Object>>> events) {
		}

	}

	static class Truncated {

		@CdcListener(tables = "item", operations = Operation.TRUNCATE)
		void on(TableId table) {
		}

	}

}
