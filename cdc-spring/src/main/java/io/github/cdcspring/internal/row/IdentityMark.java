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

import java.util.Map;

import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Whether a column belongs to the replica identity that a table had when a change was
 * written, so that the server sends it of each previous row. The column converter writes
 * it into the schema of the column's field.
 */
public final class IdentityMark {

	private static final String IDENTITY = "cdcspring.identity";

	private static final String PREFIX = IDENTITY + "=";

	private static final String SOME = "some";

	/**
	 * The mark of a column that the server sends of the previous rows of some partitions
	 * only, because it belongs to their index.
	 */
	public static final String OF_SOME_PARTITIONS = PREFIX + SOME;

	/**
	 * The mark of a column of the stream whose field has the same schema as in a
	 * snapshot.
	 */
	public static final String NONE = "cdcspring.streamed";

	private IdentityMark() {
	}

	/**
	 * The mark of a column of the stream. Debezium hands it to the column converter as
	 * the character set of the column, which PostgreSQL does not have.
	 * @param identity whether the column belongs to the replica identity
	 */
	public static String of(boolean identity) {
		return PREFIX + identity;
	}

	/**
	 * Write a mark into the schema of a field.
	 * @param schema the schema
	 * @param mark the mark; anything else is not written
	 */
	public static void describe(SchemaBuilder schema, @Nullable String mark) {
		if (mark != null && mark.startsWith(PREFIX)) {
			schema.parameter(IDENTITY, mark.substring(PREFIX.length()));
		}
	}

	/**
	 * Return the schema of a key without the marks of its columns, as it is in a
	 * snapshot.
	 * @param key the schema of a key
	 * @return the schema; the same object if no column is marked
	 */
	public static Schema without(Schema key) {
		if (key.type() != Schema.Type.STRUCT || key.fields().stream().noneMatch((field) -> isMarked(field.schema()))) {
			return key;
		}
		SchemaBuilder schema = copy(key, SchemaBuilder.struct());
		key.fields().forEach((field) -> schema.field(field.name(), withoutMark(field.schema())));
		return schema.build();
	}

	private static boolean isMarked(Schema schema) {
		return schema.parameters() != null && schema.parameters().containsKey(IDENTITY);
	}

	private static Schema withoutMark(Schema schema) {
		if (!isMarked(schema)) {
			return schema;
		}
		return copy(schema, switch (schema.type()) {
			case ARRAY -> SchemaBuilder.array(schema.valueSchema());
			case MAP -> SchemaBuilder.map(schema.keySchema(), schema.valueSchema());
			default -> SchemaBuilder.type(schema.type());
		}).build();
	}

	private static SchemaBuilder copy(Schema schema, SchemaBuilder copy) {
		if (schema.isOptional()) {
			copy.optional();
		}
		if (schema.name() != null) {
			copy.name(schema.name());
		}
		if (schema.version() != null) {
			copy.version(schema.version());
		}
		if (schema.doc() != null) {
			copy.doc(schema.doc());
		}
		if (schema.parameters() != null) {
			schema.parameters()
				.entrySet()
				.stream()
				.filter((parameter) -> !parameter.getKey().equals(IDENTITY))
				.forEach((parameter) -> copy.parameter(parameter.getKey(), parameter.getValue()));
		}
		if (schema.defaultValue() != null) {
			copy.defaultValue(schema.defaultValue());
		}
		return copy;
	}

	/**
	 * Read the mark from the schema of a field.
	 * @return {@code null} if the field is not from the stream
	 */
	static @Nullable Boolean of(Schema schema) {
		Map<String, String> parameters = schema.parameters();
		String identity = (parameters != null) ? parameters.get(IDENTITY) : null;
		return (identity != null) ? Boolean.valueOf(identity) : null;
	}

	/**
	 * Whether the server sends the column only with whole previous rows.
	 */
	static boolean isOutside(Schema schema) {
		Map<String, String> parameters = schema.parameters();
		return parameters != null && "false".equals(parameters.get(IDENTITY));
	}

}
