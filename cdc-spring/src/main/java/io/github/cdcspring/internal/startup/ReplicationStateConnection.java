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

package io.github.cdcspring.internal.startup;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import io.github.cdcspring.Lsn;
import io.github.cdcspring.internal.support.KeptConnection;
import io.github.cdcspring.internal.support.SqlState;
import org.jspecify.annotations.Nullable;

/**
 * Reads positions repeatedly over a connection of its own, which it keeps open. Threads
 * that share it read one after another.
 */
public final class ReplicationStateConnection implements TimelineHistory, AutoCloseable {

	private final ReplicationCommands replication;

	private final ReplicationStateReader reader;

	private final Map<Integer, Map<Integer, Lsn>> ancestors = new HashMap<>();

	private final KeptConnection connection;

	private boolean closed;

	/**
	 * Create a connection, which is opened with the first reading.
	 * @param source the database
	 * @param timeout the time that one reading may take, in whole seconds
	 */
	public ReplicationStateConnection(SourceDatabase source, Duration timeout) {
		this.replication = new ReplicationCommands(source::connectForReplication);
		this.reader = new ReplicationStateReader(timeout, this.replication);
		this.connection = new KeptConnection(() -> {
			this.ancestors.clear();
			return source.connect();
		});
	}

	/**
	 * Read.
	 * @param <T> what is read
	 * @param reading the reading; it is repeated once if the connection has ended
	 * @return what was read
	 * @throws SQLException if the server cannot be reached or asked
	 */
	public synchronized <T extends @Nullable Object> T read(Reading<T> reading) throws SQLException {
		if (this.closed) {
			throw new SQLException("The connection is not used any more", SqlState.CONNECTION_CLOSED);
		}
		return this.connection.query((connection) -> reading.read(connection, this.reader));
	}

	/**
	 * Read the ancestors once: they do not change while the timeline is the same.
	 */
	@Override
	public synchronized Map<Integer, Lsn> endsBefore(int timeline) throws SQLException {
		Map<Integer, Lsn> ends = this.ancestors.get(timeline);
		if (ends == null) {
			ends = this.replication.endsBefore(timeline);
			this.ancestors.put(timeline, ends);
		}
		return ends;
	}

	/** Close the connection until the next reading. */
	public synchronized void release() {
		this.connection.close();
	}

	/** Close the connection. A later reading fails. */
	@Override
	public synchronized void close() {
		this.closed = true;
		this.connection.close();
	}

	/**
	 * A reading over the connection.
	 *
	 * @param <T> what is read
	 */
	@FunctionalInterface
	public interface Reading<T extends @Nullable Object> {

		/**
		 * Read.
		 * @param connection the connection, which must be left open
		 * @param reader reads server and slot
		 * @return what was read
		 * @throws SQLException if the server cannot be asked
		 */
		T read(Connection connection, ReplicationStateReader reader) throws SQLException;

	}

}
