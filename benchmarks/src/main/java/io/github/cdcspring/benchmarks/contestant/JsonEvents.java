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

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/**
 * Reads Debezium's events in JSON, with Jackson to the same records as the other
 * contestants. It deserializes only the rows of an event. To be used by one thread.
 */
final class JsonEvents {

	private final String prefix;

	private final boolean schemas;

	private final Sink sink;

	private final JsonMapper json = JsonMapper.builder()
		.disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
		.addModule(new SimpleModule().addDeserializer(LocalDate.class, new DaysDeserializer())
			.addDeserializer(LocalDateTime.class, new MicrosDeserializer()))
		.build();

	private final Map<String, ObjectReader> readers = new HashMap<>();

	/**
	 * Create a reader.
	 * @param prefix the prefix of the topics
	 * @param schemas whether an event contains its schema
	 * @param sink processes the events
	 */
	JsonEvents(String prefix, boolean schemas, Sink sink) {
		this.prefix = prefix + ".public.";
		this.schemas = schemas;
		this.sink = sink;
	}

	void handle(@Nullable String topic, byte[] event) {
		if (topic == null || !topic.startsWith(this.prefix)) {
			// A heartbeat
			return;
		}
		ObjectReader reader = this.readers.computeIfAbsent(topic, this::reader);
		Envelope<?> envelope = this.schemas ? reader.<WithSchema<Envelope<?>>>readValue(event).payload()
				: reader.readValue(event);
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
		JavaType envelope = this.json.getTypeFactory()
			.constructParametricType(Envelope.class, Rows.typeOf(topic.substring(this.prefix.length())));
		return this.json.readerFor(this.schemas
				? this.json.getTypeFactory().constructParametricType(WithSchema.class, envelope) : envelope);
	}

	record WithSchema<T>(T payload) {
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
