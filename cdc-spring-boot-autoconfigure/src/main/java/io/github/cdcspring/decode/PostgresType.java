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

import java.util.Map;
import java.util.Objects;

import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.jspecify.annotations.Nullable;

/**
 * The type of a column.
 *
 * @param kind its kind, of a domain that of its base type
 * @param element the kind of an array's elements, {@code null} if it is no array
 * @param name PostgreSQL's name of the type
 */
record PostgresType(ColumnKind kind, @Nullable ColumnKind element, String name) {

	private static final String KIND = "cdcspring.kind";

	private static final String ELEMENT = "cdcspring.element";

	private static final String NAME = "cdcspring.type";

	private static final int BIT = 1560;

	/** By the OIDs of pg_type.dat, which never change; what is not here is text. */
	private static final Map<Integer, ColumnKind> kinds = Map.ofEntries(Map.entry(16, ColumnKind.BOOLEAN),
			Map.entry(17, ColumnKind.BYTES), Map.entry(20, ColumnKind.BIGINT), Map.entry(21, ColumnKind.SMALLINT),
			Map.entry(23, ColumnKind.INTEGER), Map.entry(26, ColumnKind.BIGINT), Map.entry(114, ColumnKind.JSON),
			Map.entry(700, ColumnKind.REAL), Map.entry(701, ColumnKind.DOUBLE), Map.entry(790, ColumnKind.MONEY),
			Map.entry(1082, ColumnKind.DATE), Map.entry(1083, ColumnKind.TIME), Map.entry(1114, ColumnKind.TIMESTAMP),
			Map.entry(1184, ColumnKind.TIMESTAMPTZ), Map.entry(1186, ColumnKind.INTERVAL),
			Map.entry(1266, ColumnKind.TIMETZ), Map.entry(BIT, ColumnKind.BITS), Map.entry(1562, ColumnKind.BITS),
			Map.entry(1700, ColumnKind.NUMERIC), Map.entry(2950, ColumnKind.UUID), Map.entry(3220, ColumnKind.LSN),
			Map.entry(3802, ColumnKind.JSON));

	private static final Map<Integer, ColumnKind> elements = Map.ofEntries(Map.entry(1000, ColumnKind.BOOLEAN),
			Map.entry(1001, ColumnKind.BYTES), Map.entry(1016, ColumnKind.BIGINT), Map.entry(1005, ColumnKind.SMALLINT),
			Map.entry(1007, ColumnKind.INTEGER), Map.entry(1028, ColumnKind.BIGINT), Map.entry(199, ColumnKind.JSON),
			Map.entry(1021, ColumnKind.REAL), Map.entry(1022, ColumnKind.DOUBLE), Map.entry(791, ColumnKind.MONEY),
			Map.entry(1182, ColumnKind.DATE), Map.entry(1183, ColumnKind.TIME), Map.entry(1115, ColumnKind.TIMESTAMP),
			Map.entry(1185, ColumnKind.TIMESTAMPTZ), Map.entry(1187, ColumnKind.INTERVAL),
			Map.entry(1270, ColumnKind.TIMETZ), Map.entry(1561, ColumnKind.BITS), Map.entry(1563, ColumnKind.BITS),
			Map.entry(1231, ColumnKind.NUMERIC), Map.entry(2951, ColumnKind.UUID), Map.entry(3221, ColumnKind.LSN),
			Map.entry(3807, ColumnKind.JSON));

	static PostgresType of(int oid, String name, boolean array, int length) {
		if (array || elements.containsKey(oid)) {
			ColumnKind element = name.endsWith("hstore") ? ColumnKind.HSTORE
					: elements.getOrDefault(oid, ColumnKind.TEXT);
			return new PostgresType(ColumnKind.ARRAY, element, name);
		}
		if (oid == BIT && length == 1) {
			return new PostgresType(ColumnKind.BIT, null, name);
		}
		ColumnKind kind = name.equals("hstore") ? ColumnKind.HSTORE : kinds.getOrDefault(oid, ColumnKind.TEXT);
		return new PostgresType(kind, null, name);
	}

	/** Write the type into a field's schema, for {@link #of(Schema)} to read. */
	void describe(SchemaBuilder schema) {
		schema.parameter(KIND, this.kind.name()).parameter(NAME, this.name);
		if (this.element != null) {
			schema.parameter(ELEMENT, this.element.name());
		}
	}

	static PostgresType of(Schema schema) {
		Map<String, String> parameters = schema.parameters();
		if (parameters == null || !parameters.containsKey(KIND)) {
			return new PostgresType(ColumnKind.of(schema), null,
					(schema.name() != null) ? schema.name() : schema.type().getName());
		}
		String element = parameters.get(ELEMENT);
		return new PostgresType(ColumnKind.valueOf(parameters.get(KIND)),
				(element != null) ? ColumnKind.valueOf(element) : null, Objects.requireNonNull(parameters.get(NAME)));
	}

	/** The type of the elements. */
	PostgresType elementType() {
		ColumnKind kind = (this.element != null) ? this.element : ColumnKind.FOREIGN;
		return new PostgresType(kind, null, this.name.startsWith("_") ? this.name.substring(1) : this.name);
	}

	/**
	 * What stands between the elements of an array: only box has something of its own.
	 */
	char delimiter() {
		return this.name.equals("_box") ? ';' : ',';
	}

}
