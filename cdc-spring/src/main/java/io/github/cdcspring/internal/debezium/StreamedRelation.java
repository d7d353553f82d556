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

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.debezium.relational.TableId;
import io.debezium.util.Strings;

/**
 * A table as it was when the server wrote the changes that follow in the stream.
 *
 * @param oid the OID of the table
 * @param table schema and name
 * @param replicaIdentity {@code relreplident} of {@code pg_class}
 * @param columns the columns that the server sends
 * @see <a href=
 * "https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html#PROTOCOL-LOGICALREP-MESSAGE-FORMATS-RELATION">PostgreSQL:
 * the message Relation</a>
 */
record StreamedRelation(int oid, TableId table, char replicaIdentity, List<Column> columns) {

	/**
	 * Read a message.
	 * @param buffer the message without its first byte, the type
	 */
	static StreamedRelation read(ByteBuffer buffer) {
		int oid = buffer.getInt();
		String schema = text(buffer);
		TableId table = new TableId(null, schema, text(buffer));
		char replicaIdentity = (char) buffer.get();
		int count = buffer.getShort();
		List<Column> columns = new ArrayList<>(count);
		for (int i = 0; i < count; i++) {
			boolean identity = (buffer.get() & 1) != 0;
			// Debezium looks values up by the name without quotes
			columns.add(new Column(Strings.unquoteIdentifierPart(text(buffer)), identity, buffer.getInt(),
					buffer.getInt()));
		}
		return new StreamedRelation(oid, table, replicaIdentity, columns);
	}

	private static String text(ByteBuffer buffer) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		for (byte next = buffer.get(); next != 0; next = buffer.get()) {
			bytes.write(next);
		}
		return bytes.toString(StandardCharsets.UTF_8);
	}

	/**
	 * The same table under another name.
	 */
	StreamedRelation named(TableId name) {
		return new StreamedRelation(this.oid, name, this.replicaIdentity, this.columns);
	}

	/**
	 * Whether the replica identity is the primary key.
	 */
	boolean identifiesByPrimaryKey() {
		return this.replicaIdentity == 'd' && this.columns.stream().anyMatch(Column::identity);
	}

	/**
	 * Whether the replica identity would be the primary key, but there is none.
	 */
	boolean hasNoPrimaryKey() {
		return this.replicaIdentity == 'd' && !identifiesByPrimaryKey();
	}

	/**
	 * Whether the replica identity is an index that the table has.
	 */
	boolean identifiesByIndex() {
		return this.replicaIdentity == 'i' && this.columns.stream().anyMatch(Column::identity);
	}

	/**
	 * The columns of the replica identity: all of them if it is FULL.
	 */
	List<String> identity() {
		return this.columns.stream().filter(Column::identity).map(Column::name).toList();
	}

	/** Whether the replica identity is FULL. */
	boolean identifiesByAllColumns() {
		return this.replicaIdentity == 'f';
	}

	List<String> columnNames() {
		return this.columns.stream().map(Column::name).toList();
	}

	/**
	 * A column of a table.
	 *
	 * @param name the name
	 * @param identity whether it belongs to the replica identity
	 * @param type the OID of the type
	 * @param modifier {@code atttypmod} of {@code pg_attribute}
	 */
	record Column(String name, boolean identity, int type, int modifier) {

	}

}
