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

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.cfg.JsonNodeFeature;

/**
 * Converts JSON columns by the application's Jackson. No other class of the library needs
 * this version of Jackson, so that an application without JSON columns can omit it.
 */
public final class JacksonJson implements JsonConversion {

	private static final long NO_LIMIT = -1;

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
		JavaType target = mapper.constructType(type);
		ObjectReader reader = exact(mapper.readerFor(target));
		TokenStreamFactory parsers = unlimited(mapper.tokenStreamFactory(), target.isTypeOrSubTypeOf(JsonNode.class));
		return (json) -> read(reader, parsers, json);
	}

	/**
	 * Deserializers of the application read by the context of the parser, which only the
	 * reader creates.
	 */
	private static @Nullable Object read(ObjectReader reader, TokenStreamFactory parsers, String json) {
		try (JsonParser context = reader.createParser("");
				JsonParser parser = parsers.createParser(context.objectReadContext(), json)) {
			return reader.readValue(parser);
		}
	}

	/**
	 * A number of JSON has any precision and size in PostgreSQL. That applies to each
	 * node within a target; the application's mapper decides about other types.
	 */
	private static ObjectReader exact(ObjectReader reader) {
		return reader.with(JsonNodeFeature.USE_BIG_DECIMAL_FOR_FLOATS)
			.without(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES);
	}

	/**
	 * PostgreSQL limits the size of a row, so Jackson need not. It reads nested values of
	 * other types than its own by recursion, so the application's limit of their depth
	 * remains.
	 */
	private static TokenStreamFactory unlimited(TokenStreamFactory parsers, boolean nested) {
		StreamReadConstraints.Builder constraints = parsers.streamReadConstraints()
			.rebuild()
			.maxNumberLength(Integer.MAX_VALUE)
			.maxStringLength(Integer.MAX_VALUE)
			.maxNameLength(Integer.MAX_VALUE)
			.maxDocumentLength(NO_LIMIT)
			.maxTokenCount(NO_LIMIT);
		if (nested) {
			constraints.maxNestingDepth(Integer.MAX_VALUE);
		}
		return parsers.rebuild().streamReadConstraints(constraints.build()).build();
	}

}
