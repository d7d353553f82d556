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

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import org.apache.kafka.clients.consumer.ConsumerRecord;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.kafka.annotation.KafkaListener;

/**
 * An application with Spring Kafka that receives JSON, with its defaults.
 */
final class KafkaJsonApplication implements Receiver {

	@Override
	public void receive(Task task, Sink sink) throws Exception {
		JsonEvents events = new JsonEvents(task.slot(), Boolean.parseBoolean(task.setting("schemas", "true")), sink);
		new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.initializers((context) -> ((GenericApplicationContext) context).registerBean(Listener.class,
					() -> new Listener(events)))
			.properties(properties(task))
			.run();
		new CountDownLatch(1).await();
	}

	private static Map<String, Object> properties(Task task) {
		Map<String, Object> properties = new LinkedHashMap<>();
		properties.put("spring.main.banner-mode", "off");
		// The starter is on the class path, and has no part in this application
		properties.put("cdc.enabled", "false");
		properties.put("spring.autoconfigure.exclude",
				"org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration");
		properties.put("spring.kafka.consumer.group-id", task.slot());
		properties.put("spring.kafka.consumer.auto-offset-reset", "earliest");
		properties.put("spring.kafka.consumer.value-deserializer",
				"org.apache.kafka.common.serialization.ByteArrayDeserializer");
		properties.put("topics", task.slot() + "\\.public\\..*");
		properties.putAll(task.settings());
		return properties;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	static class Listener {

		private final JsonEvents events;

		Listener(JsonEvents events) {
			this.events = events;
		}

		@KafkaListener(topicPattern = "${topics}")
		void on(ConsumerRecord<String, byte[]> event) {
			this.events.handle(event.topic(), event.value());
		}

	}

}
