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

package io.github.cdcspring;

/**
 * The operation of a {@link ChangeEvent}.
 *
 * @since 0.1.0
 * @see <a href=
 * "https://debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-events">Debezium:
 * data change events</a>
 */
public enum Operation {

	/** A row was inserted. */
	CREATE,

	/** A row was updated. */
	UPDATE,

	/** A row was deleted. */
	DELETE,

	/** A snapshot read a row. */
	READ,

	/** A table was truncated. The event has no row. */
	TRUNCATE,

	/** A logical message was written with {@code pg_logical_emit_message}. */
	MESSAGE

}
