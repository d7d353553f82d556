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

package io.github.cdcspring.offset;

import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.cdcspring.TableId;
import org.jspecify.annotations.Nullable;

/**
 * Captured relations as JSON text, such as
 * {@code [{"oid":16385,"schema":"public","name":"orders","state":"…"}]}.
 */
final class RelationsJson {

	/** Whether the key may be that of a unique index. */
	private static final String ANY_INDEX = "index";

	private static final ObjectMapper JSON = new ObjectMapper();

	private RelationsJson() {
	}

	/** Write relations; none are {@code null}. */
	static @Nullable String write(List<CapturedRelation> relations) {
		if (relations.isEmpty()) {
			return null;
		}
		ArrayNode array = JSON.createArrayNode();
		for (CapturedRelation relation : relations) {
			ObjectNode object = array.addObject()
				.put("oid", relation.oid())
				.put("schema", relation.table().schema())
				.put("name", relation.table().name())
				.put("state", relation.state());
			CapturedKey key = relation.key();
			if (key != null) {
				ObjectNode text = object.putObject("key").put("streamed", key.streamed()).put(ANY_INDEX, true);
				key.numbers().forEach(text.putArray("numbers")::add);
				key.columns().forEach(text.putArray("columns")::add);
			}
		}
		return array.toString();
	}

	/**
	 * Read relations.
	 * @throws IllegalArgumentException if the text is not what {@link #write} writes
	 */
	static List<CapturedRelation> read(@Nullable String text) {
		if (text == null) {
			return List.of();
		}
		List<CapturedRelation> relations = new ArrayList<>();
		for (JsonNode relation : parse(text)) {
			JsonNode oid = relation.path("oid");
			if (!oid.isIntegralNumber()) {
				throw new IllegalArgumentException("the captured relations are not valid");
			}
			relations.add(new CapturedRelation(oid.longValue(),
					new TableId(relation.path("schema").asText(), relation.path("name").asText()),
					relation.path("state").asText(), key(relation.path("key"))));
		}
		return relations;
	}

	private static @Nullable CapturedKey key(JsonNode key) {
		if (key.isMissingNode()) {
			return null;
		}
		List<Integer> numbers = new ArrayList<>();
		key.path("numbers").forEach((number) -> numbers.add(number.asInt()));
		List<String> columns = new ArrayList<>();
		key.path("columns").forEach((column) -> columns.add(column.asText()));
		// An offset that has only looked for primary keys does not know of another key
		return (numbers.isEmpty() && !key.path(ANY_INDEX).asBoolean()) ? null
				: new CapturedKey(numbers, columns, key.path("streamed").asBoolean());
	}

	private static ArrayNode parse(String text) {
		try {
			if (JSON.readTree(text) instanceof ArrayNode array) {
				return array;
			}
		}
		catch (JsonProcessingException ex) {
			// The text is quoted nowhere
		}
		throw new IllegalArgumentException("the captured relations are not valid");
	}

}
