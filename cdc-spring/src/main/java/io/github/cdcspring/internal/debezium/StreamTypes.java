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

package io.github.cdcspring.internal.debezium;

import io.debezium.connector.postgresql.PostgresType;
import io.debezium.connector.postgresql.TypeRegistry;
import io.debezium.connector.postgresql.connection.PostgresConnection;
import org.postgresql.core.Oid;

/**
 * The types of the stream's columns. Debezium looks up a type by its OID to describe a
 * column, and by its name to parse a value. The latter is always {@code text}, so that
 * values arrive as the server wrote them: Debezium's parsers lose or reject some.
 */
final class StreamTypes extends TypeRegistry {

	StreamTypes(PostgresConnection connection) {
		super(connection);
	}

	@Override
	public PostgresType get(String schema, String name) {
		return get(Oid.TEXT);
	}

}
