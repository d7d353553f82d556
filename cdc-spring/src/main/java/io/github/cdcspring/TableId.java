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

import org.springframework.util.Assert;

/**
 * The name of a table as PostgreSQL stores it: case-sensitive and without quotes.
 *
 * @param schema the schema
 * @param name the table
 * @since 0.1.0
 */
public record TableId(String schema, String name) implements Comparable<TableId> {

	public TableId {
		Assert.hasLength(schema, "'schema' must not be empty");
		Assert.hasLength(name, "'name' must not be empty");
	}

	@Override
	public int compareTo(TableId other) {
		int bySchema = this.schema.compareTo(other.schema);
		return (bySchema != 0) ? bySchema : this.name.compareTo(other.name);
	}

	/**
	 * The names of schema and table, separated by a dot. A name that contains a dot or a
	 * double quote is quoted as in SQL, so no two tables have the same text.
	 */
	@Override
	public String toString() {
		return quoted(this.schema) + "." + quoted(this.name);
	}

	private static String quoted(String name) {
		return (name.indexOf('.') < 0 && name.indexOf('"') < 0) ? name : '"' + name.replace("\"", "\"\"") + '"';
	}

}
