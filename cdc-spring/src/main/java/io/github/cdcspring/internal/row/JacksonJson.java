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

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.ObjectReader;

/**
 * JSON columns through Jackson. The only class that needs Jackson, which an application
 * may do without.
 *
 */
public final class JacksonJson implements JsonConversion {

	private final Supplier<? extends ObjectMapper> mapper;

	/**
	 * Create a conversion.
	 * @param mapper gives the application's mapper, always the same; asked when the first
	 * JSON column is bound, as a mapper takes long to make
	 */
	public JacksonJson(Supplier<? extends ObjectMapper> mapper) {
		this.mapper = mapper;
	}

	@Override
	public Class<?> naturalType() {
		return JsonNode.class;
	}

	@Override
	public Reader readerFor(Type type) {
		ObjectMapper mapper = this.mapper.get();
		ObjectReader reader = mapper.readerFor(mapper.constructType(type));
		return reader::readValue;
	}

}
