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

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.format.JsonByteArray;
import io.debezium.engine.format.KeyValueHeaderChangeEventFormat;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.integration.channel.DirectChannel;
import org.springframework.integration.config.EnableIntegration;
import org.springframework.integration.debezium.inbound.DebeziumMessageProducer;
import org.springframework.integration.debezium.support.DebeziumHeaders;
import org.springframework.messaging.Message;

/**
 * Spring Integration's Debezium adapter with JSON, which Jackson deserializes to the same
 * Java records. The format is the smallest one: without schemas, and with decimals as
 * text. Jackson deserializes only the rows of an event.
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
			Listener listener = new Listener(sink);
			channel.subscribe(listener::handle);
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

	private static final class Listener {

		private static final String PREFIX = EngineProperties.PREFIX + ".public.";

		private final JsonMapper json = JsonMapper.builder()
			.disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
			.addModule(new SimpleModule().addDeserializer(LocalDate.class, new DaysDeserializer())
				.addDeserializer(LocalDateTime.class, new MicrosDeserializer()))
			.build();

		private final Map<String, ObjectReader> readers = new HashMap<>();

		private final Sink sink;

		Listener(Sink sink) {
			this.sink = sink;
		}

		void handle(Message<?> message) {
			String topic = message.getHeaders().get(DebeziumHeaders.DESTINATION, String.class);
			if (topic == null || !topic.startsWith(PREFIX)) {
				// A heartbeat
				return;
			}
			Envelope<?> envelope = reader(topic).readValue((byte[]) message.getPayload());
			Object row = (envelope.after() != null) ? envelope.after() : envelope.before();
			if (row instanceof Rows.Marker) {
				this.sink.marker();
			}
			else if (row instanceof Rows.Ping ping) {
				this.sink.ping(ping.phase(), ping.due());
			}
			else if (row instanceof Rows.Counter counter) {
				this.sink.counter(counter.id(), counter.value());
			}
			else {
				this.sink.event();
			}
		}

		private ObjectReader reader(String topic) {
			ObjectReader reader = this.readers.get(topic);
			if (reader == null) {
				JavaType type = this.json.getTypeFactory()
					.constructParametricType(Envelope.class, Rows.typeOf(topic.substring(PREFIX.length())));
				reader = this.json.readerFor(type);
				this.readers.put(topic, reader);
			}
			return reader;
		}

	}

	record Envelope<T>(@Nullable T before, @Nullable T after, String op) {
	}

	/** Debezium sends a date as days since 1970. */
	private static final class DaysDeserializer extends ValueDeserializer<LocalDate> {

		@Override
		public LocalDate deserialize(JsonParser parser, DeserializationContext context) {
			return LocalDate.ofEpochDay(parser.getIntValue());
		}

	}

	/** Debezium sends a timestamp as microseconds since 1970. */
	private static final class MicrosDeserializer extends ValueDeserializer<LocalDateTime> {

		@Override
		public LocalDateTime deserialize(JsonParser parser, DeserializationContext context) {
			long micros = parser.getLongValue();
			return LocalDateTime.ofEpochSecond(Math.floorDiv(micros, 1_000_000L),
					Math.floorMod(micros, 1_000_000) * 1_000, ZoneOffset.UTC);
		}

	}

}
