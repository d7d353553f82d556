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
import org.jspecify.annotations.Nullable;

/**
 * Reads positions repeatedly over a connection of its own, which it keeps open. If that
 * connection has ended, it reconnects at once. Not thread-safe.
 */
public final class ReplicationStateConnection implements TimelineHistory, AutoCloseable {

	private final SourceDatabase source;

	private final ReplicationCommands replication;

	private final ReplicationStateReader reader;

	private final Map<Integer, Map<Integer, Lsn>> ancestors = new HashMap<>();

	private @Nullable Connection connection;

	/**
	 * Create a connection, which is opened with the first reading.
	 * @param source the database
	 * @param timeout the time that one reading may take, in whole seconds
	 */
	public ReplicationStateConnection(SourceDatabase source, Duration timeout) {
		this.source = source;
		this.replication = new ReplicationCommands(source::connectForReplication);
		this.reader = new ReplicationStateReader(timeout, this.replication);
	}

	/**
	 * Read.
	 * @param <T> what is read
	 * @param reading the reading; it is repeated once if the connection has ended
	 * @return what was read
	 * @throws SQLException if the server cannot be reached or asked
	 */
	public <T> T read(Reading<T> reading) throws SQLException {
		boolean kept = this.connection != null;
		try {
			return reading.read(open(), this.reader);
		}
		catch (SQLException ex) {
			close();
			if (!kept || !isEnd(ex)) {
				throw ex;
			}
		}
		return readAgain(reading);
	}

	private <T> T readAgain(Reading<T> reading) throws SQLException {
		try {
			return reading.read(open(), this.reader);
		}
		catch (SQLException ex) {
			close();
			throw ex;
		}
	}

	/**
	 * An administrator ended the connection, or it broke. A timeout is neither.
	 */
	private static boolean isEnd(SQLException ex) {
		String state = String.valueOf(ex.getSQLState());
		return state.startsWith("57P") || state.startsWith("08") || state.equals("25P03");
	}

	/**
	 * Read the ancestors once: they do not change while the timeline is the same.
	 */
	@Override
	public Map<Integer, Lsn> endsBefore(int timeline) throws SQLException {
		Map<Integer, Lsn> ends = this.ancestors.get(timeline);
		if (ends == null) {
			ends = this.replication.endsBefore(timeline);
			this.ancestors.put(timeline, ends);
		}
		return ends;
	}

	private Connection open() throws SQLException {
		Connection connection = this.connection;
		if (connection == null) {
			connection = this.source.connect();
			this.connection = connection;
			this.ancestors.clear();
		}
		return connection;
	}

	@Override
	public void close() {
		Connection connection = this.connection;
		this.connection = null;
		if (connection != null) {
			try {
				connection.close();
			}
			catch (SQLException ex) {
				// The connection has ended in any case
			}
		}
	}

	/**
	 * A reading over the connection.
	 *
	 * @param <T> what is read
	 */
	@FunctionalInterface
	public interface Reading<T> {

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
