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
import io.github.cdcspring.offset.StoredOffset;
import org.jspecify.annotations.Nullable;

/**
 * Reads positions again and again over a connection of its own, which it keeps open. One
 * that ended meanwhile is opened anew at once. Serves one thread.
 *
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
	 * Do something over the connection.
	 * @param <T> what comes of it
	 * @param work what to do; once more if the connection turns out to have ended
	 * @return what came of it
	 * @throws SQLException if the server cannot be reached or asked
	 */
	public <T> T with(Work<T> work) throws SQLException {
		boolean kept = this.connection != null;
		try {
			return work.on(open());
		}
		catch (SQLException ex) {
			close();
			if (!kept || !isEnd(ex)) {
				throw ex;
			}
		}
		return withNew(work);
	}

	private <T> T withNew(Work<T> work) throws SQLException {
		try {
			return work.on(open());
		}
		catch (SQLException ex) {
			close();
			throw ex;
		}
	}

	/** An administrator's command or a connection that broke; not an answer in time. */
	private static boolean isEnd(SQLException ex) {
		String state = String.valueOf(ex.getSQLState());
		return state.startsWith("57P") || state.startsWith("08") || state.equals("25P03");
	}

	/**
	 * Read slot and server.
	 * @param slotName the slot
	 * @param offset the stored offset, to be put beside them
	 * @return the positions
	 * @throws SQLException if they cannot be read
	 */
	public ReplicationState read(String slotName, @Nullable StoredOffset offset) throws SQLException {
		return with((connection) -> this.reader.read(connection, slotName, offset));
	}

	/**
	 * A server's history does not change while its timeline does not.
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
				// It is gone either way
			}
		}
	}

	/**
	 * Something to do over a connection.
	 *
	 * @param <T> what comes of it
	 */
	@FunctionalInterface
	public interface Work<T> {

		/**
		 * Do it.
		 * @param connection the connection, which is left open
		 * @return what came of it
		 * @throws SQLException if it failed
		 */
		T on(Connection connection) throws SQLException;

	}

}
