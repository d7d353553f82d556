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

package io.github.cdcspring.benchmarks.contestant;

import java.util.concurrent.CountDownLatch;

import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.format.JsonByteArray;
import io.debezium.engine.format.KeyValueHeaderChangeEventFormat;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.integration.channel.DirectChannel;
import org.springframework.integration.config.EnableIntegration;
import org.springframework.integration.debezium.inbound.DebeziumMessageProducer;
import org.springframework.integration.debezium.support.DebeziumHeaders;

/**
 * Spring Integration's Debezium adapter with JSON, which Jackson deserializes to the same
 * Java records. The format is the smallest one: without schemas, and with decimals as
 * text.
 *
 * @see <a href=
 * "https://docs.spring.io/spring-integration/reference/debezium.html">Spring Integration:
 * Debezium support</a>
 */
final class IntegrationFlowReceiver implements Receiver {

	@Override
	public void receive(Task task, Sink sink) throws Exception {
		var properties = EngineProperties.of(task);
		properties.setProperty("converter.schemas.enable", "false");
		properties.setProperty("decimal.handling.mode", "string");
		DebeziumEngine.Builder<ChangeEvent<byte[], byte[]>> builder = DebeziumEngine
			.create(KeyValueHeaderChangeEventFormat.of(JsonByteArray.class, JsonByteArray.class, JsonByteArray.class))
			.using(properties);
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(
				IntegrationConfiguration.class)) {
			DirectChannel channel = new DirectChannel();
			channel.setBeanFactory(context.getBeanFactory());
			JsonEvents events = new JsonEvents(EngineProperties.PREFIX, false, sink);
			channel.subscribe(
					(message) -> events.handle(message.getHeaders().get(DebeziumHeaders.DESTINATION, String.class),
							(byte[]) message.getPayload()));
			DebeziumMessageProducer producer = new DebeziumMessageProducer(builder);
			producer.setOutputChannel(channel);
			context.getBeanFactory().initializeBean(producer, "debezium");
			producer.start();
			new CountDownLatch(1).await();
		}
	}

	@EnableIntegration
	static class IntegrationConfiguration {

	}

}
