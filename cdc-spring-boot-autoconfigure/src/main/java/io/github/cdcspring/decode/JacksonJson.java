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

package io.github.cdcspring.decode;

import java.lang.reflect.Type;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.ObjectReader;

/**
 * JSON columns through Jackson. The only class that needs Jackson, which an application
 * may do without.
 *
 * @since 0.1.0
 */
public final class JacksonJson implements JsonConversion {

	private final ObjectMapper mapper;

	/**
	 * Create a conversion.
	 * @param mapper the application's mapper
	 */
	public JacksonJson(ObjectMapper mapper) {
		this.mapper = mapper;
	}

	@Override
	public Class<?> naturalType() {
		return JsonNode.class;
	}

	@Override
	public Reader readerFor(Type type) {
		ObjectReader reader = this.mapper.readerFor(this.mapper.constructType(type));
		return reader::readValue;
	}

}
