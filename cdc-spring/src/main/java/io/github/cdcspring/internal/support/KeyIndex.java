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

package io.github.cdcspring.internal.support;

/**
 * The index whose columns are the key of a table: the primary key, or the unique index
 * that stands in for it. Snapshot, stream and backfill must agree.
 */
public final class KeyIndex {

	/**
	 * Selects the row in {@code pg_index} of the table whose row in {@code pg_class} is
	 * {@code c}. Without a primary key, that is the replica identity, because the stream
	 * names it, then an index that is unique for all rows, and otherwise the first one in
	 * Debezium's order. An index on expressions has no columns to name.
	 */
	public static final String QUERY = """
			SELECT i.* FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
			WHERE i.indrelid = c.oid AND i.indisunique AND 0 <> ALL (i.indkey::int2[])
			ORDER BY NOT i.indisprimary, NOT (c.relreplident = 'i' AND i.indisreplident),
				NOT (i.indisvalid AND i.indpred IS NULL), NOT i.indisclustered, ic.relname
			LIMIT 1""";

	/**
	 * Tells of the row {@code k} of {@link #QUERY} whether the stream names these columns
	 * as the key. Without a row, the default replica identity says that there is no
	 * primary key. A deferrable primary key is no replica identity.
	 */
	public static final String STREAMED = """
			CASE c.relreplident WHEN 'd' THEN coalesce(k.indisprimary AND k.indimmediate, true) ELSE false END""";

	private KeyIndex() {
	}

}
