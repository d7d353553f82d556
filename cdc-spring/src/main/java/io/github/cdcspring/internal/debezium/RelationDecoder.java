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

import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.sql.SQLException;

import io.debezium.connector.postgresql.PostgresConnectorConfig;
import io.debezium.connector.postgresql.TypeRegistry;
import io.debezium.connector.postgresql.connection.Lsn;
import io.debezium.connector.postgresql.connection.MessageDecoderContext;
import io.debezium.connector.postgresql.connection.PostgresConnection;
import io.debezium.connector.postgresql.connection.PostgresReplicationConnection;
import io.debezium.connector.postgresql.connection.ReplicationConnection;
import io.debezium.connector.postgresql.connection.ReplicationMessage;
import io.debezium.connector.postgresql.connection.ReplicationStream.ReplicationMessageProcessor;
import io.debezium.connector.postgresql.connection.WalPositionLocator;
import io.debezium.connector.postgresql.connection.pgoutput.PgOutputMessageDecoder;
import io.debezium.connector.postgresql.connection.pgoutput.PgOutputReplicationMessage;
import io.debezium.jdbc.JdbcConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * Debezium's decoder, which takes the tables of changes from the stream only. Debezium
 * reads the message that describes a table, and drops the replica identity in it. Values
 * arrive as the server's text. A failure names the event that cannot be read.
 */
final class RelationDecoder extends PgOutputMessageDecoder {

	private final StreamedTables tables;

	private final StreamTypes values;

	private final String slot;

	/** Of the last message that has one: the description of a table has none. */
	private Lsn lsn = Lsn.INVALID_LSN;

	private @Nullable ReplicationMessage message;

	RelationDecoder(PostgresConnectorConfig config, StreamedTables tables, PostgresConnection connection) {
		super(new MessageDecoderContext(config, tables), connection);
		this.tables = tables;
		this.values = new StreamTypes(connection);
		JdbcConfiguration server = config.getJdbcConfig();
		this.slot = server.getHostname() + ":" + server.getPort() + "/" + server.getDatabase() + "/"
				+ config.slotName();
	}

	/**
	 * Make a connection use this decoder. Debezium has no setting for it.
	 */
	void installIn(ReplicationConnection connection) {
		try {
			Field decoder = PostgresReplicationConnection.class.getDeclaredField("messageDecoder");
			decoder.setAccessible(true);
			decoder.set(connection, this);
		}
		catch (ReflectiveOperationException | RuntimeException ex) {
			throw new IllegalStateException("This version of Debezium does not let the starter read the replica "
					+ "identity of tables from the stream. Use a version of Debezium that the starter supports.", ex);
		}
	}

	/** Called for each message of the stream, before it is processed. */
	@Override
	public boolean shouldMessageBeSkipped(ByteBuffer buffer, Lsn lastReceivedLsn, Lsn startLsn,
			WalPositionLocator walPosition) {
		if (lastReceivedLsn.asLong() != 0) {
			this.lsn = lastReceivedLsn;
		}
		int start = buffer.position();
		switch (buffer.get(start)) {
			case 'I', 'U', 'D' -> this.tables.changed(buffer.getInt(start + 1));
			case 'B' -> this.tables.begins(new io.github.cdcspring.Lsn(buffer.getLong(start + 1)));
			case 'C', 'T' -> this.tables.other();
			default -> {
			}
		}
		return super.shouldMessageBeSkipped(buffer, lastReceivedLsn, startLsn, walPosition);
	}

	@Override
	public void processNotEmptyMessage(ByteBuffer buffer, ReplicationMessageProcessor processor, TypeRegistry types)
			throws SQLException, InterruptedException {
		this.message = null;
		try {
			if (buffer.get(buffer.position()) == 'R') {
				buffer.get();
				this.tables.described(StreamedRelation.read(buffer), types);
			}
			else {
				super.processNotEmptyMessage(buffer, (message) -> process(message, processor), this.values);
			}
		}
		catch (RuntimeException ex) {
			String table = (this.message instanceof PgOutputReplicationMessage change) ? change.getTable() : null;
			throw UnreadableEventException.of(this.slot, new io.github.cdcspring.Lsn(this.lsn.asLong()), table, ex);
		}
	}

	private void process(ReplicationMessage message, ReplicationMessageProcessor processor)
			throws SQLException, InterruptedException {
		this.message = message;
		processor.process(message);
	}

}
