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

package io.github.cdcspring.internal.row;

import java.lang.reflect.Type;
import java.util.function.Supplier;

import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.cfg.JsonNodeFeature;

/**
 * Converts JSON columns by the application's Jackson. No other class of the library needs
 * this version of Jackson, so that an application without JSON columns can omit it.
 */
public final class JacksonJson implements JsonConversion {

	private final Supplier<? extends ObjectMapper> mapper;

	/**
	 * Create a conversion.
	 * @param mapper supplies the application's mapper, always the same one; called when a
	 * JSON column is mapped for the first time, because a mapper is expensive to create
	 */
	public JacksonJson(Supplier<? extends ObjectMapper> mapper) {
		this.mapper = mapper;
	}

	@Override
	public Class<?> naturalType() {
		return JsonNode.class;
	}

	@Override
	public Converter converterFor(Type type) {
		ObjectMapper mapper = this.mapper.get();
		ObjectReader reader = mapper.readerFor(mapper.constructType(type));
		return (type == JsonNode.class) ? exact(reader)::readValue : reader::readValue;
	}

	/** A number of JSON has any precision and size in PostgreSQL. */
	private static ObjectReader exact(ObjectReader reader) {
		return reader.with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
			.without(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES);
	}

}
